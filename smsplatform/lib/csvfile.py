"""CSV files that French Excel opens right, made line by line."""

import csv
import io
from collections.abc import Iterable, Iterator

from smsplatform.lib import csvsafe

BOM = "\ufeff"  # without it Excel reads UTF-8 as the old Windows encoding
LINES_PER_CHUNK = 2_000


def chunks(rows: Iterable[Iterable[str]]) -> Iterator[bytes]:
    """Yield the file in pieces, in constant memory; cells that a spreadsheet would run are made harmless."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    buffer.write(BOM)
    for done, row in enumerate(rows, start=1):
        writer.writerow(map(csvsafe.cell, row))
        if done % LINES_PER_CHUNK == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()
