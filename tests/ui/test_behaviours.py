"""The modules of static/app, each as a person meets it."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import Answer, Show, Site, render

pytestmark = pytest.mark.browser

DELETE = """
<form method="post" action="/delete/" data-confirm="12 contacts partent." data-confirm-title="Supprimer ?"
      data-confirm-button="Oui, supprimer">
  <input name="id" value="7"><button name="why" value="old">Supprimer</button>
</form>
"""
UPLOAD = """
<form method="post" action="/upload/" {% include "components/upload_attributes.html" with max_bytes=1000 %}>
  <input name="name" value="Clients">
  {% include "components/upload_zone.html" with field=form.file title="Fichier" hint="CSV" %}
  <button type="submit">Envoyer</button>
</form>
"""


@pytest.fixture
def small_file(tmp_path: Path) -> Path:
    file = tmp_path / "clients.csv"
    file.write_text("0639980001\n")
    return file


def test_a_destructive_form_asks_first_and_cancel_has_the_focus(site: Site, show: Show) -> None:
    page = show(DELETE)

    page.get_by_role("button", name="Supprimer").click()

    dialog = page.get_by_role("dialog", name="Supprimer ?")
    expect(dialog.get_by_text("12 contacts partent.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Annuler")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert site.paths("POST") == []


def test_a_confirmed_form_is_sent_once_with_its_button(site: Site, show: Show) -> None:
    site.answers["POST /delete/"] = Answer(render("<p>Parti</p>"))
    page = show(DELETE)

    page.get_by_role("button", name="Supprimer").click()
    page.get_by_role("button", name="Oui, supprimer").click()

    expect(page.get_by_text("Parti")).to_be_visible()
    assert (site.paths("POST"), site.last("/delete/")[1]) == (["/delete/"], b"id=7&why=old")


def test_an_upload_follows_the_redirect_and_sends_every_field(site: Site, show: Show, small_file: Path) -> None:
    site.answers["POST /upload/"] = Answer(status=302, location="/done/")
    site.answers["GET /done/"] = Answer(render("<p>Importé</p>"))
    page = show(UPLOAD)

    page.locator("[type=file]").set_input_files(small_file)
    page.get_by_role("button", name="Envoyer").click()

    expect(page.get_by_text("Importé")).to_be_visible()
    assert page.url.endswith("/done/")
    _, body = site.last("/upload/")
    assert b'name="name"\r\n\r\nClients' in body
    assert b'filename="clients.csv"' in body


def test_an_upload_shows_its_progress_and_can_be_cancelled(site: Site, show: Show, small_file: Path) -> None:
    site.hold.clear()
    page = show(UPLOAD)

    page.locator("[type=file]").set_input_files(small_file)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator("progress")).to_be_visible()
    expect(page.get_by_role("button", name="Envoyer")).to_be_disabled()
    page.get_by_role("button", name="Annuler l'envoi").click()

    expect(page.locator("progress")).to_be_hidden()
    expect(page.get_by_role("button", name="Envoyer")).to_be_enabled()
    expect(page.locator("[data-upload-error]")).to_be_hidden()


def test_a_form_that_comes_back_with_errors_replaces_the_page(site: Site, show: Show, small_file: Path) -> None:
    site.answers["POST /upload/"] = Answer(render("<p role='alert'>Le nom manque</p>"), status=422)
    page = show(UPLOAD)

    page.locator("[type=file]").set_input_files(small_file)
    page.get_by_role("button", name="Envoyer").click()

    expect(page.get_by_text("Le nom manque")).to_be_visible()
    assert page.locator("main").count() == 1


@pytest.mark.parametrize(
    "status, message",
    [
        (413, "Ce fichier dépasse 1\xa0Ko"),
        (500, "Le fichier n'a pas pu être envoyé"),
        (0, "Le fichier n'a pas pu être envoyé"),
    ],
)
def test_a_failed_upload_says_why_and_keeps_the_form(
    site: Site, show: Show, small_file: Path, status: int, message: str
) -> None:
    site.answers["POST /upload/"] = Answer("error", status=status)
    page = show(UPLOAD)

    page.locator("[type=file]").set_input_files(small_file)
    page.get_by_role("button", name="Envoyer").click()

    expect(page.locator("[data-upload-error]")).to_contain_text(message)
    expect(page.locator("[name=name]")).to_have_value("Clients")
    expect(page.get_by_role("button", name="Envoyer")).to_be_enabled()


def test_a_file_that_is_too_large_is_not_sent(site: Site, show: Show, tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    large.write_bytes(b"0" * 1001)
    page = show(UPLOAD)

    page.locator("[type=file]").set_input_files(large)
    page.get_by_role("button", name="Envoyer").click()

    expect(page.locator("[data-upload-error]")).to_contain_text("Ce fichier dépasse 1\xa0Ko")
    assert site.paths("POST") == []


def test_a_form_without_a_file_is_sent_the_plain_way(site: Site, show: Show) -> None:
    site.answers["POST /upload/"] = Answer(render("<p>Reçu</p>"))
    page = show(UPLOAD)

    page.get_by_role("button", name="Envoyer").click()

    expect(page.get_by_text("Reçu")).to_be_visible()
    assert site.last("/upload/")[0]["Sec-Fetch-Mode"] == "navigate"


def test_a_dropped_file_is_chosen(show: Show) -> None:
    page = show(UPLOAD)
    transfer = page.evaluate_handle(
        "() => { const t = new DataTransfer(); t.items.add(new File(['06'], 'dropped.csv')); return t; }"
    )

    page.dispatch_event("[data-upload-zone]", "dragover", {"dataTransfer": transfer})
    marked = page.locator("[data-upload-zone]").get_attribute("data-over")
    page.dispatch_event("[data-upload-zone]", "drop", {"dataTransfer": transfer})

    assert (marked, page.locator("[data-upload-zone]").get_attribute("data-over")) == ("", None)
    assert page.locator("[type=file]").evaluate("input => input.files[0].name") == "dropped.csv"


NAMED_UPLOAD = """
<form method="post" action="/upload/" {% include "components/upload_attributes.html" %}>
  <input id="id_name" name="name" aria-label="Nom" maxlength="12" required>
  {% include "components/upload_zone.html" with field=form.file names="id_name" title="Fichier" hint="CSV" %}
  <button type="submit">Envoyer</button>
