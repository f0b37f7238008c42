"""How tables are written: UTF-8, a tab between cells, a line for each row, quotes only around cells with quotes."""

from collections.abc import Iterable
from typing import BinaryIO

from contacts.importer.sources.sheets import Row

FLUSH_LINES = 2_000


def line(row: Row) -> str:
    """Return one row; its cells are single lines without tabs."""
    text = "\t".join(row)
    if '"' in text:
        text = "\t".join(['"' + cell.replace('"', '""') + '"' if '"' in cell else cell for cell in row])
    return text + "\n"


def write(rows: Iterable[Row], to: BinaryIO) -> int:
    """Write all rows up to the last filled one and return how many those are."""
    pending: list[str] = []
    written = blank = 0
    for row in rows:
        if not any(row):
            blank += 1
            continue
        pending += ["\n"] * blank
        pending.append(line(row))
        written, blank = written + blank + 1, 0
        if len(pending) >= FLUSH_LINES:
            to.write("".join(pending).encode("utf-8", "replace"))
            pending = []
    to.write("".join(pending).encode("utf-8", "replace"))
    return written
