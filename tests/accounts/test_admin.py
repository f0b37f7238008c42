"""The platform's administration: what it refuses, and what it never breaks on."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin import site
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse

from smsplatform.accounts.models import Account, Membership, SecurityEvent, User
from smsplatform.accounts.tenancy import account_context
from tests.accounts.conftest import forget_the_account
from tests.conftest import SignIn
from tests.owner import allow, platform_admin, with_powers

USERS = reverse("admin:accounts_user_changelist")
ADD_USER = reverse("admin:accounts_user_add")
ADD_ACCOUNT = reverse("admin:accounts_account_add")
ACCOUNT_FIELDS = {"name": "Petit", "mode": "LISTS", "region": "FR", "is_active": "on"}
NEW_PERSON = {
    "email": "Foo@Example.com",
    "name": "Foo",
    "usable_password": "true",
    "password1": "boulange-2026",
    "password2": "boulange-2026",
}


@pytest.fixture
def platform(db: None, sign_in: SignIn) -> Client:
    return sign_in(platform_admin())


def change_url(user: User) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def profile(user: User, **changes: str) -> dict[str, str]:
    """Return what the form of a person sends when only `changes` were typed."""
    names = ("email", "name", "language", "time_zone", "theme")
    return {name: getattr(user, name) for name in names} | {"is_active": "on"} | changes


def test_a_person_is_never_deleted(platform: Client, marketer: User) -> None:
    url = reverse("admin:accounts_user_delete", args=[marketer.pk])

    assert (platform.get(url).status_code, platform.post(url, {"post": "yes"}).status_code) == (403, 403)
    assert url not in platform.get(change_url(marketer)).content.decode()
    assert User.objects.filter(pk=marketer.pk).exists()


def test_people_are_never_deleted_together(platform: Client, marketer: User) -> None:
    platform.post(USERS, {"action": "delete_selected", "_selected_action": [marketer.pk], "post": "yes"})

    assert "delete_selected" not in platform.get(USERS).content.decode()
    assert User.objects.filter(pk=marketer.pk).exists()


def test_a_person_is_deactivated(platform: Client, marketer: User) -> None:
    fields = profile(marketer)
    del fields["is_active"]

    response = platform.post(change_url(marketer), fields)

    marketer.refresh_from_db()
    assert (response.status_code, marketer.is_active) == (302, False)


@pytest.mark.parametrize(
    "field, value", [("time_zone", "Foo/Bar"), ("name", "Zoé\nBcc"), ("email", "PLATFORM@example.com")]
)
def test_a_wrong_value_of_a_person_is_refused(platform: Client, marketer: User, field: str, value: str) -> None:
    before = profile(marketer)

    response = platform.post(change_url(marketer), profile(marketer, **{field: value}))

    marketer.refresh_from_db()
    assert list(response.context["adminform"].form.errors) == [field]
    assert profile(marketer) == before


def test_a_person_is_saved_in_small_letters(platform: Client, marketer: User) -> None:
    added = platform.post(ADD_USER, NEW_PERSON)
    changed = platform.post(change_url(marketer), profile(marketer, email="Marketer@Example.ORG"))

    emails = list(User.objects.order_by("pk").values_list("email", flat=True))
    assert (added.status_code, changed.status_code) == (302, 302)
    assert emails == ["platform@example.com", "marketer@example.org", "foo@example.com"]


def test_a_person_whose_address_changes_keeps_no_former_one(platform: Client, marketer: User) -> None:
    EmailAddress.objects.create(user=marketer, email=marketer.email, verified=True, primary=True)

    platform.post(change_url(marketer), profile(marketer, email="new@example.com"))

    assert list(EmailAddress.objects.values_list("email", flat=True)) == []


@pytest.mark.parametrize("field, value", [("region", "ZZ"), ("region", "fr"), ("name", "A\tB")])
def test_a_wrong_value_of_an_account_is_refused(platform: Client, field: str, value: str) -> None:
    response = platform.post(ADD_ACCOUNT, ACCOUNT_FIELDS | {field: value})

    assert list(response.context["adminform"].form.errors) == [field]
    assert Account.objects.count() == 0


def test_an_account_is_created_in_a_country_named_in_the_readers_language(platform: Client) -> None:
    page = platform.get(ADD_ACCOUNT).content.decode()
    response = platform.post(ADD_ACCOUNT, ACCOUNT_FIELDS | {"region": "DE"})

    assert '<option value="DE">Allemagne</option>' in page
    assert response.status_code == 302
    assert list(Account.objects.values_list("name", "region")) == [("Petit", "DE")]


@pytest.mark.parametrize("number", ["²", "99999999999999999999", "9" * 5000, "abc"])
def test_an_account_that_cannot_be_is_not_found(platform: Client, number: str) -> None:
    response = platform.get(reverse("admin:accounts_account_change", args=[number]))

    assert (response.status_code, response.headers["Location"]) == (302, reverse("admin:index"))


def test_an_account_shows_and_changes_its_own_memberships(
    platform: Client, account: Account, marketer: User, stranger: User
) -> None:
    url = reverse("admin:accounts_account_change", args=[account.pk])

    page = platform.get(url).content.decode()
    forget_the_account()
    with account_context(account):
        membership = Membership.objects.get()
    inline = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 1, "0-id": membership.pk, "0-user": marketer.pk, "0-role": "READ_ONLY"}
    response = platform.post(url, ACCOUNT_FIELDS | {f"-1-{name}": value for name, value in inline.items()})

    assert ("Marketer" in page, "Stranger" in page) == (True, False)
    assert response.status_code == 302
    with account_context(account):
        assert list(Membership.objects.values_list("role", "export_allowed")) == [("READ_ONLY", False)]


def test_deleting_is_refused_to_every_platform_admin(db: None, rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = with_powers(User.objects.create_user("staff@example.com"))
    allow(request.user)

    refused = [site.get_model_admin(model).has_delete_permission(request) for model in (User, Account)]

    assert refused == [False, False]


@pytest.mark.parametrize("in_the_table", [True, False])
def test_a_lost_second_step_goes_with_its_codes_and_the_person_is_told(
    in_the_table: bool, platform: Client, marketer: User
) -> None:
    step = Authenticator.objects.create(user=marketer, type="totp", data={})
    Authenticator.objects.create(user=marketer, type="recovery_codes", data={})

    if in_the_table:
        chosen = {"action": "delete_selected", "_selected_action": [step.pk], "post": "yes"}
        platform.post(reverse("admin:mfa_authenticator_changelist"), chosen)
    else:
        platform.post(reverse("admin:mfa_authenticator_delete", args=[step.pk]), {"post": "yes"})

    assert not Authenticator.objects.filter(user=marketer).exists()
    assert [message.to for message in mail.outbox] == [[marketer.email]]
    assert [event.kind for event in SecurityEvent.objects.filter(user=marketer)] == ["STEP_REMOVED"]
