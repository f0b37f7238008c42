"""The directory as the product describes it, sentence by sentence, in French: on a screen and on a telephone."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from smsplatform.embedded.demo_logins import LOGINS
from tests.browser.conftest import log_in
from tests.browser.test_pages import NARROW, WIDE

pytestmark = pytest.mark.browser

INDEX = "/directory/contacts/"
SCREENS = {"screen": WIDE, "telephone": NARROW}
# Each size has people of its own: the site is the same.
TOWNS = {"screen": "Vrigné", "telephone": "Quelaines"}
LINES = {"screen": "06 45 61 1{} 01", "telephone": "06 45 61 2{} 01"}


@pytest.fixture(params=SCREENS)
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def council(page: Page, size: str) -> Page:
    screen: Any = SCREENS[size]
    page.set_viewport_size(screen)
    log_in(page, LOGINS[1][0])
    return page


@pytest.fixture
def number(size: str) -> Callable[[int], str]:
    return lambda who: LINES[size].format(who)


def go(page: Page, entry: str) -> None:
    """Use the menu, which a telephone opens first."""
    menu = page.get_by_role("button", name="Ouvrir le menu")
    if menu.is_visible():
        menu.click()
    page.locator("#sidebar").get_by_role("link", name=entry, exact=True).click()


def row(page: Page, name: str) -> Locator:
    return page.locator("#results tbody tr", has=page.get_by_role("link", name=name, exact=True))


def act(page: Page, name: str, action: str) -> None:
    """Use the ACTIONS button of a row."""
    row(page, name).locator("[data-bs-toggle=dropdown]").click()
    row(page, name).locator(".dropdown-menu.show .dropdown-item", has_text=action).first.click()


def search(page: Page, text: str) -> list[str]:
    page.goto(INDEX)
    page.get_by_role("searchbox").fill(text)
    with page.expect_event("load"):
        page.keyboard.press("Enter")
    page.wait_for_url("**/contacts/?q=*")
    return [cell.split("\n")[0].strip() for cell in page.locator("#results tbody th a").all_inner_texts()]


def add_contact(page: Page, number: str, name: str, town: str) -> None:
    page.goto(INDEX)
    page.get_by_role("link", name="Ajouter un contact").click()
    page.get_by_label("Téléphone mobile").fill(number)
    page.get_by_label("Nom", exact=True).fill(name)
    page.get_by_label("Ville").fill(town)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/directory/contact/[^/]+/$"))


def tick(page: Page, numbers: list[str]) -> None:
    for one in numbers:
        page.locator("#results tbody tr", has_text=one).locator("input[type=checkbox]").press("Space")


def answer(page: Page) -> None:
    """Say yes in the dialog, and wait for what came of it."""
    page.locator("#batch-dialog form button.btn-primary").click()
    expect(page.locator("#result-title")).to_be_visible()


def contacts_of(page: Page, name: str) -> str:
    """Return how many contacts the table says a list has."""
    page.goto(f"/lists/?search={name}")
    return row(page, name).locator("[data-label=Contacts]").inner_text()


def send_file(page: Page, file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Continuer").click()
    expect(page.locator("tr[data-column]").first).to_be_visible()


def choose(page: Page, column: str, attribute: str) -> None:
    page.locator(f"tr[data-name='{column}'] select").select_option(label=attribute)


def test_2_my_contacts(council: Page, size: str, number: Callable[[int], str], tmp_path: Path) -> None:
    page, town = council, TOWNS[size]
    # «Ajouter unitairement un contact (formulaire)», «Rechercher un contact», «Editer ou supprimer un contact»
    for who, name in enumerate(["Aubin", "Bréval", "Cosson"]):
        add_contact(page, number(who), name, town)
    found = search(page, town.lower().replace("é", "e"))
    act(page, number(0), "Éditer")
    page.get_by_label("Prénom").fill("Élise")
    page.get_by_role("button", name="Enregistrer").click()
    page.wait_for_url(re.compile(r"/directory/contact/[^/]+/$"))
    edited = search(page, f"elise {town}")
    search(page, number(2))
    act(page, number(2), "Supprimer")
    page.locator("[data-confirm-yes]").click()
    page.wait_for_url(f"**{INDEX}")

    # «un ensemble de contacts (import fichier)»: consolidated and deduplicated
    go(page, "Mes contacts")
    page.get_by_role("link", name="Importer des contacts").click()
    send_file(page, tmp_path / "base.csv", f"Mobile;Nom;Ville\n{number(1)};Bréval;{town}\n{number(3)};Dorval;{town}\n")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Terminé", exact=True)).to_be_visible()
    base = search(page, town)

    # «Créer depuis une sélection de contacts, une nouvelle liste», «Ajouter … à une liste existante», «Exporter»
    tick(page, [number(0), number(1)])
    page.locator(".sp-selection").get_by_role("button", name="Nouvelle liste").click()
    page.locator("#batch-dialog").get_by_label("Nom").fill(f"Choisis {town}")
    answer(page)
    search(page, town)
    tick(page, [number(3)])
    page.locator(".sp-selection").get_by_role("button", name="Ajouter à une liste").click()
    page.locator("#batch-dialog label", has_text=f"Choisis {town}").click()
    page.locator("#batch-dialog").get_by_role("button", name="Continuer").click()
    expect(page.locator("#batch-dialog button[name=next]")).to_have_count(0)
    answer(page)
    search(page, town)
    tick(page, [number(3)])
    page.locator(".sp-selection").get_by_role("button", name="Exporter").click()
    with page.expect_download() as download:
        page.locator("#batch-dialog form button.btn-primary").click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_bytes().decode("utf-8-sig")), delimiter=";"))

    assert sorted(found) == [number(0), number(1), number(2)]
    assert edited == [number(0)]
    assert sorted(base) == [number(0), number(1), number(3)]
    assert contacts_of(page, f"Choisis {town}") == "3"
    assert [line[0] for line in rows[1:]] == [number(3)]


def test_2_2_my_contact_lists(council: Page, size: str, number: Callable[[int], str], tmp_path: Path) -> None:
    page, name = council, f"Marché de {TOWNS[size]}"
    # Step 1: name, description, file. Step 2: summary, separator, mapping. Step 3: advanced settings.
    go(page, "Nouvelle liste")
    page.get_by_label("Nom de la liste").fill(name)
    page.get_by_label("Description").fill("Les clients du samedi")
    content = f"Portable;Nom;Quand\n{number(5)};Émery;12/03/2024\n{number(5)};Émery;\n{number(6)};Foucher;\n"
    send_file(page, tmp_path / "marché.csv", content)
    mapped = [one.input_value() for one in page.locator("tr[data-column] select").all()]
    separator = page.locator("[name=delimiter]").input_value()
    tiles = page.locator(".sp-tile-value").all_inner_texts()
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Mettre à jour les attributs").check()
    page.locator("[name=lifetime][value=EXPIRING]").check()
    page.locator("[name=months]").select_option("12")
    page.get_by_role("button", name="Enregistrer").click()
    page.wait_for_url("**/lists/")
    expect(row(page, name)).to_be_visible()
    cells = row(page, name).inner_text()

    # ACTIONS: deactivate, API, merge two lists, delete
    act(page, name, "Désactiver")
    disabled = row(page, name).inner_text()
    act(page, name, "Réactiver")
    act(page, name, "Rendre disponible pour l'API")
    expect(row(page, name).locator(".sp-badge", has_text="API")).to_be_visible()
    go(page, "Nouvelle liste")
    page.get_by_label("Nom de la liste").fill(f"Vide {TOWNS[size]}")
    page.get_by_label("Liste vide").check()
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url(re.compile(r"/directory/lists/\d+/$"))
    page.goto(f"/lists/?search={name}")
    act(page, name, "Fusionner")
    page.locator("tr", has_text=f"Vide {TOWNS[size]}").get_by_text("Choisir").click()
    page.get_by_label("Nom du résultat").fill(f"Réunie {TOWNS[size]}")
    page.locator("main form button.btn-primary").click()
    expect(page.get_by_text("Les listes sont fusionnées")).to_be_visible()
    merged = contacts_of(page, f"Réunie {TOWNS[size]}")
    act(page, f"Réunie {TOWNS[size]}", "Supprimer")
    page.locator("[data-confirm-yes]").click()
    expect(row(page, f"Réunie {TOWNS[size]}")).to_have_count(0)

    today = timezone.localdate()
    assert (mapped, separator) == (["PHONE", "a2", ""], ";")
    assert tiles[0] == "3"
    assert "2" in tiles
    assert f"/{today.month:02}/{today.year + 1}" in cells
    assert ("Active" in cells, "Désactivée" in disabled) == (True, True)
    assert merged == "2"
    # «La liste est purgée mais les contacts restent présents dans la base globale»
    assert search(page, "foucher") != []


def test_2_3_attributes(council: Page, size: str) -> None:
    page, name = council, f"Fidélité {TOWNS[size]}"
    go(page, "Attributs de contacts")
    page.wait_for_url("**/directory/attributes/")
    proposed = page.locator("main tbody th").all_inner_texts()
    page.get_by_role("link", name="Nouvel attribut").click()
    page.get_by_label("Nom").fill(name)
    page.get_by_label("Type").select_option(label="Booléen (vrai / faux)")
    variable = page.get_by_label("Variable").input_value()
    page.get_by_role("button", name="Créer l'attribut").click()
    made = page.locator("main tbody tr", has_text=name)
    expect(made).to_be_visible()

    assert {"Civilité", "Nom", "Prénom", "Date de naissance", "E-mail", "Ville"} <= {one.strip() for one in proposed}
    assert variable == f"fidelite_{TOWNS[size].lower().replace('é', 'e')}"
    assert f"{{{variable}}}" in made.inner_text()
    assert "Booléen" in made.inner_text()
