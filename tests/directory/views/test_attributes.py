"""The attributes' pages."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory.models import Attribute
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.conftest import SignIn
from tests.contacts.factories import FICTION
from tests.directory.factories import make_contact, make_diffusion_list, make_directory

INDEX = "/directory/attributes/"


@pytest.fixture
def standard(account: Account) -> dict[str, Attribute]:
    with account_context(account):
        return make_directory(account)


@pytest.fixture
def client(sign_in: SignIn, marketer: User, standard: dict[str, Attribute]) -> Client:
    return sign_in(marketer)


def words(account: Account) -> list[str]:
    """Return the variables of the account's attributes, in order."""
    with account_context(account):
        rows = Attribute.objects.filter(account=account, deleted_at=None).order_by("position")
        return list(rows.values_list("variable", flat=True))


def url(name: str, attribute: Attribute) -> str:
    return reverse(f"directory:attribute_{name}", args=[attribute.pk])


def test_the_table_shows_names_types_and_variables(client: Client) -> None:
    page = client.get(INDEX).content.decode()

    assert page.count('<th scope="row"') == 11
    assert "{prenom}" in page
    assert "{date_naissance}" in page


def test_counts_come_at_once_in_a_small_account_and_when_asked_for_in_a_large_one(
    client: Client, account: Account, standard: dict[str, Attribute], monkeypatch: pytest.MonkeyPatch
) -> None:
    with account_context(account):
        make_contact(account, FICTION, {standard["city"].key: "Lyon"})

    small = client.get(INDEX)
    monkeypatch.setattr("directory.views.attributes.COUNTED_AT_ONCE", 0)
    large, asked = client.get(INDEX), client.get(f"{INDEX}?count=1")

    assert small.context["usage"].contacts == {standard["city"].key: 1}
    assert large.context["usage"] is None
    assert b'hx-trigger="load, click"' in large.content
    assert asked.context["usage"].contacts == {standard["city"].key: 1}


def test_an_account_of_some_ten_thousands_is_counted_at_once(
    client: Client, account: Account, standard: dict[str, Attribute]
) -> None:
    key = standard["city"].key
    with account_context(account), connection.cursor() as cursor:
        cursor.execute(
            """
            insert into directory_contact (account_id, phone, attributes, source, created_at, updated_at)
            select %s, 33600000000 + n, case when n %% 2 = 0 then jsonb_build_object(%s::text, 'Lyon') else '{}' end,
                'IMPORT', now(), now()
            from generate_series(1, 29000) n
            """,
            [account.pk, key],
        )

    assert client.get(INDEX).context["usage"].contacts == {key: 14_500}


def test_the_table_costs_the_same_whatever_it_shows(client: Client, account: Account) -> None:
    client.get(INDEX)  # the first request of a session costs more

    with CaptureQueriesContext(connection) as eleven:
        client.get(INDEX)
    with account_context(account):
        Attribute.objects.exclude(key="a1").delete()
    with CaptureQueriesContext(connection) as one:
        client.get(INDEX)

    assert len(eleven) == len(one)


def test_an_attribute_is_created_with_a_variable_of_its_name(client: Client, account: Account) -> None:
    response = client.post(f"{INDEX}new/", {"name": "Point de vente", "type": "TEXT", "variable": ""})

    assert (response.status_code, response.headers["Location"]) == (302, INDEX)
    with account_context(account):
        assert Attribute.objects.get(name="Point de vente").variable == "point_de_vente"


def test_what_is_wrong_is_said_beside_the_field(client: Client, account: Account) -> None:
    response = client.post(f"{INDEX}new/", {"name": "Ville 2", "type": "TEXT", "variable": "ville"})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["variable"]
    assert len(words(account)) == 11


def test_an_attribute_is_renamed(client: Client, account: Account, standard: dict[str, Attribute]) -> None:
    data = {"name": "Commune", "type": "TEXT", "variable": "commune"}

    response = client.post(url("edit", standard["city"]), data)

    assert response.headers["Location"] == INDEX
    assert "commune" in words(account)


def test_the_type_of_a_used_attribute_stays_whatever_is_posted(
    client: Client, account: Account, standard: dict[str, Attribute]
) -> None:
    with account_context(account):
        make_contact(account, FICTION, {standard["city"].key: "Lyon"})
        Attribute.objects.filter(pk=standard["city"].pk).update(is_used=True)

    client.post(url("edit", standard["city"]), {"name": "Commune", "type": "DATE", "variable": "ville"})

    with account_context(account):
        assert Attribute.objects.get(pk=standard["city"].pk).type == "TEXT"


def test_the_type_of_an_attribute_without_values_left_can_be_changed(
    client: Client, account: Account, standard: dict[str, Attribute]
) -> None:
    with account_context(account):
        Attribute.objects.filter(pk=standard["city"].pk).update(is_used=True)

    page = client.get(url("edit", standard["city"]))
    client.post(url("edit", standard["city"]), {"name": "Ville", "type": "DATE", "variable": "ville"})

    assert not page.context["form"].fields["type"].disabled
    with account_context(account):
        changed = Attribute.objects.get(pk=standard["city"].pk)
    assert (changed.type, changed.is_used) == ("DATE", False)


def test_the_page_before_the_deletion_says_what_goes_with_it(
    client: Client, account: Account, standard: dict[str, Attribute]
) -> None:
    with account_context(account):
        make_contact(account, FICTION, {standard["city"].key: "Lyon"})

    shown = client.get(url("delete", standard["city"]))
    response = client.post(url("delete", standard["city"]))

    assert (shown.context["contacts"], shown.context["uses"]) == (1, [])
    assert response.headers["Location"] == INDEX
    assert "ville" not in words(account)


def test_an_attribute_that_a_living_list_needs_is_not_deleted(
    client: Client, account: Account, standard: dict[str, Attribute]
) -> None:
    with account_context(account):
        rule = {"match": "ALL", "conditions": [{"field": standard["city"].key, "is": "FILLED"}]}
        make_diffusion_list(account, "Lyonnais", rule={"rule": rule})

    shown = client.get(url("delete", standard["city"]))
    client.post(url("delete", standard["city"]))

    assert [use.name for use in shown.context["uses"]] == ["Lyonnais"]
    assert "ville" in words(account)


def test_attributes_move_up_and_down(client: Client, account: Account, standard: dict[str, Attribute]) -> None:
    client.post(url("move", standard["last_name"]), {"to": "up"})

    assert words(account)[:2] == ["nom", "civilite"]


def test_proposed_attributes_come_back(client: Client, account: Account, standard: dict[str, Attribute]) -> None:
    client.post(url("delete", standard["city"]))

    client.post(f"{INDEX}proposed/")

    assert words(account)[-1] == "ville"


def test_a_reader_sees_the_table_and_changes_nothing(
    sign_in: SignIn, account: Account, reader: User, standard: dict[str, Attribute]
) -> None:
    client = sign_in(reader)

    assert client.get(INDEX).status_code == 200
    for address in (f"{INDEX}new/", url("edit", standard["city"]), url("delete", standard["city"])):
        assert client.get(address).status_code == 403
    for address in (url("delete", standard["city"]), url("move", standard["city"]), f"{INDEX}proposed/"):
        assert client.post(address).status_code == 403
    assert len(words(account)) == 11


def test_the_pages_are_not_there_without_the_directory(sign_in: SignIn, account: Account, marketer: User) -> None:
    assert sign_in(marketer).get(INDEX).status_code == 404
