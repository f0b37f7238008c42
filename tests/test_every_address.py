"""Every address that names a thing, tried by a member of another account: 404, and nothing changes."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from contacts.models import Export, Import, ListBatch
from directory.contact_table import contact_token
from directory.models import Attribute, ContactBatch, ListMerge, ModeSwitch
from smsplatform.accounts.models import Account, Invitation, Membership, User
from smsplatform.accounts.tenancy import account_context, tenant_models
from tests.conftest import NOW, SignIn
from tests.contacts.factories import FICTION, make_list
from tests.directory.factories import make_contact

OURS = {"contacts", "directory", "accounts"}


def make_import(account: Account) -> Import:
    return Import.objects.create(
        account=account, list_name="Clients", file_path="x", size_bytes=1, region="FR", created_at=NOW, status="READY"
    )


def make_export(account: Account) -> Export:
    return Export.objects.create(account=account, name="Clients", created_at=NOW, heartbeat_at=NOW)


def make_batch(account: Account) -> ListBatch:
    return ListBatch.objects.create(account=account, action="DISABLE", list_ids=[], created_at=NOW, heartbeat_at=NOW)


def make_contact_batch(account: Account) -> ContactBatch:
    return ContactBatch.objects.create(account=account, action="DELETE", created_at=NOW, heartbeat_at=NOW)


def make_attribute(account: Account) -> Attribute:
    names = {"key": "a1", "name": "Ville", "variable": "ville"}
    return Attribute.objects.create(account=account, position=1, created_at=NOW, **names)


def make_merge(account: Account) -> ListMerge:
    return ListMerge.objects.create(account=account, name="Tous", created_at=NOW, heartbeat_at=NOW)


def make_sealed_contact(account: Account) -> SimpleNamespace:
    return SimpleNamespace(pk=contact_token(account, make_contact(account, FICTION).phone))


def make_switch(account: Account) -> ModeSwitch:
    given = {"direction": "ON", "created_at": NOW, "heartbeat_at": NOW}
    return ModeSwitch.objects.create(account=account, status="DONE", **given)


MAKERS: dict[str, Callable[[Account], Any]] = {
    "list_id": make_list,
    "import_id": make_import,
    "attribute_id": make_attribute,
    "export_id": make_export,
    "batch_id": make_batch,
    "contact_batch_id": make_contact_batch,
    "contact": make_sealed_contact,
    "switch_id": make_switch,
    "merge_id": make_merge,
    "membership_id": lambda account: Membership.objects.get(),
    "invitation_id": lambda account: Invitation.objects.create(account=account, email="new@example.com", sent_at=NOW),
}
# Addresses whose last part is its own proof (a signed token), not a thing of an account.
WITH_TOKEN = {"accounts:invitation_accept"}


def addresses(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, list[str]]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, entry.namespace or namespace)
        elif isinstance(entry, URLPattern) and namespace in OURS and entry.pattern.converters:
            yield f"{namespace}:{entry.name}", list(entry.pattern.converters)


ADDRESSES = dict(addresses(get_resolver()))
THINGS = {name: names for name, names in ADDRESSES.items() if name not in WITH_TOKEN}


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of every tenant table of the open account."""
    rows = {}
    with connection.cursor() as cursor:
        for model in tenant_models():
            cursor.execute(f"select * from {model._meta.db_table} t order by t::text")
            rows[model.__name__] = cursor.fetchall()
    return rows


def test_there_are_addresses_to_try() -> None:
    assert len(THINGS) >= 12
    assert set(WITH_TOKEN) <= set(ADDRESSES)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", THINGS)
def test_another_accounts_thing_does_not_exist(
    name: str, method: str, account: Account, other_account: Account, marketer: User, stranger: User, sign_in: SignIn
) -> None:
    with account_context(account):
        things = [MAKERS[part](account) for part in THINGS[name]]
        before = everything()
    with account_context(other_account):
        Membership.objects.update(role="ACCOUNT_MANAGER")  # who may do everything
        theirs_before = everything()

    url = reverse(name, args=[thing.pk for thing in things])
    response = getattr(sign_in(stranger), method)(url, follow=True)

    # 405 where the address does not know the method at all; the address of a form leads to the page it is on, whatever
    # it names, and that is 404 as well if it names something itself.
    leads_to_a_table = method == "get" and response.redirect_chain and not resolve(response.request["PATH_INFO"]).kwargs
    assert response.status_code in ({200} if leads_to_a_table else {404, 405}), name
    with account_context(account):
        assert everything() == before
    with account_context(other_account):
        assert everything() == theirs_before
