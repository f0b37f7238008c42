"""Look at ZIP files without trusting them: what they declare is checked before anything is opened, then held to."""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from contacts.importer.sources import errors, kinds
from contacts.importer.sources.errors import SourceError

MAX_MEMBERS = 10_000
MAX_RATIO = 250  # spreadsheets' XML rarely shrinks to a fiftieth; a bomb shrinks to a thousandth
RATIO_COUNTS_FROM = 32 * 2**20  # bytes: small files may be as repetitive as they like
CHUNK = 256 * 1024
_CLUTTER = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")
_STORED_KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# A formula whose result is not there: what programs write that do not calculate.
_NO_RESULTS = (b"</f></c>", b"</f><v></v></c>", b"</f><v/></c>", b"</f><v /></c>")


@dataclass(frozen=True)
class Found:
    """What a ZIP is: `member` is the one file of an archive, "" for a workbook. `empty_formulas`: counted, in XLSX."""

    kind: str
    member: str = ""
    empty_formulas: int = 0


def examine(path: str, max_bytes: int) -> Found:
    """Return what the ZIP is, once all it declares and all it holds is within the limits."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_declared(members, max_bytes)
            kind = _workbook_kind(archive)
            if kind is None:
                return Found(kinds.ZIP, _only_file(members).filename)
            return Found(kind, empty_formulas=_check_content(archive, members))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError):
        raise SourceError(errors.DAMAGED) from None


def _check_declared(members: list[zipfile.ZipInfo], max_bytes: int) -> None:
    if len(members) > MAX_MEMBERS:
        raise SourceError(errors.TOO_LARGE)
    expanded, compressed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    if expanded > max_bytes or (expanded > RATIO_COUNTS_FROM and expanded > MAX_RATIO * compressed):
        raise SourceError(errors.TOO_LARGE)


def _workbook_kind(archive: zipfile.ZipFile) -> str | None:
    """Return the kind of a workbook, None for an archive. Raise for text documents and slides, which are ZIPs too."""
    names = set(archive.namelist())
    if "[Content_Types].xml" in names:
        if not any(name.startswith("xl/") for name in names):
            raise SourceError(errors.OTHER_KIND)
        return kinds.XLSB if "xl/workbook.bin" in names else kinds.XLSX
    if "content.xml" in names and "META-INF/manifest.xml" in names:
        if b"encryption-data" in b"".join(_chunks(archive, "META-INF/manifest.xml", 2**20)):
            raise SourceError(errors.PASSWORD)
        mimetype = b"".join(_chunks(archive, "mimetype", 200)) if "mimetype" in names else b"spreadsheet"
        if b"spreadsheet" not in mimetype:
            raise SourceError(errors.OTHER_KIND)
        return kinds.ODS
    return None


def _only_file(members: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    files = [member for member in members if _is_file(member)]
    if len(files) != 1:
        raise SourceError(errors.SEVERAL_FILES if files else errors.EMPTY_ARCHIVE)
    if files[0].flag_bits & 1:
        raise SourceError(errors.PASSWORD)
    return files[0]


def _is_file(member: zipfile.ZipInfo) -> bool:
    """Return whether the member is a file people put there: no folder, link, or clutter of their system."""
    name = member.filename.lower()
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    is_clutter = name.startswith(_CLUTTER[:1]) or name.rpartition("/")[2].startswith((*_CLUTTER[1:], "._"))
    return not (member.is_dir() or is_link or is_clutter)


def _check_content(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> int:
    """Expand every member once, counting: none may hold more than it declares. Return the formulas without result.

    The library that reads workbooks has no such check, and Python's own stops silently at the declared size.
    """
    empty_formulas = 0
    for member in members:
        if member.flag_bits & 1:
            raise SourceError(errors.PASSWORD)
        if member.compress_type not in _STORED_KINDS:
            raise SourceError(errors.DAMAGED)
        is_sheet = member.filename.startswith("xl/worksheets/")
        tail = b""
        for chunk in _whole(archive, member):
            if is_sheet and b"</f>" in (seen := tail + chunk):
                empty_formulas += sum(seen.count(mark) for mark in _NO_RESULTS)
                tail = b""
            elif is_sheet:
                tail = chunk[-16:]
    return empty_formulas


def _whole(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield all that is in a member; raise once it is more than declared. A wrong checksum raises BadZipFile."""
    declared, size = member.file_size, 0
    if member.compress_type == zipfile.ZIP_DEFLATED:
        member.file_size = declared + CHUNK  # else the reading stops at the declared size
    with archive.open(member) as file:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            if size > declared:
                raise SourceError(errors.TOO_LARGE)
            yield chunk


def _chunks(archive: zipfile.ZipFile, name: str, limit: int) -> Iterator[bytes]:
    with archive.open(name) as file:
        yield file.read(limit)


def extract(path: str, member: str, to: BinaryIO, max_bytes: int) -> None:
    """Write one member of an archive, in constant memory, and no more than `max_bytes`."""
    try:
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo(member)
            if info.compress_type not in (*_STORED_KINDS, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
                raise SourceError(errors.DAMAGED)
            copy(_whole(archive, info), to, max_bytes)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError, KeyError):
        raise SourceError(errors.DAMAGED) from None


def copy(chunks: Iterator[bytes], to: BinaryIO, max_bytes: int) -> None:
    """Write chunks up to a limit."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > max_bytes:
            raise SourceError(errors.TOO_LARGE)
        to.write(chunk)
