"""What becomes of the columns of lists when the directory is switched on, and what a trial or a switch says of it all."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from contacts.models import ContactList
from directory.models import Attribute, ModeSwitch
from directory.operations import attributes, conversion
from directory.operations.conversion import Facts, Goal
from directory.queries import option as queries
from directory.queries.option import ColumnGroup
from smsplatform.accounts.models import Account

MAX_LISTS_NAMED = 50  # in the result


def gathered(
    account: Account,
    switch: ModeSwitch,
    lists: Sequence[ContactList],
    now: datetime,
    saw: Callable[[int], None],
) -> dict[str, Any]:
    """Bring the contacts together in temporary tables, and return what was found and decided."""
    known = queries.known_attributes(account, now=now)
    groups = queries.column_groups(account, lists)
    room = attributes.MOST - len(known)
    choices = queries.targets(account, groups, known, switch.choices.get("columns", {}), room=room)
    goals = _goals(account, switch, groups, choices, known, now)
    by_list = {one.pk: _of_list(one.pk, groups, goals) for one in lists}
    facts = conversion.gather(account, lists, by_list, saw=saw)
    if not switch.is_dry_run:
        Attribute.objects.filter(account=account, key__in=facts.used).update(is_used=True)
    return _result(account, lists, groups, goals, choices, facts)


def _goals(
    account: Account,
    switch: ModeSwitch,
    groups: Sequence[ColumnGroup],
    choices: Mapping[str, str],
    known: Sequence[Attribute],
    now: datetime,
) -> dict[str, Goal]:
    """Return where the groups go, by their keys; for a switch, with the new attributes made."""
    by_key = {attribute.key: Goal(attribute.key, attribute.name, attribute.type) for attribute in known}
    taken = [attribute.name for attribute in known]
    author: Any = switch.author
    goals = {}
    for number, group in enumerate(groups):
        choice = choices[group.key]
        if choice in by_key:
            goals[group.key] = by_key[choice]
        elif queries.is_new(choice):
            name, type_ = queries.free_name(group.name, taken), choice.removeprefix(queries.NEW)
            taken.append(name)
            key = f"new{number}"
            if not switch.is_dry_run:
                key = attributes.create(account, name=name, type=type_, by=author, now=now).key
            goals[group.key] = Goal(key, name, type_)
    return goals


def _of_list(list_id: int, groups: Sequence[ColumnGroup], goals: Mapping[str, Goal]) -> dict[str, Goal]:
    return {
        group.places[list_id]: goals[group.key] for group in groups if list_id in group.places and group.key in goals
    }


def _result(
    account: Account,
    lists: Sequence[ContactList],
    groups: Sequence[ColumnGroup],
    goals: Mapping[str, Goal],
    choices: Mapping[str, str],
    facts: Facts,
) -> dict[str, Any]:
    by_key = {goal.key: goal for goal in goals.values()}
    columns = [
        {
            "key": group.key,
            "name": group.name,
            "lists": len(group.places),
            "samples": group.samples,
            "choice": choices[group.key],
            "unreadable": facts.unreadable.get(goals[group.key].key) if group.key in goals else None,
        }
        for group in groups
    ]
    new = [
        {"name": goals[key].name, "type": goals[key].type} for key, choice in choices.items() if queries.is_new(choice)
    ]
    examples = [
        example | {"attribute": by_key[example["attribute"]].name, "type": by_key[example["attribute"]].type}
        for example in facts.examples
    ]
    return {
        "lists": len(lists),
        "names": [{"name": one.name, "contacts": one.contact_count} for one in lists[-MAX_LISTS_NAMED:]],
        "entries": facts.entries,
        "contacts": facts.contacts,
        "merged": facts.merged,
        "conflicts": facts.conflicts,
        "known": facts.known,
        "differing": facts.differing,
        "examples": examples,
        "columns": columns,
        "choices": dict(choices),
        "attributes": new,
        "in_bin": queries.in_bin(account),
        "returning": queries.hidden(account).count(),
        "unconfirmed": queries.unconfirmed_imports(account, into_directory=False).count(),
    }
