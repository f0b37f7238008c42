from typing import Any

import pytest
from django.core.paginator import Paginator
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.urls import ResolverMatch
from django.utils import translation

from smsplatform.ui.templatetags import ui


def render(source: str, path: str = "/", **context: Any) -> str:
    request = RequestFactory().get(path)
    request.resolver_match = context.pop("match", None)
    return Template("{% load ui i18n %}" + source).render(RequestContext(request, context))


@pytest.mark.parametrize(
    "language, value, shown",
    [
        ("fr", 1234567, "1\u202f234\u202f567"),
        ("en", 1234567, "1,234,567"),
        ("fr", 12.5, "12,5"),
        ("fr", 0, "0"),
        ("fr", None, ""),
        ("fr", "", ""),
    ],
)
def test_number_groups_digits_as_the_language_does(language: str, value: Any, shown: str) -> None:
    with translation.override(language):
        assert ui.number(value) == shown


def test_icon_is_decoration_without_the_frame_of_the_source() -> None:
    drawn = render('{% icon "check" "sp-icon-sm" %}')

    assert drawn.startswith('<svg class="icon sp-icon-sm" viewBox="0 0 24 24"')
    assert 'aria-hidden="true"' in drawn
    assert 'd="M0 0h24v24H0z"' not in drawn
    assert drawn.count("<path") == 1


def test_icon_names_a_missing_icon() -> None:
    with pytest.raises(ValueError, match=r"^No icon 'nothing': add it to tools/icons.txt and run"):
        ui.icon("nothing")


@pytest.mark.parametrize(
    "sort, aria, link",
    [
        ("", "", "?q=a&amp;sort=name"),
        ("name", ' aria-sort="ascending"', "?q=a&amp;sort=-name"),
        ("-name", ' aria-sort="descending"', "?q=a&amp;sort=name"),
        ("-names", "", "?q=a&amp;sort=name"),
    ],
)
def test_sort_header_turns_the_order_round_and_leaves_the_page(sort: str, aria: str, link: str) -> None:
    drawn = render('{% sort_header "name" "Name" %}', "/?q=a&page=3", sort=sort)

    assert f'<th scope="col"{aria}>' in drawn
    assert f'href="{link}"' in drawn


def test_sort_header_of_numbers_starts_with_the_largest() -> None:
    drawn = render('{% sort_header "count" "Count" numeric=True largest_first=True %}')

    assert '<th scope="col" class="sp-number">' in drawn
    assert 'href="?sort=-count"' in drawn


@pytest.mark.parametrize(
    "sort, option",
    [
        ("", '<option value="-created">Newest</option>'),
        ("-created", '<option value="-created" selected>Newest</option>'),
        ("created", '<option value="created" selected>Newest</option>'),
        ("name", '<option value="-created">Newest</option>'),
    ],
)
def test_sort_option_keeps_the_order_in_force(sort: str, option: str) -> None:
    drawn = render('{% sort_option "created" "Newest" largest_first=True %}', sort=sort)

    assert drawn.strip() == option


def test_pagination_counts_links_and_keeps_the_query_string() -> None:
    page = Paginator(range(1250), 25).get_page(3)

    with translation.override("fr"):
        drawn = render("{% pagination page %}", "/?q=a&page=3", page=page)

    assert "51 à 75 sur 1\u202f250" in [line.strip() for line in drawn.splitlines()]
    assert 'href="?q=a&amp;page=2" rel="prev"' in drawn
    assert 'href="?q=a&amp;page=3" aria-current="page"' in drawn
    assert 'href="?q=a&amp;page=50"' in drawn


@pytest.mark.parametrize("count, words", [(0, "0 résultat"), (1, "1 résultat"), (2, "2 résultats")])
def test_pagination_of_one_page_only_counts(count: int, words: str) -> None:
    page = Paginator(range(count), 25).get_page(1)

    with translation.override("fr"):
        drawn = render("{% pagination page %}", page=page)

    assert words in [line.strip() for line in drawn.splitlines()]
    assert "<a" not in drawn


@pytest.mark.parametrize(
    "view, current",
    [("accounts:members", ' aria-current="page"'), ("accounts:member_edit", ' aria-current="true"'), ("home", "")],
)
def test_nav_link_marks_its_page_and_its_section(view: str, current: str) -> None:
    namespace, _, name = view.rpartition(":")
    match = ResolverMatch(lambda: None, (), {}, name, namespaces=[namespace] if namespace else [])

    drawn = render('{% nav_link "accounts:members" "Users" "users" "accounts:member" %}', match=match)

    assert f'<a href="/accounts/members/"{current}>' in drawn
