"""Files of every kind become one table whose lines are the spreadsheet's rows, or are refused with a code."""

import datetime
import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from contacts.importer.sources import celltext, errors, kinds, reader
from contacts.importer.sources.errors import SourceError
from tests.contacts.importer import workbook_files as files
from tests.contacts.importer.reading import NoWatch

LIMITS = reader.Limits(max_memory=10**9, max_seconds=60, max_bytes=10**8, max_expanded=2 * 10**9)
PEOPLE = ["Nom\tMobile", "Dupont\t33612345678", "Durand\t06 98 76 54 32", "Hélène\t744556677"]


def table(content: bytes, sheet: str | None = None, limits: reader.Limits = LIMITS) -> tuple[list[str], dict[str, Any]]:
    opened = reader.table_of(io.BytesIO(content), region="FR", sheet=sheet, limits=limits, watch=NoWatch())
    with opened as (file, made):
        return file.read().decode().splitlines(), made


def refusal(content: bytes, limits: reader.Limits = LIMITS) -> str:
    with pytest.raises(SourceError) as caught:
        table(content, limits=limits)
    return caught.value.code


@pytest.mark.parametrize(
    "make, kind",
    [
        (files.xlsx, "xlsx"),
        (files.xls, "xls"),
        (files.ods, "ods"),
        (files.html, "html"),
        (lambda: files.html(charset="iso-8859-1"), "html"),
        (lambda: files.html(charset="utf-16"), "html"),
        (files.xml2003, "xml"),
    ],
)
def test_every_workbook_becomes_the_same_table(make: Callable[[], bytes], kind: str) -> None:
    lines, made = table(make())

    assert (lines, made["kind"]) == (PEOPLE, kind)


@pytest.mark.parametrize("make", [files.xlsx, files.xls, files.ods, files.html, files.xml2003])
def test_a_zip_of_one_workbook_is_that_workbook(make: Callable[[], bytes]) -> None:
    packed = files.archive({"dossier/": b"", "__MACOSX/._clients": b"x", "dossier/clients": make(), ".DS_Store": b"x"})

    lines, made = table(packed)

    assert (lines, made["member"]) == (PEOPLE, "dossier/clients")


def test_packed_text_keeps_its_bytes() -> None:
    content = files.csv(encoding="cp1252")

    from_zip, from_gzip = (
        reader.table_of(io.BytesIO(packed), region="FR", sheet=None, limits=LIMITS, watch=NoWatch())
        for packed in (files.archive({"clients.csv": content}), files.gzipped(content))
    )

    with from_zip as (file, made):
        assert (file.read(), made["kind"], made["member"]) == (content, "text", "clients.csv")
    with from_gzip as (file, made):
        assert (file.read(), made["kind"], made["member"]) == (content, "text", "")


def test_lines_are_the_rows_of_the_spreadsheet() -> None:
    workbook = openpyxl.Workbook()
    workbook.active["B3"], workbook.active["C3"] = "Nom", "Mobile"
    workbook.active["B5"], workbook.active["C5"] = "Rue\nde Lyon", 612345678.0
    file = io.BytesIO()
    workbook.save(file)

    lines, _ = table(file.getvalue())

    assert [(number, line.strip()) for number, line in enumerate(lines, start=1) if line.strip()] == [
        (3, "Nom\tMobile"),
        (5, "Rue de Lyon\t612345678"),
    ]


@pytest.mark.parametrize(
    "value, text",
    [
        (33612345678.0, "33612345678"),
        (6.12345678e8, "612345678"),
        (12.5, "12,5"),
        (0.1 + 0.2, "0,3"),
        (1e300, "1e+300"),
        (float("nan"), ""),
        (True, "VRAI"),
        (False, "FAUX"),
        (datetime.date(2026, 3, 4), "04/03/2026"),
        (datetime.datetime(2026, 3, 4, 9, 30), "04/03/2026 09:30"),  # noqa: DTZ001, as workbooks have them
        (datetime.datetime(2026, 3, 4), "04/03/2026"),  # noqa: DTZ001
        (datetime.time(9, 5, 7), "09:05:07"),
        (datetime.timedelta(hours=30), "30:00:00"),
        ("deux\nlignes\tet \x00une\x1e", "deux lignes et une "),
        (None, ""),
    ],
)
def test_cells_read_as_in_a_french_spreadsheet(value: object, text: str) -> None:
    assert celltext.text_of(value) == text


def test_the_sheet_with_phones_is_proposed_and_hidden_ones_come_last() -> None:
    sheets = {"Notice": [["Lisez-moi"]], "Archive": files.PEOPLE, "Clients": files.PEOPLE, "Totaux": [[1], [2]]}

    _, made = table(files.xlsx(sheets, hidden=["Archive"]))

    assert (made["sheet"], made["sheets"]) == ("Clients", ["Notice", "Archive", "Clients", "Totaux"])


def test_a_chosen_sheet_is_read_and_an_unknown_one_is_not_missed() -> None:
    content = files.xlsx({"Clients": files.PEOPLE, "Autres": [["Mobile"], ["0611223344"]]})

    assert table(content, "Autres")[0] == ["Mobile", "0611223344"]
    assert table(content, "Disparue")[1]["sheet"] == "Clients"


