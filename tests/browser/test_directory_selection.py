"""Contacts are chosen in the table, row by row, by page or all that are found, and something is done with them."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from smsplatform.embedded.demo_logins import PASSWORD
from tests.browser.conftest import log_in
from tests.browser.test_directory_contacts import COUNCIL, INDEX, NAME, add, search
from tests.browser.test_pages import NARROW, faults

pytestmark = pytest.mark.browser

TICKS = "#results tbody input[name=contact][type=checkbox]"
KNOWN = ["06 44 58 01 01", "06 44 58 01 02", "06 44 58 01 03"]
PASTED = [f"06 44 58 02 {number:02d}" for number in range(60)]


@pytest.fixture
def council(page: Page) -> Page:
    log_in(page, COUNCIL)
    return page


def act(page: Page, action: str) -> None:
    """Ask for an action in the bar, and wait for the question."""
    page.locator(f".sp-selection button[value={action}]").click()
    expect(page.locator("#batch-dialog #batch-title")).to_be_visible()


def confirm(page: Page) -> None:
    """Say yes, and wait for what came of it."""
    page.locator("#batch-dialog form button:is(.btn-primary, .btn-danger)").click()
    page.wait_for_url(re.compile(r"/directory/contacts/batch/\d+/$"))
    expect(page.locator("#result-title")).to_be_visible()


def counted(page: Page) -> str:
    text = page.locator("[data-selection-count]").inner_text()
    return re.sub(r"\D", "", text)


def open_list(page: Page, name: str) -> None:
    page.goto(f"/lists/?search={name}")
    page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_url(re.compile(r"/directory/lists/\d+/$"))


def size_of(page: Page) -> int:
    """Return the number of contacts that the list's page says."""
    return int(re.sub(r"\D", "", page.locator(".sp-tile").first.inner_text()))


