"""The exclusion list in a real browser: look up, add one, add many, remove with a reason, take it out as a file."""

import csv
import io

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import accessibility_faults, log_in

pytestmark = pytest.mark.browser

INDEX = "/exclusions/"
PAGES = (INDEX, "/exclusions/add/", "/exclusions/import/", "/accounts/audit/?action=EXCLUSIONS")


def numbers(page: Page) -> list[str]:
    return page.locator("tbody th").all_inner_texts()


def exclude(page: Page, number: str, reason: str) -> None:
    page.goto(INDEX)
    page.get_by_role("link", name="Exclure un numéro").click()
    page.get_by_label("Téléphone mobile").fill(number)
    page.get_by_label("Raison").fill(reason)
    page.get_by_role("button", name="Exclure").click()
    page.wait_for_url(f"**{INDEX}")


def search(page: Page, number: str) -> list[str]:
    page.goto(INDEX)
    page.get_by_role("searchbox").fill(number)
    page.keyboard.press("Enter")
    page.wait_for_url("**/exclusions/?number=*")
    return numbers(page)


def test_a_number_is_excluded_found_in_any_notation_and_taken_off_with_a_reason(page: Page) -> None:
    log_in(page)
    exclude(page, "+33 (0)6 44 55 66 01", "Vu au magasin")
    expect(page.get_by_text("06 44 55 66 01 est sur la liste d'exclusion.")).to_be_visible()

    found = [search(page, typed) for typed in ("0644556601", "+33 6 44 55 66 01", "06 44 55", "5566 01")]
    address = page.url
    page.get_by_role("link", name="Retirer : 06 44 55 66 01").click()
    page.get_by_role("button", name="Retirer de la liste d'exclusion").click()
    expect(page.get_by_label("Raison")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Raison").fill("Saisi par erreur")
    page.get_by_role("button", name="Retirer de la liste d'exclusion").click()
    expect(page.get_by_text("1 numéro n'est plus sur la liste d'exclusion.")).to_be_visible()

    assert found == [["06 44 55 66 01"]] * 4
    assert "5566" not in address
    assert search(page, "0644556601") == []
    page.goto("/accounts/audit/?action=EXCLUSIONS")
    expect(page.locator("tbody tr").first).to_contain_text("Saisi par erreur")


def test_numbers_are_pasted_then_chosen_and_taken_off_together(page: Page) -> None:
    log_in(page)
    page.goto(INDEX)
    page.get_by_role("link", name="Ajouter en masse").click()
    page.get_by_text("Une liste de valeurs").click()
    page.locator("[name=pasted]").fill("06 44 55 67 01, 0644556702\nabc 12\n06.44.55.67.01")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("alert").filter(has_text="Ligne 2")).to_be_visible()
    box = page.locator("[name=pasted]")
    expect(box).to_have_value("abc 12")
    box.fill("+33644556703")
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url(f"**{INDEX}")

    added = search(page, "064455670")
    everyone = page.get_by_label("Sélectionner tous les numéros de cette page")
    everyone.check()
    page.get_by_label("Sélectionner le 06 44 55 67 02").uncheck()
    is_partly_ticked = everyone.evaluate("box => box.indeterminate && !box.checked")
    page.get_by_role("button", name="Retirer les numéros sélectionnés").click()
    page.get_by_label("Raison").fill("Fichier erroné")
    page.get_by_role("button", name="Retirer de la liste d'exclusion").click()

    assert sorted(added) == [f"06 44 55 67 0{n}" for n in (1, 2, 3)]
    assert is_partly_ticked
    expect(page.get_by_text("2 numéros ne sont plus sur la liste d'exclusion.")).to_be_visible()
    assert search(page, "064455670") == ["06 44 55 67 02"]


def test_who_answered_stop_stays_until_the_box_is_ticked(page: Page) -> None:
    log_in(page)
    page.goto(f"{INDEX}?source=STOP")
    number = numbers(page)[0]

    page.get_by_role("link", name=f"Retirer : {number}").click()
    expect(page.get_by_text("CNIL")).to_be_visible()
    page.get_by_label("Raison").fill("Nouvel accord écrit")
    page.get_by_role("button", name="Retirer de la liste d'exclusion").click()
    box = page.get_by_label("Je confirme que chaque personne")
    expect(box).to_have_attribute("aria-invalid", "true")
    still_there = search(page, number)

    assert still_there == [number]


def test_the_list_comes_out_as_a_file(page: Page) -> None:
    log_in(page)
    exclude(page, "06 44 55 68 01", "Pour l'export")

    page.locator("a[href='/exclusions/export/options/']").click()
    with page.expect_download() as download:
        page.locator("main form button").last.click()
    content = download.value.path().read_bytes().decode("utf-8-sig")

    rows = list(csv.reader(io.StringIO(content), delimiter=";"))
    assert [[row[0], row[2], row[3]] for row in rows if row[0] == "06 44 55 68 01"] == [
        ["06 44 55 68 01", "Ajouté à la main", "Pour l'export"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible_and_fit_a_telephone(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    log_in(page)
    page.goto(f"{INDEX}?source=STOP")
    remove = page.get_by_role("link", name="Retirer :").first.get_attribute("href")
    faults: dict[str, object] = {}

    for path in (*PAGES, str(remove), "/lists/1/rename/"):
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(path)
            too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            if found := accessibility_faults(page) + ["too wide"] * too_wide:
                faults[f"{path} {width}"] = found

    assert faults == {}
