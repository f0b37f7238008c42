from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import Exclusion, ListEntry
from directory.contact_table import contact_token
from directory.models import Attribute, Contact
from directory.operations import contacts
from smsplatform.accounts.models import Account, AuditEvent, Role, User
from smsplatform.accounts.tenancy import account_context
from tests.accounts.conftest import flashes
from tests.conftest import NOW, MakeMember, SignIn
from tests.contacts.factories import make_exclusion
from tests.directory.factories import make_contact, make_diffusion_list, make_directory

ADD = reverse("directory:contact_add")
MOBILE, OTHER = 33612345678, 33612345679


@pytest.fixture
def known(account: Account) -> dict[str, Attribute]:
    with account_context(account):
        known = make_directory(account)
        known["children"] = Attribute.objects.create(
            account=account, key="a50", name="Enfants", type="INTEGER", variable="enfants", position=50, created_at=NOW
        )
        known["member"] = Attribute.objects.create(
            account=account,
            key="a51",
            name="Adhérent",
            type="BOOLEAN",
            variable="adherent",
            position=51,
            created_at=NOW,
        )
    return known


@pytest.fixture
def martin(account: Account, known: dict[str, Attribute]) -> str:
    """The token of a contact with a name and a town."""
    with account_context(account):
        make_contact(account, MOBILE, {known["last_name"].key: "Martin", known["city"].key: "Lyon"})
    return contact_token(account, MOBILE)


@pytest.fixture
def client_of_marketer(marketer: User, sign_in: SignIn) -> Client:
    return sign_in(marketer)


@pytest.fixture
def client_of_admin(account: Account, make_member: MakeMember, sign_in: SignIn) -> Client:
    return sign_in(make_member(account, "admin@example.com", Role.ADMIN))


def stored(account: Account) -> dict[int, dict[str, Any]]:
    with account_context(account):
        return dict(Contact.objects.order_by("phone").values_list("phone", "attributes"))


def url(name: str, token: str) -> str:
    return reverse(f"directory:contact_{name}", args=[token])


def begun(client: Client, token: str, **typed: str) -> dict[str, str]:
    """Open the form of a contact, and return what it would post with some fields typed anew."""
    response = client.get(url("edit", token))
    fields = {bound.name: bound.value() or "" for bound in response.context["form"]}
    return fields | {"seen": response.context["seen"]} | typed


def test_a_contact_is_added_with_typed_values_in_any_notation(
    account: Account, known: dict[str, Attribute], client_of_marketer: Client
) -> None:
    typed = {"last_name": " Martin ", "birth_date": "1985-03-12", "children": "1 250", "member": "false", "city": ""}
    posted = {known[code].key: text for code, text in typed.items()}

    response = client_of_marketer.post(ADD, posted | {"number": "+33 (0)6 12 34 56 78"})

    assert stored(account) == {
        MOBILE: {
            known["last_name"].key: "Martin",
            known["birth_date"].key: "1985-03-12",
            known["children"].key: 1250,
            known["member"].key: False,
        }
    }
    assert response.status_code == 302
    assert client_of_marketer.get(response.headers["Location"]).context["contact"].phone == MOBILE
    assert "612345678" not in response.headers["Location"]


def test_a_contact_may_be_added_into_a_list_and_another_after_it(
    account: Account, known: dict[str, Attribute], client_of_marketer: Client
) -> None:
    with account_context(account):
        made = make_diffusion_list(account)

    offered = client_of_marketer.get(ADD, {"list": made.pk})
    response = client_of_marketer.post(ADD, {"number": "0612345678", "contact_list": made.pk, "then": "another"})

    assert f'value="{made.pk}" selected' in offered.content.decode()
    assert response.headers["Location"] == f"{ADD}?list={made.pk}"
    with account_context(account):
        assert list(ListEntry.objects.values_list("contact_list_id", "phone")) == [(made.pk, MOBILE)]


