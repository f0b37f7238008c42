"""The numbers of a list that a file does not hold, where the file replaces the list."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import psycopg

from contacts.importer.dedupe import Phones

_COPY_PHONES = 200_000
_REMOVE = """
with gone as (
    delete from contacts_listentry e
    where e.account_id = %(account)s and e.list_id = %(list)s
        and not exists (select from import_seen s where s.phone = e.phone)
    returning e.phone, e.values
), noted as (
    insert into contacts_importchange (account_id, import_id, phone, kind, before)
    select %(account)s, %(import)s, phone, 'R', values from gone
)
select count(*) from gone
"""


class Others:
    """Keeps the numbers of the file, 8 bytes each."""

    def __init__(self) -> None:
        self._seen: list[Phones] = []

    def keep(self, phones: Phones) -> None:
        self._seen.append(phones)

    def remove(self, connection: "psycopg.Connection[Any]", ids: Mapping[str, Any]) -> int:
        """Remove the others from the list, noting them for an undo. `ids`: "account", "list" and "import"."""
        phones = np.concatenate(self._seen) if self._seen else np.zeros(0, dtype=np.int64)
        phones.sort()
        with connection.cursor() as cursor:
            cursor.execute("create temp table import_seen (phone bigint primary key) on commit drop")
            with cursor.copy("copy import_seen from stdin") as copy:
                for start in range(0, len(phones), _COPY_PHONES):
                    part = phones[start : start + _COPY_PHONES].tolist()
                    copy.write("".join([f"{phone}\n" for phone in part]))
            removed: int = cursor.execute(_REMOVE, ids).fetchone()[0]  # type: ignore[index]
            cursor.execute("drop table import_seen")
        return removed
