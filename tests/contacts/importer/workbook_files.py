"""The files that people have, made from rows: workbooks of every kind, pages, archives."""

import gzip
import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

import openpyxl

Rows = Sequence[Sequence[Any]]

PEOPLE: Rows = [
    ["Nom", "Mobile"],
    ["Dupont", 33612345678],
    ["Durand", "06 98 76 54 32"],
    ["Hélène", 744556677],
]


def xlsx(sheets: Mapping[str, Rows] | None = None, hidden: Sequence[str] = ()) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in (sheets or {"Clients": PEOPLE}).items():
        sheet = workbook.create_sheet(name)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
        for row in rows:
            sheet.append(list(row))
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def ods(sheets: Mapping[str, Rows] | None = None, manifest: str = "") -> bytes:
    tables = "".join(
        f'<table:table table:name="{escape(name)}">{"".join(map(_ods_row, rows))}</table:table>'
        for name, rows in (sheets or {"Clients": PEOPLE}).items()
    )
    names = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    manifest_space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    return archive(
        {
            "mimetype": mimetype.encode(),
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{manifest_space}"><manifest:file-entry '
            f'manifest:full-path="/" manifest:media-type="{mimetype}"/>{manifest}</manifest:manifest>'.encode(),
            "content.xml": f"<office:document-content {spaces}><office:body><office:spreadsheet>{tables}"
            "</office:spreadsheet></office:body></office:document-content>".encode(),
        }
    )


def _ods_row(row: Sequence[Any]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(value: Any) -> str:
    if isinstance(value, int):
        return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'


def html(rows: Rows = PEOPLE, charset: str = "utf-8") -> bytes:
    lines = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>\n" for row in rows)
    page = (
        f'<html><head><meta charset="{charset}"><style>td {{ color: red }}</style></head><body><table>{lines}</table>'
    )
    return page.encode(charset)


def xml2003(sheets: Mapping[str, Rows] | None = None) -> bytes:
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    tables = "".join(
        f'<Worksheet ss:Name="{escape(name)}"><Table>{"".join(map(_xml_row, rows))}</Table></Worksheet>'
        for name, rows in (sheets or {"Clients": PEOPLE}).items()
    )
    return f'<?xml version="1.0"?>\n<Workbook xmlns="{space}" xmlns:ss="{space}">{tables}</Workbook>'.encode()


def _xml_row(row: Sequence[Any]) -> str:
    return f"<Row>{''.join(map(_xml_cell, row))}</Row>"


def _xml_cell(value: Any) -> str:
    kind = "Number" if isinstance(value, int) else "String"
    return f'<Cell><Data ss:Type="{kind}">{escape(str(value))}</Data></Cell>'


def csv(rows: Rows = PEOPLE, separator: str = ";", encoding: str = "utf-8") -> bytes:
    return "".join(separator.join(map(str, row)) + "\n" for row in rows).encode(encoding)


def archive(members: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return file.getvalue()


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def xls(rows: Rows = PEOPLE, name: str = "Clients") -> bytes:
    """Return a BIFF8 workbook with one sheet of labels and numbers."""
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for index, row in enumerate(rows):
        for column, value in enumerate(row):
            at = struct.pack("<HHH", index, column, 0)
            is_number = isinstance(value, int)
            body = (
                struct.pack("<d", value) if is_number else struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
            )
            sheet += _record(0x0203 if is_number else 0x0204, at + body)
    sheet += _record(0x000A, b"")
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + _record(
        0x0042, struct.pack("<H", 1200)
    )
    title = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    size = len(start) + 4 + 6 + len(title) + 4
    book = start + _record(0x0085, struct.pack("<IBB", size, 0, 0) + title) + _record(0x000A, b"") + sheet
    return compound({"Workbook": book})


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def encrypted() -> bytes:
    """Return what an XLSX with a password is outside: an OLE file with the encrypted package."""
    return compound({"EncryptionInfo": b"\x04\x00\x04\x00" + b"x" * 5000, "EncryptedPackage": b"\x8f" * 9000})


def compound(streams: Mapping[str, bytes]) -> bytes:
    """Return an OLE compound file whose streams all lie in whole sectors of 512 bytes."""
    end, free, fat_mark = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    sectors, fat, entries = b"", [], [_entry("Root Entry", 5, end, 0, child=1)]
    for number, (name, content) in enumerate(streams.items(), start=1):
        padded = content.ljust(max(4096, -(-len(content) // 512) * 512), b"\0")
        first, count = len(fat), len(padded) // 512
        fat += [*range(first + 1, first + count), end]
        sectors += padded
        entries.append(_entry(name, 2, first, len(padded), right=number + 1 if number < len(streams) else free))
    directory = len(fat)
    fat += [end, fat_mark]
    sectors += b"".join(entries).ljust(512, b"\0")
    assert len(fat) <= 128, "one sector of the allocation table is enough here"
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")
    header = struct.pack("<8s16xHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, 1,
                         directory, 0, 4096, end, 0, end, 0)  # fmt: skip
    header += struct.pack("<I", len(fat) - 1) + b"\xff" * 432
    return header + sectors + table


def _entry(name: str, kind: int, start: int, size: int, *, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    body = struct.pack("<64sHBBIII", encoded, len(encoded), kind, 1, 0xFFFFFFFF, right, child)
    return body + b"\0" * 36 + struct.pack("<IQ", start, size)
