"""Run files through the importer's stages without a database."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from contacts.importer import parse
from contacts.importer.dedupe import Phones
from contacts.importer.mapping import mapped
from contacts.importer.pipeline import Pipeline, Report
from contacts.importer.plan import Plan
from contacts.importer.rejects import Rejects
from contacts.importer.sinks import Outcome
from contacts.importer.text import TextReader


def make_plan(**changes: Any) -> Plan:
    plan = {
        "encoding": "utf-8",
        "delimiter": ";",
        "quotechar": '"',
        "first_row": 0,
        "has_header": False,
        "phone_column": 0,
        "names": ("Mobile", "Nom"),
    }
    return Plan(**plan | changes)


def records(data: bytes, **plan: Any) -> list[tuple[int, list[str]]]:
    """Return every record with the line it starts on."""
    made = make_plan(**plan)
    blocks = parse.blocks(TextReader(io.BytesIO(data), made.encoding), made)
    return [(line, block.row(index)) for block in blocks for index, line in enumerate(block.lines)]


def unreadable(data: bytes, **plan: Any) -> list[int]:
    made = make_plan(**plan)
    blocks = parse.blocks(TextReader(io.BytesIO(data), made.encoding), made)
    return [line for block in blocks for line, _ in block.unreadable]


class NoWatch:
    def saw(self, rows: int, bytes_read: int) -> None:
        pass


@dataclass
class ListSink:
    """Keeps what it is given, in order."""

    rows: list[tuple[int, str]] = field(default_factory=list)
    is_closed: bool = False
    needs_values: bool = True

    def add(self, phones: Phones, values: Sequence[str]) -> None:
        self.rows += zip(phones.tolist(), values, strict=True)

    def finish(self) -> Outcome:
        return Outcome(new=len(self.rows))

    def close(self) -> None:
        self.is_closed = True


@dataclass
class Result:
    report: Report
    sink: ListSink
    rejects: Rejects
    rejects_file: str


def run(
    data: bytes, *, exclusions: Sequence[int] = (), max_rows: int = 1_000_000, watch: Any = None, **plan: Any
) -> Result:
    made, sink, file = make_plan(**plan), ListSink(), io.BytesIO()
    rejects = Rejects(
        file, names=made.names, titles=("Line", "Reason"), reason_text=lambda code, value: f"{code} {value}"
    )
    excluded = np.array(sorted(exclusions), dtype=np.int64)
    columns = mapped(made.names, made.phone_column)
    pipeline = Pipeline(made, columns, "FR", excluded, sink, rejects, watch or NoWatch(), max_rows)
    report = pipeline.run(io.BytesIO(data))
    return Result(report, sink, rejects, file.getvalue().decode())
