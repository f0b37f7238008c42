"""A person sees where they are signed in and ends it; what happens to their access is noted, and told by mail."""

import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from smsplatform.accounts import devices
from smsplatform.accounts.models import Account, Role, SecurityEvent, SentMail, User
from smsplatform.accounts.tasks import purge_sign_ins
from tests.accounts.conftest import membership_of
from tests.accounts.test_second_step import set_up
from tests.conftest import MakeMember, SignIn
from tests.owner import as_owner, platform_admin

PASSWORD, NEW_PASSWORD = "quatre mots sans rapport", "nouveau départ lundi matin"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile/15E148 Safari/604.1"
)
LOGIN, SESSIONS = reverse("account_login"), reverse("accounts:sessions")
END, END_ALL = reverse("accounts:session_end"), reverse("accounts:sessions_end")


@pytest.fixture
def person(marketer: User) -> User:
    marketer.set_password(PASSWORD)
    marketer.save()
    return marketer


def browser(person: User, user_agent: str, address: str = "192.0.2.7", password: str = PASSWORD) -> Client:
    client = Client(headers={"user-agent": user_agent}, REMOTE_ADDR=address)
    client.post(LOGIN, {"login": person.email, "password": password})
    return client


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("accounts:preferences")).status_code == 200


def log_of(person: User) -> list[str]:
    return list(SecurityEvent.objects.filter(user=person).order_by("pk").values_list("kind", flat=True))


def session_of(client: Client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


def test_the_page_shows_the_browsers_and_marks_this_one(person: User) -> None:
    telephone, office = browser(person, SAFARI, "2001:db8:1:2::3"), browser(person, FIREFOX)

    rows = office.get(SESSIONS).context["rows"]

    shown = {row["name"]: (row["address"], row["is_telephone"], row["is_current"]) for row in rows}
    assert shown == {
        "Firefox, Windows": ("192.0.2.x", False, True),
        "Safari, iPhone": ("2001:db8:1:x", True, False),
    }
    assert is_signed_in(telephone)


def test_one_browser_is_signed_out_and_the_others_stay(person: User) -> None:
    telephone, office = browser(person, SAFARI), browser(person, FIREFOX)

    response = office.post(END, {"session": session_of(telephone).pk})

    assert response.headers["Location"] == SESSIONS
    assert (is_signed_in(telephone), is_signed_in(office)) == (False, True)
    assert log_of(person)[-1] == "SESSION_ENDED"


def test_pressed_twice_the_second_press_finds_nothing(person: User) -> None:
    telephone, office = browser(person, SAFARI), browser(person, FIREFOX)
    number = session_of(telephone).pk

    answers = [office.post(END, {"session": number}).status_code for _press in range(2)]

    assert answers == [302, 302]
    assert log_of(person).count("SESSION_ENDED") == 1


def test_signing_out_this_browser_leads_to_the_sign_in_page(person: User) -> None:
    office = browser(person, FIREFOX)

    assert office.post(END, {"session": session_of(office).pk}).headers["Location"] == LOGIN
    assert not is_signed_in(office)


@pytest.mark.parametrize("number", ["", "abc", "²", "9" * 30])
def test_a_session_that_cannot_be_ends_nothing(person: User, number: str) -> None:
    office = browser(person, FIREFOX)

    assert office.post(END, {"session": number}).headers["Location"] == SESSIONS
    assert (is_signed_in(office), log_of(person)) == (True, ["SIGNED_IN"])


def test_nobody_ends_another_persons_session(person: User, stranger: User, sign_in: SignIn) -> None:
    office = browser(person, FIREFOX)

    sign_in(stranger).post(END, {"session": session_of(office).pk})

    assert is_signed_in(office)
    assert (log_of(person), log_of(stranger)) == (["SIGNED_IN"], [])


def test_signing_out_everywhere_ends_every_browser(person: User) -> None:
    telephone, office = browser(person, SAFARI), browser(person, FIREFOX)

    response = office.post(END_ALL)

    assert response.headers["Location"] == f"{LOGIN}?next={END_ALL}"
    assert (is_signed_in(telephone), is_signed_in(office)) == (False, False)
    assert log_of(person) == ["SIGNED_IN", "SIGNED_IN", "EVERYWHERE_ENDED"]
    assert UserSession.objects.count() == 0


def test_a_new_password_signs_the_other_browsers_out_and_is_told(person: User, mailoutbox: list[EmailMessage]) -> None:
    telephone, office = browser(person, SAFARI), browser(person, FIREFOX)
    fields = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}

    office.post(reverse("account_change_password"), fields)

    assert (is_signed_in(telephone), is_signed_in(office)) == (False, True)
    assert log_of(person)[-1] == "PASSWORD_CHANGED"
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [([person.email], "Mot de passe modifié")]


