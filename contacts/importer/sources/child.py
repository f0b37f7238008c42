"""The process that opens files nobody trusts: python -m contacts.importer.sources.child JOB.

JOB is a JSON file with "source", "table" and "answer" (paths), "region", "sheet" (a name or null) and limits. The
answer is {"error": CODE}, or what the table was made from. Whatever else goes wrong is told by the exit status.
"""

import errno
import gzip
import json
import resource
import sys
import zlib
from typing import Any

from contacts.importer.sources import archives, errors, kinds, tablefile
from contacts.importer.sources.celltext import one_line
from contacts.importer.sources.errors import SourceError
from contacts.importer.sources.htmltables import HtmlSheets
from contacts.importer.sources.sheets import Sheets

Answer = dict[str, Any]

MAX_NAME_CHARACTERS = 255  # of a member, a sheet
MAX_SHEETS = 500  # that can be chosen among


def main(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        job = json.load(file)
    limit(job)
    try:
        answer = convert(job)
    except SourceError as error:
        answer = {"error": error.code}
    except MemoryError:
        answer = {"error": errors.TOO_LARGE}
    except OSError as error:
        if error.errno not in (errno.EFBIG, errno.ENOMEM):
            raise
        answer = {"error": errors.TOO_LARGE}
    with open(job["answer"], "w", encoding="utf-8") as file:
        json.dump(answer, file)


def limit(job: dict[str, Any]) -> None:
    """Let this process have no more memory, processor time and file size than it may."""
    for what, most in (
        (resource.RLIMIT_AS, job["max_memory"]),
        (resource.RLIMIT_CPU, job["max_seconds"]),
        (resource.RLIMIT_FSIZE, job["max_bytes"]),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def convert(job: dict[str, Any]) -> Answer:
    """Write the table and return what it was made from: "kind", "member", "sheet", "sheets", "lines"."""
    source, member = job["source"], ""
    kind = _kind(source)
    if kind in (kinds.ZIP, kinds.GZIP):
        found = archives.examine(source, job["max_expanded"]) if kind == kinds.ZIP else archives.Found(kind)
        if found.kind in (kinds.ZIP, kinds.GZIP):
            _extract(job, found)
            source, member = job["source"] + ".member", one_line(found.member[:MAX_NAME_CHARACTERS])
            kind = _kind(source)
            if kind == kinds.ZIP and (found := archives.examine(source, job["max_expanded"])).kind == kinds.ZIP:
                raise SourceError(errors.NESTED_ARCHIVE)
            if kind == kinds.GZIP:
                raise SourceError(errors.NESTED_ARCHIVE)
    if kind == kinds.TEXT:
        _copy(source, job)
        return {"kind": kinds.TEXT, "member": member, "sheet": "", "sheets": []}
    return _convert_sheets(source, kind if kind != kinds.ZIP else found.kind, job) | {"member": member}


def _kind(path: str) -> str:
    with open(path, "rb") as file:
        kind = kinds.kind_of(file.read(kinds.HEAD_BYTES))
    if kind == kinds.OTHER:
        raise SourceError(errors.OTHER_KIND)
    return kind


def _extract(job: dict[str, Any], found: archives.Found) -> None:
    with open(job["source"] + ".member", "wb") as to:
        if found.kind == kinds.ZIP:
            archives.extract(job["source"], found.member, to, job["max_bytes"])
            return
        try:
            with gzip.open(job["source"], "rb") as packed:
                archives.copy(iter(lambda: packed.read(archives.CHUNK), b""), to, job["max_bytes"])
        except (gzip.BadGzipFile, EOFError, zlib.error):
            raise SourceError(errors.DAMAGED) from None


def _copy(source: str, job: dict[str, Any]) -> None:
    with open(source, "rb") as file, open(job["table"], "wb") as to:
        archives.copy(iter(lambda: file.read(archives.CHUNK), b""), to, job["max_bytes"])
        if not to.tell():
            raise SourceError(errors.NO_DATA)


def _convert_sheets(source: str, kind: str, job: dict[str, Any]) -> Answer:
    empty_formulas = 0
    if kind == kinds.XLSX:
        empty_formulas = archives.examine(source, job["max_expanded"]).empty_formulas
    sheets = _sheets(source, kind)
    index = _chosen(sheets, job)
    with open(job["table"], "wb") as to:
        lines = tablefile.write(sheets.rows(index), to)
    if not lines:
        raise SourceError(errors.NO_VALUES if empty_formulas else errors.NO_DATA)
    return {
        "kind": kinds.XLS if kind == kinds.OLE else kind,
        "sheet": sheets.infos[index].name,
        "sheets": [info.name for info in sheets.infos[:MAX_SHEETS]],
        "empty_formulas": empty_formulas,
        "lines": lines,
    }


def _sheets(source: str, kind: str) -> Sheets:
    if kind == kinds.HTML:
        return HtmlSheets(source)
    if kind == kinds.XML:
        from contacts.importer.sources.xmlsheets import XmlSheets

        return XmlSheets(source)
    from contacts.importer.sources import workbooks

    if kind == kinds.OLE and workbooks.is_encrypted(source):
        raise SourceError(errors.PASSWORD)
    return workbooks.CalamineSheets(source)


def _chosen(sheets: Sheets, job: dict[str, Any]) -> int:
    if not sheets.infos:
        raise SourceError(errors.NO_DATA)
    names = [info.name for info in sheets.infos]
    if job["sheet"] in names:
        return names.index(job["sheet"])
    if len(names) == 1:
        return 0
    from contacts.importer.sources import choice

    return choice.best_sheet(sheets, job["region"])


if __name__ == "__main__":
    main(sys.argv[1])