@pytest.mark.parametrize(
    ("field", "text"),
    [("number", "01 39 98 00 00"), ("number", "0639"), ("number", ""), ("birth_date", "hier"), ("children", "trois"),
     ("member", "peut-être"), ("last_name", "x" * 1001)],
)  # fmt: skip
def test_what_cannot_be_read_is_said_at_its_field_and_nothing_is_lost(
    field: str, text: str, account: Account, known: dict[str, Attribute], client_of_marketer: Client
) -> None:
    key = field if field == "number" else known[field].key
    posted = {"number": "0612345678", known["city"].key: "Lyon"} | {key: text}

    response = client_of_marketer.post(ADD, posted)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [key]
    assert response.context["form"][known["city"].key].value() == "Lyon"
    assert stored(account) == {}


def test_a_number_that_is_a_contact_already_is_linked_to(
    account: Account, martin: str, client_of_marketer: Client
) -> None:
    response = client_of_marketer.post(ADD, {"number": "00 33 6 12 34 56 78"})

    error = str(response.context["form"].errors["number"])
    link = error.partition('href="')[2].partition('"')[0]
    assert response.status_code == 422
    assert client_of_marketer.get(link).context["contact"].phone == MOBILE
    assert len(stored(account)) == 1


def test_the_page_says_what_is_known_and_where_the_contact_is(
    account: Account, known: dict[str, Attribute], martin: str, client_of_marketer: Client
) -> None:
    with account_context(account):
        made = make_diffusion_list(account, "Abonnés", [MOBILE], expires_after_months=1)
        make_diffusion_list(account, "Autres")
        make_exclusion(account, MOBILE)

    response = client_of_marketer.get(url("show", martin))

    content = response.content.decode()
    assert response.context["lists"] == [made]
    assert all(words in content for words in ("06 12 34 56 78", "Martin", "Lyon", "Abonnés", "12/04/2026", "STOP"))
    assert "Autres" not in content
    assert [event.kind for event in response.context["timeline"].events] == ["EXCLUDED", "C"]
    assert url("readmit", martin).encode() not in response.content  # only who manages the account may


def test_an_edit_is_saved_and_shown_in_the_history(
    account: Account, known: dict[str, Attribute], martin: str, client_of_marketer: Client, marketer: User
) -> None:
    city = known["city"].key

    response = client_of_marketer.post(url("edit", martin), begun(client_of_marketer, martin, **{city: "Brest"}))

    assert stored(account) == {MOBILE: {known["last_name"].key: "Martin", city: "Brest"}}
    event = client_of_marketer.get(response.headers["Location"]).context["timeline"].events[0]
    assert (event.kind, event.actor) == ("U", marketer)
    assert [(change.name, change.before, change.after) for change in event.changes] == [
        (known["city"].name, "Lyon", "Brest")
    ]


def test_the_second_person_is_told_and_keeps_what_they_typed(
    account: Account, known: dict[str, Attribute], martin: str, client_of_marketer: Client, marketer: User
) -> None:
    city, name, company = (known[code].key for code in ("city", "last_name", "company"))
    mine = begun(client_of_marketer, martin, **{city: "Nice"})
    with account_context(account):
        theirs = {name: "Petit", city: "Brest", company: "Garage"}
        seen = {name: "Martin", city: "Lyon"}
        contacts.edit(account, phone=MOBILE, attributes=theirs, seen=seen, by=marketer, now=NOW)

    response = client_of_marketer.post(url("edit", martin), mine)

    form = response.context["form"]
    assert response.status_code == 422
    assert "Brest" in str(form.errors[city])
    assert {key: form[key].value() for key in (city, name, company)} == {city: "Nice", name: "Petit", company: "Garage"}
    assert stored(account) == {MOBILE: theirs}
    again = mine | {key: form[key].value() for key in (city, name, company)} | {"seen": response.context["seen"]}
    assert client_of_marketer.post(url("edit", martin), again).status_code == 302
    assert stored(account) == {MOBILE: {name: "Petit", city: "Nice", company: "Garage"}}


