"""The first thing a marketer does: log in, drop a messy real file, get a list, download it again."""

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import log_in

pytestmark = pytest.mark.browser

# Windows' old encoding, semicolons, a title line, spaces in numbers, a duplicate in another notation,
# a landline, a number too short and a blank line: what a till exports.
MESSY = """Clients du magasin;;;
Nom;Prénom;Portable;Ville
Lefèvre;Zoé;06 12 34 56 01;Besançon
Müller;Noël;06.12.34.56.02;Orléans
Lefèvre;Zoé;+33 6 12 34 56 01;Besançon
Garçon;Aïcha;01 99 00 12 34;Paris
;;;
Petit;Jérôme;06 39 98;Évreux
Côté;Hélène;0033612345603;Nîmes
""".encode("cp1252")


@pytest.fixture
def messy_file(tmp_path: Path) -> Path:
    file = tmp_path / "clients été.csv"
    file.write_bytes(MESSY)
    return file


def tile(page: Page, label: str) -> str:
    return page.locator(".sp-tile", has_text=label).locator(".sp-tile-value").inner_text()


def import_file(page: Page, name: str, file: Path) -> None:
    page.goto("/lists/")
    page.get_by_role("link", name="Nouvelle liste").last.click()
    page.get_by_label("Nom de la liste").fill(name)
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/imports/*/")


def test_a_messy_file_becomes_a_list_and_comes_back(page: Page, messy_file: Path) -> None:
    log_in(page)
    import_file(page, "Clients du magasin", messy_file)
    expect(page.get_by_role("heading", name="Ce que nous avons compris")).to_be_visible()

    answers = ("delimiter", "encoding", "has_header", "phone_column")
    understood = [page.locator(f"[name={name}]").input_value() for name in answers]
    preview = [tile(page, label) for label in ("Lignes lues", "Vides", "Rejetées", "Doublons", "Contacts à importer")]
    page.get_by_role("button", name="Importer 3 contacts").click()
    expect(page.get_by_text("Terminé", exact=True)).to_be_visible()
    report = [tile(page, label) for label in ("Lignes lues", "Vides", "Rejetées", "Doublons", "Contacts importés")]
    page.get_by_role("link", name="Ouvrir la liste").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Exporter en CSV").first.click()
    exported = download.value.path().read_bytes()

    assert understood == [";", "cp1252", "1", "2"]
    assert preview == report == ["7", "1", "2", "1", "3"]
    assert exported.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(exported.decode("utf-8-sig")), delimiter=";")) == [
        ["Téléphone mobile", "Nom", "Prénom", "Ville"],
        ["06 12 34 56 01", "Lefèvre", "Zoé", "Besançon"],
        ["06 12 34 56 02", "Müller", "Noël", "Orléans"],
        ["06 12 34 56 03", "Côté", "Hélène", "Nîmes"],
    ]


def test_a_wrong_answer_of_the_detection_is_corrected_on_the_spot(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "deux.csv"
    file.write_text("Titulaire;Conjoint;Nom\n0612345601;0612345602;Roux\n0612345603;0612345604;Faure\n")
    log_in(page)
    import_file(page, "Conjoints", file)
    column = page.locator("[name=phone_column]")
    expect(column).to_have_value("0")

    column.select_option("1")
    page.get_by_role("button", name="Analyser à nouveau").click()
    expect(page.locator("#id_phone_column_why")).to_have_text("Corrigé à la main.")
    page.get_by_role("button", name="Importer 2 contacts").click()
    page.get_by_role("link", name="Ouvrir la liste").click()

    assert page.locator("tbody").first.locator("th").all_inner_texts() == ["06 12 34 56 02", "06 12 34 56 04"]


def test_pasted_numbers_become_a_list(page: Page) -> None:
    log_in(page)
    page.goto("/lists/new/")
    page.get_by_label("Nom de la liste").fill("Collés")
    page.get_by_text("Une liste de valeurs").click()
    page.locator("[name=pasted]").fill("06 12 34 56 01, 0612345602; +33612345603\n06.12.34.56.01")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name="Importer 3 contacts").click()
    expect(page.get_by_text("Terminé", exact=True)).to_be_visible()

    assert tile(page, "Doublons") == "1"