def test_the_log_tells_of_wrong_passwords_and_second_steps(person: User, mailoutbox: list[EmailMessage]) -> None:
    browser(person, SAFARI, password="wrong")
    office = browser(person, FIREFOX)
    set_up(office)

    office.post(reverse("mfa_deactivate_totp"))

    assert log_of(person) == ["SIGN_IN_FAILED", "SIGNED_IN", "STEP_REMOVED"]
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        ([person.email], "Application d'authentification désactivée")
    ]
    failed = SecurityEvent.objects.get(kind="SIGN_IN_FAILED")
    assert (failed.browser, failed.address) == ("Safari, iPhone", "192.0.2.x")


def test_a_wrong_code_at_the_second_step_is_noted(person: User) -> None:
    set_up(browser(person, FIREFOX))
    half_way = browser(person, SAFARI)

    half_way.post(reverse("mfa_authenticate"), {"code": "000000"})

    assert log_of(person)[-1] == "STEP_FAILED"
    assert not is_signed_in(half_way)


def test_a_notice_that_cannot_be_sent_breaks_nothing(person: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens
    fields = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}

    response = browser(person, FIREFOX).post(reverse("account_change_password"), fields)

    person.refresh_from_db()
    assert response.status_code == 302
    assert person.check_password(NEW_PASSWORD)


def test_an_address_changed_by_the_platform_is_told_to_the_former_one(
    person: User, sign_in: SignIn, mailoutbox: list[EmailMessage]
) -> None:
    platform = sign_in(platform_admin())
    fields = {name: getattr(person, name) for name in ("name", "language", "time_zone", "theme")}
    url = reverse("admin:accounts_user_change", args=[person.pk])

    platform.post(url, {**fields, "email": "new@example.com", "is_active": "on"})

    assert [mail.to for mail in mailoutbox] == [["marketer@example.com"]]
    assert log_of(person) == ["EMAIL_CHANGED"]


def make_idle(client: Client, minutes: int) -> None:
    session = client.session
    session["seen_at"] = time.time() - minutes * 60
    session.save()


@pytest.mark.parametrize("role, stays", [(Role.ADMIN, True), (Role.ACCOUNT_MANAGER, False)])
def test_a_manager_who_was_away_for_an_hour_signs_in_again(
    account: Account, make_member: MakeMember, sign_in: SignIn, role: Role, stays: bool
) -> None:
    client = sign_in(make_member(account, "zoe@example.com", role))
    make_idle(client, 61)

    assert is_signed_in(client) is stays


def test_what_an_absent_manager_sent_waits_behind_the_sign_in_page_for_them_alone(
    account: Account, make_member: MakeMember, sign_in: SignIn, person: User
) -> None:
    client = sign_in(make_member(account, "zoe@example.com", Role.ACCOUNT_MANAGER))
    make_idle(client, 61)
    url = reverse("accounts:member_edit", args=[membership_of(account, person).pk])

    response = client.post(url, {"role": "READ_ONLY"})
    client.post(LOGIN, {"login": person.email, "password": PASSWORD})

    assert response.headers["Location"] == f"{LOGIN}?next={reverse('accounts:go_on')}"
    assert client.session["kept_request"]["path"] == url
    assert client.get(reverse("accounts:go_on")).headers["Location"] == "/"


def test_a_form_that_nobody_came_back_for_is_forgotten(person: User) -> None:
    office = browser(person, FIREFOX)
    session = office.session
    session["kept_request"] = {"at": time.time() - 3601, "user": person.pk}
    session.save()

    office.get("/")

    assert "kept_request" not in office.session


def test_a_session_in_use_is_noted_every_few_minutes(person: User) -> None:
    office = browser(person, FIREFOX)
    office.get("/")
    noted = session_of(office).last_seen_at
    office.get("/")
    at_once = session_of(office).last_seen_at
    make_idle(office, 6)
    office.get("/")

    assert at_once == noted
    assert session_of(office).last_seen_at > noted


def test_what_is_over_is_removed(person: User) -> None:
    office = browser(person, FIREFOX)
    now = timezone.now()
    as_owner("update accounts_securityevent set at = now() - interval '366 days'")
    SentMail.objects.create(key="old", at=now - timedelta(hours=2))
    SentMail.objects.create(key="new", at=now)
    Session.objects.filter(session_key=office.session.session_key).update(expire_date=now - timedelta(days=1))

    purge_sign_ins()

    assert (log_of(person), UserSession.objects.count(), Session.objects.count()) == ([], 0, 0)
    assert list(SentMail.objects.values_list("key", flat=True)) == ["new"]


@pytest.mark.parametrize(
    "user_agent, name",
    [(FIREFOX, "Firefox, Windows"), (SAFARI, "Safari, iPhone"), ("curl/8.1", "curl/8.1"), ("", "?"), ("<b>", "b")],
)
def test_browsers_are_called_as_people_call_them(user_agent: str, name: str) -> None:
    assert devices.name(user_agent) == name


@pytest.mark.parametrize(
    "address, shown",
    [("192.0.2.7", "192.0.2.x"), ("2001:db8::1", "2001:db8:0:x"), ("::ffff:192.0.2.7", "192.0.2.x"), ("socket", "?")],
)
def test_addresses_are_shortened(address: str, shown: str) -> None:
    assert devices.shortened(address) == shown
