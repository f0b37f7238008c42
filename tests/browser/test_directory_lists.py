"""My contact lists in a real browser: the table, settings, the API, a merge and its undo, a list that follows a filter."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import log_in
from tests.browser.test_directory_contacts import COUNCIL, NAME, add, choose
from tests.browser.test_pages import NARROW, WIDE, faults

pytestmark = pytest.mark.browser

NORTH = ["06 44 59 01 01", "06 44 59 01 02", "06 44 59 01 03"]
SOUTH = ["06 44 59 01 03", "06 44 59 01 04"]


@pytest.fixture
def council(page: Page) -> Page:
    log_in(page, COUNCIL)
    return page


def make_list(page: Page, name: str, numbers: list[str]) -> None:
    """Create an empty list, then paste numbers into it."""
    page.goto("/lists/new/")
    page.locator("[name=name]").fill(name)
    page.locator("input[name=source][value=EMPTY]").check()
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile(r"/directory/lists/\d+/$"))
    page.goto(f"{page.url}numbers/")
    page.locator("[name=numbers]").fill("\n".join(numbers))
    page.locator("[name=creates_unknown]").check()
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(re.compile(r"/directory/lists/\d+/$"))
    expect(page.locator(".sp-tile-value").first).to_have_text(str(len(numbers)))


def row(page: Page, name: str) -> None:
    """Open the table with one list, and the menu of its actions."""
    page.goto(f"/lists/?search={name}")
    page.locator("tbody tr", has=page.get_by_role("link", name=name, exact=True)).locator(
        "[data-bs-toggle=dropdown]"
    ).press("Enter")


def act(page: Page, name: str, ending: str) -> None:
    """Choose an action of a list, a link or a button, by the end of its address."""
    row(page, name)
    page.locator(f".dropdown-menu.show :is(a[href$='{ending}'], form[action$='{ending}'] button)").click()


def tiles(page: Page) -> list[str]:
    return page.locator(".sp-tiles .sp-tile-value").all_inner_texts()


def test_life_and_api_of_a_list_are_changed_and_seen_in_the_table(council: Page) -> None:
    make_list(council, "Réglages", NORTH)
    row(council, "Réglages")
    found = faults(council)
    permanent = council.locator("tbody tr td[data-label]").nth(0).inner_text()

    act(council, "Réglages", "/settings/")
    expect(council.locator("[data-lifetime]")).to_be_hidden()
    council.locator("input[name=lifetime][value=EXPIRING]").press("Space")
    council.locator("select[name=months]").select_option("1")
    found += faults(council)
    council.locator("main form button.btn-primary").click()
    council.wait_for_url(re.compile(r"/directory/lists/\d+/$"))
    act(council, "Réglages", "/api/")
    council.goto("/lists/?search=Réglages&sort=expiry")
    expiry = council.locator("tbody tr td[data-label]").nth(0)
    expect(expiry.locator("time")).to_have_text(re.compile(r"\d\d/\d\d/\d{4}"))
    badges = council.locator("tbody th .sp-badge")
    expect(badges).to_have_text(["API"])
    found += faults(council)
    act(council, "Réglages", "/api/")
    council.goto("/lists/?search=Réglages")

    assert not re.search(r"\d", permanent)
    expect(badges).to_have_count(0)
    assert found == []


def test_two_lists_become_one_with_counts_first_and_are_two_again(council: Page) -> None:
    make_list(council, "Fusion nord", NORTH)
    make_list(council, "Fusion sud", SOUTH)
    act(council, "Fusion nord", "/merge/")
    council.get_by_role("searchbox").press_sequentially("fusion s", delay=20)
    expect(council.locator("#results tbody tr")).to_have_count(1)
    found = faults(council)
    council.locator("#results tbody a.btn").press("Enter")

    council.wait_for_url(re.compile(r"/merge/\?with=\d+$"))
    before = tiles(council)
    name = council.locator("[name=name]")
    proposed = name.input_value()
    council.locator("input[name=into][value=SECOND]").check()
    followed = name.input_value()
    council.locator("input[name=into][value=NEW]").check()
    found += faults(council)
    council.locator("main form button.btn-primary").click()
    council.wait_for_url(re.compile(r"/directory/lists/\d+/$"))
    merged = council.locator("h1").inner_text()
    result = tiles(council)[0]
    found += faults(council)

    council.locator("main a[href$='/undo/'], header a[href$='/undo/']").first.click()
    council.wait_for_url("**/undo/")
    expect(council.locator("main li:has-text('Fusion')")).to_have_count(4)  # the breadcrumb, the result and both lists
    found += faults(council)
    council.locator("main form button.btn-danger").click()
    council.wait_for_url("**/lists/")
    council.goto("/lists/?search=Fusion")

    assert (before, proposed, followed) == (["3", "2", "1", "4"], "Fusion nord + Fusion sud", "Fusion sud")
    assert (merged.split("\n")[0].startswith("Fusion nord + Fusion sud"), result) == (True, "4")
    assert sorted(council.locator("tbody .sp-row-link").all_inner_texts()) == ["Fusion nord", "Fusion sud"]
    assert found == []


def save_filter(page: Page, begins: str) -> None:
    """Filter the contacts by the beginning of their name, and go to where that is saved as a list."""
    page.goto("/directory/contacts/")
    page.locator(".sp-rule summary").click()
    page.locator("[data-rule-act]").first.click()
    choose(page, 0, NAME, "STARTS", begins)
    page.locator("button[value=apply]").click()
    page.locator("#results a[href*='/lists/save/']").click()
    page.wait_for_url(re.compile(r"/directory/lists/save/"))


@pytest.mark.parametrize("size, name", [(WIDE, "Trévarez"), (NARROW, "Kerguehennec")], ids=["wide", "narrow"])
def test_a_filter_becomes_a_list_that_follows_it_until_it_is_frozen(
    council: Page, size: dict[str, int], name: str
) -> None:
    digit = 5 if size is WIDE else 6
    council.set_viewport_size({"width": size["width"], "height": size["height"]})
    add(council, f"06 44 59 0{digit} 01", **{NAME: name})
    save_filter(council, name.lower())
    expect(council.locator("[name=contact_list]")).to_be_hidden()
    found = faults(council)
    council.set_viewport_size({"width": size["width"], "height": size["height"]})
    council.locator("[name=name]").fill(f"Les {name}")
    council.locator("main form button.btn-primary").click()
    council.wait_for_url(re.compile(r"/directory/lists/\d+/$"))
    address = council.url
    at_first = tiles(council)[0]
    expect(council.locator("#living")).to_contain_text(name.lower())
    found += faults(council)
    council.set_viewport_size({"width": size["width"], "height": size["height"]})

    add(council, f"06 44 59 0{digit} 02", **{NAME: f"{name}-Roux"})
    council.goto(address)
    arrived = tiles(council)[0]
    actions = council.locator(".dropdown:has(form[action$='/freeze/'])")
    actions.locator("[data-bs-toggle=dropdown]").click()
    actions.locator("form[action$='/freeze/'] button").click()
    council.locator("[data-confirm-yes]").click()
    expect(council.locator("#living")).to_have_count(0)
    add(council, f"06 44 59 0{digit} 03", **{NAME: f"{name}-Blanc"})
    council.goto(address)

    assert (at_first, arrived, tiles(council)[0]) == ("1", "2", "2")
    assert found == []
