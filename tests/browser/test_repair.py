"""Refused lines are brought back: a group by one click, one number by the keyboard, the last by the corrected file."""

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import accessibility_faults, log_in
from tests.browser.test_first_list import import_file

pytestmark = pytest.mark.browser

# Three kinds of errors: signs that an old program put before numbers, numbers made amounts, and what only people know.
THREE_KINDS = """Nom;Portable;Ville
Lefèvre;06 12 34 56 01;Besançon
Müller;06 12 34 56 02;Orléans
Faure;*06 12 34 56 03;Metz
Roux;*06 12 34 56 04;Nîmes
Garçon;612 345 605,00 €;Paris
Petit;06 12 34 5;Évreux
Noël;01 99 00 12 34;Caen
"""


APPLIED = "section[aria-labelledby=applied-title] > ul > li"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "caisse.csv"
    file.write_text(THREE_KINDS)
    return file


def refused_fields(page: Page) -> list[str]:
    return [field.input_value() for field in page.locator("form[data-repair] input[data-was]").all()]


def exported(page: Page) -> list[list[str]]:
    with page.expect_download() as download:
        page.get_by_role("link", name="Exporter en CSV").first.click()
    return list(csv.reader(io.StringIO(download.value.path().read_bytes().decode("utf-8-sig")), delimiter=";"))


def downloaded_rejects(page: Page) -> list[list[str]]:
    with page.expect_download() as download:
        page.locator("a[href$='/rejects/']").first.click()
    return list(csv.reader(io.StringIO(download.value.path().read_bytes().decode("utf-8-sig")), delimiter=";"))


def repair_two_ways(page: Page) -> None:
    """Repair the group of signs, then type one number; leave the rest."""
    page.locator("a[href$='/repair/']").click()
    page.locator(".sp-offers button").first.click()
    expect(page.locator(APPLIED)).to_have_count(1)
    short = page.locator("input[data-was='06 12 34 5']")
    short.fill("06 12 34")
    expect(page.locator("[data-tone=bad]")).to_be_visible()
    short.press("Escape")
    expect(short).to_have_value("06 12 34 5")
    short.fill("06 12 34 56 06")
    expect(page.locator("[data-tone=good]")).to_have_text("06 12 34 56 06")
    short.press("ArrowDown")
    expect(page.locator("input[data-was='01 99 00 12 34']")).to_be_focused()
    page.keyboard.press("Enter")  # behind the last field stands the button
    page.keyboard.press("Enter")
    expect(page.locator(APPLIED)).to_have_count(2)


def send_back(page: Page, rows: list[list[str]]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerows(rows)
    corrected: FilePayload = {"name": "c.csv", "mimeType": "text/csv", "buffer": buffer.getvalue().encode("cp1252")}
    page.locator("input[type=file]").set_input_files(corrected)
    page.locator("form[data-upload] button[type=submit]").click()


def test_refused_lines_come_back_by_group_by_hand_and_by_file(page: Page, file: Path) -> None:
    log_in(page)
    import_file(page, "À réparer", file)

    repair_two_ways(page)
    left = refused_fields(page)
    page.locator(".sp-page-actions a.btn-primary").click()
    page.get_by_role("button", name="Importer 5 contacts").click()
    expect(page.get_by_text("Terminé", exact=True)).to_be_visible()
    rejects = downloaded_rejects(page)
    page.locator("a[href$='/repair/']").click()
    send_back(page, [[cell.replace("01 99 00 12 34", "06 12 34 56 07") for cell in row] for row in rejects])
    page.wait_for_url("**/imports/*/")
    page.get_by_role("button", name="Importer 1 contact").click()
    expect(page.get_by_text("Terminé", exact=True)).to_be_visible()
    page.get_by_role("link", name="Ouvrir la liste").click()

    assert left == ["612 345 605,00 €", "01 99 00 12 34"]
    assert [[row[1], row[3], row[5]] for row in rejects[1:]] == [
        ["612 345 605,00 €", "6", "06 12 34 56 05"],
        ["01 99 00 12 34", "8", ""],
    ]
    assert exported(page) == [
        ["Téléphone mobile", "Nom", "Ville"],
        ["06 12 34 56 01", "Lefèvre", "Besançon"],
        ["06 12 34 56 02", "Müller", "Orléans"],
        ["06 12 34 56 03", "Faure", "Metz"],
        ["06 12 34 56 04", "Roux", "Nîmes"],
        ["06 12 34 56 06", "Petit", "Évreux"],
        ["06 12 34 56 07", "Noël", "Caen"],
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_bench_is_accessible_and_fits_a_telephone(page: Page, file: Path, theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    log_in(page)
    import_file(page, f"À réparer ({theme})", file)
    page.locator("a[href$='/repair/']").click()
    expect(page.locator(".sp-offers > li")).to_have_count(2)

    faults = accessibility_faults(page)
    page.set_viewport_size({"width": 390, "height": 844})

    assert faults == accessibility_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
