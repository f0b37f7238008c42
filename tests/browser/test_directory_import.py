"""A new list in three steps and the attributes of contacts, in a real browser: wide and narrow, with and without script."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from smsplatform.embedded.demo_logins import LOGINS
from tests.browser.conftest import accessibility_faults, log_in
from tests.browser.test_pages import NARROW, faults

pytestmark = pytest.mark.browser

COUNCIL = LOGINS[1][0]
ATTRIBUTES = "/directory/attributes/"
FIRST_NAME, BORN, CITY = "a3", "a4", "a8"  # the standard attributes' keys

FILE = """Prénom;Portable;Né(e) le;Ville;Dernier achat;Remarque
Zoé;06 12 71 56 01;12/03/1985;Saint-Étienne;01/02/2026;à rappeler, "VIP"
Noël;06 12 71 56 02;demain;Mérignac;;
Zoé;+33 6 12 71 56 01;;;;
Ève;06 12 71 56 03;1er mai 1990;Nîmes;15/01/2026;
Léa;pas de numéro;;;;
"""
AGAIN = "Portable;Prénom;Ville\n06 12 71 56 01;Zoé;Lyon\n06 12 71 56 03;;Nîmes\n06 12 71 56 09;Maël;Sète\n"


def send(page: Page, name: str, content: str, folder: Path, address: str = "/lists/new/") -> None:
    """Step 1, until step 2 is there."""
    file = folder / "abonnés.csv"
    file.write_text(content, encoding="utf-8")
    page.goto(address)
    if name:
        page.locator("[name=name]").fill(name)
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/map/$"))


def choices(page: Page) -> dict[str, str]:
    """Return what each column goes to, by the column's name."""
    rows = page.locator("tr[data-column]").all()
    return {row.locator("th").inner_text(): row.locator("select").input_value() for row in rows}


def choice(page: Page, column: str) -> str:
    """Return the selector of a column."""
    return f"tr[data-name='{column}'] select"


def analyse_again(page: Page, separator: str) -> None:
    page.locator("[name=delimiter]").select_option(separator)
    page.locator("button[name=again]").click()
    expect(page.locator("#mapping [name=delimiter]")).to_have_value(separator)


def go_on(page: Page) -> None:
    page.locator(".sp-decision button[name=continue]").click()
    expect(page.locator("#settings")).to_be_visible()


def shown_changes(page: Page) -> list[str]:
    """Return the cells of the contacts that change under the settings of step 3, as they are seen."""
    return page.locator(".sp-check-below tbody td:visible").all_inner_texts()


def save(page: Page) -> None:
    page.locator(".sp-decision .btn-primary").click()
    page.wait_for_url("**/lists/")
    expect(page.locator("#running-imports [data-flash]")).to_be_visible()


def refresh_until(page: Page, ready: Locator) -> None:
    """Use the link of a page that waits: nothing polls without script."""
    waits = page.get_by_role("link", name="Actualiser")
    expect(ready.or_(waits).first).to_be_visible()
    while waits.count():
        with page.expect_navigation():
            waits.click()


def row_of(page: Page, name: str) -> list[str]:
    row = page.locator("#results tbody tr", has=page.get_by_role("link", name=name, exact=True))
    expect(row).to_have_count(1)
    return [cell.strip() for cell in row.locator("th, td").all_inner_texts()]


