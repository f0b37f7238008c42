"""What switching the directory option on or off would touch, and which columns of lists fit which attributes."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from contacts.importer import names
from contacts.importer.detect import cells, columns
from contacts.models import ContactList, Import
from directory import standard
from directory.models import Attribute, AttributeType, ContactBatch, Directory, ListMerge, ModeSwitch
from directory.queries import attributes
from smsplatform.accounts.models import Account
from smsplatform.lib import csvsafe

NOWHERE, NEW = "", "NEW:"  # choices besides the keys of attributes: not taken; "NEW:DATE", a new attribute of that type
NAME_CHARACTERS = 60
SAMPLED_LISTS, SAMPLED_ENTRIES, SAMPLES_SHOWN = 200, 60, 3

_SAMPLE = """
select l.id, e.values::text from unnest(%(lists)s::bigint[]) l(id) cross join lateral (
    select values from contacts_listentry
    where account_id = %(account)s and list_id = l.id and values is not null order by phone limit %(limit)s
) e
"""


@dataclass
class ColumnGroup:
    """The columns that bear one name, in one list or many: they go to the same attribute.

    `key`: the folded name, by which choices are kept. `places`: the list and the column's key in it. `values`: a sample.
    """

    key: str
    name: str
    places: dict[int, str] = field(default_factory=dict)
    values: list[str] = field(default_factory=list)

    @property
    def samples(self) -> list[str]:
        return list(dict.fromkeys(self.values))[:SAMPLES_SHOWN]


def to_convert(account: Account) -> QuerySet[ContactList]:
    """Return the lists that become diffusion lists, the one modified last at the end: its values win."""
    rows = ContactList.objects.filter(account=account, kind=ContactList.Kind.INDEPENDENT, deleted_at=None)
    return rows.order_by("updated_at", "pk")


def of_the_directory(account: Account) -> QuerySet[ContactList]:
    return ContactList.objects.filter(account=account, kind=ContactList.Kind.DIRECTORY)


def hidden(account: Account) -> QuerySet[ContactList]:
    """Return the diffusion lists that come back when the directory is switched on: none while it is."""
    rows = of_the_directory(account).filter(deleted_at=None)
    return rows.none() if account.mode == Account.Mode.DIRECTORY else rows


def in_bin(account: Account) -> int:
    """Return how many independent lists are in the bin, where they stay as they are."""
    rows = ContactList.objects.filter(account=account, kind=ContactList.Kind.INDEPENDENT)
    return rows.exclude(deleted_at=None).count()


def unconfirmed_imports(account: Account, *, into_directory: bool) -> QuerySet[Import]:
    """Return the imports that wait for a person's yes and write into lists of that mode."""
    rows = Import.objects.filter(account=account, status=Import.Status.READY, into_directory=into_directory)
    return rows.exclude(target=Import.Target.EXCLUDE)


def is_busy(account: Account, but: ModeSwitch | None = None) -> bool:
    """Return whether imports, merges, actions on contacts or another switch are at work or about to be."""
    waiting = (ModeSwitch.Status.QUEUED, ModeSwitch.Status.RUNNING)
    switches = ModeSwitch.objects.filter(account=account, status__in=waiting, is_dry_run=False)
    return (
        Import.objects.filter(account=account, status__in=Import.IN_PROGRESS).exists()
        or ContactBatch.objects.filter(account=account, status__in=waiting).exists()
        or ListMerge.objects.filter(account=account, status__in=waiting).exists()
        or switches.exclude(pk=but.pk if but else 0).exists()
    )


def history(account: Account) -> QuerySet[ModeSwitch]:
    """Return the real switches, newest first."""
    rows = ModeSwitch.objects.filter(account=account, is_dry_run=False, status=ModeSwitch.Status.DONE)
    return rows.select_related("author").order_by("-pk")


def known_attributes(account: Account, *, now: datetime) -> list[Attribute]:
    """Return the account's attributes, or before its first switch those that it will have."""
    if Directory.objects.filter(account=account).exists():
        return attributes.of(account)
    return standard.made_for(account, now=now)


