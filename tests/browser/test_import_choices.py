"""What is selected in step 2 counts, whichever button is pressed: both modes, wide and narrow, with and without script."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from smsplatform.embedded.demo_logins import LOGINS
from tests.browser.conftest import log_in
from tests.browser.test_first_list import import_file, tile
from tests.browser.test_pages import NARROW, WIDE, faults

pytestmark = pytest.mark.browser

COUNCIL = LOGINS[1][0]
SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "390"])
MAIN = ".sp-decision .btn-primary"

# Who has no mobile is reached at the second column: of relatives, which only people can know. Files with one and the same
# columns would be read as the one before them.
FILE = """Prénom;Mobile;Téléphone 2;Groupe {0}
Zoé;06 12 74 {0} 01;06 12 74 {0} 11;A
Noël;;06 12 74 {0} 12;A
Ève;06 12 74 {0} 03;;B
"""


def file_of(folder: Path, number: int) -> Path:
    file = folder / f"proches {number}.csv"
    file.write_text(FILE.format(f"{number:02}"), encoding="utf-8")
    return file


def marks(page: Page) -> list[str]:
    """Return the labels of the choices that are marked, without the mark."""
    texts = page.locator(".sp-marked label").all_inner_texts()
    return [text.removesuffix("Modifié").strip() for text in texts]


def listed(page: Page) -> list[str]:
    rows = page.locator("section[aria-labelledby=entries-title] tbody tr")
    return [rows.nth(index).locator("th").first.inner_text() for index in range(rows.count())]


@SIZES
def test_a_changed_choice_of_a_list_is_seen_before_it_is_imported(
    page: Page, tmp_path: Path, size: dict[str, int]
) -> None:
    page.set_viewport_size(size)
    number = 10 + (size == NARROW)
    log_in(page)
    import_file(page, f"Proches {number}", file_of(tmp_path, number))
    expect(page.locator("#check")).to_be_visible()
    before = tile(page, "Contacts à importer")

    page.locator("[name=second_phone]").select_option("-1")
    page.locator("[name=column_0]").select_option("")
    page.locator(MAIN).click()
    expect(page.locator("#since")).to_be_visible()
    said, marked, now = page.locator("#since").inner_text(), marks(page), tile(page, "Contacts à importer")
    chosen = [page.locator(f"[name={name}]").input_value() for name in ("second_phone", "column_0")]
    found = faults(page)
    page.locator(MAIN).click()
    page.get_by_role("link", name="Ouvrir la liste").click()
    expect(page.get_by_role("heading", name=f"Proches {number}")).to_be_visible()

    assert (before, now) == ("3", "2")
    assert "Contacts à importer\u00a0: 3 → 2" in said
    assert marked == ["Seconde colonne de téléphones", "Prénom"]
    assert chosen == ["-1", ""]
    assert listed(page) == [f"06 12 74 {number} 01", f"06 12 74 {number} 03"]
    assert found == []


@SIZES
def test_a_changed_choice_of_the_directory_is_seen_before_people_go_on(
    page: Page, tmp_path: Path, size: dict[str, int]
) -> None:
    page.set_viewport_size(size)
    number = 20 + (size == NARROW)
    log_in(page, COUNCIL)
    page.goto("/lists/new/")
    page.locator("[name=name]").fill(f"Proches {number}")
    page.locator("input[type=file]").set_input_files(file_of(tmp_path, number))
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/map/$"))
    expect(page.locator("#mapping")).to_be_visible()
    before, second = tile(page, "Contacts à importer"), page.locator("tr[data-name='Téléphone 2'] select")
    proposed = second.input_value()

    second.select_option("")
    page.locator(MAIN).click()
    expect(page.locator("#since")).to_be_visible()
    chosen, now = second.input_value(), tile(page, "Contacts à importer")
    marked = page.locator("tr[data-column]", has=page.locator(".sp-marked")).get_attribute("data-name")
    found = faults(page)
    page.locator(MAIN).click()
    expect(page.locator("#settings")).to_be_visible()
    page.locator(MAIN).click()
    page.wait_for_url("**/lists/")
    page.locator("#running-imports [data-flash] a").click()
    report = page.locator("main .sp-alert").first.inner_text()
    page.get_by_role("link", name="Ouvrir la liste").click()
    expect(page.get_by_role("heading", name=f"Proches {number}")).to_be_visible()

    assert (proposed, before, chosen, now, marked) == ("PHONE2", "3", "", "2", "Téléphone 2")
    assert "2 nouveaux contacts" in report
    members = page.locator("#results tbody tr th").all_inner_texts()
    assert sorted(members) == [f"06 12 74 {number} 01", f"06 12 74 {number} 03"]
    assert found == []


def test_a_second_tab_and_the_way_back_lose_no_choice(page: Page, tmp_path: Path) -> None:
    log_in(page)
    import_file(page, "Deux onglets", file_of(tmp_path, 30))
    expect(page.locator("#check")).to_be_visible()
    other = page.context.new_page()
    other.goto(page.url)
    other.locator("[name=second_phone]").select_option("-1")
    other.locator(MAIN).click()
    expect(other.locator("#since")).to_be_visible()

    page.locator("[name=has_header]").select_option("0")
    page.locator(MAIN).click()
    expect(page.locator("#since")).to_contain_text("Rien n'est encore fait")
    told = page.locator("[data-flash]").first.inner_text()
    chosen = page.locator("[name=has_header]").input_value()
    page.go_back()
    expect(page.locator("[name=second_phone]")).to_have_value("-1")
    page.locator("[name=has_header]").select_option("0")
    page.locator(MAIN).click()
    expect(page.locator("#since")).to_contain_text("a été relu")

    assert "a changé entre-temps" in told
    assert chosen == "0"
    assert marks(page) == ["Première ligne"]
    assert page.locator("[name=second_phone]").input_value() == "-1"


def test_two_columns_for_one_place_are_refused_in_view(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size(NARROW)
    log_in(page, COUNCIL)
    page.goto("/directory/imports/new/")
    page.locator("input[type=file]").set_input_files(file_of(tmp_path, 40))
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("#mapping")).to_be_visible()

    page.locator("tr[data-name='Téléphone 2'] select").select_option("a3")
    page.locator(MAIN).click()
    error = page.locator("tr[data-name='Téléphone 2'] .invalid-feedback")
    expect(error).to_be_visible()

    assert "déjà choisi pour la colonne «\u00a0Prénom\u00a0»" in error.inner_text()
    assert page.locator("tr[data-name='Téléphone 2'] select").input_value() == "a3"
    assert page.locator("tr[data-name='Téléphone 2'] select").get_attribute("aria-invalid") == "true"
    assert faults(page) == []


def test_an_extract_wider_than_a_telephone_scrolls_by_itself(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size(NARROW)
    file = tmp_path / "large.csv"
    names = [f"Une colonne au nom long {number}" for number in range(6)]
    file.write_text(";".join([*names, "Mobile"]) + "\n" + ";".join(["une valeur"] * 6 + ["06 12 74 60 01"]) + "\n")
    log_in(page)

    import_file(page, "Large", file)
    expect(page.locator("th.sp-phone-column")).to_be_attached()

    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]


def test_a_choice_counts_without_script(chrome: Browser, site: str, tmp_path: Path) -> None:
    context = chrome.new_context(base_url=site, locale="fr-FR", viewport=NARROW, java_script_enabled=False)
    page = context.new_page()
    log_in(page)
    page.goto("/lists/new/")
    page.locator("[name=name]").fill("Sans script")
    page.locator("input[type=file]").set_input_files(file_of(tmp_path, 50))
    page.locator("main form button[type=submit]").last.click()
    _refresh_until(page, "#check")

    page.locator("[name=second_phone]").select_option("-1")
    page.locator(MAIN).click()
    _refresh_until(page, "#since")
    marked = marks(page)
    page.locator(MAIN).click()
    _refresh_until(page, "#facts-title")
    imported = tile(page, "Contacts importés")
    context.close()

    assert (marked, imported) == (["Seconde colonne de téléphones"], "2")


def _refresh_until(page: Page, ready: str) -> None:
    """Use the link of a page that waits: nothing polls without script."""
    waits = page.get_by_role("link", name="Actualiser")
    expect(page.locator(ready).or_(waits).first).to_be_visible()
    while waits.count():
        with page.expect_navigation():
            waits.click()
