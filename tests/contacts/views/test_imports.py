from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from contacts.models import Import
from contacts.operations import imports
from smsplatform.accounts.models import Account, AuditEvent, Membership, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import NOW, SignIn
from tests.contacts.operations.importing import SEVEN_LINES, analysed, confirmed, done, phones, sent

CREATE = reverse("contacts:list_create")
DELIMITERS = {"delimiter": ";", "encoding": "utf-8", "has_header": "1", "phone_column": "1", "region": "FR"}


@pytest.fixture
def client_of_marketer(marketer: User, sign_in: SignIn) -> Client:
    return sign_in(marketer)


def in_state(make: Callable[..., Import], account: Account, by: User, content: bytes = SEVEN_LINES) -> Import:
    with account_context(account):
        return make(account, by, content)


def reload(imported: Import) -> Import:
    with account_context(imported.account_id):
        return Import.objects.select_related("account").get(pk=imported.pk)


def address(view: str, imported: Import) -> str:
    return reverse(f"contacts:{view}", args=[imported.pk])


def correct(client: Client, imported: Import, **changes: str) -> HttpResponse:
    """Press "Analyse again" on the page as it is now, with `changes` of what it shows."""
    seen = {"seen": reload(imported).settings_digest}
    return client.post(address("import_correct", imported), DELIMITERS | seen | changes, follow=True)


def test_sending_a_file_starts_its_analysis(account: Account, client_of_marketer: Client) -> None:
    file = SimpleUploadedFile("clients.csv", SEVEN_LINES)

    response = client_of_marketer.post(CREATE, {"name": "Clients", "source": "FILE", "file": file})

    with account_context(account):
        imported = Import.objects.get()
    assert response.headers["Location"] == address("import_show", imported)
    assert (imported.file_name, imported.list_name, imported.status) == ("clients.csv", "Clients", "UPLOADED")