def column_groups(account: Account, lists: Sequence[ContactList]) -> list[ColumnGroup]:
    """Return the lists' columns, the most frequent names first, each with a sample of its values."""
    groups: dict[str, ColumnGroup] = {}
    for contact_list in lists:
        seen: set[str] = set()
        for column in contact_list.columns:
            name = _free_name(_name(column), seen)
            key = names.fold(name)
            groups.setdefault(key, ColumnGroup(key, name)).places[contact_list.pk] = column["key"]
    samples = _samples(account, lists)
    for group in groups.values():
        for list_id, column_key in group.places.items():
            group.values += [entry[column_key] for entry in samples.get(list_id, ()) if entry.get(column_key)]
    return sorted(groups.values(), key=lambda group: -len(group.places))


def _name(column: Mapping[str, str]) -> str:
    name = " ".join(csvsafe.bare(column["name"]).split())[:NAME_CHARACTERS]
    return name or _("Column %(n)s") % {"n": column["key"].removeprefix("c")}


def _free_name(name: str, seen: set[str]) -> str:
    """Return the name, or for a second column of that name in the same list one with a number behind."""
    free, number = name, 1
    while names.fold(free) in seen:
        number += 1
        free = f"{name[: NAME_CHARACTERS - 6]} ({number})"
    seen.add(names.fold(free))
    return free


def _samples(account: Account, lists: Sequence[ContactList]) -> dict[int, list[dict[str, str]]]:
    ids = [contact_list.pk for contact_list in lists][-SAMPLED_LISTS:]
    found: dict[int, list[dict[str, str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SAMPLE, {"account": account.pk, "lists": ids, "limit": SAMPLED_ENTRIES})
        for list_id, values in cursor.fetchall():
            found.setdefault(list_id, []).append(json.loads(values))
    return found


def targets(
    account: Account,
    groups: Sequence[ColumnGroup],
    known: Sequence[Attribute],
    choices: Mapping[str, str],
    *,
    room: int,
) -> dict[str, str]:
    """Return where each group goes: an attribute's key, "NEW:DATE" or "". What is not chosen follows the suggestion.

    Two columns of one list never go to the same attribute unasked: one of them would be lost. `room`: new attributes at most.
    """
    keys, called = {attribute.key for attribute in known}, {names.fold(attribute.name) for attribute in known}
    taken: dict[str, set[int]] = {}
    chosen: dict[str, str] = {}
    # What a person chose comes first, then the columns that are called as an attribute is.
    for group in sorted(groups, key=lambda one: (one.key not in choices, one.key not in called)):
        choice = choices.get(group.key)
        if choice is None or not (choice in keys or choice == NOWHERE or is_new(choice)):
            choice = _suggested(account, group, known, taken)
        if choice in keys:
            taken.setdefault(choice, set()).update(group.places)
        elif is_new(choice):
            room -= 1
        chosen[group.key] = choice if room >= 0 or not is_new(choice) else NOWHERE
    return chosen


def is_new(choice: str) -> bool:
    return choice.startswith(NEW) and choice.removeprefix(NEW) in AttributeType.values


def _suggested(account: Account, group: ColumnGroup, known: Sequence[Attribute], taken: Mapping[str, set[int]]) -> str:
    """Return the attribute of the same name, else the standard one that the name asks for, else a new one."""
    code = names.attribute_for(group.name)
    same = [attribute for attribute in known if names.fold(attribute.name) == group.key]
    same += [attribute for attribute in known if code and attribute.standard == code]
    for attribute in same:
        if not taken.get(attribute.key, set()) & group.places.keys():
            return attribute.key
    return NEW + _type(account, group, code)


def _type(account: Account, group: ColumnGroup, code: str | None) -> str:
    values = tuple(value for value in group.values if not cells.is_blank(value))
    found = columns.suggest_type(columns.Profile(0, 1.0, values, account.region, 2), code, group.name)
    return found if found in AttributeType.values else AttributeType.TEXT


def free_name(name: str, known: Sequence[str]) -> str:
    """Return the name, with a number behind it where an attribute bears it already."""
    return _free_name(name, {names.fold(one) for one in known})


def versions(lists: Iterable[ContactList]) -> list[Any]:
    """Return what changes whenever somebody works on one of the lists."""
    return [[one.pk, one.updated_at.isoformat(), one.contact_count, one.columns] for one in lists]


def digest(account: Account, *, choices: Mapping[str, str], lists_win: bool) -> str:
    """Return a short text that changes with the lists, the attributes and the choices: what was tried is what is done."""
    known = [[attribute.key, attribute.type] for attribute in attributes.of(account)]
    facts = [account.mode, versions(to_convert(account)), known, dict(choices), lists_win]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
