"""CSV files that French Excel opens right, made line by line."""

import csv
import io
from collections.abc import Iterable, Iterator

from smsplatform.lib import csvsafe

BOM = "\ufeff"  # without it Excel reads UTF-8 as the old Windows encoding
CHUNK_CHARACTERS = 2**17  # cells may be of any length


def chunks(rows: Iterable[Iterable[str]]) -> Iterator[bytes]:
    """Yield the file in pieces, in constant memory; cells that a spreadsheet would run are made harmless."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    buffer.write(BOM)
    for row in rows:
        writer.writerow(map(csvsafe.cell, row))
        if buffer.tell() > CHUNK_CHARACTERS:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()
