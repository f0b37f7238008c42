"""Whatever people do to a directory, in whatever order: one contact per number, every member a contact, every count right."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.models import ContactList, Exclusion, Import, ListEntry
from contacts.operations import duplicate, exclusions, import_undo, lists
from directory.models import Attribute, Contact, ContactBatch, ListMerge
from directory.operations import contact_batches, contacts, living, merge_undo, merges, option
from directory.queries import matching
from directory.queries.query import Query, Selection
from smsplatform.accounts.models import Account, User
from smsplatform.lib.errors import OperationError
from tests.conftest import NOW
from tests.contacts.operations import importing
from tests.contacts.test_counts_property import differences
from tests.directory.factories import make_directory

NUMBERS = [33612345600 + number for number in range(12)]  # few, so that steps meet
TOWNS = ["Laval", "Évron", "Craon"]
Target = Import.Target

# What must never be found: members that are no contacts, and counts that are not a recount.
STRANGERS = """
select l.id, e.phone from contacts_listentry e
join contacts_contactlist l on l.account_id = e.account_id and l.id = e.list_id and l.kind = 'DIRECTORY'
left join directory_contact c on c.account_id = e.account_id and c.phone = e.phone
where e.account_id = %s and c.phone is null
"""
TALLY = """
select (select coalesce(sum(contacts), 0) from directory_contacttally where account_id = %(account)s),
    (select count(*) from directory_contact where account_id = %(account)s)
