import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from smsplatform.accounts import audit, queries
from smsplatform.accounts.models import Account, User
from smsplatform.accounts.tenancy import account_context
from tests.accounts.conftest import events
from tests.conftest import NOW

AUDIT = reverse("accounts:audit")
EXPORT = reverse("accounts:audit_export")


def record(
    account: Account, action: str, subject: str, by: User | None = None, minutes: int = 0, **counts: int
) -> None:
    with account_context(account):
        audit.record(account, action, subject, by=by, now=NOW + timedelta(minutes=minutes), counts=counts)


def test_audit_tells_who_did_what_newest_first_with_counts(
    account: Account, other_account: Account, client_of_admin: Client, marketer: User
) -> None:
    record(account, "LIST_CREATED", "Clients", marketer)
    record(account, "IMPORT_DONE", "clients.csv", marketer, minutes=1, contacts=1200, rejected=3)
    record(account, "LIST_DELETED", "Vieille", None, minutes=2)
    record(other_account, "LIST_CREATED", "Secrète")

    response = client_of_admin.get(AUDIT)

    page = response.content.decode()
    assert [event.subject for event in response.context["page"].events] == ["Vieille", "clients.csv", "Clients"]
    assert "a importé <strong>clients.csv</strong>" in page
    assert "1\u202f200 contacts, 3 lignes rejetées" in page
    assert "Secrète" not in page


@pytest.mark.parametrize(
    "query, subjects",
    [
        ("action=LIST_CREATED", ["Clients"]),
        ("actor=marketer", ["Clients"]),
        ("actor=marketer&action=LIST_DELETED", []),
        ("actor=999999&action=NOTHING", ["Vieille", "Clients"]),
        ("actor=stranger", ["Vieille", "Clients"]),
    ],
)
def test_audit_filters_by_person_and_action_and_ignores_a_wrong_filter(
    account: Account,
    client_of_admin: Client,
    admin: User,
    marketer: User,
    stranger: User,
    query: str,
    subjects: list[str],
) -> None:
    record(account, "LIST_CREATED", "Clients", marketer)
    record(account, "LIST_DELETED", "Vieille", admin, minutes=1)
    query = query.replace("=marketer", f"={marketer.pk}").replace("=stranger", f"={stranger.pk}")

    page = client_of_admin.get(f"{AUDIT}?{query}").context["page"]

    assert [event.subject for event in page.events] == subjects


@pytest.mark.parametrize("count", [1, 3])
def test_audit_takes_a_fixed_number_of_queries(
    account: Account, client_of_admin: Client, marketer: User, count: int, django_assert_num_queries: object
) -> None:
    for number in range(count):
        record(account, "LIST_CREATED", f"Liste {number}", marketer)
    client_of_admin.get(AUDIT)  # what a process learns once is known from now on

    with django_assert_num_queries(15):  # type: ignore[operator]
        client_of_admin.get(AUDIT)


def test_audit_is_paged_and_keeps_its_filter(account: Account, client_of_admin: Client) -> None:
    for number in range(51):
        record(account, "LIST_CREATED", f"Liste {number}", minutes=number)
    record(account, "LIST_DELETED", "Liste 51", minutes=51)

    first = client_of_admin.get(f"{AUDIT}?action=LIST_CREATED")
    token = first.context["page"].next_token
    second = client_of_admin.get(f"{AUDIT}?action=LIST_CREATED&after={token}")

    assert f'href="?action=LIST_CREATED&amp;after={token}"' in first.content.decode()
    assert 'href="?action=LIST_CREATED"' in second.content.decode()
    assert [event.subject for event in first.context["page"].events] == [f"Liste {n}" for n in range(50, 0, -1)]
    assert [event.subject for event in second.context["page"].events] == ["Liste 0"]
    assert second.context["page"].next_token == ""


def test_events_of_one_moment_are_each_shown_once(account: Account, client_of_admin: Client) -> None:
    for number in range(53):
        record(account, "LIST_CREATED", f"Liste {number}")

    first = client_of_admin.get(AUDIT).context["page"]
    second = client_of_admin.get(f"{AUDIT}?after={first.next_token}").context["page"]

    shown = [event.subject for event in first.events + second.events]
    assert shown == [f"Liste {number}" for number in reversed(range(53))]


@pytest.mark.parametrize(
    "query, subjects",
    [
        ("action=IMPORTS", ["rejets", "clients.csv"]),
        ("action=LISTS", ["Clients"]),
        ("action=PEOPLE", []),
        ("subject=CLIENTS", ["clients.csv", "Clients"]),
        ("subject=%25", []),
        ("subject=client&action=IMPORTS", ["clients.csv"]),
        ("since=2026-03-13", ["rejets", "clients.csv"]),
        ("until=13/03/2026", ["clients.csv", "Clients"]),
        ("since=2026-03-13&until=2026-03-13", ["clients.csv"]),
        ("since=nonsense&until=9999-12-31&after=x", ["rejets", "clients.csv", "Clients"]),
    ],
)
def test_audit_filters_by_group_subject_and_days(
    account: Account, client_of_admin: Client, query: str, subjects: list[str]
) -> None:
    record(account, "LIST_CREATED", "Clients")
    record(account, "IMPORT_DONE", "clients.csv", minutes=24 * 60)
    record(account, "REJECTS_EXPORTED", "rejets", minutes=48 * 60)

    page = client_of_admin.get(f"{AUDIT}?{query}").context["page"]

    assert [event.subject for event in page.events] == subjects


def test_every_action_is_in_one_group_to_filter_by() -> None:
    grouped = [action for group in audit.GROUPS for action in audit.actions_of(group)]

    assert sorted(grouped) == sorted(audit.ACTIONS)


def test_export_is_the_journal_as_filtered_and_is_itself_noted(
    account: Account, other_account: Account, client_of_admin: Client, marketer: User
) -> None:
    record(account, "LIST_CREATED", "=Clients", marketer)
    record(account, "IMPORT_DONE", "clients.csv", None, minutes=1, contacts=1200, rejected=3)
    record(account, "LIST_DELETED", "Vieille", marketer, minutes=2)
    record(other_account, "LIST_CREATED", "Secrète")

    response: Any = client_of_admin.get(f"{EXPORT}?subject=clients")

    content = b"".join(response.streaming_content).decode()
    assert list(csv.reader(io.StringIO(content.removeprefix("\ufeff")), delimiter=";")) == [
        ["Quand", "Qui", "Adresse e-mail", "Quoi", "À propos de", "Combien"],
        ["2026-03-12 10:31:00", "smsplatform", "", "a importé", "clients.csv", "1200 contacts, 3 lignes rejetées"],
        ["2026-03-12 10:30:00", "Marketer", "marketer@example.com", "a créé la liste", "'=Clients", ""],
    ]
    assert events(account)[-1] == ("JOURNAL_EXPORTED", "", "admin@example.com")


def test_export_is_for_those_who_manage(account: Account, client_of_marketer: Client) -> None:
    assert (client_of_marketer.get(EXPORT).status_code, events(account)) == (403, [])


def test_the_people_to_filter_by_are_those_who_did_something_here(
    account: Account, other_account: Account, admin: User, marketer: User, reader: User, stranger: User
) -> None:
    for by in (marketer, admin, marketer, None):
        record(account, "LIST_CREATED", "Clients", by)
    record(other_account, "LIST_CREATED", "Secrète", stranger)

    with account_context(account):
        assert list(queries.audit_actors(account)) == [admin, marketer]
    with account_context(other_account):
        assert list(queries.audit_actors(other_account)) == [stranger]
        assert list(queries.audit_actors(account)) == []
