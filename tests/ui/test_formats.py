from datetime import datetime

import pytest
from django.utils import translation
from django.utils.formats import date_format

MOMENT = datetime(2026, 11, 24, 21, 38)  # noqa: DTZ001  # only its writing matters


@pytest.mark.parametrize(
    "language, name, shown",
    [
        ("en", "SHORT_DATE_FORMAT", "24/11/2026"),
        ("en", "SHORT_DATETIME_FORMAT", "24/11/2026 21:38"),
        ("en", "DATE_FORMAT", "24 November 2026"),
        ("en", "DATETIME_FORMAT", "24 November 2026, 21:38"),
        ("en", "TIME_FORMAT", "21:38"),
        ("fr", "SHORT_DATETIME_FORMAT", "24/11/2026 21:38"),
    ],
)
def test_dates_are_written_as_in_europe(language: str, name: str, shown: str) -> None:
    with translation.override(language):
        assert date_format(MOMENT, name) == shown
