"""An account manager switches the directory on for a customer, who sees it; off, and on again all is back."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from smsplatform.embedded.demo_logins import LOGINS
from tests.browser.conftest import WATCH_POLICY, accessibility_faults, log_in

pytestmark = pytest.mark.browser

BAKER, MANAGER = LOGINS[0][0], LOGINS[2][0]
SIZES = ({"width": 1280, "height": 900}, {"width": 390, "height": 844})
SALON = "Prénom;Mobile;Ville\nZoé;06 12 35 55 01;Laval\nNoël;06 12 35 55 02;Craon\n"
SHOP = "Prénom;Mobile;Ville\nZoé;0612355501;Évron\n"


@pytest.fixture
def baker(chrome: Browser, site: str) -> Iterator[Page]:
    context: BrowserContext = chrome.new_context(base_url=site, locale="fr-FR", viewport=SIZES[0])
    context.add_init_script(WATCH_POLICY)
    context.set_default_timeout(30_000)
    page = context.new_page()
    log_in(page, BAKER)
    yield page
    assert page.evaluate("window.policyViolations") == []
    context.close()


@pytest.fixture
def manager(page: Page) -> Iterator[Page]:
    """The account manager, with the baker's account open; the directory is off again afterwards, as the demo has it."""
    log_in(page, MANAGER)
    yield page
    open_option(page)
    if page.locator("form[action='/directory/option/off/']").count():
        switch_off(page)


def add_list(page: Page, name: str, text: str) -> None:
    page.goto("/lists/new/")
    page.locator("[name=name]").fill(name)
    page.locator("input[type=file]").set_input_files(
        {"name": "clients.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/imports/*/")
    page.get_by_role("button", name=re.compile("^Importer")).click()
    expect(page.get_by_text("Terminé", exact=True)).to_be_visible()


def open_option(page: Page) -> None:
    """Go from the customer accounts to the option of the bakery."""
    page.goto("/accounts/customers/")
    row = page.locator("tbody tr", has_text="Boulangerie Martin")
    row.locator("a[href='/directory/option/'], form:has([name=next]) button").click()
    page.wait_for_url("**/directory/option/")


def try_out(page: Page) -> None:
    page.locator("form[action='/directory/option/try/'] button").click()
    page.wait_for_url(re.compile(r"/directory/option/\d+/$"))
    expect(page.locator("[name=confirm]")).to_be_visible()


def switch_on(page: Page) -> None:
    page.locator("[name=confirm]").click()
    page.wait_for_url(re.compile(r"/directory/option/\d+/on/$"))
    page.locator("form:has([name=seen]) button").click()
    page.wait_for_url(re.compile(r"/directory/option/\d+/$"))
    expect(page.locator(".sp-tiles")).to_be_visible()


def switch_off(page: Page) -> None:
    page.locator("form[action='/directory/option/off/'] button").click()
    page.locator("#confirm [data-confirm-yes]").click()
    expect(page.locator("form[action='/directory/option/try/']")).to_be_visible()


def tiles(page: Page) -> list[int]:
    """Return the figures: lists, contacts, in several lists, with different values."""
    shown = page.locator(".sp-tile-value").all_inner_texts()
    return [int(re.sub(r"\D", "", figure)) for figure in shown]


def faults(page: Page) -> list[str]:
    """Return what is wrong with the page at both sizes: for axe, or wider than the screen."""
    found = []
    for size in SIZES:
        page.set_viewport_size(size)
        found += accessibility_faults(page)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"{page.url} is wider than {size['width']} pixels")
    page.set_viewport_size(SIZES[0])
    return found


def list_names(page: Page) -> set[str]:
    """Return the names of all lists, over as many pages as they take."""
    names: set[str] = set()
    for number in range(1, 100):
        page.goto(f"/lists/?page={number}")
        found = set(page.locator("tbody th, tbody .sp-stack-main").all_inner_texts())
        if found <= names:  # beyond the last page it is shown again
            return names
        names |= found
    return names


def test_a_manager_switches_the_directory_on_off_and_on_again(manager: Page, baker: Page) -> None:
    add_list(baker, "Salon du goût", SALON)
    add_list(baker, "Boutique du centre", SHOP)
    lists_before = list_names(baker)

    open_option(manager)
    found = faults(manager)
    try_out(manager)
    found += faults(manager)
    lists, contacts, merged, differing = tiles(manager)
    assert (lists, merged >= 1, differing >= 1) == (len(lists_before), True, True)
    # Only some numbers are shown, and other tests of the site may have lists that differ.
    expect(manager.locator("tbody tr", has_text=re.compile(r"0\d( \d\d){4}")).first).to_be_visible()
    manager.locator("[name=confirm]").click()
    found += faults(manager)
    manager.go_back()
    switch_on(manager)
    found += faults(manager)

    baker.goto("/")
    baker.wait_for_url("**/directory/contacts/")
    baker.locator("input[type=search]").first.fill("0612355501")
    baker.keyboard.press("Enter")
    expect(baker.locator("tbody tr")).to_have_count(1)
    merged_row = baker.locator("tbody tr").inner_text()
    assert ("Zoé" in merged_row, "Évron" in merged_row) == (True, True)
    assert list_names(baker) == lists_before

    open_option(manager)
    found += faults(manager)
    switch_off(manager)
    baker.goto("/")
    baker.wait_for_url("**/lists/")
    assert baker.locator("a[href='/directory/contacts/']").count() == 0
    assert list_names(baker) == lists_before

    try_out(manager)
    assert tiles(manager)[:2] == [lists, contacts]
    switch_on(manager)
    baker.goto("/")
    baker.wait_for_url("**/directory/contacts/")
    assert found == []


def test_choices_that_changed_are_shown_again_before_they_are_confirmed(manager: Page) -> None:
    open_option(manager)
    try_out(manager)
    first = manager.url

    manager.locator("select").first.select_option("")
    manager.locator("[name=confirm]").click()
    manager.wait_for_url(lambda url: url != first and url.endswith("/") and not url.endswith("/on/"))

    assert manager.locator("select").first.input_value() == ""
    expect(manager.locator("#flash .sp-alert")).to_be_visible()


def test_the_customer_is_told_whom_to_ask(baker: Page) -> None:
    baker.goto("/accounts/settings/")
    baker.locator("a[href='/directory/option/']").click()

    expect(baker.locator(".sp-alert.sp-info")).to_be_visible()
    assert baker.locator("form[action^='/directory/option/']").count() == 0
    assert faults(baker) == []
