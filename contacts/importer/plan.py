"""How one file will be read: the detection's answers as the stages need them, stored with the import."""

from dataclasses import dataclass
from typing import Any

from contacts.importer.detect import Column, Detection

MAX_EXAMPLE_CHARACTERS = 200  # of the file, in a reason
ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "cp1252",
    "iso8859-15",
    "mac_roman",
    "cp850",
)


@dataclass(frozen=True)
class Plan:
    """`first_row`: physical lines before the table. `names`: one per column, "" for a column without a name.

    `is_one_line`: the file is a single line of numbers, each of them a person. `second_phone`: the column to read where
    the first has no valid number. `country_column`: of the countries that the numbers are of.
    """

    encoding: str
    delimiter: str | None
    quotechar: str
    first_row: int
    has_header: bool
    phone_column: int | None
    names: tuple[str, ...]
    is_one_line: bool = False
    second_phone: int | None = None
    country_column: int | None = None

    @property
    def width(self) -> int:
        return len(self.names)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Plan":
        """Return the plan of a stored detection, so that an import reads exactly what people checked."""
        is_one_line = stored["why"].get("delimiter", {}).get("code") == "DELIMITER_PASTED_NUMBERS"
        names = [column["name"] for column in stored["columns"]]
        return cls(
            encoding=stored["encoding"],
            delimiter=stored["delimiter"],
            quotechar=stored["quotechar"],
            first_row=stored["first_row"],
            has_header=stored["has_header"],
            phone_column=0 if is_one_line else stored["phone_column"],
            names=tuple(names[:1] if is_one_line else names) or ("",),
            is_one_line=is_one_line,
            second_phone=None if is_one_line else stored.get("second_phone"),
            country_column=None if is_one_line else stored.get("country_column"),
        )


# Of a file without any cell: pages need something to name.
_NO_COLUMNS = (Column(0, "", (), "TEXT", None, 0.0),)


def to_json(detection: Detection) -> dict[str, Any]:
    """Return a detection as stored with the import and shown on screen.

    `why` has, for each answer, its confidence (0 to 1) and the code and parameters of its reason.
    """
    return {
        "encoding": detection.encoding,
        "delimiter": detection.delimiter,
        "quotechar": detection.quotechar,
        "has_header": detection.has_header,
        "phone_column": detection.phone_column,
        "second_phone": detection.second_phone,
        "country_column": detection.country_column,
        "first_row": detection.first_row,
        "header_row": detection.header_row,
        "columns": [
            {
                "index": column.index,
                "name": clean(column.name),
                "samples": [clean(sample) for sample in column.samples],
                "type": column.type,
                "attribute": column.attribute,
                "phone_share": column.phone_share,
            }
            for column in detection.columns or _NO_COLUMNS
        ],
        "why": {
            name: {
                "confidence": judgement.confidence,
                "code": judgement.reason.code,
                "params": {
                    key: clean(value)[:MAX_EXAMPLE_CHARACTERS] if isinstance(value, str) else value
                    for key, value in judgement.reason.params.items()
                },
            }
            for name, judgement in detection.why.items()
        },
    }


def clean(text: str) -> str:
    """Return text that PostgreSQL can store: it has no NUL."""
    return text.replace("\x00", "")
