"""My contacts in a real browser: search, filter, columns, add, edit, renumber, exclude, delete; wide, narrow, by keyboard."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from smsplatform.embedded.demo_logins import LOGINS
from tests.browser.conftest import log_in
from tests.browser.test_pages import NARROW, faults

pytestmark = pytest.mark.browser

COUNCIL = LOGINS[1][0]
INDEX, ADD = "/directory/contacts/", "/directory/contacts/new/"
NAME, FIRST_NAME, BORN, CITY = "a2", "a3", "a4", "a8"  # the standard attributes' keys
ZELIE, ANAEL, ZOILO = "06 44 57 01 01", "06 44 57 01 02", "06 44 57 01 03"


def add(page: Page, number: str, **values: str) -> None:
    page.goto(ADD)
    page.locator("[name=number]").fill(number)
    for key, value in values.items():
        page.locator(f"[name={key}]").fill(value)
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(re.compile(r"/directory/contact/[^/]+/$"))


@pytest.fixture
def people(page: Page) -> Page:
    """The page of somebody in whose directory are three people with a rare name."""
    log_in(page, COUNCIL)
    there = search(page, "querouil")
    if ZELIE not in there:
        add(page, ZELIE, **{NAME: "Quérouil", FIRST_NAME: "Zélie", CITY: "Évron", BORN: "1990-05-01"})
    if ANAEL not in there:
        add(page, "+33 6 44 57 01 02", **{NAME: "Quérouil", FIRST_NAME: "Anaël", CITY: "Laval", BORN: "2001-02-03"})
    if ZOILO not in there:
        add(page, "0033644570103", **{NAME: "Quérouil-Roux", FIRST_NAME: "Zoïlo", CITY: "Évron"})
    return page


def numbers(page: Page) -> list[str]:
    return [text.split("\n")[0].strip() for text in page.locator("#results tbody th a").all_inner_texts()]


def search(page: Page, text: str) -> list[str]:
    """Search with the Enter key, as without script."""
    page.goto(INDEX)
    page.get_by_role("searchbox").fill(text)
    # Whoever types is answered beside this; the page that is read is the one that Enter leads to.
    with page.expect_event("load"):
        page.keyboard.press("Enter")
    page.wait_for_url("**/contacts/?q=*")
    return numbers(page)


def delete(page: Page) -> None:
    page.locator("form[action$='/delete/'] button").click()
    page.locator("[data-confirm-yes]").click()
    page.wait_for_url(f"**{INDEX}")


def wait_for_worker(page: Page, address: str, text: str) -> None:
    """Load a page until it tells what a worker did meanwhile."""
    for _ in range(100):
        page.goto(address)
        if page.get_by_text(text).count():
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"{text!r} is never shown")


def choose(page: Page, row: int, field: str, asked: str, value: str) -> None:
    """Fill a row of the filter: each choice draws the rows anew."""
    page.locator("[name=c_field]").nth(row).select_option(field)
    operators = page.locator("select[name=c_is]").nth(row)
    expect(operators).to_be_visible()
    if operators.input_value() != asked:
        operators.select_option(asked)
        expect(page.locator("[data-rule-builder]").locator(f"option[value={asked}][selected]")).to_have_count(1)
    page.locator("[name=c_value]").nth(row).fill(value)


def test_contacts_are_found_by_number_and_by_name_without_accents(people: Page) -> None:
    found = {text: search(people, text) for text in ("57 01 02", "0644570102", "QUEROUIL evron")}
    address = people.url
    people.goto(INDEX)
    people.get_by_role("searchbox").press_sequentially("quérouil ana", delay=20)
    expect(people.locator("#results tbody tr")).to_have_count(1)
    expect(people).to_have_url(re.compile(r"\?q="))
    people.reload()

    assert found == {"57 01 02": [ANAEL], "0644570102": [ANAEL], "QUEROUIL evron": [ZOILO, ZELIE]}
    assert numbers(people) == [ANAEL]
    assert not re.search("5701|uerouil", address + people.url)


def test_two_criteria_filter_and_their_chips_take_them_away(people: Page) -> None:
    people.goto(INDEX)
    people.locator(".sp-rule summary").click()
    people.locator("[data-rule-act]").first.press("Enter")
    expect(people.locator("[name=c_field]")).to_be_focused()
    choose(people, 0, NAME, "STARTS", "querouil")
    people.locator("[data-rule-act][value='add:0']").click()
    expect(people.locator("[name=c_field]")).to_have_count(2)
    choose(people, 1, BORN, "AFTER", "1995-01-01")

    people.locator("button[value=apply]").click()
    expect(people.locator(".sp-chip")).to_have_count(2)
    both = numbers(people)
    people.locator(".sp-chip a").last.click()
    expect(people.locator(".sp-chip")).to_have_count(1)
    one = numbers(people)

    assert (both, sorted(one)) == ([ANAEL], [ZELIE, ANAEL, ZOILO])


def test_a_contact_is_edited_renumbered_excluded_and_deleted_on_a_telephone(people: Page) -> None:
    people.set_viewport_size({"width": NARROW["width"], "height": NARROW["height"]})
    search(people, "querouil")
    people.locator("[name=sort]").select_option("PHONE")
    expect(people.locator("#results tbody th a").first).to_have_text(ZELIE)
    row = people.locator("tbody tr", has_text=ANAEL)
    row.locator("[data-bs-toggle=dropdown]").click()
    row.locator("a[href$='/edit/']").click()
    people.locator(f"[name={CITY}]").fill("Craon")
    people.locator("[name=number]").fill("0644570103")
    people.locator("main form button.btn-primary").click()
    expect(people.locator(".invalid-feedback a[href*='/directory/contact/']")).to_be_visible()
    people.locator("[name=number]").fill("0644570109")
    people.locator("main form button.btn-primary").click()

    events = people.locator(".sp-timeline > li")
    expect(events).to_have_count(3)
    expect(events.nth(0)).to_contain_text(ANAEL)
    expect(events.nth(1)).to_contain_text(re.compile("Laval.*Craon", re.DOTALL))
    people.locator("a[href$='/exclude/']").click()
    people.locator("[name=reason]").fill("Vu au guichet")
    people.locator("main form button.btn-primary").click()
    expect(people.locator(".sp-timeline > li").first).to_contain_text("Vu au guichet")
    delete(people)
    wait_for_worker(people, "/exclusions/", "reste exclu sans être affiché")
    shown = people.locator("tbody th").all_inner_texts()

    assert search(people, "06 44 57 01 09") == []
    assert "06 44 57 01 09" not in shown


def test_columns_are_chosen_and_ordered(people: Page) -> None:
    search(people, "querouil")
    before = people.locator("thead th").count()

    people.locator("[data-columns-open]").click()
    people.locator(f"dialog [name=shown][value={BORN}]").check()
    people.locator(f"dialog [value='up:{CITY}']").press("Enter")
    people.locator("dialog .btn-primary").click()
    expect(people.locator("thead th")).to_have_count(before + 1)
    people.reload()
    headings = people.locator("thead th a[href*='sort=']").evaluate_all(
        "links => links.map(link => new URL(link.href).searchParams.get('sort').replace('-', ''))"
    )

    assert [key for key in headings if key in (NAME, FIRST_NAME, CITY)] == [NAME, CITY, FIRST_NAME]
    assert BORN in headings
    assert len(numbers(people)) == 3  # the search is still there


def test_without_script_criteria_are_added_by_plain_forms(people: Page, chrome: Browser, site: str) -> None:
    context = chrome.new_context(
        base_url=site, locale="fr-FR", java_script_enabled=False, storage_state=people.context.storage_state()
    )
    page = context.new_page()
    page.goto(INDEX)
    page.locator(".sp-rule summary").click()

    page.locator("button[value='add:0']").click()
    page.locator("[name=c_field]").select_option(CITY)
    page.locator("button[value=redraw]").click()
    page.locator("select[name=c_is]").select_option("STARTS")
    page.locator("[name=c_value]").fill("évr")
    page.locator("button[value='add:0']").click()
    page.locator("[name=c_field]").nth(1).select_option(NAME)
    page.locator("button[value=redraw]").click()
    page.locator("[name=c_value]").nth(1).fill("Quérouil")
    page.locator("button[value=apply]").click()
    found = numbers(page)
    context.close()

    assert found == [ZELIE]


def test_the_pages_are_accessible_and_fit_a_telephone(people: Page) -> None:
    contact = people.locator("a[href$='/edit/']").first.get_attribute("href") or ""
    found = []
    people.goto(INDEX)
    people.locator(".sp-rule summary").click()
    people.locator("[data-rule-act]").first.click()
    expect(people.locator("[name=c_field]")).to_be_visible()
    found += faults(people)
    search(people, "querouil")
    people.locator("[name=contact]").first.check()
    found += faults(people)
    people.locator("[data-columns-open]").click()
    expect(people.locator("#columns-dialog")).to_be_visible()
    found += faults(people)
    shown = contact.removesuffix("edit/")
    for path in (ADD, shown, f"{shown}exclude/"):
        people.goto(path)
        found += faults(people)

    assert found == []
