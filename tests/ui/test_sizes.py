import pytest
from django.template import Context, Template
from django.utils import translation

from smsplatform.ui.sizes import file_size


@pytest.mark.parametrize(
    "language, count, shown",
    [
        ("fr", 0, "0 o"),
        ("fr", 999, "999 o"),
        ("fr", 1000, "1 Ko"),
        ("fr", 45_000, "45 Ko"),
        ("fr", 45_310, "45,3 Ko"),
        ("fr", 999_940, "999,9 Ko"),
        ("fr", 999_960, "1 Mo"),
        ("fr", 500 * 10**6, "500 Mo"),
        ("fr", 2_500 * 10**9, "2500 Go"),
        ("en", 45_310, "45.3 kB"),
        ("en", 500 * 10**6, "500 MB"),
    ],
)
def test_a_size_takes_the_unit_that_reads_best(language: str, count: int, shown: str) -> None:
    with translation.override(language):
        assert file_size(count) == shown.replace(" ", "\xa0")


def test_templates_have_it_as_a_filter() -> None:
    with translation.override("fr"):
        assert Template("{% load ui %}{{ n|file_size }}").render(Context({"n": 1_200_000})) == "1,2\xa0Mo"