</form>
"""


def test_a_chosen_file_is_named_with_its_size_and_names_the_list(show: Show, tmp_path: Path) -> None:
    file, other = tmp_path / "clients.v2.csv", tmp_path / "a-longer-name.csv"
    file.write_bytes(b"0" * 45_310)
    other.write_bytes(b"0")
    page = show(NAMED_UPLOAD)

    page.locator("[type=file]").set_input_files(file)
    shown = [page.locator("[data-upload-chosen]").text_content(), page.get_by_label("Nom").input_value()]
    page.locator("[type=file]").set_input_files(other)
    shown += [page.locator("[data-upload-chosen]").text_content(), page.get_by_label("Nom").input_value()]

    assert shown == ["clients.v2.csv · 45,3\xa0Ko", "clients.v2", "a-longer-name.csv · 1\xa0o", "a-longer-nam"]


def test_a_chosen_file_leaves_a_name_that_was_typed(show: Show, small_file: Path) -> None:
    page = show(NAMED_UPLOAD)

    page.get_by_label("Nom").fill("Ma liste")
    page.locator("[type=file]").set_input_files(small_file)

    expect(page.get_by_label("Nom")).to_have_value("Ma liste")


def test_nothing_is_sent_while_the_name_is_missing(site: Site, show: Show, small_file: Path) -> None:
    page = show(NAMED_UPLOAD)

    page.locator("[type=file]").set_input_files(small_file)
    page.get_by_label("Nom").fill("")
    page.get_by_role("button", name="Envoyer").click()

    expect(page.get_by_label("Nom")).to_be_focused()
    assert site.paths("POST") == []
    assert page.locator("[type=file]").evaluate("input => input.files.length") == 1


def test_the_file_field_opens_by_its_button_and_by_the_keyboard(show: Show) -> None:
    page = show(NAMED_UPLOAD)

    with page.expect_file_chooser():
        page.get_by_text("Choisir un fichier").click()
    page.get_by_label("Nom").focus()
    page.keyboard.press("Tab")

    expect(page.get_by_label("Choisir un fichier")).to_be_focused()
    assert page.get_by_text("Choisir un fichier").evaluate("label => getComputedStyle(label).outlineStyle") == "solid"


def test_htmx_tells_for_which_account_the_page_was_shown(site: Site, show: Show) -> None:
    site.answers["GET /rows/"] = Answer("<p>des lignes</p>")
    page = show('<div id="box"></div><button hx-get="/rows/" hx-target="#box">Charger</button>')
    page.evaluate("document.head.insertAdjacentHTML('beforeend', '<meta name=shown-account content=7>')")

    page.get_by_role("button", name="Charger").click()

    expect(page.locator("#box")).to_have_text("des lignes")
    assert site.last("/rows/")[0]["X-Shown-Account"] == "7"


def test_htmx_sends_the_token_and_swaps_a_form_with_errors(site: Site, show: Show) -> None:
    site.answers["POST /save/"] = Answer("<p>Le nom manque</p>", status=422)
    page = show('<div id="box"></div><button hx-post="/save/" hx-target="#box">Garder</button>')
    token = page.locator("meta[name=csrf-token]").get_attribute("content")

    page.get_by_role("button", name="Garder").click()

    expect(page.locator("#box")).to_have_text("Le nom manque")
    assert site.last("/save/")[0]["X-CSRFToken"] == token
    assert token


@pytest.mark.parametrize(
    "status, message",
    [
        (500, "Un problème est survenu de notre côté"),
        (403, "Votre rôle ne le permet pas"),
        (404, "Cela n'existe plus"),
        (0, "Le serveur n'a pas répondu"),
    ],
)
def test_htmx_errors_are_told_and_nothing_is_swapped(site: Site, show: Show, status: int, message: str) -> None:
    site.answers["GET /rows/"] = Answer("<p>an error page</p>", status=status)
    page = show('<div id="box">avant</div><button hx-get="/rows/" hx-target="#box">Charger</button>')

    page.get_by_role("button", name="Charger").click()

    expect(page.locator("#flash [role=alert]")).to_contain_text(message)
    expect(page.locator("#box")).to_have_text("avant")
    page.get_by_role("button", name="Fermer", exact=True).click()
    expect(page.locator("#flash [role=alert]")).to_have_count(0)


def test_a_choice_submits_its_form_and_typing_does_not(site: Site, show: Show) -> None:
    page = show(
        '<form data-autosubmit><input name="q" aria-label="Mot"><select name="s" aria-label="Statut">'
        "<option>a<option>b</select></form>"
    )

    page.get_by_label("Mot").fill("x")
    page.get_by_label("Mot").blur()
    typed = site.paths("GET")
    page.get_by_label("Statut").select_option("b")
    page.wait_for_url("**/?q=x&s=b")

    assert typed == ["/"]


def test_a_copy_button_fills_the_clipboard_and_says_so(show: Show) -> None:
    page = show(
        '<code id="link">https://example.com/a</code><button data-copy="#link" data-copied="Copié">Copier</button>'
    )

    page.get_by_role("button", name="Copier").click()

    expect(page.get_by_role("button", name="Copié")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "https://example.com/a"


def test_the_theme_follows_the_device_unless_the_person_chose(show: Show) -> None:
    page = show("")

    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
