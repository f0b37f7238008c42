"""The whole detection: encoding, then dialect, then layout, then columns, each from the one before."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from contacts.importer.detect import columns, dialect, encoding, extras, layout
from contacts.importer.detect.columns import Column
from contacts.importer.detect.reasons import Judgement, Reason
from contacts.importer.detect.rows import Row, read_rows


@dataclass(frozen=True)
class Overrides:
    """A person's corrections; None leaves an answer to detection. `delimiter` "" means a single column.

    `second_phone`, `country_column`: extras.NONE (-1) for none. `sheet`: of a workbook, by name; it makes the table, so
    detection has no use for it.
    """

    encoding: str | None = None
    delimiter: str | None = None
    has_header: bool | None = None
    phone_column: int | None = None
    second_phone: int | None = None
    country_column: int | None = None
    sheet: str | None = None

    def __post_init__(self) -> None:
        if self.delimiter is not None and (len(self.delimiter) > 1 or self.delimiter in ('"', "\n", "\r")):
            raise ValueError(f"A separator is one character, not {self.delimiter!r}.")


@dataclass(frozen=True)
class Detection:
    """How to read a file, whose lines end in \\n, \\r\\n or \\r and whose cells may have spaces around them.

    encoding: a Python codec name. delimiter: None for a single column. phone_column: 0-based or None.
    first_row: physical lines to skip before the table (its names, or its data if it has none).
    second_phone: the column to read where the first has no mobile number. country_column: of each line's number.
    header_row: physical line of the names, from 0, None without names.
    width: how many columns the table has, of which `columns` has MAX_COLUMNS at most.
    footer_lines: records at the end that are not people; 0 when the file is longer than the sample.
    why: a Judgement for each of encoding, delimiter, quotechar, has_header and phone_column, and for second_phone and
    country_column where something suggests them.
    """

    encoding: str
    delimiter: str | None
    quotechar: str
    has_header: bool
    phone_column: int | None
    second_phone: int | None = None
    country_column: int | None = None
    first_row: int = 0
    header_row: int | None = None
    footer_lines: int = 0
    columns: tuple[Column, ...] = ()
    width: int = 0
    why: Mapping[str, Judgement] = field(default_factory=dict)


def detect(data: bytes, region: str = "FR", *, is_table: bool = False) -> Detection:
    """Return how to read the bytes of a file, for people of `region` (ISO 3166 alpha-2)."""
    return detect_stream(io.BytesIO(data), region, is_table=is_table)


def detect_stream(
    file: BinaryIO, region: str = "FR", overrides: Overrides | None = None, *, is_table: bool = False
) -> Detection:
    """Return how to read a file of any size, from its first megabyte and one constant-memory pass for UTF-8.

    `is_table`: the file was made from a workbook (`sources.tablefile`), only its content is unknown.

    Raises LookupError when the overriding encoding is no codec. An overriding phone column that the file does
    not have (left from another separator) is ignored.
    """
    overrides = overrides or Overrides()
    sample = encoding.read_sample(file, overrides.encoding, is_table=is_table)
    text = sample.text()
    shape = dialect.TABLE if is_table else dialect.find_dialect(text, region, overrides.delimiter)
    rows = _rows(text, shape, sample.is_whole)
    place = layout.find_layout(rows, columns.profile(layout.lower_part(rows), region), region, overrides.has_header)
    footer = layout.count_footer(rows, place.first, region) if sample.is_whole else 0
    header, named = (rows[place.header].cells, rows[place.header].last_filled) if place.header is not None else ((), 0)
    people = rows[place.first + (place.header is not None) : len(rows) - footer]
    filled = [row for row in people if row.filled]
    profiles = columns.profile(filled, region, named)
    choice = _choice(profiles, header, overrides.phone_column)
    second = extras.choose_second(profiles, header, people, choice.index, region, overrides.second_phone)
    country = extras.choose_country(profiles, header, choice.index, overrides.country_column)
    return Detection(
        encoding=sample.encoding,
        delimiter=shape.delimiter,
        quotechar=shape.quotechar,
        has_header=place.header is not None,
        phone_column=choice.index,
        second_phone=second.index,
        country_column=country.index,
        first_row=shape.sep_lines + (rows[place.first].line if rows else 0),
        header_row=None if place.header is None else shape.sep_lines + rows[place.header].line,
        footer_lines=footer,
        columns=tuple(columns.describe(p, columns.name_at(header, p.index), p.index == choice.index) for p in profiles),
        width=columns.width_of(filled, named),
        why=_why(sample, shape, place, choice) | _extra_why(second_phone=second, country_column=country),
    )


def _rows(text: str, shape: dialect.Dialect, is_whole: bool) -> list[Row]:
    body = text.split("\n", 1)[-1] if shape.sep_lines and "\n" in text else "" if shape.sep_lines else text
    rows = read_rows(body, shape.delimiter, shape.quotechar)
    return rows if is_whole or len(rows) < 2 else rows[:-1]  # the last record may be cut inside a cell


def _why(
    sample: encoding.Sample, shape: dialect.Dialect, place: layout.Layout, choice: columns.PhoneChoice
) -> dict[str, Judgement]:
    return {
        "encoding": sample.judgement,
        "delimiter": shape.delimiter_judgement,
        "quotechar": shape.quote_judgement,
        "has_header": place.judgement,
        "phone_column": choice.judgement,
    }


def _extra_why(**choices: extras.Choice) -> dict[str, Judgement]:
    return {name: choice.judgement for name, choice in choices.items() if choice.judgement is not None}


def _choice(profiles: Sequence[columns.Profile], header: Sequence[str], override: int | None) -> columns.PhoneChoice:
    if override is not None and 0 <= override < len(profiles):
        return columns.PhoneChoice(override, Judgement(1.0, Reason("OVERRIDDEN")))
    return columns.choose_phone(profiles, header)
