"""Tables of a web page that calls itself a workbook, as business software likes to write: one row for each <tr>."""

import codecs
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from contacts.importer.sources import errors
from contacts.importer.sources.celltext import one_line
from contacts.importer.sources.errors import SourceError
from contacts.importer.sources.kinds import HEAD_BYTES
from contacts.importer.sources.sheets import MAX_COLUMNS, Row, SheetInfo

CHUNK = 64 * 1024
MAX_TAG_CHARACTERS = 2**20  # pictures may be written into their tags
MAX_LAST_CHARACTERS = 2_000  # of a tag that the page ends in: the library looks at them again and again
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_UNSEEN = frozenset({"script", "style", "title", "noscript"})
_BREAKS = frozenset({"br", "p", "div", "li"})


class HtmlSheets:
    """All tables of the page one after the other, as a spreadsheet program shows them."""

    def __init__(self, path: str) -> None:
        self.infos = [SheetInfo("")]
        self._path = path

    def rows(self, index: int) -> Iterator[Row]:
        parser = _Tables()
        try:
            with open(self._path, encoding=_encoding(self._path), errors="replace") as file:
                while text := file.read(CHUNK):
                    parser.feed(text)
                    yield from parser.take()
                    _check_unfinished(parser, MAX_TAG_CHARACTERS)
            _check_unfinished(parser, MAX_LAST_CHARACTERS)
            parser.close()
        except ValueError:  # a reference to a character of thousands of digits
            raise SourceError(errors.DAMAGED) from None
        parser.end_row()
        yield from parser.take()


class _Tables(HTMLParser):
    """Collects rows as they end. A cell over several columns or rows has its text in the first."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._done: list[Row] = []
        self._row: Row | None = None
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._unseen = 0
        self._below: dict[int, int] = {}  # by column, how many more rows a cell from above covers

    def take(self) -> list[Row]:
        rows, self._done = self._done, []
        return rows

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.end_row()
            self._row = []
        elif tag in ("td", "th"):
            self._end_cell()
            if self._row is None:
                self._row = []
            self._cell = []
            values = dict(attrs)
            self._span = _count(values.get("colspan")), _count(values.get("rowspan"))
        elif tag in _UNSEEN:
            self._unseen += 1
        elif tag in _BREAKS and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self.end_row()
            if tag == "table":
                self._below.clear()
        elif tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._unseen:
            self._cell.append(data)

    def end_row(self) -> None:
        self._end_cell()
        if self._row is not None:
            self._fill_from_above()
            self._done.append(self._row)
            self._row = None

    def _end_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        self._fill_from_above()
        text = " ".join(one_line("".join(self._cell)).split())
        columns, rows = self._span
        room = max(0, min(columns, MAX_COLUMNS - len(self._row)))
        if rows > 1:
            start = len(self._row)
            self._below |= dict.fromkeys(range(start, start + room), rows - 1)
        self._row += [text, *[""] * (room - 1)][:room]
        self._cell = None

    def _fill_from_above(self) -> None:
        """Leave the places blank that cells of the rows above reach into."""
        assert self._row is not None
        while left := self._below.pop(len(self._row), 0):
            if left > 1:
                self._below[len(self._row)] = left - 1
            self._row.append("")


def _check_unfinished(parser: HTMLParser, most: int) -> None:
    """Refuse a page whose markup goes on and on without an end."""
    if len(parser.rawdata) > most:
        raise SourceError(errors.DAMAGED)


def _count(value: str | None) -> int:
    return min(int(value), MAX_COLUMNS) if value and value.isdecimal() and len(value) < 9 and int(value) else 1


def _encoding(path: str) -> str:
    """Return how the page is written: its signature, what it says of itself if that is true, else what fits."""
    with open(path, "rb") as file:
        head = file.read(HEAD_BYTES)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        declared = _CHARSET.search(head)
        name = _known(declared[1].decode("ascii")) if declared else None
        file.seek(0)
        if name not in (None, "utf-8"):
            return str(name)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _known(name: str) -> str | None:
    """Return the codec of a declared character set; pages that say Latin-1 mean Windows."""
    try:
        found = codecs.lookup(name).name
        b"a".decode(found)
    except (LookupError, UnicodeError):
        return None
    return "cp1252" if found in ("iso8859-1", "ascii") else None if found.startswith("utf-16") else found