@pytest.mark.parametrize(
    "content, message",
    [
        (b"", "est vide"),
        (b"\xff\xfe", "est vide"),
        (b"Rar!\x1a\x07rest", "extrayez-le"),
        (b"%PDF-1.7", "document PDF"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(
    content: bytes, message: str, account: Account, client_of_marketer: Client
) -> None:
    file = SimpleUploadedFile("clients.csv", content)

    response = client_of_marketer.post(CREATE, {"name": "Clients", "source": "FILE", "file": file})

    text = response.content.decode().replace("&#x27;", "’").replace("'", "’")
    assert response.status_code == 422
    assert message in text
    assert 'value="Clients"' in text
    with account_context(account):
        assert Import.objects.count() == 0


def test_a_file_above_the_limit_is_refused(account: Account, client_of_marketer: Client, settings: object) -> None:
    settings.IMPORT_MAX_BYTES = 20  # type: ignore[attr-defined]
    file = SimpleUploadedFile("clients.csv", SEVEN_LINES)

    response = client_of_marketer.post(CREATE, {"name": "Clients", "source": "FILE", "file": file})

    assert response.status_code == 422
    assert "20 octets" in response.content.decode().replace("\xa0", " ")


def test_waiting_shows_progress_that_polls_until_it_is_over(
    account: Account, marketer: User, client_of_marketer: Client
) -> None:
    imported = in_state(sent, account, marketer)
    poll = {"HX-Request": "true"}

    page = client_of_marketer.get(address("import_show", imported)).content.decode()
    waiting = client_of_marketer.get(address("import_show", imported), headers=poll)
    imports.analyse(account, import_id=imported.pk, now=NOW)
    over = client_of_marketer.get(address("import_show", imported), headers=poll)

    assert 'hx-trigger="load delay:' in page
    assert "Vous pouvez quitter cette page" in page
    assert b"<html" not in waiting.content
    assert b"hx-get" in waiting.content
    assert (over.content, over.headers["HX-Refresh"]) == (b"", "true")


def test_check_explains_what_was_understood(account: Account, marketer: User, client_of_marketer: Client) -> None:
    imported = in_state(analysed, account, marketer)

    response = client_of_marketer.get(address("import_show", imported))

    check = response.context["check"]
    numbers = {name: check["counts"][name] for name in ("read", "blank", "rejected_total", "duplicate", "final")}
    assert numbers == {"read": 6, "blank": 1, "rejected_total": 1, "duplicate": 1, "final": 3}
    assert [cell["text"] for cell in check["rows"][0]] == ["Dupont", "06 12 34 56 78"]
    assert [(answer["field"].name, answer["certainty"]) for answer in check["answers"]] == [
        ("phone_column", "Sûr"),
        ("region", ""),
        ("country_column", ""),
        ("delimiter", "Sûr"),
        ("has_header", "Sûr"),
        ("encoding", "Sûr"),
    ]
    text = response.content.decode()
    assert "Importer 3 contacts" in text
    assert "«\xa006 12\xa0» est trop court" in text


def test_a_correction_is_applied_alone_and_can_be_taken_back(
    account: Account, marketer: User, client_of_marketer: Client
) -> None:
    imported = in_state(analysed, account, marketer)

    correct(client_of_marketer, imported, has_header="0")
    corrected = reload(imported)
    imports.analyse(account, import_id=imported.pk, now=NOW)
    before = client_of_marketer.get(address("import_show", imported)).content
    correct(client_of_marketer, imported, has_header="0", reset="1")
    imports.analyse(account, import_id=imported.pk, now=NOW)
    after = client_of_marketer.get(address("import_show", imported)).content

    assert (corrected.status, corrected.overrides) == ("UPLOADED", {"has_header": False})
    assert reload(imported).overrides == {"recipe": "OFF"}
    assert (b'name="reset"' in before, b'name="reset"' in after) == (True, False)


def test_another_separator_forgets_the_column_chosen_before(
    account: Account, marketer: User, client_of_marketer: Client
) -> None:
    imported = in_state(analysed, account, marketer)
    correct(client_of_marketer, imported, phone_column="0")
    imports.analyse(account, import_id=imported.pk, now=NOW)
    chosen = reload(imported).overrides

    correct(client_of_marketer, imported, phone_column="0", delimiter="TAB")

    assert chosen == {"phone_column": 0}
    assert reload(imported).overrides == {"delimiter": "\t"}


def test_another_country_reads_the_numbers_again(account: Account, marketer: User, client_of_marketer: Client) -> None:
    imported = in_state(analysed, account, marketer, b"Nom;GSM\nPeeters;0470 12 34 56\nMaes;0470 12 34 57\n")

    correct(client_of_marketer, imported, region="BE")
    imports.analyse(account, import_id=imported.pk, now=NOW)

    assert (reload(imported).region, reload(imported).preview["new"]) == ("BE", 2)


def test_a_correction_that_is_none_is_refused_beside_its_field(
    account: Account, marketer: User, client_of_marketer: Client
) -> None:
    imported = in_state(analysed, account, marketer)

    response = correct(client_of_marketer, imported, phone_column="77")

    wrong = [answer["field"].name for answer in response.context["check"]["answers"] if answer["field"].errors]
    assert (response.status_code, wrong) == (422, ["phone_column"])
    assert 'class="invalid-feedback' in response.content.decode()
    assert (reload(imported).status, reload(imported).overrides) == ("READY", {})


def test_confirming_then_running_makes_the_list_and_its_report(
    account: Account, marketer: User, client_of_marketer: Client
) -> None:
    imported = in_state(analysed, account, marketer)

    client_of_marketer.post(address("import_confirm", imported), {"seen": imported.settings_digest})
    imports.run(account, import_id=imported.pk, now=NOW)
    text = client_of_marketer.get(address("import_show", imported)).content.decode()

    assert "3 contacts ont été importés" in text
    with account_context(account):
        assert phones(account) == [33612345678, 33698765432, 33744556677]


def test_confirming_twice_leads_to_the_report(account: Account, marketer: User, client_of_marketer: Client) -> None:
    imported = in_state(done, account, marketer)

    response = client_of_marketer.post(
        address("import_confirm", imported), {"seen": imported.settings_digest}, follow=True
    )

    assert (list(response.context["messages"]), response.context["report"]["tone"]) == ([], "success")
    with account_context(account):
        assert len(phones(account)) == 3


def test_cancelling_before_confirming_ends_it(account: Account, marketer: User, client_of_marketer: Client) -> None:
    imported = in_state(analysed, account, marketer)

    response = client_of_marketer.post(address("import_cancel", imported), follow=True)

    assert "rien n'a été écrit" in response.content.decode().replace("&#x27;", "'")
    assert reload(imported).status == "CANCELLED"


def test_rejected_lines_come_back_with_line_and_reason(
    account: Account, marketer: User, client_of_marketer: Client
) -> None:
    imported = in_state(done, account, marketer)

    response = client_of_marketer.get(address("import_rejects", imported))

    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[arg-type]
    assert lines[0] == f"Nom;Mobile;Ligne (import {imported.pk});Raison;Suggestion"
    assert lines[1].startswith("Petit;06 12;4;")
    assert len(lines) == 2
    with account_context(account):
        last = AuditEvent.objects.order_by("-pk").first()
        assert last is not None
        assert (last.action, last.counts) == ("REJECTS_EXPORTED", {"rejected": 1})


def test_there_are_no_rejects_to_download_where_every_line_was_good(
    account: Account, marketer: User, client_of_marketer: Client
) -> None:
    imported = in_state(done, account, marketer, b"Mobile\n0612345678\n0612345679\n")

    assert client_of_marketer.get(address("import_rejects", imported)).status_code == 404


def test_index_lists_our_imports_with_their_counts(
    account: Account, marketer: User, stranger: User, other_account: Account, client_of_marketer: Client
) -> None:
    in_state(done, account, marketer)
    in_state(sent, other_account, stranger)

    response = client_of_marketer.get(reverse("contacts:import_index"))

    assert [imported.list_name for imported in response.context["imports"]] == ["Clients"]
    assert '<td class="sp-number" data-label="Contacts">3</td>' in response.content.decode()


@pytest.mark.parametrize("view", ["import_correct", "import_confirm", "import_cancel"])
def test_steering_an_import_needs_the_right_to_import(
    view: str, account: Account, marketer: User, sign_in: SignIn
) -> None:
    imported = in_state(analysed, account, marketer)
    with account_context(account):
        Membership.objects.filter(user=marketer).update(import_allowed=False)

    response = sign_in(marketer).post(address(view, imported), DELIMITERS)

    assert response.status_code == 403
    assert reload(imported).status == "READY"


@pytest.mark.parametrize("view", ["import_correct", "import_confirm", "import_cancel"])
def test_the_opened_address_of_a_step_leads_to_the_import(
    view: str, account: Account, marketer: User, client_of_marketer: Client
) -> None:
    imported = in_state(confirmed, account, marketer)

    response = client_of_marketer.get(address(view, imported))

    assert response.headers["Location"] == address("import_show", imported)
    assert reload(imported).status == "QUEUED"


def test_confirming_a_page_that_somebody_corrected_since_imports_nothing(
    account: Account, marketer: User, client_of_marketer: Client
) -> None:
    imported = in_state(analysed, account, marketer)
    seen = imported.settings_digest
    correct(client_of_marketer, imported, has_header="0")
    imports.analyse(account, import_id=imported.pk, now=NOW)

    response = client_of_marketer.post(address("import_confirm", imported), {"seen": seen}, follow=True)

    assert "a changé entre-temps" in response.content.decode()
    assert reload(imported).status == "READY"


def test_correcting_before_the_analysis_is_over_says_so(
    account: Account, marketer: User, client_of_marketer: Client
) -> None:
    imported = in_state(sent, account, marketer)

    response = correct(client_of_marketer, imported)

    assert "a changé entre-temps" in response.content.decode()
    assert reload(imported).status == "UPLOADED"


def test_readers_see_the_check_without_its_buttons(
    account: Account, marketer: User, reader: User, sign_in: SignIn
) -> None:
    imported = in_state(analysed, account, marketer)

    text = sign_in(reader).get(address("import_show", imported)).content.decode()

    assert "Importer 3 contacts" not in text
    assert "Analyser à nouveau" not in text
    assert text.count("disabled") == 7


def test_rejected_lines_whose_file_is_gone_are_a_message(
    account: Account, marketer: User, client_of_marketer: Client
) -> None:
    imported = in_state(done, account, marketer)
    default_storage.delete(imported.rejects_path)

    response = client_of_marketer.get(address("import_rejects", imported), follow=True)

    assert response.redirect_chain == [(address("import_show", imported), 302)]
    assert "n'existe plus" in response.content.decode().replace("&#x27;", "'")


def test_strangers_to_the_site_cannot_fill_the_disk(client: Client, settings: object, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)  # type: ignore[attr-defined]

    response = client.post(CREATE, {"name": "x", "file": SimpleUploadedFile("big.csv", b"0" * 200_000)})

    assert response.status_code == 302
    assert list(tmp_path.iterdir()) == []


def test_a_request_far_above_the_limit_is_refused_before_it_is_kept(
    client_of_marketer: Client, account: Account, settings: object
) -> None:
    settings.IMPORT_MAX_BYTES = 10  # type: ignore[attr-defined]
    file = SimpleUploadedFile("big.csv", b"0" * 1_100_000)

    response = client_of_marketer.post(CREATE, {"name": "x", "source": "FILE", "file": file})

    assert response.status_code == 400
    with account_context(account):
        assert Import.objects.count() == 0
