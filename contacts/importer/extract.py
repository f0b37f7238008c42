"""The first lines of a file as its columns will be read, for people to see whether that is right."""

from itertools import islice

from contacts.importer import parse
from contacts.importer.plan import Plan, clean
from contacts.importer.text import Readable, TextReader

ROWS, COLUMNS, CELL_CHARACTERS = 5, 30, 60  # what a screen shows


def first_rows(file: Readable, plan: Plan) -> list[list[str]]:
    """Return the cells of the first lines that are not blank, as wide as the table, each cut to what a screen shows."""
    blocks = parse.blocks(TextReader(file, plan.encoding), plan)
    rows = (block.row(index)[: min(plan.width, COLUMNS)] for block in blocks for index in range(len(block.lines)))
    filled = (row for row in rows if any(map(str.strip, row)))
    return [[clean(cell.strip())[:CELL_CHARACTERS] for cell in row] for row in islice(filled, ROWS)]
