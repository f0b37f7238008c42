"""Why a file cannot be turned into a table: codes that the interface has sentences for."""


class SourceError(Exception):
    """`code`: one of the constants of this module."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


PASSWORD = "FILE_PASSWORD"
DAMAGED = "FILE_DAMAGED"
OTHER_KIND = "FILE_OTHER_KIND"
NO_DATA = "FILE_NO_DATA"
NO_VALUES = "FILE_NO_VALUES"  # formulas whose results were never saved
TOO_LARGE = "FILE_TOO_LARGE_INSIDE"
TOO_SLOW = "FILE_TOO_SLOW"
TOO_MANY_COLUMNS = "TABLE_TOO_WIDE"
TOO_SPARSE = "TABLE_TOO_SPARSE"
EMPTY_ARCHIVE = "ARCHIVE_EMPTY"
SEVERAL_FILES = "ARCHIVE_SEVERAL"
NESTED_ARCHIVE = "ARCHIVE_NESTED"

CODES = frozenset(
    {
        PASSWORD,
        DAMAGED,
        OTHER_KIND,
        NO_DATA,
        NO_VALUES,
        TOO_LARGE,
        TOO_SLOW,
        TOO_MANY_COLUMNS,
        TOO_SPARSE,
        EMPTY_ARCHIVE,
        SEVERAL_FILES,
        NESTED_ARCHIVE,
    }
)
