"""The lines that were refused, in a file that people can correct and import again."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

from contacts.importer.plan import clean
from contacts.importer.totals import is_total
from smsplatform.lib import csvsafe
from smsplatform.lib.phones.reasons import excerpt

MAX_SAMPLES = 50  # shown on screen
SAMPLE_CHARACTERS = 80
FLUSH_CHARACTERS = 2**18
BOM = "\ufeff"  # without it Excel reads UTF-8 as the old Windows encoding

_VALUE = "\x1a"  # stands for a value in a sentence that is translated once

ReasonText = Callable[[str, str], str]  # (code, value) -> sentence
Suggest = Callable[[int, str, str], str]  # (line, value, code) -> the number to propose, "" for none


class Rejects:
    """Writes CSV to `file`: the original columns, then the line, the reason and, with `suggest`, a number to propose.

    `titles`: the names of the added columns. Call `finish` at the end.
    """

    def __init__(
        self,
        file: BinaryIO,
        *,
        names: Sequence[str],
        titles: Sequence[str],
        reason_text: ReasonText,
        suggest: Suggest | None = None,
    ) -> None:
        self.count = 0
        self.samples: list[dict[str, Any]] = []
        self._file = file
        self._width = len(names)
        self._reason_text = reason_text
        self._suggest = suggest
        self._sentences: dict[str, list[str]] = {}
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
        reason = excerpt(value).join(self._sentence(code))
        added = [line, reason]
        if self._suggest is not None:
            added.append("" if is_total(row) else self._suggest(line, value, code))
        self._writer.writerow([*cells[: self._width], *added, *cells[self._width :]])
        if self._buffer.tell() > FLUSH_CHARACTERS:
            self.finish()

    def _sentence(self, code: str) -> list[str]:
        """Return what comes before and after the value in the sentence of a reason."""
        if code not in self._sentences:
            self._sentences[code] = self._reason_text(code, _VALUE).split(_VALUE)
        return self._sentences[code]

    def finish(self) -> None:
        self._file.write(self._buffer.getvalue().encode("utf-8", "replace"))
        self._buffer.seek(0)
        self._buffer.truncate()