def test_what_others_changed_meanwhile_survives_a_refused_number(
    account: Account, known: dict[str, Attribute], martin: str, client_of_marketer: Client, marketer: User
) -> None:
    city, name = known["city"].key, known["last_name"].key
    mine = begun(client_of_marketer, martin, number="06 3")
    with account_context(account):
        seen = {name: "Martin", city: "Lyon"}
        contacts.edit(account, phone=MOBILE, attributes=seen | {city: "Brest"}, seen=seen, by=marketer, now=NOW)

    refused = client_of_marketer.post(url("edit", martin), mine)
    again = mine | {"seen": refused.context["seen"], "number": "0612345678", name: "Petit"}
    client_of_marketer.post(url("edit", martin), again)

    assert stored(account) == {MOBILE: {name: "Petit", city: "Brest"}}


def test_a_contact_deleted_meanwhile_can_be_added_again_as_typed(
    account: Account, known: dict[str, Attribute], martin: str, client_of_marketer: Client, marketer: User
) -> None:
    city = known["city"].key
    mine = begun(client_of_marketer, martin, **{city: "Nice"})
    with account_context(account):
        contacts.delete(account, phone=MOBILE, by=marketer, now=NOW)

    response = client_of_marketer.post(url("edit", martin), mine)

    assert response.status_code == 422
    assert response.context["form"][city].value() == "Nice"
    assert f'action="{ADD}"' in response.content.decode()
    client_of_marketer.post(ADD, mine)
    assert stored(account)[MOBILE][city] == "Nice"


def test_a_new_number_leads_to_the_contact_under_it(account: Account, martin: str, client_of_marketer: Client) -> None:
    response = client_of_marketer.post(url("edit", martin), begun(client_of_marketer, martin, number="0612345679"))

    page = client_of_marketer.get(response.headers["Location"])
    event = page.context["timeline"].events[0]
    assert page.context["contact"].phone == OTHER
    assert (event.kind, event.old_phone, event.new_phone, event.changes) == ("N", MOBILE, OTHER, [])
    assert client_of_marketer.get(url("show", martin)).status_code == 404


def test_a_new_number_that_is_another_contact_is_linked_to(
    account: Account, martin: str, client_of_marketer: Client
) -> None:
    with account_context(account):
        make_contact(account, OTHER)
    before = stored(account)

    response = client_of_marketer.post(url("edit", martin), begun(client_of_marketer, martin, number="0612345679"))

    assert response.status_code == 422
    assert "href=" in str(response.context["form"].errors["number"])
    assert stored(account) == before


def test_a_contact_is_excluded_with_a_reason_and_stays(
    account: Account, martin: str, client_of_marketer: Client
) -> None:
    response = client_of_marketer.post(url("exclude", martin), {"reason": "Vu au guichet"})

    assert response.headers["Location"] == url("show", martin)
    with account_context(account):
        assert list(Exclusion.objects.values_list("phone", "source", "reason")) == [(MOBILE, "PERSON", "Vu au guichet")]
    assert list(stored(account)) == [MOBILE]


def test_who_answered_stop_leaves_the_exclusion_list_with_an_explicit_yes_only(
    account: Account, martin: str, client_of_admin: Client, client_of_marketer: Client
) -> None:
    with account_context(account):
        make_exclusion(account, MOBILE)

    by_marketer = client_of_marketer.post(url("readmit", martin), {"reason": "Accord", "including_stop": "on"})
    without_yes = client_of_admin.post(url("readmit", martin), {"reason": "Accord écrit"})
    with account_context(account):
        still = Exclusion.objects.count()
    with_yes = client_of_admin.post(url("readmit", martin), {"reason": "Accord écrit", "including_stop": "on"})

    assert (by_marketer.status_code, without_yes.status_code, with_yes.status_code) == (403, 422, 302)
    assert still == 1
    with account_context(account):
        assert Exclusion.objects.count() == 0
        assert AuditEvent.objects.get().action == "EXCLUSIONS_REMOVED"


