"""Contact lists as the product describes them, from the table to the editor, with mouse and keyboard."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import log_in
from tests.browser.test_first_list import tile

pytestmark = pytest.mark.browser

# Two columns of mobiles and a comma that is no separator: the detection can be corrected.
FILE = """Nom;Portable;Autre mobile
Martin, Zoé;06 12 34 56 21;07 33 44 56 21
Petit, Luc;06 12 34 56 22;07 33 44 56 22
Martin, Zoé;+33 6 12 34 56 21;07 33 44 56 23
Roux, Ève;06 12 34 56 24;
"""


def row(page: Page, text: str) -> list[str]:
    cells = page.locator("tr", has=page.get_by_role("link", name=text, exact=True)).locator("th, td")
    return [cell.strip() for cell in cells.all_inner_texts()]


def act(page: Page, list_name: str, action: str) -> None:
    """Use the ACTIONS button of a list of the table."""
    page.goto("/lists/")
    actions = page.locator("tr", has=page.get_by_role("link", name=list_name, exact=True))
    actions.get_by_role("button", name="Actions").click()
    actions.locator(".dropdown-item", has_text=action).first.click()


def make_list(page: Page, name: str, file: Path) -> None:
    page.goto("/lists/")
    page.get_by_role("link", name="Nouvelle liste").last.click()
    page.get_by_label("Nom de la liste").fill(name)
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", name="Ce que nous avons compris")).to_be_visible()


def exported(page: Page, list_name: str) -> list[list[str]]:
    page.goto("/lists/")
    page.get_by_role("link", name=list_name, exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Exporter en CSV").first.click()
    return list(csv.reader(io.StringIO(download.value.path().read_bytes().decode("utf-8-sig")), delimiter=";"))


def save(page: Page) -> None:
    page.locator("[data-act=save]").click()
    expect(page.locator("[data-count]")).to_have_text("Enregistré.")


def test_a_list_is_made_corrected_and_found_in_the_table(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "salon.csv"
    file.write_text(FILE, encoding="utf-8")
    log_in(page)

    make_list(page, "Salon de printemps", file)
    detected = [page.locator(f"[name={name}]").input_value() for name in ("delimiter", "phone_column")]
    counts = [tile(page, label) for label in ("Lignes lues", "Doublons", "Contacts à importer")]
    page.locator("[name=phone_column]").select_option(label="Autre mobile")
    page.get_by_role("button", name="Analyser à nouveau").click()
    expect(page.locator(".sp-tile", has_text="Doublons").locator(".sp-tile-value")).to_have_text("0")
    other = tile(page, "Doublons")
    page.locator("[name=phone_column]").select_option(label="Portable")
    page.get_by_role("button", name="Analyser à nouveau").click()
    expect(page.locator(".sp-tile", has_text="Doublons").locator(".sp-tile-value")).to_have_text("1")
    page.get_by_role("button", name="Importer 3 contacts").click()
    expect(page.get_by_text("Terminé", exact=True)).to_be_visible()
    page.goto("/lists/")
    page.get_by_label("Rechercher une liste par son nom").fill("printemps")
    expect(page.get_by_text("1 résultat")).to_be_visible()

    assert detected == [";", "1"]
    assert (counts, other) == (["4", "1", "3"], "0")
    name, contacts, excluded, created, modified, author, status = row(page, "Salon de printemps")[1:8]
    assert (name, contacts, excluded, status) == ("Salon de printemps", "3", "0", "Active")
    assert (created == modified, author) == (True, "Marketing de la boulangerie")


def test_the_actions_of_a_list(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "actions.csv"
    file.write_text(FILE, encoding="utf-8")
    log_in(page)
    make_list(page, "Actions", file)
    page.get_by_role("button", name="Importer 3 contacts").click()
    expect(page.get_by_text("Terminé", exact=True)).to_be_visible()

    numbers = [line[0] for line in exported(page, "Actions")[1:]]
    act(page, "Actions", "Désactiver")
    disabled = row(page, "Actions")[7]
    act(page, "Actions", "Réactiver")
    active = row(page, "Actions")[7]
    act(page, "Actions", "Supprimer")
    page.locator("#confirm [data-confirm-yes]").click()
    expect(page.get_by_text("La liste « Actions » est dans la corbeille")).to_be_visible()

    assert numbers == ["06 12 34 56 21", "06 12 34 56 22", "06 12 34 56 24"]
    assert (disabled, active) == ("Désactivée", "Active")
    assert page.get_by_role("link", name="Actions", exact=True).count() == 0


def test_the_contacts_of_a_list_are_edited_and_saved_together(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "editer.csv"
    file.write_text(FILE, encoding="utf-8")
    log_in(page)
    make_list(page, "À éditer", file)
    page.get_by_role("button", name="Importer 3 contacts").click()
    expect(page.get_by_text("Terminé", exact=True)).to_be_visible()
    act(page, "À éditer", "Éditer")

    # Edit a contact's content, with the keyboard.
    page.locator("tr[data-phone='33612345621'] td[data-key=c1]").click()
    page.keyboard.press("F2")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Martin, Zoë")
    page.keyboard.press("Enter")
    # Remove one, exclude another, add a third.
    page.locator("tr[data-phone='33612345622'] [data-act=remove]").click()
    page.locator("tr[data-phone='33612345624'] [data-act=exclude]").click()
    page.locator("[data-dialog=exclude] [name=reason]").fill("a demandé en boutique")
    page.locator("[data-dialog=exclude] button[value=yes]").click()
    page.locator("[data-open=add-entry]").click()
    page.locator("[data-dialog=add-entry] [name=phone]").fill("06 12 34 56 29")
    page.locator("[data-dialog=add-entry] button[value=yes]").click()
    expect(page.locator("[data-count]")).to_have_text("4 modifications en attente")
    before = stored_contacts(page)
    save(page)

    assert before == 3
    assert exported(page, "À éditer")[1:] == [
        ["06 12 34 56 21", "Martin, Zoë", "07 33 44 56 21"],
        ["06 12 34 56 24", "Roux, Ève", ""],
        ["06 12 34 56 29", "", ""],
    ]
    page.goto("/lists/")
    assert row(page, "À éditer")[2:4] == ["3", "1"]


def stored_contacts(page: Page) -> int:
    """Return how many contacts the list has in the table, asked without leaving the page."""
    table = page.context.request.get("/lists/?search=éditer").text()
    found = re.search(r'<td class="sp-number" data-label="Contacts">(\d+)<', table)
    assert found is not None
    return int(found[1])
