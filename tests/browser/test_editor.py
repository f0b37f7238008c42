"""A list edited as in a spreadsheet: by mouse and keyboard, pasted into, saved, and by two people at once."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import accessibility_faults, log_in

pytestmark = pytest.mark.browser

PASTE = """text => {
  const event = new ClipboardEvent("paste", {bubbles: true, cancelable: true, clipboardData: new DataTransfer()});
  event.clipboardData.setData("text/plain", text);
  document.activeElement.dispatchEvent(event);
}"""
PEOPLE = [
    ("06 12 34 56 01", "Zoé", "Laval"),
    ("06 12 34 56 02", "Noël", "Nantes"),
    ("06 12 34 56 03", "Inès", "Rennes"),
]


@pytest.fixture
def editor(page: Page, request: pytest.FixtureRequest, tmp_path: Any) -> str:
    """The address of the editor of a new list of three people, open in `page`."""
    file = tmp_path / "clients.csv"
    file.write_text("Mobile;Prénom;Ville\n" + "".join(f"{';'.join(person)}\n" for person in PEOPLE))
    return import_list(page, file, request.node.name[:100], len(PEOPLE))


def import_list(page: Page, file: Any, name: str, contacts: int) -> str:
    """Make a list of a file and open its editor; return its address."""
    log_in(page)
    page.goto("/lists/new/")
    page.locator("[name=name]").fill(name)
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main form button[type=submit], main form button:not([type])").last.click()
    page.wait_for_url("**/imports/*/")
    page.get_by_role("button", name=f"Importer {contacts} contacts").click()
    page.get_by_role("link", name="Ouvrir la liste").click()
    page.wait_for_url("**/lists/*/")
    address = f"{page.url}edit/"
    open_editor(page, address)
    return address


@pytest.fixture
def second(chrome: Browser, site: str, context: BrowserContext) -> Iterator[Page]:
    """The same person's second computer."""
    other = chrome.new_context(base_url=site, locale="fr-FR")
    page = other.new_page()
    log_in(page)
    yield page
    other.close()


