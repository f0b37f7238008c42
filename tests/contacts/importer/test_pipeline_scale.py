"""A million lines in constant memory, counted exactly."""

import io
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from contacts.importer.dedupe import Phones
from contacts.importer.mapping import mapped
from contacts.importer.pipeline import Pipeline
from contacts.importer.rejects import Rejects
from contacts.importer.sinks import Outcome
from tests.contacts.importer.reading import NoWatch, make_plan

pytestmark = pytest.mark.slow

MEGABYTE = 1_000_000


class Stream:
    """A file made of lines as they are asked for."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines

    def read(self, size: int, /) -> bytes:
        parts, length = [], 0
        for line in self._lines:
            parts.append(line)
            length += len(line)
            if length >= size:
                break
        return b"".join(parts)


class ForgetfulSink:
    needs_values = True

    def __init__(self) -> None:
        self._rows = 0

    def add(self, phones: Phones, values: Sequence[str]) -> None:
        self._rows += len(phones)

    def finish(self) -> Outcome:
        return Outcome(new=self._rows)

    def close(self) -> None:
        pass


def million_lines() -> Iterator[bytes]:
    """One number in ten comes a second time, one line in twenty-five holds none."""
    for number in range(1_000_000):
        phone = b"inconnu" if number % 25 == 0 else b"06%08d" % (10_000_000 + number - (number % 10 == 1))
        yield b"%s;Nom %d;Lyon\n" % (phone, number)


def long_cells() -> Iterator[bytes]:
    for number in range(2_000):
        yield b"06%08d;%s %d;\n" % (10_000_000 + number, b"x" * 100_000, number)


def one_endless_line() -> Iterator[bytes]:
    for _ in range(2_000):
        yield b"x" * 100_000


def memory_of(lines: Callable[[], Iterator[bytes]]) -> tuple[dict[str, object], float]:
    """Run in a process of its own: return the counts, and by how many megabytes its memory grew at most."""
    plan = make_plan(names=("Mobile", "Nom", "Ville"))
    rejects = Rejects(io.BytesIO(), names=plan.names, titles=("", ""), reason_text=lambda code, value: code)
    none = np.empty(0, dtype=np.int64)
    columns = mapped(plan.names, plan.phone_column)
    pipeline = Pipeline(plan, columns, "FR", none, ForgetfulSink(), rejects, NoWatch(), max_rows=10_000_000)
    before = peak()
    counts = pipeline.run(Stream(lines())).counts.to_json()
    return counts, peak() - before


def peak() -> float:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")) / MEGABYTE


def measured(lines: Callable[[], Iterator[bytes]]) -> tuple[dict[str, object], float]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(memory_of, (lines,))


def test_a_million_lines_are_counted_exactly_in_constant_memory() -> None:
    counts, grown = measured(million_lines)

    # Of each hundred lines four hold no number; the second of a pair is a duplicate unless its first was one of them.
    assert (counts["read"], counts["rejected"], counts["blank"]) == (1_000_000, {"NO_DIGITS": 40_000}, 0)
    assert counts["new"] + counts["duplicate"] == 960_000
    assert counts["duplicate"] == 80_000
    assert grown < 120


@pytest.mark.parametrize("lines, new, rejected", [(long_cells, 2_000, {}), (one_endless_line, 0, {"LINE_TOO_LONG": 1})])
def test_two_hundred_megabytes_of_odd_lines_take_little_memory(
    lines: Callable[[], Iterator[bytes]], new: int, rejected: dict[str, int]
) -> None:
    counts, grown = measured(lines)

    assert (counts["new"], counts["rejected"]) == (new, rejected)
    assert grown < 120
