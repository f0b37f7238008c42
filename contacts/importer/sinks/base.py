"""What every sink is, and how those that need the database get their rows there, sorted and in chunks."""

import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, LiteralString, Protocol

import numpy as np
import psycopg

from contacts.importer.dedupe import Phones

# Rows sorted by number and loaded at once: sorting halves the cost of the indexes, and more rows cost memory only.
CHUNK_ROWS = 100_000
FIRST_CHUNK_ROWS = 12_500  # then twice as many each time: the database starts early
CHUNK_BYTES = 3 * 2**23  # of values in memory, where rows are long


@dataclass(frozen=True)
class Outcome:
    """What became of the rows given to a sink; `removed` are numbers of the list that were not among them.

    `joined`: rows that the list did not hold, where new, updated and unchanged are about contacts beside it.
    """

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    joined: int = 0


class Sink(Protocol):
    """Receives distinct valid numbers with their values and says what became of them."""

    needs_values: bool

    def add(self, phones: Phones, values: Sequence[str]) -> None:
        """Take rows whose numbers were never given before. `values`: JSON as COPY text, empty unless needed."""

    def finish(self) -> Outcome:
        """Wait until every row is where it belongs."""

    def close(self) -> None:
        """Stop, whether finished or not; the caller's transaction decides what stays."""


class StagedSink:
    """Bring rows into a temporary table, chunk by chunk (row-level security refuses COPY into the tables themselves).

    A thread feeds the caller's connection, in the caller's transaction, while the caller reads on: until `finish` or
    `close` the caller must not use the connection.
    """

    needs_values = True
    stage_columns: LiteralString = "phone bigint, values jsonb"

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._connection = connection
        self._phones: list[Phones] = []
        self._values: list[str] = []
        self._rows_waiting = 0
        self._bytes = 0
        self._chunk_rows = FIRST_CHUNK_ROWS
        self._rows = 0
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="import-load")
        self._loading: Future[None] | None = None
        connection.execute(f"create temp table import_stage ({self.stage_columns}) on commit drop")

    def add(self, phones: Phones, values: Sequence[str]) -> None:
        self._phones.append(phones)
        self._values.extend(values)
        self._rows_waiting += len(phones)
        self._bytes += sum(map(sys.getsizeof, values))
        if self._rows_waiting >= self._chunk_rows or self._bytes >= CHUNK_BYTES:
            self._flush()

    def finish(self) -> Outcome:
        if self._rows_waiting:
            self._flush()
        self._wait()
        outcome = self._outcome()
        self._connection.execute("drop table import_stage")
        return outcome

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _complete_stage(self, cursor: "psycopg.Cursor[Any]", data: bytes) -> None:
        """Fill what else the staged chunk has. `data`: the chunk as it was staged."""

    def _take_stage(self, cursor: "psycopg.Cursor[Any]") -> None:
        """Do with the staged chunk what the sink is for."""
        raise NotImplementedError

    def _outcome(self) -> Outcome:
        raise NotImplementedError

    def _flush(self) -> None:
        phones = np.concatenate(self._phones)
        data = self._lines(phones)
        self._rows += len(phones)
        self._chunk_rows = min(2 * self._chunk_rows, CHUNK_ROWS)
        self._phones, self._values, self._rows_waiting, self._bytes = [], [], 0, 0
        self._wait()  # one chunk on its way and one being read: memory stays what it is
        self._loading = self._thread.submit(self._load, data)

    def _lines(self, phones: Phones) -> bytes:
        """Return the waiting rows as COPY text, sorted by number."""
        if not self.needs_values:
            return "".join([f"{phone}\t\\N\n" for phone in np.sort(phones).tolist()]).encode()
        values, order = self._values, np.argsort(phones)
        rows = zip(phones[order].tolist(), [values[row] for row in order.tolist()], strict=True)
        return "".join([f"{phone}\t{value}\n" for phone, value in rows]).encode()

    def _wait(self) -> None:
        if self._loading is not None:
            self._loading.result()

    def _load(self, data: bytes) -> None:
        with self._connection.cursor() as cursor:
            with cursor.copy("copy import_stage (phone, values) from stdin") as copy:
                copy.write(data)
            self._complete_stage(cursor, data)
            self._take_stage(cursor)
            cursor.execute("truncate import_stage")
