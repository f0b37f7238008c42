"""Where the numbers go: into a new list, or nowhere when they are only counted.

A sink receives distinct valid numbers with their values and says what became of them, so that loading into an
existing list or a directory is another sink and the same pipeline.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import psycopg

from contacts.importer.dedupe import Phones

# Rows sorted by number and loaded at once: sorting halves the cost of the indexes, and more rows cost memory only.
CHUNK_ROWS = 100_000
FIRST_CHUNK_ROWS = 12_500  # then twice as many each time: the database starts early
CHUNK_CHARACTERS = 2**24  # of values, where rows are long


@dataclass(frozen=True)
class Outcome:
    """What became of the rows given to a sink."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0


class Sink(Protocol):
    needs_values: bool

    def add(self, phones: Phones, values: Sequence[str]) -> None:
        """Take rows whose numbers were never given before. `values`: JSON as COPY text, empty unless needed."""

    def finish(self) -> Outcome:
        """Wait until every row is where it belongs."""

    def close(self) -> None:
        """Stop, whether finished or not; the caller's transaction decides what stays."""


class CountingSink:
    """Keep nothing: for a preview of an import into a new list, where every number is new."""

    needs_values = False

    def __init__(self) -> None:
        self._rows = 0

    def add(self, phones: Phones, values: Sequence[str]) -> None:
        self._rows += len(phones)

    def finish(self) -> Outcome:
        return Outcome(new=self._rows)

    def close(self) -> None:
        pass


class NewListSink:
    """Load a new list through a temporary table (row-level security refuses COPY into the table itself).

    A thread feeds the caller's connection, in the caller's transaction, while the caller reads on: until `finish` or
    `close` the caller must not use the connection.
    """

    needs_values = True

    def __init__(self, connection: "psycopg.Connection[Any]", *, account_id: int, list_id: int) -> None:
        self._connection = connection
        self._ids = (account_id, list_id)
        self._phones: list[Phones] = []
        self._values: list[str] = []
        self._characters = 0
        self._chunk_rows = FIRST_CHUNK_ROWS
        self._rows = 0
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="import-load")
        self._loading: Future[None] | None = None
        connection.execute("create temp table import_stage (phone bigint, values jsonb) on commit drop")

    def add(self, phones: Phones, values: Sequence[str]) -> None:
        self._phones.append(phones)
        self._values.extend(values)
        self._characters += sum(map(len, values))
        if len(self._values) >= self._chunk_rows or self._characters >= CHUNK_CHARACTERS:
            self._flush()

    def finish(self) -> Outcome:
        if self._values:
            self._flush()
        self._wait()
        self._connection.execute("drop table import_stage")
        return Outcome(new=self._rows)

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _flush(self) -> None:
        phones, values = np.concatenate(self._phones), self._values
        order = np.argsort(phones)
        rows = zip(phones[order].tolist(), [values[row] for row in order.tolist()], strict=True)
        data = "".join([f"{phone}\t{value}\n" for phone, value in rows]).encode()
        self._rows += len(phones)
        self._chunk_rows = min(2 * self._chunk_rows, CHUNK_ROWS)
        self._phones, self._values, self._characters = [], [], 0
        self._wait()  # one chunk on its way and one being read: memory stays what it is
        self._loading = self._thread.submit(self._load, data)

    def _wait(self) -> None:
        if self._loading is not None:
            self._loading.result()

    def _load(self, data: bytes) -> None:
        with self._connection.cursor() as cursor:
            with cursor.copy("copy import_stage (phone, values) from stdin") as copy:
                copy.write(data)
            cursor.execute(
                "insert into contacts_listentry (account_id, list_id, phone, values)"
                " select %s, %s, phone, values from import_stage",
                self._ids,
            )
            cursor.execute("truncate import_stage")