"""


@dataclass
class World:
    """An account and somebody who does things in it, each with a choice made by `chance`."""

    account: Account
    by: User
    chance: random.Random
    city: str
    minutes: int = 0
    done: list[str] = field(default_factory=list)

    @property
    def given(self) -> dict[str, Any]:
        return {"by": self.by, "now": NOW + timedelta(minutes=self.minutes)}

    def some(self) -> list[int]:
        return self.chance.sample(NUMBERS, self.chance.randint(1, len(NUMBERS)))

    def one(self) -> int:
        return self.chance.choice(NUMBERS)

    def a_town(self) -> str:
        return self.chance.choice(TOWNS)

    def a_list(self, *, in_bin: bool = False, **fields: Any) -> ContactList:
        rows = ContactList.objects.filter(account=self.account, deleted_at__isnull=not in_bin, **fields).order_by("pk")
        if not rows:
            raise NothingThere("NOTHING_THERE")
        return self.chance.choice(list(rows))

    def a_query(self) -> Query:
        rule = {"match": "ALL", "conditions": [{"field": self.city, "is": "EQUALS", "value": self.a_town()}]}
        return Query(rule=rule)

    def a_selection(self) -> Selection:
        return Selection(phones=tuple(self.some())) if self.chance.random() < 0.6 else Selection(query=self.a_query())


class NothingThere(OperationError):
    """There is nothing yet that the step could be done to."""


def file_of(world: World) -> SimpleUploadedFile:
    lines = "".join(f"0{phone % 10**9};{world.chance.choice([*TOWNS, ''])}\n" for phone in world.some())
    return SimpleUploadedFile("clients.csv", f"Mobile;Ville\n{lines}".encode())


def run_import(world: World, target: Import.Target, **names: Any) -> None:
    settings = {"updates_existing": world.chance.random() < 0.7, "erases_empty": world.chance.random() < 0.5}
    imported = importing.done(
        world.account, world.by, target=target, file=file_of(world), into_directory=True, **names, **settings
    )
    assert (imported.status, imported.error) == ("DONE", "")


def import_new(world: World) -> None:
    run_import(world, Target.NEW, list_name="Clients")


def import_base(world: World) -> None:
    run_import(world, Target.BASE, list_name="")


def import_append(world: World) -> None:
    run_import(world, Target.APPEND, contact_list=world.a_list(rule__isnull=True))


def import_replace(world: World) -> None:
    run_import(world, Target.REPLACE, contact_list=world.a_list(rule__isnull=True))


def undo_import(world: World) -> None:
    rows = list(Import.objects.filter(account=world.account, status="DONE", undone_at=None).order_by("pk"))
    if not rows:
        raise NothingThere("NOTHING_THERE")
    import_undo.undo(world.account, imported=world.chance.choice(rows), **world.given)


def add(world: World) -> None:
    contacts.add(world.account, phone=world.one(), attributes={world.city: world.a_town()}, **world.given)


def edit(world: World) -> None:
    phone = world.one()
    seen = Contact.objects.filter(account=world.account, phone=phone).first()
    attributes = {world.city: world.chance.choice([*TOWNS, None])}
    known = seen.attributes if seen else {}
    contacts.edit(world.account, phone=phone, attributes=attributes, seen=known, **world.given)


def renumber(world: World) -> None:
    contacts.renumber(world.account, phone=world.one(), new_phone=world.one(), **world.given)


def delete_contact(world: World) -> None:
    contacts.delete(world.account, phone=world.one(), **world.given)


def batch(world: World) -> None:
    action = world.chance.choice(list(ContactBatch.Action))
    needs_list = action in (ContactBatch.Action.ADD, ContactBatch.Action.REMOVE)
    contact_batches.start(
        world.account,
        action=action,
        selection=world.a_selection(),
        contact_list=world.a_list() if needs_list else None,
        options={"name": "Choisis", "reason": "Demande"},
        **world.given,
    )


def merge(world: World) -> None:
    first, second = world.a_list(), world.a_list()
    merges.start(
        world.account,
        first=first,
        second=second,
        target=world.chance.choice([None, first, second]),
        name="Réunis",
        expires_after_months=None,
        source_after=world.chance.choice(list(ListMerge.SourceAfter)),
        **world.given,
    )


def undo_merge(world: World) -> None:
    rows = list(ListMerge.objects.filter(account=world.account, undone_at=None).order_by("pk"))
    if not rows:
        raise NothingThere("NOTHING_THERE")
    merge_undo.undo(world.account, merge=world.chance.choice(rows), **world.given)


def save_rule(world: World) -> None:
    living.save(world.account, query=world.a_query(), name="À jour", **world.given)


def freeze(world: World) -> None:
    living.freeze(world.account, contact_list=world.a_list(rule__isnull=False), **world.given)


def copy(world: World) -> None:
    duplicate.duplicate(world.account, contact_list=world.a_list(), name="Copie", **world.given)


def delete_list(world: World) -> None:
    lists.delete(world.account, contact_list=world.a_list(), **world.given)


def restore_list(world: World) -> None:
    lists.restore(world.account, contact_list=world.a_list(in_bin=True), **world.given)


def exclude(world: World) -> None:
    exclusions.add(world.account, phones=world.some(), source=Exclusion.Source.STOP, **world.given)


def off_and_on(world: World) -> None:
    option.switch_off(world.account, **world.given)
    trial = option.try_out(world.account, choices={}, **world.given)
    seen = trial.result["digest"]
    option.switch_on(world.account, choices=trial.result["choices"], seen=seen, **world.given)


STEPS: list[Callable[[World], None]] = [
    import_new,
    import_base,
    import_append,
    import_replace,
    undo_import,
    add,
    edit,
    renumber,
    delete_contact,
    batch,
    batch,
    merge,
    undo_merge,
    save_rule,
    freeze,
    copy,
    delete_list,
    restore_list,
    exclude,
    off_and_on,
]


def faults(world: World) -> dict[str, Any]:
    """Return everything about the directory that is not as it must be."""
    with connection.cursor() as cursor:
        cursor.execute(STRANGERS, [world.account.pk])
        strangers = cursor.fetchall()
        cursor.execute(TALLY, {"account": world.account.pk})
        tally, contact_count = cursor.fetchone()
    found = {
        "members that are no contacts": strangers,
        "counts of lists": differences(world.account),
        "count of contacts": [] if tally == contact_count else [(tally, contact_count)],
        "unknown values": unknown_values(world.account),
        "living lists": outdated(world),
    }
    return {name: fault for name, fault in found.items() if fault}


def unknown_values(account: Account) -> list[Any]:
    """Return the values that no attribute of the account describes, or that are empty."""
    keys = set(Attribute.objects.filter(account=account).values_list("key", flat=True))
    stored = Contact.objects.filter(account=account).values_list("attributes", flat=True)
    return [values for values in stored if not set(values) <= keys or None in values.values() or "" in values.values()]


def outdated(world: World) -> list[str]:
    """Refresh the living lists; return those that do not hold what their rule finds."""
    living.refresh_all(world.account, now=world.given["now"])
    wrong = []
    for one in ContactList.objects.filter(account=world.account, deleted_at=None).exclude(rule__isnull=True):
        where, values = matching.where(world.account, Query.from_json(one.rule), now=world.given["now"])
        with connection.cursor() as cursor:
            cursor.execute(f"select c.phone from directory_contact c where {where}", values)
            wanted = {row[0] for row in cursor.fetchall()}
        members = set(ListEntry.objects.filter(contact_list=one).values_list("phone", flat=True))
        if members != wanted:
            wrong.append(one.name)
    return wrong


@given(steps=st.lists(st.sampled_from(STEPS), min_size=5, max_size=16), seed=st.integers(0, 10_000))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_directory_is_whole_after_every_step(
    in_account: Account, marketer: User, steps: list[Callable[[World], None]], seed: int
) -> None:
    with transaction.atomic():
        city = make_directory(in_account)["city"].key
        world = World(in_account, marketer, random.Random(seed), city)
        for step in [import_new, *steps]:
            world.minutes += 1
            with suppress(OperationError), transaction.atomic():
                step(world)
            world.done.append(step.__name__)
            assert (world.done, faults(world)) == (world.done, {})
        transaction.set_rollback(True)  # the next sequence starts from nothing
    in_account.refresh_from_db()
