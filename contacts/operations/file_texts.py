"""The text of a stored file, in pieces, to look for numbers in: whatever kind of file it is."""

import codecs
import gzip
import zipfile
from collections.abc import Iterator
from typing import BinaryIO, cast

PIECE = 2**20
OVERLAP = 200  # characters of the piece before: a number may be cut
_ZIP, _GZIP, _OLE = b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0"


class Unreadable(Exception):
    """The file is of a kind that holds text in no way that can be searched."""


def pieces(file: BinaryIO, encoding: str = "utf-8") -> Iterator[str]:
    """Yield the file's text, overlapping, and that of the files packed in it. Raise Unreadable."""
    start = file.read(4)
    file.seek(0)
    if start == _OLE:
        raise Unreadable
    if start == _ZIP:
        yield from _members(file, encoding)
    elif start.startswith(_GZIP):
        with gzip.open(file) as inside:
            yield from _decoded(cast(BinaryIO, inside), encoding)
    else:
        yield from _decoded(file, encoding)


def _members(file: BinaryIO, encoding: str) -> Iterator[str]:
    try:
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                yield member.filename
                with archive.open(member) as inside:
                    nested = inside.read(4)
                    # A binary workbook keeps numbers as floating point, a packed one packs again.
                    if member.filename.endswith(".bin") or nested in (_ZIP, _OLE):
                        raise Unreadable
                    yield from _decoded(cast(BinaryIO, inside), encoding, nested)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        raise Unreadable from None


def _decoded(file: BinaryIO, encoding: str, start: bytes = b"") -> Iterator[str]:
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        encoding = "utf-16"
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    before = ""
    data = start + file.read(PIECE)
    while data:
        text = decoder.decode(data)
        yield before + text
        before = (before + text)[-OVERLAP:]
        data = file.read(PIECE)
