"""An account with something of everything in it, as the product itself makes it: for tests that try every address."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from contacts.exports import tables
from contacts.models import Exclusion, Export, ListBatch
from contacts.operations import batches, exclusions, exports, lists
from contacts.queries import entries
from contacts.templatetags.editor import sealed
from directory.contact_table import contact_token
from directory.models import ContactBatch, ListMerge
from directory.operations import attributes, contact_batches, contacts, living, merges, option
from directory.operations.numbers import add_numbers
from directory.queries.query import Query, Selection
from smsplatform.accounts import links
from smsplatform.accounts.models import Account, Invitation, Membership, Role, User
from smsplatform.accounts.tenancy import account_context
from tests.contacts.operations import importing
from tests.directory import importing as directory_importing

FIRST, SECOND, STOPPED = 33612345678, 33698765432, 33612345699
TABLE = """Nom;Mobile;Ville
Dupont;06 12 34 56 78;Lyon
Moreau;06 98 76 54 32;Laval
Petit;06 12;Lyon
Blanc;*06 12 34 56 55;Lyon
"""


@dataclass
class World:
    """`ids`: what addresses name, by "<converter>" or "<address>.<converter>" where one needs a thing in another state."""

    account: Account
    person: User
    ids: dict[str, Any] = field(default_factory=dict)

    @property
    def given(self) -> dict[str, Any]:
        return {"by": self.person, "now": timezone.now()}

    def args(self, name: str, converters: list[str]) -> list[Any]:
        return [self.ids.get(f"{name}.{part}", self.ids[part]) for part in converters]


@contextmanager
def uncommitted(blocker: Any, make: Callable[[Account, User], World]) -> Iterator[World]:
    """A world for all tests of a module, each of which takes back what it does; nothing is ever committed."""
    with blocker.unblock(), transaction.atomic():
        account = Account.objects.create(name="Boulangerie Martin")
        person = User.objects.create_user(f"manager-{account.pk}@example.com", name="Martine")
        with account_context(account):
            rights = {"role": Role.ACCOUNT_MANAGER, "export_allowed": True}
            Membership.objects.create(account=account, user=person, **rights)
            world = make(account, person)
        yield world
        transaction.set_rollback(True)


@contextmanager
def taken_back() -> Iterator[None]:
    before = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)


def make_lists(account: Account, person: User) -> World:
    """An account with independent lists, in its context."""
    world = World(account, person)
    ids, given = world.ids, world.given
    done = importing.done(account, person, TABLE.encode(), list_name="Clients")
    assert done.contact_list is not None
    clients = done.contact_list
    clients.refresh_from_db()
    disabled, deleted, spare = (lists.create(account, name=name, **given) for name in ("Anciens", "Perdus", "Divers"))
    lists.disable(account, contact_list=disabled, **given)
    lists.delete(account, contact_list=deleted, **given)
    ids |= {"list_id": clients.pk, "contacts:list_enable.list_id": disabled.pk, "deleted": deleted.pk}
    ids["contacts:list_restore.list_id"] = deleted.pk
    ready = importing.analysed(account, person, TABLE.encode(), list_name="Prospects")
    ids |= {"import_id": ready.pk, "ready": ready, "done": done, "clients": clients}
    for name in ("import_undo", "import_mend", "import_rejects", "import_repair_upload"):
        ids[f"contacts:{name}.import_id"] = done.pk
    _exclude(world)
    ids["batch_id"] = batches.start(account, action=ListBatch.Action.DISABLE, contact_lists=[spare], **given).pk
    order = exports.Order(lists=(clients,), format=Export.Format.CSV, columns=(tables.PHONE,))
    ids["export_id"] = exports.request(account, order=order, **given).pk
    trial = option.try_out(account, choices={}, **given)
    ids |= {"switch_id": trial.pk, "seen": trial.result["digest"]}
    ids["entry"] = sealed(FIRST, account.pk)
    assert entries.rows(account, clients, [FIRST])
    _people(world)
    return world


def make_directory(account: Account, person: User) -> World:
    """An account with a directory, in its context."""
    world = World(account, person)
    ids, given = world.ids, world.given
    trial = option.try_out(account, choices={}, **given)
    switched = option.switch_on(account, choices=trial.result["choices"], seen=trial.result["digest"], **given)
    ids |= {"switch_id": switched.pk, "directory:option_on.switch_id": trial.pk}
    done = directory_importing.done(account, person, TABLE, list_name="Clients")
    ids |= {"done": done, "list_id": done.contact_list_id, "clients": done.contact_list}
    ready = directory_importing.analysed(account, person, TABLE, list_name="Prospects")
    ids |= {"import_id": ready.pk, "ready": ready, "contact": contact_token(account, FIRST)}
    ids["attribute_id"] = attributes.create(account, name="Fidélité", **given).pk
    following = living.save(account, query=Query(search="Lyon"), name="Lyonnais", **given)
    for name in ("list_rule_edit", "list_freeze", "list_refresh"):
        ids[f"directory:{name}.list_id"] = following.pk
    sides = [lists.create(account, name=name, **given) for name in ("Nord", "Sud", "Est")]
    for one in sides:
        add_numbers(account, contact_list=one, phones=[FIRST, SECOND], creates_unknown=True, **given)
    ids["second"] = sides[2].pk
    after = ListMerge.SourceAfter.KEEP
    kept = {"target": None, "name": "Tous", "expires_after_months": None, "source_after": after}
    merge = merges.start(account, first=sides[0], second=sides[1], **kept, **given)
    contacts.add(account, phone=STOPPED, attributes={}, **given)
    chosen, options = Selection(phones=(STOPPED,)), {"expected": 1, "reason": ""}
    exclude = ContactBatch.Action.EXCLUDE
    batch = contact_batches.start(account, action=exclude, selection=chosen, options=options, **given)
    ids |= {"merge_id": merge.pk, "contact_batch_id": batch.pk}
    ids["directory:contact_readmit.contact"] = contact_token(account, STOPPED)
    _people(world)
    return world


def _exclude(world: World) -> None:
    source = Exclusion.Source.PERSON
    exclusions.add(world.account, phones=[STOPPED], source=source, reason="", **world.given)
    world.ids["exclusion"] = Exclusion.objects.get(phone=STOPPED).pk


def _people(world: World) -> None:
    """Add a colleague and somebody invited."""
    colleague = User.objects.create_user(f"colleague-{world.account.pk}@example.com", name="Camille")
    member = Membership.objects.create(account=world.account, user=colleague, role=Role.MARKETER)
    invited = Invitation.objects.create(
        account=world.account, email=f"new-{world.account.pk}@example.com", sent_at=timezone.now()
    )
    world.ids |= {"membership_id": member.pk, "invitation_id": invited.pk, "token": links.token(invited)}
