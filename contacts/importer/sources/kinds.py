"""Tell what a file is by how it starts."""

import codecs
import re

HEAD_BYTES = 16 * 1024

TEXT, ZIP, OLE, GZIP, HTML, XML = "text", "zip", "ole", "gzip", "html", "xml"
XLSX, XLSB, XLS, ODS = "xlsx", "xlsb", "xls", "ods"  # what ZIP and OLE turn out to be
OTHER = "other"

_SIGNATURES = (
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"\x1f\x8b", GZIP),
    (b"7z\xbc\xaf\x27\x1c", OTHER),
    (b"Rar!", OTHER),
    (b"%PDF", OTHER),
    (b"{\\rtf", OTHER),
    (b"BZh", OTHER),
    (b"\xfd7zXZ", OTHER),
    (b"\x28\xb5\x2f\xfd", OTHER),
    (b"\x89PNG", OTHER),
    (b"\xff\xd8\xff", OTHER),
    (b"GIF8", OTHER),
)
_HTML_START = re.compile(r"\s*<(?:!doctype\s+html|html|head|meta|body|table|div|style|center|font|!--)", re.I)
_TABLE = re.compile(r"<(?:table|tr|frameset)\b", re.I)
_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"


def kind_of(head: bytes) -> str:
    """Return the kind of the file that starts with `head`: TEXT for all that is nothing else."""
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    text = decoded(head)
    if text.lstrip().startswith("<?xml") and _SPREADSHEET in text:
        return XML
    start = text.lstrip()
    if start.startswith("<?xml"):  # XHTML
        start = start.partition("?>")[2]
    return HTML if _HTML_START.match(start) and _TABLE.search(text) else TEXT


def decoded(head: bytes) -> str:
    """Return enough of the start's text to recognise markup in any encoding."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "replace")
    return head.removeprefix(codecs.BOM_UTF8).decode("latin-1")
