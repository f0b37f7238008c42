"""The first lines of a file as its columns will be read, for people to see whether that is right."""

from itertools import islice

from contacts.importer import parse
from contacts.importer.plan import Plan, clean
from contacts.importer.text import Readable, TextReader

ROWS, COLUMNS, CELL_CHARACTERS = 5, 30, 60  # what a screen shows
MAX_LINES = 10_000  # looked at: a file may begin with any number of blank lines


def shown_columns(plan: Plan) -> list[int]:
    """Return the columns that a screen has room for, the phones' among them."""
    shown = list(range(min(plan.width, COLUMNS)))
    if plan.phone_column is not None and plan.phone_column >= COLUMNS:
        shown[-1] = plan.phone_column
    return shown


def first_rows(file: Readable, plan: Plan) -> list[list[str]]:
    """Return the cells in `shown_columns` of the first lines that are not blank, each cut to what a screen shows."""
    shown = shown_columns(plan)
    blocks = parse.blocks(TextReader(file, plan.encoding), plan)
    rows = (block.row(index) for block in blocks for index in range(len(block.lines)))
    filled = (row for row in islice(rows, MAX_LINES) if any(map(str.strip, row)))
    return [[clean(row[index].strip())[:CELL_CHARACTERS] for index in shown] for row in islice(filled, ROWS)]
