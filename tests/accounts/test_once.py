"""A form that is sent twice is obeyed once; another form, or one that was refused, is another matter."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.models import ContactList
from smsplatform.accounts.models import Account, SentForm, User
from smsplatform.accounts.operations import sent_forms
from smsplatform.accounts.tenancy import account_context
from smsplatform.ui.templatetags.ui import FORM_ID
from tests.conftest import NOW, MakeMember, SignIn

NEW_LIST = reverse("contacts:list_create")
FORM = {FORM_ID: "a", "name": "Clients", "source": "EMPTY"}


@pytest.fixture
def client(marketer: User, sign_in: SignIn) -> Client:
    User.objects.filter(pk=marketer.pk).update(language="en")
    return sign_in(marketer)


def made(account: Account) -> list[str]:
    with account_context(account):
        return sorted(ContactList.objects.filter(account=account).values_list("name", flat=True))


def test_the_second_time_it_leads_where_it_led_and_says_so(account: Account, client: Client) -> None:
    first = client.post(NEW_LIST, FORM)
    second = client.post(NEW_LIST, FORM)

    assert made(account) == ["Clients"]
    assert second.headers["Location"] == first.headers["Location"]
    page = client.get(second.headers["Location"]).content.decode()
    assert "This form was already sent: nothing was done a second time." in page


@pytest.mark.parametrize("change", [{"name": "Prospects"}, {FORM_ID: "b"}, {FORM_ID: ""}], ids=["said", "form", "none"])
def test_other_answers_or_another_form_are_obeyed(change: dict[str, str], account: Account, client: Client) -> None:
    client.post(NEW_LIST, FORM)
    client.post(NEW_LIST, FORM | change)

    assert made(account) == sorted(["Clients", change.get("name", "Clients")])


def test_a_colleague_may_say_the_same(
    account: Account, client: Client, make_member: MakeMember, sign_in: SignIn
) -> None:
    client.post(NEW_LIST, FORM)
    sign_in(make_member(account, "colleague@example.com")).post(NEW_LIST, FORM)

    assert made(account) == ["Clients", "Clients"]


def test_a_form_that_was_refused_may_be_sent_again(account: Account, client: Client) -> None:
    with account_context(account):
        contact_list = ContactList.objects.create(
            account=account, name="Clients", created_at=NOW, updated_at=NOW, last_used_at=NOW
        )
    start, form = reverse("contacts:batch_start"), {FORM_ID: "a", "action": "DELETE", "lists": "0"}

    refused = [client.post(start, form), client.post(start, form)]

    assert {response.headers["Location"] for response in refused} == {reverse("contacts:list_index")}
    with account_context(account):
        assert not SentForm.objects.exists()
        assert ContactList.objects.get(pk=contact_list.pk).deleted_at is None


def test_every_page_with_a_form_gives_it_an_id_of_its_own(client: Client) -> None:
    ids = {client.get(NEW_LIST).content.decode().split(f'name="{FORM_ID}" value="')[1].split('"')[0] for _ in range(2)}

    assert len(ids) == 2
    assert "" not in ids


def test_forms_are_forgotten_after_a_day(in_account: Account) -> None:
    now = timezone.now()
    assert sent_forms.take(in_account, key="old", now=now - timedelta(days=1, minutes=1)) is None

    sent_forms.take(in_account, key="new", now=now)

    assert list(SentForm.objects.values_list("key", flat=True)) == ["new"]
