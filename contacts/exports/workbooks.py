"""Tables as Excel workbooks, in constant memory."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import IO

from import_export.formats.base_formats import XLSX
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from smsplatform.lib import csvsafe

MAX_ROWS = 1_048_576  # of a sheet, with the line of headings: Excel's own limits, here and below
MAX_CELL_CHARACTERS = 32_767
MAX_TITLE_CHARACTERS = 31
FORBIDDEN_IN_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


class StreamedXLSX(XLSX):
    """The XLSX of django-import-export, written row by row: every cell is text, none a formula."""

    def write(self, file: IO[bytes], name: str, headers: list[str], rows: Iterable[list[str]]) -> None:
        """Write one table. What a sheet cannot hold goes on in further ones, which repeat the headings."""
        workbook = Workbook(write_only=True)
        left = iter(rows)
        number = 1
        first = next(left, None)
        while first is not None or number == 1:
            sheet = workbook.create_sheet(title(name, number))
            body = chain([] if first is None else [first], islice(left, MAX_ROWS - 2))
            _fill(sheet, headers, body)
            first = next(left, None)
            number += 1
        workbook.save(file)


def title(name: str, number: int) -> str:
    """Return the name of a sheet as Excel takes it."""
    suffix = "" if number == 1 else f" ({number})"
    plain = ILLEGAL_CHARACTERS_RE.sub("", name).translate(FORBIDDEN_IN_TITLE).strip() or "1"
    return plain[: MAX_TITLE_CHARACTERS - len(suffix)] + suffix


def _fill(sheet: WriteOnlyWorksheet, headers: list[str], rows: Iterator[list[str]]) -> None:
    sheet.freeze_panes = "A2"
    bold = []
    for heading in headers:
        cell = WriteOnlyCell(sheet, _text(heading))
        cell.font = Font(bold=True)
        bold.append(cell)
    sheet.append(bold)
    for row in rows:
        sheet.append([_text(value) or None for value in row])  # no cell at all for nothing


def _text(value: str) -> str:
    """Return the value as a cell's text: what starts like a formula gets the apostrophe that our importer takes off."""
    if len(value) > MAX_CELL_CHARACTERS:
        value = value[: MAX_CELL_CHARACTERS - 2] + "…"
    return csvsafe.cell(ILLEGAL_CHARACTERS_RE.sub("", value))