def rows_of(file: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig")), delimiter=";"))


def make_list_of_two(page: Page, name: str) -> None:
    """Enter three contacts, and make a list of the first two with the mouse and the keyboard."""
    for number in KNOWN:
        add(page, number, **{NAME: "Vaubrun"})
    search(page, "vaubrun")
    expect(page.locator(".sp-selection")).to_be_hidden()
    for number in KNOWN[:2]:
        page.locator("#results tbody tr", has_text=number).locator("input[type=checkbox]").press("Space")
    act(page, "NEW_LIST")
    page.keyboard.press("Escape")
    expect(page.locator("#batch-dialog")).to_be_hidden()
    page.locator(".sp-selection button[value=NEW_LIST]").press("Enter")
    page.locator("#batch-dialog [name=name]").fill(name)


def test_a_selection_makes_and_fills_a_list_and_leaves_it_again(council: Page) -> None:
    page = council
    make_list_of_two(page, "Lot Vaubrun")
    found = faults(page)
    assert counted(page) == "2"
    confirm(page)
    found += faults(page)
    page.locator("main a[href*='/directory/lists/']").click()
    assert size_of(page) == 2

    # Numbers are pasted; what cannot be read stays in the box.
    page.locator("main [data-bs-toggle=dropdown]", has=page.locator(".icon")).first.click()
    page.locator("a[href$='/numbers/']").click()
    page.locator("textarea[name=numbers]").fill(", ".join(PASTED) + "\n01 42 68 53 00")
    page.locator("main form button.btn-primary").click()
    expect(page.locator("textarea[name=numbers]")).to_have_value("01 42 68 53 00")
    found += faults(page)

    # The whole page of a search joins the list, chosen in a dialog of two questions.
    search(page, "vaubrun")
    page.locator("thead input[data-check-all]").check()
    assert counted(page) == "3"
    act(page, "ADD")
    page.locator("#batch-dialog label", has_text="Lot Vaubrun").click()
    found += faults(page)
    page.locator("#batch-dialog button[name=next]").press("Enter")
    expect(page.locator("#batch-dialog #batch-title")).to_be_focused()
    expect(page.locator("#batch-dialog p").first).to_contain_text("1")
    confirm(page)

    # One leaves the list, and stays a contact.
    open_list(page, "Lot Vaubrun")
    assert size_of(page) == 63
    page.get_by_role("searchbox").fill(KNOWN[0])
    page.keyboard.press("Enter")
    page.wait_for_url("**/lists/*/?q=*")
    page.locator(TICKS).check()
    act(page, "REMOVE")
    found += faults(page)
    confirm(page)
    open_list(page, "Lot Vaubrun")
    assert (size_of(page), search(page, KNOWN[0])) == (62, [KNOWN[0]])

    # All that the list holds, beyond its first page: exported, excluded, deleted.
    open_list(page, "Lot Vaubrun")
    page.locator("thead input[data-check-all]").check()
    assert counted(page) == "50"
    page.locator("input[name=everything]").check()
    assert counted(page) == "62"
    act(page, "EXPORT")
    found += faults(page)
    for box in page.locator("#batch-dialog input[name=columns]").all():
        box.set_checked(box.get_attribute("value") in ("PHONE", NAME, "LISTS"))
    with page.expect_download() as download:
        page.locator("#batch-dialog form button.btn-primary").click()
    expect(page.locator("#batch-dialog")).to_be_hidden()
    rows = rows_of(download.value.path())
    assert (len(rows), len(rows[0]), rows[1]) == (63, 3, [KNOWN[1], "Vaubrun", "Lot Vaubrun"])
    act(page, "EXCLUDE")
    page.locator("#batch-dialog [name=reason]").fill("Essai")
    confirm(page)
    page.goto("/exclusions/")
    expect(page.locator("tbody tr").first).to_contain_text("Essai")
    open_list(page, "Lot Vaubrun")
    page.locator(TICKS).first.check()
    page.locator("input[name=everything]").check()
    act(page, "DELETE")
    found += faults(page)
    page.locator("#batch-dialog input[name=confirmed]").check()
    confirm(page)

    assert search(page, "vaubrun") == [KNOWN[0]]
    open_list(page, "Lot Vaubrun")
    assert size_of(page) == 0
    assert found == []


def test_on_a_telephone_without_script_a_page_asks(chrome: Browser, site: str, council: Page) -> None:
    add(council, "06 44 58 03 01", **{NAME: "Tancrède"})
    context = chrome.new_context(base_url=site, locale="fr-FR", java_script_enabled=False, viewport=NARROW)
    page = context.new_page()
    page.goto("/auth/login/")
    page.locator("input[name=login]").fill(COUNCIL)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    search(page, "tancrede")

    page.locator(TICKS).check()
    page.locator(".sp-selection button[value=DELETE]").click()
    expect(page.locator("#batch-title")).to_be_visible()
    page.locator("main form button.btn-danger").click()
    expect(page.locator(".invalid-feedback, .is-invalid").first).to_be_visible()
    page.locator("main input[name=confirmed]").check()
    page.locator("main form button.btn-danger").click()

    expect(page.locator("#result-title")).to_be_visible()
    assert search(page, "tancrede") == []
    context.close()


def test_the_whole_base_is_exported_and_becomes_a_list_made_by_a_worker(council: Page) -> None:
    council.goto(INDEX)
    council.locator("main a[href='/directory/contacts/export/']").click()
    found = faults(council)

    with council.expect_download() as download:
        council.locator("main form button.btn-primary").click()

    total = int(re.sub(r"\D", "", council.locator("h1").inner_text()))
    assert len(rows_of(download.value.path())) == total + 1
    council.goto(INDEX)
    council.locator(TICKS).first.check()
    council.locator("input[name=everything]").check()
    act(council, "NEW_LIST")
    council.locator("#batch-dialog [name=name]").fill("Tous les contacts de mars")
    confirm(council)
    council.locator("main a[href*='/directory/lists/']").click()
    assert (size_of(council), total > 2_000) == (total, True)
    assert found == []
