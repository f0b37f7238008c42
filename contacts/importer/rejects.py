"""The lines that were refused, in a file that people can correct and import again."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

from contacts.importer.plan import clean
from smsplatform.lib import csvsafe

MAX_SAMPLES = 50  # shown on screen
SAMPLE_CHARACTERS = 80
FLUSH_CHARACTERS = 2**18
BOM = "\ufeff"  # without it Excel reads UTF-8 as the old Windows encoding

ReasonText = Callable[[str, str], str]  # (code, value) -> sentence


class Rejects:
    """Writes CSV to `file`: the original columns, then the line and the reason. Call `finish` at the end.

    `titles`: the names of the two added columns.
    """

    def __init__(
        self,
        file: BinaryIO,
        *,
        names: Sequence[str],
        titles: tuple[str, str],
        reason_text: ReasonText,
    ) -> None:
        self.count = 0
        self.samples: list[dict[str, Any]] = []
        self._file = file
        self._width = len(names)
        self._reason_text = reason_text
        self._buffer = io.StringIO()
        self._writer = csv.writer(self._buffer, delimiter=";")
        self._buffer.write(BOM)
        self._writer.writerow([*map(csvsafe.cell, names), *titles])

    def add(self, line: int, row: Sequence[str], value: str, code: str) -> None:
        """Write one refused line: `value` is its number as written, `code` why it is refused."""
        self.count += 1
        if len(self.samples) < MAX_SAMPLES:
            self.samples.append({"line": line, "value": clean(value)[:SAMPLE_CHARACTERS], "reason": code})
        cells = [csvsafe.cell(cell) for cell in row] + [""] * (self._width - len(row))
        reason = csvsafe.cell(self._reason_text(code, value))
        self._writer.writerow([*cells[: self._width], line, reason, *cells[self._width :]])
        if self._buffer.tell() > FLUSH_CHARACTERS:
            self.finish()

    def finish(self) -> None:
        self._file.write(self._buffer.getvalue().encode("utf-8", "replace"))
        self._buffer.seek(0)
        self._buffer.truncate()