def test_a_list_is_made_in_three_steps_and_existing_contacts_are_updated(page: Page, tmp_path: Path) -> None:
    log_in(page, COUNCIL)
    send(page, "Abonnés du marché", FILE, tmp_path)
    suggested, tiles = choices(page), page.locator(".sp-tile-value").all_inner_texts()
    samples = page.locator("tr[data-name=Ville] .sp-samples > span").all_inner_texts()
    found = faults(page)

    # Another separator, and back: the suggestions come again.
    analyse_again(page, "|")
    one_column = page.locator("tr[data-column]").count()
    analyse_again(page, ";")
    again = choices(page)

    # An attribute made on the spot, by the keyboard; then given up for another column.
    page.locator(choice(page, "Dernier achat")).select_option("NEW")
    dialog = page.locator("#new-attribute")
    expect(dialog).to_be_visible()
    found += accessibility_faults(page)
    proposed = [dialog.locator(f"[name=attribute-{name}]").input_value() for name in ("name", "type", "variable")]
    page.keyboard.type("Achat le plus récent")
    page.keyboard.press("Enter")
    page.wait_for_url("**c4=a*")
    page.locator(choice(page, "Remarque")).select_option("NEW")
    page.keyboard.press("Escape")
    chosen = choices(page)
    go_on(page)
    page.locator("[name=lifetime][value=EXPIRING]").check()
    page.locator("[name=months]").select_option("6")
    shown_day = re.search(r"\d\d/\d\d/\d{4}", page.locator("[name=months] option:checked").inner_text())
    save(page)
    found += accessibility_faults(page)
    cells = row_of(page, "Abonnés du marché")

    assert suggested == again
    assert suggested == {
        "Prénom": FIRST_NAME, "Portable": "PHONE", "Né(e) le": BORN, "Ville": CITY, "Dernier achat": "", "Remarque": "",
    }  # fmt: skip
    assert tiles == ["5", "0", "1", "1", "3", "0"]
    assert samples == ["Saint-Étienne", "Mérignac", "Nîmes"]
    assert one_column == 1
    assert proposed == ["Dernier achat", "DATE", "dernier_achat"]
    assert (chosen["Dernier achat"][:1], chosen["Remarque"]) == ("a", "")
    assert shown_day is not None
    assert shown_day[0] in cells
    assert "3" in cells

    # The same people again, with another town.
    send(page, "Abonnés de Lyon", AGAIN, tmp_path)
    go_on(page)
    before_after = shown_changes(page)
    page.locator("[name=empty_cells][value=ERASE]").check()
    erased = shown_changes(page)
    found += faults(page)
    page.locator("[name=updates_existing]").uncheck()
    not_updated = shown_changes(page)
    page.locator("[name=updates_existing]").check()
    page.locator("[name=empty_cells][value=KEEP]").check()
    save(page)
    page.locator("#running-imports [data-flash] a").click()
    found += accessibility_faults(page)
    report = page.locator("main .sp-alert").first.inner_text()

    assert before_after == ["Saint-Étienne Lyon"]
    assert sorted(erased) == ["Nîmes", "Saint-Étienne Lyon", "Zoé", "Ève –"]
    assert not_updated == []
    assert report.startswith("«\u00a0Abonnés de Lyon\u00a0»\u00a0: 1 nouveau contact, 1 mis à jour, 1 inchangé")
    assert found == []


def test_an_empty_list_and_pasted_values(page: Page) -> None:
    log_in(page, COUNCIL)
    page.goto("/lists/new/")
    page.locator("[name=name]").fill("À remplir")
    page.locator("[name=source][value=EMPTY]").check()
    page.locator("[name=lifetime][value=EXPIRING]").check()
    page.locator("[name=months]").select_option("2")
    found = faults(page)
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_role("heading", name="À remplir")).to_be_visible()
    page.goto("/lists/new/")
    page.locator("[name=name]").fill("Collée")
    page.locator("[name=source][value=PASTE]").check()
    page.locator("[name=pasted]").fill("06 12 71 57 01\n06 12 71 57 02\n+33 6 12 71 57 01")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/map/$"))
    go_on(page)
    save(page)

    assert "2" in row_of(page, "Collée")
    assert "0" in row_of(page, "À remplir")
    assert found == []


def test_the_steps_on_a_telephone_without_script(chrome: Browser, site: str, tmp_path: Path) -> None:
    context = chrome.new_context(base_url=site, locale="fr-FR", viewport=NARROW, java_script_enabled=False)
    page = context.new_page()
    file = tmp_path / "base.csv"
    file.write_text("Portable;Points\n06 12 71 58 01;12\n", encoding="utf-8")
    log_in(page, COUNCIL)
    page.goto("/directory/imports/new/")
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main form button[type=submit]").last.click()
    refresh_until(page, page.locator("tr[data-column]"))

    page.locator(choice(page, "Points")).select_option("NEW")
    page.locator(".sp-decision button[name=continue]").click()
    page.locator("#new-attribute [name=attribute-name]").fill("Points sans script")
    page.locator("#new-attribute button").click()
    chosen = choices(page)["Points"]
    page.locator(".sp-decision button[name=continue]").click()
    refresh_until(page, page.locator("#settings"))
    page.locator(".sp-decision .btn-primary").click()
    page.wait_for_url(re.compile(r"/imports/\d+/$"))
    refresh_until(page, page.locator("main .sp-alert"))
    report = page.locator("main .sp-alert").first.inner_text()
    context.close()

    assert chosen.startswith("a")
    assert "1 nouveau contact" in report


def test_attributes_are_made_ordered_counted_and_deleted(page: Page) -> None:
    log_in(page, COUNCIL)
    page.goto(f"{ATTRIBUTES}new/")
    page.locator("[name=name]").press_sequentially("Carte n° 2")
    made = page.locator("[name=variable]").input_value()
    found = accessibility_faults(page)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{ATTRIBUTES}")
    row = page.locator("tbody tr", has_text="Carte n° 2")
    row.locator("button[value=up]").click()
    page.wait_for_load_state()
    is_last = "Carte n° 2" in page.locator("tbody tr").last.inner_text()
    found += faults(page)
    row.locator("a[href$='/delete/']").click()
    page.wait_for_load_state()
    found += accessibility_faults(page)
    page.locator("main form button.btn-danger").click()
    page.wait_for_url(f"**{ATTRIBUTES}")

    assert made == "carte_n_2"
    assert not is_last
    expect(row).to_have_count(0)
    assert found == []