def open_editor(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("edit-grid[data-ready]")


def cell(page: Page, row: int, column: int) -> Any:
    return page.locator("tbody tr").nth(row).locator("[data-key]").nth(column)


def texts(page: Page) -> list[list[str]]:
    rows = page.locator("tbody tr").all()
    return [row.locator(".sp-cell").all_text_contents() for row in rows]


def waiting(page: Page) -> str:
    return page.locator("[data-count]").inner_text()


def save(page: Page) -> dict[str, Any]:
    with page.expect_response("**/edit/save/") as answered:
        page.locator("[data-act=save]").click()
    answer: dict[str, Any] = answered.value.json()
    expect(page.locator("[data-page-content]:not([aria-busy])")).to_be_visible()
    return answer


def statuses(answer: dict[str, Any]) -> list[str]:
    return [row["status"] for row in answer["rows"]]


def test_keyboard_alone_edits_and_saves(page: Page, editor: str) -> None:
    cell(page, 0, 0).focus()
    for key in ("ArrowRight", "F2"):
        page.keyboard.press(key)
    page.keyboard.type("Chloé")
    page.keyboard.press("Tab")
    page.keyboard.type("Brest")
    page.keyboard.press("Enter")
    page.keyboard.type("perdu")
    page.keyboard.press("Escape")
    before = page.locator("[data-changed]").count()
    answer = save(page)

    assert before == 2
    assert statuses(answer) == ["SAVED"]
    assert texts(page)[0] == ["06 12 34 56 01", "Chloé", "Brest"]
    assert texts(page)[1] == list(PEOPLE[1])
    assert page.locator("[data-changed]").count() == 0


def test_a_block_is_pasted_over_cells_and_beyond_the_last_row(page: Page, editor: str) -> None:
    cell(page, 2, 0).click()

    page.evaluate(
        PASTE, '06 12 34 56 03\tInès\t"Saint\tMalo"\r\n0612345604\tGaël\tVitré\r\n+33 6 12 34 56 05\tLéa\t\r\n'
    )
    rows = page.locator("tbody tr").count()
    answer = save(page)

    assert rows == 5
    assert statuses(answer) == ["SAVED", "SAVED", "SAVED"]
    assert texts(page)[2:] == [
        ["06 12 34 56 03", "Inès", "Saint\tMalo"],
        ["06 12 34 56 04", "Gaël", "Vitré"],
        ["06 12 34 56 05", "Léa", ""],
    ]


def test_rows_are_removed_excluded_and_added_only_at_the_save(page: Page, editor: str) -> None:
    page.locator("tbody tr").nth(0).locator("[data-act=remove]").click()
    page.locator("tbody tr").nth(1).locator("[data-act=exclude]").click()
    page.locator("#exclude-reason").fill("L'a demandé")
    page.keyboard.press("Enter")
    page.locator("[data-open=add-entry]").click()
    page.locator("#add-phone").fill("06 12 34 56 09")
    page.locator("#add-c1").fill("Rémi")
    page.locator("[data-dialog=add-entry] [value=yes]").click()
    pending_faults = accessibility_faults(page)
    with page.context.new_page() as other:
        open_editor(other, editor)
        meanwhile = texts(other)
    answer = save(page)

    assert pending_faults == []
    assert meanwhile == [list(person) for person in PEOPLE]
    assert statuses(answer) == ["SAVED"] * 3
    assert texts(page) == [list(PEOPLE[1]), list(PEOPLE[2]), ["06 12 34 56 09", "Rémi", ""]]
    assert page.locator("tr[data-excluded=PERSON]").count() == 1
    assert accessibility_faults(page) == []


def test_two_people_edit_one_row_and_nothing_is_lost(page: Page, editor: str, second: Page) -> None:
    open_editor(second, editor)
    for one, town in ((page, "Angers"), (second, "Vannes")):
        cell(one, 0, 2).click()
        one.keyboard.type(town)
        one.keyboard.press("Enter")
    cell(second, 1, 1).click()
    second.keyboard.type("Nora")
    second.keyboard.press("Enter")

    first_answer, second_answer = save(page), save(second)
    told = cell(second, 0, 2).inner_text()
    faults = accessibility_faults(second)
    second.locator("[data-act=keep-mine]").click()
    last_answer = save(second)
    open_editor(page, editor)

    assert statuses(first_answer) == ["SAVED"]
    assert sorted(statuses(second_answer)) == ["CONFLICT", "SAVED"]
    assert ("Vannes" in told, "Angers" in told) == (True, True)
    assert faults == []
    assert statuses(last_answer) == ["SAVED"]
    assert texts(page)[:2] == [["06 12 34 56 01", "Zoé", "Vannes"], ["06 12 34 56 02", "Nora", "Nantes"]]


def test_a_wrong_number_is_said_in_its_cell_and_stays(page: Page, editor: str) -> None:
    cell(page, 1, 0).click()
    page.keyboard.type("06 12")
    page.keyboard.press("Enter")

    answer = save(page)

    assert statuses(answer) == ["ERROR"]
    assert cell(page, 1, 0).get_attribute("aria-invalid") == "true"
    assert cell(page, 1, 0).inner_text().startswith("06 12\n")


def test_changes_outlive_a_reload_a_search_and_the_end_of_the_session(page: Page, editor: str) -> None:
    cell(page, 0, 1).click()
    page.keyboard.type("Jeanne")
    page.keyboard.press("Enter")
    page.locator("[name=search]").fill("nantes")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    found = texts(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(editor)
    page.wait_for_selector("edit-grid[data-ready]")
    after_reload = texts(page)[0]
    cookies: Any = page.context.cookies()
    page.context.clear_cookies()
    page.locator("[data-act=save]").click()
    expect(page.locator("#flash [role=alert]")).to_contain_text("session")
    kept = texts(page)[0]
    page.context.add_cookies(cookies)
    answer = save(page)

    assert found == [list(PEOPLE[1])]
    assert after_reload == kept == ["06 12 34 56 01", "Jeanne", "Laval"]
    assert statuses(answer) == ["SAVED"]


def test_signing_out_forgets_what_waits(page: Page, editor: str) -> None:
    cell(page, 0, 1).click()
    page.keyboard.type("Secret")
    page.keyboard.press("Enter")
    page.on("dialog", lambda dialog: dialog.accept())

    page.locator(".sp-topbar .sp-avatar").click()
    page.locator("form[action$='/logout/'] button").click()
    page.wait_for_url("**/auth/**")

    assert page.evaluate("Object.keys(sessionStorage)") == []


def test_columns_are_added_renamed_and_removed(page: Page, editor: str) -> None:
    page.locator("[data-open=add-column]").click()
    page.locator("#column-name").fill("Âge")
    page.keyboard.press("Enter")
    cell(page, 0, 3).click()
    page.keyboard.type("44")
    page.keyboard.press("Enter")
    page.locator("th[data-key=c1] [data-act=rename-column]").click()
    page.locator("#column-name").fill("Petit nom")
    page.keyboard.press("Enter")
    page.locator("th[data-key=c2] [data-act=remove-column]").click()
    expect(page.locator("[data-dialog=sure] [data-text]")).to_contain_text("3")
    page.locator("[data-dialog=sure] [value=yes]").click()

    answer = save(page)

    assert statuses(answer) == ["SAVED"]
    assert page.locator("thead [data-name]").all_inner_texts()[1:] == ["Petit nom", "Âge"]
    assert texts(page)[0] == ["06 12 34 56 01", "Zoé", "44"]


def test_a_save_clicked_twice_is_one_save(page: Page, editor: str) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/edit/save/") else None)
    cell(page, 0, 1).click()
    page.keyboard.type("Ana")
    page.keyboard.press("Enter")

    page.locator("[data-act=save]").dblclick()
    expect(page.locator("[data-changed]")).to_have_count(0)

    assert len(sent) == 1
    assert texts(page)[0][1] == "Ana"


def test_a_save_that_finds_the_database_busy_keeps_the_changes_and_is_sent_again(page: Page, editor: str) -> None:
    cell(page, 0, 1).click()
    page.keyboard.type("Ana")
    page.keyboard.press("Enter")
    page.route("**/edit/save/", lambda route: route.fulfill(status=503, headers={"Retry-After": "3"}, body="busy"))
    page.locator("[data-act=save]").click()
    said = page.get_by_text("Un autre travail de ce compte est en cours : rien n'a été fait.")
    expect(said).to_be_visible()
    expect(page.locator("[data-changed]")).to_have_count(1)
    page.unroute("**/edit/save/")

    save(page)

    expect(page.locator("[data-changed]")).to_have_count(0)
    page.reload()
    page.wait_for_selector("edit-grid[data-ready]")
    assert texts(page)[0][1] == "Ana"


def test_copying_a_chosen_block(page: Page, editor: str) -> None:
    cell(page, 0, 1).click()
    for key in ("Shift+ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)

    copied = page.evaluate("""() => {
      const event = new ClipboardEvent("copy", {bubbles: true, cancelable: true, clipboardData: new DataTransfer()});
      document.activeElement.dispatchEvent(event);
      return event.clipboardData.getData("text/plain");
    }""")

    assert copied == "Zoé\tLaval\nNoël\tNantes"


def test_a_telephone_shows_and_edits_the_grid(page: Page, editor: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_editor(page, editor)
    cell(page, 0, 1).click()
    cell(page, 0, 1).click()
    page.keyboard.type("Lou")
    page.keyboard.press("Enter")

    answer = save(page)

    assert statuses(answer) == ["SAVED"]
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert accessibility_faults(page) == []


def test_without_script_one_contact_is_edited_on_a_page(chrome: Browser, site: str, page: Page, editor: str) -> None:
    plain = chrome.new_context(base_url=site, locale="fr-FR", java_script_enabled=False)
    cookies: Any = page.context.cookies()
    plain.add_cookies(cookies)
    other = plain.new_page()

    other.goto(editor)
    other.locator("tbody tr").nth(1).locator("a[data-plain]").click()
    other.locator("[name=c2]").fill("Quimper")
    other.locator("button[value=save]").click()
    expect(other.locator("tbody tr").nth(1)).to_contain_text("Quimper")
    rows = [row.locator(".sp-cell").all_text_contents() for row in other.locator("tbody tr").all()]
    plain.close()

    assert rows[1] == ["06 12 34 56 02", "Noël", "Quimper"]
    assert json.dumps(other.url).find("0612") == -1


WIDE = "Mobile;Prénom;Nom;Ville;Rue;Courriel;Fidélité;Remarque\n" + "".join(
    f"06 12 34 56 {row:02};Marie-Antoinette;Lefebvre-Delacroix;Saint-Malo;12 rue de la République;"
    f"marie{row}@exemple.fr;Carte or;Préfère être jointe le soir\n"
    for row in range(1, 6)
)


@pytest.mark.parametrize("width", [1280, 390])
def test_who_is_edited_stays_in_view_and_is_named(page: Page, tmp_path: Any, width: int) -> None:
    file = tmp_path / "large.csv"
    file.write_text(WIDE)
    page.set_viewport_size({"width": width, "height": 800})
    import_list(page, file, f"Large {width}", 5)
    grid = page.locator(".sp-edit-scroll")
    grid.evaluate("scroll => { scroll.scrollLeft = scroll.scrollWidth; }")
    shown = {"first": page.locator("tbody tr").first.locator("[data-key=phone]"), "grid": grid}
    box = {name: part.bounding_box() or {} for name, part in shown.items()}
    page.locator("tbody tr").nth(0).locator("[data-act=exclude]").click()
    asked = page.locator("[data-dialog=exclude] [data-who]").inner_text()
    page.locator("[data-dialog=exclude] [value=no]").click()
    for row in range(3):
        page.locator("tbody tr").nth(row).locator("[data-act=remove]").click()

    assert grid.evaluate("scroll => scroll.scrollLeft > 0")
    assert abs(box["first"]["x"] - box["grid"]["x"]) < 2
    assert asked == "06 12 34 56 01"
    leaving = page.locator("[data-leaving-who]")
    expect(leaving).to_have_text("À retirer de la liste\u00a0: 06 12 34 56 01 et 2 autres")


def test_row_actions_stay_in_reach_beside_seven_columns(page: Page, tmp_path: Any) -> None:
    file = tmp_path / "large.csv"
    file.write_text(WIDE)
    page.set_viewport_size({"width": 1280, "height": 800})
    import_list(page, file, "Large, actions", 5)
    grid = page.locator(".sp-edit-scroll").bounding_box() or {}
    button = page.locator("tbody tr").first.locator("[data-act=remove]").bounding_box() or {}

    assert button["x"] + button["width"] <= grid["x"] + grid["width"]
