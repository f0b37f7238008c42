"""Whatever people do to lists and exclusions, in whatever order, the counts that lists store equal a recount."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from unittest.mock import patch

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.models import ContactList, Exclusion, ExclusionInbox, Import, ListEntry
from contacts.operations import duplicate, entries, exclusion_inbox, exclusions, import_undo, lists
from contacts.operations.entry_changes import Changes, RowChange
from contacts.operations.entry_changes import Exclusion as ExclusionChange
from contacts.queries import exclusions as queries
from smsplatform.accounts.models import Account, User
from smsplatform.lib.errors import OperationError
from tests.conftest import NOW
from tests.contacts.operations import importing

NUMBERS = [33612345600 + number for number in range(12)]  # few, so that steps meet
Target = Import.Target

RECOUNT = """
select l.id, l.contact_count, l.excluded_count, count(e.phone), count(x.phone)
from contacts_contactlist l
left join contacts_listentry e on e.account_id = l.account_id and e.list_id = l.id
left join contacts_exclusion x on x.account_id = e.account_id and x.phone = e.phone
where l.account_id = %s group by l.id order by l.id
"""


@dataclass
class World:
    """An account and somebody who does things in it, each with a choice made by `chance`."""

    account: Account
    by: User
    chance: random.Random
    days: int = 0
    is_busy: bool = False  # then exclusions that arrive wait to be counted
    done: list[str] = field(default_factory=list)

    @property
    def given(self) -> dict[str, object]:
        return {"by": self.by, "now": NOW + timedelta(days=self.days)}

    def some(self) -> list[int]:
        return self.chance.sample(NUMBERS, self.chance.randint(1, len(NUMBERS)))

    def a_list(self, *, in_bin: bool = False) -> ContactList | None:
        rows = ContactList.objects.filter(account=self.account, deleted_at__isnull=not in_bin).order_by("pk")
        return self.chance.choice(list(rows)) if rows else None

    def an_import(self) -> Import | None:
        rows = Import.objects.filter(account=self.account, status="DONE", undone_at=None).order_by("pk")
        return self.chance.choice(list(rows)) if rows else None


def file_of(phones: list[int]) -> SimpleUploadedFile:
    lines = "".join(f"0{phone % 10**9};Ville {phone % 7}\n" for phone in phones)
    return SimpleUploadedFile("clients.csv", f"Mobile;Ville\n{lines}".encode())


def run_import(world: World, target: Import.Target, contact_list: ContactList | None = None) -> None:
    names = {"list_name": "Clients"} if target in (Target.NEW, Target.EXCLUDE) else {"contact_list": contact_list}
    imported = importing.done(world.account, world.by, target=target, file=file_of(world.some()), **names)
    assert (imported.status, imported.error) == ("DONE", "")


def import_new(world: World) -> None:
    run_import(world, Target.NEW)


def import_append(world: World) -> None:
    if contact_list := world.a_list():
        run_import(world, Target.APPEND, contact_list)


def import_replace(world: World) -> None:
    if contact_list := world.a_list():
        run_import(world, Target.REPLACE, contact_list)


def import_exclusions(world: World) -> None:
    run_import(world, Target.EXCLUDE)


def create_empty(world: World) -> None:
    lists.create(world.account, name="Vide", **world.given)  # type: ignore[arg-type]


def be_busy(world: World) -> None:
    world.is_busy = not world.is_busy


def fold(world: World) -> None:
    FOLD(world.account)


def exclude(world: World) -> None:
    source = world.chance.choice(list(Exclusion.Source))
    exclusions.add(world.account, phones=world.some(), source=source, **world.given)  # type: ignore[arg-type]


def include(world: World) -> None:
    phones, yes = world.some(), world.chance.random() < 0.7
    exclusions.remove(world.account, phones=phones, reason="Erreur", including_stop=yes, **world.given)  # type: ignore[arg-type]


def include_one(world: World) -> None:
    phones = [world.chance.choice(NUMBERS)]
    exclusions.remove(world.account, phones=phones, reason="Erreur", including_stop=True, **world.given)  # type: ignore[arg-type]


def undo(world: World) -> None:
    if imported := world.an_import():
        import_undo.undo(world.account, imported=imported, **world.given)  # type: ignore[arg-type]


def copy(world: World) -> None:
    if contact_list := world.a_list():
        duplicate.duplicate(world.account, contact_list=contact_list, name="Copie", **world.given)  # type: ignore[arg-type]


def edit(world: World) -> None:
    """Add, remove, exclude and readmit numbers in one save of the editor; some rows are in error, as in life."""
    contact_list = world.a_list()
    if not contact_list:
        return
    present = set(ListEntry.objects.filter(contact_list=contact_list).values_list("phone", flat=True))
    rows = tuple(a_row(world, phone, phone in present) for phone in world.some())
    entries.save(world.account, contact_list=contact_list, changes=Changes((), rows), **world.given)  # type: ignore[arg-type]


def a_row(world: World, phone: int, is_present: bool) -> RowChange:
    adds, yes = world.chance.random() < 0.5, world.chance.random() < 0.7
    exclusion = ExclusionChange(adds, "Demande", including_stop=yes) if world.chance.random() < 0.5 else None
    if not is_present:
        return RowChange(str(phone), None, f"+{phone}", exclusion=exclusion)
    moved = f"+{world.chance.choice(NUMBERS)}" if world.chance.random() < 0.3 else None
    is_removed = moved is None and world.chance.random() < 0.4
    return RowChange(str(phone), phone, moved, remove=is_removed, exclusion=exclusion)


def delete(world: World) -> None:
    if contact_list := world.a_list():
        lists.delete(world.account, contact_list=contact_list, **world.given)  # type: ignore[arg-type]


def restore(world: World) -> None:
    if contact_list := world.a_list(in_bin=True):
        lists.restore(world.account, contact_list=contact_list, **world.given)  # type: ignore[arg-type]


def empty_bin(world: World) -> None:
    world.days += lists.BIN_DAYS // 2
    lists.empty_bin(world.account, now=NOW + timedelta(days=world.days))


FOLD = exclusion_inbox.fold
# What people do who mean to readmit somebody; nothing else ever does.
READMIT = {"include", "include_one", "edit", "undo"}
STEPS: list[Callable[[World], None]] = [
    create_empty,
    import_new,
    import_append,
    import_replace,
    import_exclusions,
    be_busy,
    fold,
    exclude,
    include,
    include_one,
    edit,
    undo,
    copy,
    delete,
    restore,
    empty_bin,
]


def differences(account: Account) -> list[tuple[int, ...]]:
    """Return (list, stored contacts, stored excluded, counted contacts, counted excluded) where they differ."""
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT, [account.pk])
        return [row for row in cursor.fetchall() if row[1:3] != row[3:5]]


@given(steps=st.lists(st.sampled_from(STEPS), min_size=4, max_size=14), seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_stored_counts_equal_a_recount_after_every_step_and_nobody_is_readmitted_unasked(
    in_account: Account, marketer: User, steps: list[Callable[[World], None]], seed: int
) -> None:
    world = World(in_account, marketer, random.Random(seed))
    gives_way = patch.object(exclusion_inbox, "fold", lambda account: not world.is_busy and FOLD(account))
    with gives_way, transaction.atomic():
        for step in [import_new, *steps, fold]:
            before = set(queries.phones(in_account).tolist())
            with suppress(OperationError), transaction.atomic():
                step(world)
            world.done.append(step.__name__)
            lost = set() if step.__name__ in READMIT else before - set(queries.phones(in_account).tolist())
            assert (world.done, differences(in_account), lost) == (world.done, [], set())
        assert not ExclusionInbox.objects.exists()
        transaction.set_rollback(True)  # the next sequence starts from nothing
