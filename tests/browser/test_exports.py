"""Bulk actions and exports with a mouse and a keyboard, and the files opened as a spreadsheet program does."""

import csv
import io
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from python_calamine import CalamineWorkbook

from smsplatform.embedded.demo_logins import LOGINS, PASSWORD
from tests.browser.conftest import log_in
from tests.browser.test_first_list import MESSY, import_file
from tests.browser.test_pages import faults

pytestmark = pytest.mark.browser

NUMBERS = ["06 12 34 56 01", "06 12 34 56 02", "06 12 34 56 03"]


def make_lists(page: Page, tmp_path: Path, *names: str) -> None:
    """Import one small file under several names, with a blank line more each time: the same file again is warned of."""
    file = tmp_path / "clients.csv"
    log_in(page)
    for number, name in enumerate(names):
        file.write_bytes(MESSY + b";;;\n" * (number + 1))
        import_file(page, name, file)
        page.get_by_role("button", name="Importer 3 contacts").click()
        expect(page.get_by_text("Terminé", exact=True)).to_be_visible()


def tick(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_role("row").filter(has_text=name).locator("input[name=list]").check()


def test_two_lists_are_deactivated_together(page: Page, tmp_path: Path) -> None:
    make_lists(page, tmp_path, "Lot A", "Lot B")
    page.goto("/lists/?search=Lot+")
    bar = page.locator(".sp-selection")
    expect(bar).to_be_hidden()

    tick(page, "Lot A", "Lot B")
    expect(bar).to_be_visible()
    expect(page.locator("[data-selection-count]")).to_contain_text("2")
    found = faults(page)
    bar.locator("button[value=DISABLE]").click()
    dialog = page.locator("#batch-dialog")
    expect(dialog).to_be_visible()
    found += faults(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    bar.locator("button[value=DISABLE]").press("Enter")
    dialog.get_by_role("link").click()
    expect(dialog).to_be_hidden()
    bar.locator("button[value=DISABLE]").click()
    dialog.get_by_role("button").click()

    page.wait_for_url("**/lists/batch/*/")
    expect(page.locator(".sp-results li")).to_have_count(2)
    assert found + faults(page) == []
    page.goto("/lists/?search=Lot+&status=DISABLED")
    expect(page.locator("input[name=list]")).to_have_count(2)


def test_the_boxes_follow_a_live_search_and_the_box_of_the_page(page: Page, tmp_path: Path) -> None:
    make_lists(page, tmp_path, "Encart A", "Encart B", "Autre")
    page.get_by_role("link", name="Listes de contacts").first.click()
    page.locator("input[name=search][type=search]").fill("Encart ")
    expect(page.locator("input[name=list]")).to_have_count(2)

    page.locator("thead input[data-check-all]").check()

    expect(page.locator("input[name=list]:checked")).to_have_count(2)
    expect(page.locator("[data-selection-count]")).to_contain_text("2")
    page.locator("input[name=list]").first.uncheck()
    assert page.locator("thead input[data-check-all]").evaluate("box => box.indeterminate")


def test_several_lists_become_an_archive_made_in_the_background(page: Page, tmp_path: Path) -> None:
    make_lists(page, tmp_path, "Zip A", "Zip B")
    page.goto("/lists/?search=Zip+")
    tick(page, "Zip A", "Zip B")

    page.locator(".sp-selection button[value=EXPORT]").click()
    dialog = page.locator("#batch-dialog")
    expect(dialog).to_be_visible()
    found = faults(page)
    dialog.locator("button.btn-primary").click()
    page.wait_for_url("**/exports/*/")
    link = page.locator("main a[href$='/download/']")
    expect(link).to_be_visible()
    found += faults(page)
    with page.expect_download() as download:
        link.click()
    page.goto("/exports/")
    found += faults(page)

    archive = zipfile.ZipFile(download.value.path())
    assert archive.namelist() == ["Zip B.csv", "Zip A.csv"]
    for name in archive.namelist():
        rows = list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig")), delimiter=";"))
        assert [row[0] for row in rows[1:]] == NUMBERS
    assert found == []


def test_a_workbook_opens_with_the_same_numbers(page: Page, tmp_path: Path) -> None:
    make_lists(page, tmp_path, "Classeur")
    page.goto("/lists/?search=Classeur")
    page.get_by_role("link", name="Classeur").click()
    page.goto(f"{page.url}export/options/")
    found = faults(page)

    page.locator("input[name=format][value=XLSX]").check()
    with page.expect_download() as download:
        page.locator("main form button.btn-primary").click()

    sheet = CalamineWorkbook.from_path(str(download.value.path())).get_sheet_by_index(0).to_python()
    assert [row[0] for row in sheet[1:]] == NUMBERS
    assert download.value.suggested_filename == "Classeur.xlsx"
    assert found == []


def test_without_script_a_page_asks_instead_of_the_dialog(
    chrome: Browser, site: str, page: Page, tmp_path: Path
) -> None:
    make_lists(page, tmp_path, "Sans script")
    context = chrome.new_context(
        base_url=site, locale="fr-FR", java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    plain = context.new_page()
    plain.goto("/auth/login/")
    plain.locator("input[name=login]").fill(LOGINS[0][0])
    plain.locator("input[name=password]").fill(PASSWORD)
    plain.locator("input[name=password]").press("Enter")
    plain.goto("/lists/?search=Sans")

    plain.locator("input[name=list]").check()
    plain.locator(".sp-selection button[value=DELETE]").click()
    expect(plain.locator("#batch-title")).to_be_visible()
    plain.locator("main button.btn-danger").click()

    expect(plain.locator(".sp-results li")).to_have_count(1)
    plain.goto("/lists/?search=Sans&status=BIN")
    expect(plain.locator("input[name=list]")).to_have_count(1)
    context.close()


def test_the_platform_admins_export_breaks_no_policy(page: Page) -> None:
    log_in_as_admin(page)

    for model in ("account", "user"):
        page.goto(f"/platform/accounts/{model}/export/")
        page.locator("select[name=format]").select_option("1")
        with page.expect_download() as download:
            page.locator("input[type=submit]").click()
        rows = CalamineWorkbook.from_path(str(download.value.path())).get_sheet_by_index(0).to_python()
        assert rows[0][0] == "id"
        assert len(rows) >= 3
        assert page.evaluate("window.policyViolations") == []


def log_in_as_admin(page: Page) -> None:
    page.goto("/auth/login/")
    page.locator("input[name=login]").fill(LOGINS[3][0])
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/platform/")
