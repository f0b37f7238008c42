"""A file goes into a list that exists: what changes is shown first, and can be taken back."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import log_in
from tests.browser.test_first_list import import_file
from tests.browser.test_pages import faults

pytestmark = pytest.mark.browser

FIRST = "Mobile;Nom\n06 12 34 56 01;Anne\n06 12 34 56 02;Bob\n"
SECOND = "Mobile;Nom\n06 12 34 56 02;Robert\n06 12 34 56 03;Chloé\n"


def cells(page: Page) -> list[list[str]]:
    rows = page.locator("section[aria-labelledby=entries-title] tbody tr")
    return [rows.nth(index).locator("th, td").all_inner_texts() for index in range(rows.count())]


def wait_for_report(page: Page) -> None:
    expect(page.get_by_text("Terminé", exact=True)).to_be_visible()


def test_a_list_is_replaced_by_a_file_and_put_back(page: Page, tmp_path: Path) -> None:
    first, second = tmp_path / "premier.csv", tmp_path / "second.csv"
    first.write_text(FIRST, encoding="utf-8")
    second.write_text(SECOND, encoding="utf-8")
    log_in(page)
    import_file(page, "Cercle", first)
    page.get_by_role("button", name="Importer 2 contacts").click()
    wait_for_report(page)
    page.get_by_role("link", name="Ouvrir la liste").click()
    before = cells(page)

    page.get_by_role("link", name="Importer dans cette liste").first.click()
    found = faults(page)
    page.locator("input[type=file]").set_input_files(second)
    page.get_by_label("Remplacer").check()
    page.get_by_role("button", name="Continuer").click()
    changes = page.locator(".sp-changes")
    expect(changes).to_contain_text("1 nouveau contact, 1 mis à jour, 1 retiré de la liste.")
    found += faults(page)
    page.get_by_role("button", name="Importer 2 contacts").click()
    page.locator("#confirm [data-confirm-yes]").click()
    wait_for_report(page)
    found += faults(page)
    page.get_by_role("link", name="Ouvrir la liste").click()
    after = cells(page)
    page.go_back()
    page.get_by_role("link", name="Annuler cet import").click()
    expect(page.get_by_text("2 contacts redeviennent comme avant.")).to_be_visible()
    found += faults(page)
    page.get_by_role("button", name="Annuler l'import").click()
    expect(page.get_by_text("Cet import a été annulé le")).to_be_visible()
    page.get_by_role("link", name="Ouvrir la liste").click()

    assert before == [["06 12 34 56 01", "Anne"], ["06 12 34 56 02", "Bob"]]
    assert after == [["06 12 34 56 02", "Robert"], ["06 12 34 56 03", "Chloé"]]
    assert cells(page) == before
    assert found == []
