"""Which column of a list each column of a file goes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contacts.importer.names import fold
from smsplatform.lib import csvsafe

NEW, NOWHERE = "NEW", ""  # what a person may choose beside the key of a column that the list has


@dataclass(frozen=True)
class ColumnMapping:
    """`keys`: for each column of the file, the key its cells go to, None for none (the phones' own, and those left out).

    `columns`: the list's columns afterwards, as `ContactList.columns`. `next_key`: the number of the first free key, 0
    where cells beyond the file's last column go nowhere. `types`: of each column, as `typed` has them, "" for texts as
    they are; none at all where all are.
    """

    keys: tuple[str | None, ...]
    columns: tuple[dict[str, str], ...]
    next_key: int
    types: tuple[str, ...] = ()

    def with_extra(self, count: int) -> list[dict[str, str]]:
        """Return the columns with `count` unnamed ones, for cells beyond the file's last column."""
        extra = [{"key": f"c{self.next_key + number}", "name": ""} for number in range(count)]
        return [*self.columns, *extra]


def mapped(
    names: Sequence[str],
    phone_column: int | None,
    columns: Sequence[Mapping[str, Any]] = (),
    chosen: Mapping[str, str] | None = None,
) -> ColumnMapping:
    """Return where the columns of a file go in a list that has `columns`, none for a new list.

    Columns of the same name meet, those without a name by position; others become new columns. `chosen` has a person's
    corrections: the file column's index as text, and a key of `columns`, NEW or NOWHERE.
    """
    chosen = chosen or {}
    known = {str(column["key"]) for column in columns}
    free = [column for column in columns if column["key"] not in set(chosen.values())]
    after = [{"key": str(column["key"]), "name": str(column["name"])} for column in columns]
    next_key = 1 + max([0, *(int(key[1:]) for key in known)])
    keys: list[str | None] = []
    for index, name in enumerate(names):
        choice = chosen.get(str(index))
        if index == phone_column or choice == NOWHERE:
            keys.append(None)
        elif choice in known:
            keys.append(choice)
        elif choice != NEW and (found := _same_name(free, name)):
            free.remove(found)
            keys.append(str(found["key"]))
        else:
            keys.append(f"c{next_key}")
            after.append({"key": f"c{next_key}", "name": csvsafe.bare(name)})
            next_key += 1
    return ColumnMapping(tuple(keys), tuple(after), next_key)


def _same_name(columns: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, Any] | None:
    wanted = _folded(name)
    return next((column for column in columns if _folded(column["name"]) == wanted), None)


def _folded(name: str) -> str:
    return fold(csvsafe.bare(name)).strip()