def test_a_contact_is_deleted_and_its_exclusion_stays(
    account: Account, martin: str, client_of_marketer: Client
) -> None:
    with account_context(account):
        make_exclusion(account, MOBILE)

    response = client_of_marketer.post(url("delete", martin))

    assert response.headers["Location"] == reverse("directory:contact_index")
    assert stored(account) == {}
    assert "06 12 34 56 78" in flashes(client_of_marketer.get(response.headers["Location"]))[0]
    with account_context(account):
        assert Exclusion.objects.count() == 1
    assert client_of_marketer.get(url("show", martin)).status_code == 404
    assert client_of_marketer.post(url("delete", martin)).headers["Location"] == reverse("directory:contact_index")


def test_without_script_a_page_asks_before_a_contact_is_deleted(
    account: Account, martin: str, client_of_marketer: Client
) -> None:
    offered = client_of_marketer.get(url("show", martin)).content.decode()

    response = client_of_marketer.post(url("delete", martin), {"ask": "1"})

    assert '<noscript><input type="hidden" name="ask" value="1"></noscript>' in offered
    assert response.status_code == 200
    assert 'name="ask"' not in response.content.decode()
    assert list(stored(account)) == [MOBILE]


@pytest.mark.parametrize("is_forged", [True, False], ids=["forged", "gone"])
def test_a_token_that_names_no_contact_leads_nowhere(
    is_forged: bool, account: Account, martin: str, client_of_admin: Client
) -> None:
    token = "forged" if is_forged else contact_token(account, MOBILE + 8)
    for name in ("show", "edit", "exclude", "readmit"):
        assert client_of_admin.get(url(name, token)).status_code == 404
    for name in ("edit", "exclude", "readmit"):
        assert client_of_admin.post(url(name, token), {"reason": "x"}).status_code == 404
    # Who presses Delete twice is led to the contacts, where the first time led.
    assert client_of_admin.post(url("delete", token)).status_code == (404 if is_forged else 302)


def test_another_accounts_contact_is_neither_seen_nor_written(
    account: Account, other_account: Account, martin: str, stranger: User, sign_in: SignIn
) -> None:
    with account_context(other_account):
        make_directory(other_account)
    client = sign_in(stranger)

    answers = [client.get(url("show", martin)), client.get(url("edit", martin)), client.post(url("delete", martin))]
    added = client.post(ADD, {"number": "0612345678"})

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert added.status_code == 302  # the same number may be a contact of both
    assert (list(stored(account)), list(stored(other_account))) == ([MOBILE], [MOBILE])


def test_who_only_reads_changes_nothing(account: Account, martin: str, reader: User, sign_in: SignIn) -> None:
    client = sign_in(reader)
    before = stored(account)

    answers = [client.post(url(name, martin)) for name in ("edit", "exclude", "delete", "readmit")]

    assert [answer.status_code for answer in [*answers, client.get(ADD), client.post(ADD)]] == [403] * 6
    assert client.get(url("show", martin)).status_code == 200
    assert stored(account) == before


def test_a_long_history_is_paged_without_losing_a_change(
    account: Account, known: dict[str, Attribute], martin: str, client_of_marketer: Client, marketer: User
) -> None:
    city, name = known["city"].key, known["last_name"].key
    with account_context(account):
        for number in range(60):
            seen = Contact.objects.get().attributes
            now = NOW + timedelta(minutes=number)
            contacts.edit(
                account, phone=MOBILE, attributes={name: "Martin", city: f"V{number}"}, seen=seen, by=marketer, now=now
            )

    first = client_of_marketer.get(url("show", martin)).context["timeline"]
    second = client_of_marketer.get(url("show", martin), {"before": first.next_token}).context["timeline"]

    events = [*first.events, *second.events]
    towns = [(event.changes[0].before, event.changes[0].after) for event in events if event.kind == "U"]
    assert (len(first.events), len(second.events), second.next_token) == (50, 11, "")
    assert towns == [(f"V{number - 1}" if number else "Lyon", f"V{number}") for number in reversed(range(60))]
    assert events[-1].kind == "C"