def test_formulas_without_results_are_counted() -> None:
    content = files.xlsx({"Clients": [*files.PEOPLE, ["=A2", "=B2"]]})

    _, made = table(content)

    assert made["empty_formulas"] == 2
    assert refusal(files.xlsx({"Clients": [["=1+1"]]})) == errors.NO_VALUES


def lying(content: bytes) -> bytes:
    """Return the ZIP with a directory that declares a tenth of each size."""
    changed = bytearray(content)
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        size = int.from_bytes(content[at + 24 : at + 28], "little")
        changed[at + 24 : at + 28] = (size // 10).to_bytes(4, "little")
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(changed)


@pytest.mark.parametrize(
    "content, code",
    [
        (files.encrypted(), errors.PASSWORD),
        (files.ods(manifest="<manifest:encryption-data/>"), errors.PASSWORD),
        (files.xlsx()[:-200], errors.DAMAGED),
        (files.xls()[:700], errors.DAMAGED),
        (b"PK\x03\x04" + b"x" * 500, errors.DAMAGED),
        (files.gzipped(files.csv())[:-12], errors.DAMAGED),
        (files.xml2003()[:-20], errors.DAMAGED),
        (files.xml2003().replace(b"<Workbook", b'<!DOCTYPE a [<!ENTITY a "b">]><Workbook'), errors.DAMAGED),
        (files.xlsx({"Vide": []}), errors.NO_DATA),
        (files.html([]), errors.NO_DATA),
        (files.archive({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), errors.OTHER_KIND),
        (files.archive({"a.pdf": b"%PDF-1.7"}), errors.OTHER_KIND),
        (files.archive({}), errors.EMPTY_ARCHIVE),
        (files.archive({"__MACOSX/._a.csv": b"x"}), errors.EMPTY_ARCHIVE),
        (files.archive({"a.csv": b"1", "b.csv": b"2"}), errors.SEVERAL_FILES),
        (files.archive({"a.zip": files.archive({"a.csv": b"1"})}), errors.NESTED_ARCHIVE),
        (files.archive({"a.csv.gz": files.gzipped(b"1")}), errors.NESTED_ARCHIVE),
        (files.archive({"a.csv": b"0" * 50_000_000}), errors.TOO_LARGE),
        (lying(files.archive({"a.csv": files.csv() * 100})), errors.TOO_LARGE),
        (lying(files.xlsx()), errors.TOO_LARGE),
        (files.gzipped(b"0" * 110_000_000), errors.TOO_LARGE),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_cause(content: bytes, code: str) -> None:
    assert refusal(content) == code


def test_a_sheet_that_claims_a_billion_cells_is_refused() -> None:
    workbook = openpyxl.Workbook()
    workbook.active["A1"], workbook.active["XFD1048576"] = "Mobile", 612345678
    file = io.BytesIO()
    workbook.save(file)

    assert refusal(file.getvalue()) == errors.TOO_LARGE
    assert refusal(files.xml2003().replace(b"<Row>", b'<Row ss:Index="99999999">', 1)) == errors.TOO_LARGE


def test_too_many_members_are_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for number in range(10_001):
            packed.writestr(f"{number}.csv", b"")

    assert refusal(file.getvalue()) == errors.TOO_LARGE


def test_what_takes_too_long_or_too_much_memory_is_stopped() -> None:
    rows = [["Nom", "Mobile"], *([f"Dupont {number}", 33612345678] for number in range(20_000))]
    content = files.html(rows)

    assert refusal(content, reader.Limits(10**9, 0, 10**8, 10**9)) == errors.TOO_SLOW
    assert refusal(files.xlsx(), reader.Limits(10**9, 60, 10**8, 100)) == errors.TOO_LARGE
    assert refusal(content, reader.Limits(10**9, 60, 1000, 10**9)) == errors.TOO_LARGE


def test_the_child_is_killed_when_the_import_is_cancelled() -> None:
    class Cancelled(Exception):
        pass

    class Watch:
        def saw(self, rows: int, bytes_read: int) -> None:
            raise Cancelled

    slow = files.xlsx({"Clients": [["x" * 50, number] for number in range(30_000)]})
    with pytest.raises(Cancelled):
        reader.table_of(io.BytesIO(slow), region="FR", sheet=None, limits=LIMITS, watch=Watch()).__enter__()


@pytest.mark.parametrize(
    "head, kind",
    [
        (b"Nom;Mobile\n", kinds.TEXT),
        (b"", kinds.TEXT),
        (b"<3 clients;Mobile\n", kinds.TEXT),
        (b"<b>Nom</b>;Mobile\n", kinds.TEXT),
        (b"\xef\xbb\xbf  <!DOCTYPE html><html><body><TABLE>", kinds.HTML),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><table>", kinds.HTML),
        (b"<?xml version='1.0'?><contacts/>", kinds.TEXT),
        (b"%PDF-1.4", kinds.OTHER),
    ],
)
def test_the_content_says_what_a_file_is(head: bytes, kind: str) -> None:
    assert kinds.kind_of(head) == kind


def test_spans_keep_the_columns_of_a_page_apart() -> None:
    page = b"<table><tr><td rowspan=2>A<td colspan=2>B<br>b<td>C<tr><td>D<td>E<td>F</table>"

    lines, _ = table(page)

    assert lines == ["A\tB b\t\tC", "\tD\tE\tF"]
