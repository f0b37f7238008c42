"""Sheets of XLSX, XLSB, XLS and ODS workbooks, read by calamine. Runs in the child process only."""

from collections.abc import Iterator

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from contacts.importer.sources import errors
from contacts.importer.sources.celltext import one_line, text_of
from contacts.importer.sources.errors import SourceError
from contacts.importer.sources.sheets import Row, SheetInfo

_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")  # an XLSX behind a password is an OLE file
DIRECTORY_BYTES = 2**20
MAX_TITLE_CHARACTERS = 255  # of a sheet; Excel allows 31


def is_encrypted(path: str) -> bool:
    """Return whether an OLE file wraps a workbook that only its password opens."""
    with open(path, "rb") as file:
        start = file.read(DIRECTORY_BYTES)
        file.seek(max(0, file.seek(0, 2) - DIRECTORY_BYTES))
        return _ENCRYPTED_PACKAGE in start or _ENCRYPTED_PACKAGE in file.read()


class CalamineSheets:
    def __init__(self, path: str) -> None:
        try:
            self._workbook = CalamineWorkbook.from_path(path)
        except PasswordError:
            raise SourceError(errors.PASSWORD) from None
        except (CalamineError, OSError, ValueError):
            raise SourceError(errors.DAMAGED) from None
        metadata = self._workbook.sheets_metadata
        self._indexes = [index for index, sheet in enumerate(metadata) if sheet.typ == SheetTypeEnum.WorkSheet]
        self.infos = [
            SheetInfo(
                one_line(metadata[index].name[:MAX_TITLE_CHARACTERS]),
                metadata[index].visible != SheetVisibleEnum.Visible,
            )
            for index in self._indexes
        ]

    def rows(self, index: int) -> Iterator[Row]:
        """Yield the rows of a sheet without the columns left of its first filled one."""
        try:
            sheet = self._workbook.get_sheet_by_index(self._indexes[index])
        except PasswordError:
            raise SourceError(errors.PASSWORD) from None
        except (CalamineError, OSError, ValueError):
            raise SourceError(errors.DAMAGED) from None
        if sheet.start is None:
            return
        for row in sheet.iter_rows():
            yield [text_of(value) for value in row]
