"""Sheets of "XML Spreadsheet 2003" files, which also call themselves .xls."""

from collections.abc import Iterator
from xml.parsers import expat

from contacts.importer.sources import errors
from contacts.importer.sources.celltext import one_line, text_of
from contacts.importer.sources.errors import SourceError
from contacts.importer.sources.sheets import MAX_COLUMNS, MAX_ROWS, Row, SheetInfo

CHUNK = 64 * 1024
_NS = "urn:schemas-microsoft-com:office:spreadsheet "
_SHEET, _ROW, _CELL, _DATA = (_NS + name for name in ("Worksheet", "Row", "Cell", "Data"))
_HIDDEN = "urn:schemas-microsoft-com:office:excel Visible"


class XmlSheets:
    def __init__(self, path: str) -> None:
        self._path = path
        reader = _Reader(wanted=None)
        for _ in reader.read(path):
            pass
        self.infos = [SheetInfo(name, index in reader.hidden) for index, name in enumerate(reader.names)]

    def rows(self, index: int) -> Iterator[Row]:
        return _Reader(wanted=index).read(self._path)


class _Reader:
    """Reads the rows of one sheet; of none when `wanted` is None, to learn their names."""

    def __init__(self, wanted: int | None) -> None:
        self.names: list[str] = []
        self.hidden: set[int] = set()
        self._wanted = wanted
        self._done: list[Row] = []
        self._count = 0  # rows of the wanted sheet so far
        self._row: Row | None = None
        self._text: list[str] | None = None
        self._type = ""

    def read(self, path: str) -> Iterator[Row]:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.buffer_text = True
        try:
            with open(path, "rb") as file:
                while chunk := file.read(CHUNK):
                    parser.Parse(chunk, False)
                    yield from self._taken()
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError):
            raise SourceError(errors.DAMAGED) from None
        yield from self._taken()

    def _taken(self) -> list[Row]:
        rows, self._done = self._done, []
        return rows

    @staticmethod
    def _refuse_doctype(*args: object) -> None:
        raise SourceError(errors.DAMAGED)  # entities are what attacks are made of; no program writes them here

    @property
    def _is_wanted(self) -> bool:
        return self._wanted is not None and len(self.names) - 1 == self._wanted

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == _SHEET:
            self.names.append(one_line(attributes.get(_NS + "Name", ""))[:100])
        elif tag == _HIDDEN:
            self._text = []
        elif not self._is_wanted:
            return
        elif tag == _ROW:
            self._skip_rows(_number(attributes.get(_NS + "Index"), MAX_ROWS, self._count + 1))
            self._row = []
        elif tag == _CELL and self._row is not None:
            column = _number(attributes.get(_NS + "Index"), MAX_COLUMNS, len(self._row) + 1)
            self._row += [""] * (column - len(self._row))
        elif tag == _DATA and self._row:
            self._text, self._type = [], attributes.get(_NS + "Type", "String")

    def _skip_rows(self, number: int) -> None:
        while self._count < number - 1:
            self._done.append([])
            self._count += 1

    def _end(self, tag: str) -> None:
        if tag == _HIDDEN and self._text is not None:
            if "hidden" in "".join(self._text).lower():
                self.hidden.add(len(self.names) - 1)
            self._text = None
        elif tag == _DATA and self._text is not None and self._row:
            self._row[-1] = _typed("".join(self._text), self._type)
            self._text = None
        elif tag == _ROW and self._row is not None:
            self._done.append(self._row)
            self._count += 1
            self._row = None

    def _data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)


def _number(value: str | None, limit: int, default: int) -> int:
    """Return a row's or column's number, from 1; raise for one that no spreadsheet has."""
    number = int(value) if value and value.isdecimal() and len(value) < 9 else default
    if number > limit:
        raise SourceError(errors.TOO_LARGE)
    return number


def _typed(text: str, kind: str) -> str:
    if kind == "Number":
        try:
            return text_of(float(text))
        except ValueError:
            return one_line(text)
    if kind == "Boolean":
        return text_of(text.strip() == "1")
    if kind == "DateTime" and len(text) >= 10:
        date, _, time = text.partition("T")
        year, month, day = date[:4], date[5:7], date[8:10]
        shown = f"{day}/{month}/{year}"
        return shown if time.startswith("00:00:00") or not time else f"{shown} {time[:5]}"
    return one_line(text)
