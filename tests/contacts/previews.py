"""Files of every kind, and all that a preview says of one, to be held against what the import then did."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from contacts import import_words, repair_words, reports
from contacts.importer.counts import Counts
from contacts.models import Import
from contacts.operations import imports, repairs
from smsplatform.accounts.models import Account, User
from smsplatform.lib.errors import OperationError
from tests.conftest import NOW

PHONES = [33612345600 + number for number in range(9)]  # few, so that lines meet
NUMBERS = st.sampled_from(PHONES)
NAMES = st.sampled_from(["", "Roux", "Faure", "Noël", "  Petit "])
TOWNS = st.sampled_from(["", "Lyon", "Nîmes", "'=1+1"])
DAYS = st.sampled_from(["", "12/03/1985", "13/03/1985", "31/02/1985", "demain"])
COLUMNS = {"Mobile": "", "Nom": "", "Ville": "", "Date de naissance": "", "Portable": ""}

# What stands in the phones' column: a number in some notation, one that a click repairs, one that nobody can read.
_WRITTEN = ["0{}", "+33{}", "0033 {}", "{}"]
_REPAIRABLE = ["*0{}", "O{}", "0{} (2)", "+0{}", "33 33 {}"]
_REFUSED = ["", "06 12", "01 99 00 12 34", "néant", "0612345601 / 0612345602"]
CELLS = st.one_of(
    st.tuples(st.sampled_from(_WRITTEN), NUMBERS),
    st.tuples(st.sampled_from(_WRITTEN), NUMBERS),
    st.tuples(st.sampled_from(_REPAIRABLE), NUMBERS),
    st.tuples(st.sampled_from(_REFUSED), NUMBERS),
).map(lambda cell: cell[0].format(cell[1] - 33 * 10**9))
TOTALS = st.sampled_from([[], ["Total;3"], ["Total;*612 345 605"], ["Fin"], ["Total : 612 345 678"]])


@dataclass(frozen=True)
class Given:
    """A file as people send it, and what they then choose. `wishes`: what is done with some of the repairs offered."""

    content: bytes
    updates: bool
    erases: bool
    overrides: dict[str, Any] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    fixes: int = 0
    edits: int = 0


@st.composite
def givens(draw: Any) -> Given:
    names = draw(st.permutations([name for name in COLUMNS if name == "Mobile" or draw(st.booleans())]))
    separator, has_header = draw(st.sampled_from(";,\t|")), draw(st.booleans())
    of = {"Mobile": CELLS, "Nom": NAMES, "Ville": TOWNS, "Date de naissance": DAYS, "Portable": CELLS | st.just("")}
    rows = draw(st.lists(st.tuples(*(of[name] for name in names)), min_size=1, max_size=12))
    lines = [separator.join(row) + draw(st.sampled_from(["", "", "", separator + "Lille"])) for row in rows]
    lines.append(separator.join("0612345600" if name == "Mobile" else "" for name in names))
    lines[1:1] = draw(st.sampled_from([[], [], [""]]))
    lines += [line.replace(";", separator) for line in draw(TOTALS)]
    head = [separator.join(names)] if has_header else []
    encoding = draw(st.sampled_from(["utf-8", "cp1252", "utf-16"]))
    overrides: dict[str, Any] = {}
    if draw(st.booleans()):
        overrides["second_phone"] = draw(st.sampled_from([-1, *range(len(names))]))
    if draw(st.integers(0, 4)) == 0:
        overrides["has_header"] = not has_header
    return Given(
        "\n".join([*head, *lines, ""]).encode(encoding),
        updates=draw(st.booleans()),
        erases=draw(st.booleans()),
        overrides=overrides,
        left_out=frozenset(draw(st.sets(st.sampled_from(["Nom", "Ville", "Date de naissance"])))),
        fixes=draw(st.integers(0, 3)),
        edits=draw(st.integers(0, 2)),
    )


def chosen(account: Account, by: User, imported: Import, given: Given, place: str) -> None:
    """Correct an analysed import and repair some of its lines. `place`: where its choices of columns are kept."""
    columns = {str(column["index"]): "" for column in imported.detection["columns"] if column["name"] in given.left_out}
    overrides = given.overrides | ({place: columns} if columns else {})
    if overrides:
        imports.correct(account, imported=imported, overrides=overrides, region="FR", by=by, now=NOW)
        analyse(account, imported)
    for _ in range(given.fixes):
        if imported.preview["offers"]:
            _repair_a_group(account, by, imported)
    if given.edits:
        _repair_lines(account, by, imported, given.edits)


def analyse(account: Account, imported: Import) -> None:
    imports.analyse(account, import_id=imported.pk, now=NOW)
    imported.refresh_from_db()


def _repair_a_group(account: Account, by: User, imported: Import) -> None:
    """Repair what is offered first: as many lines as the button says, none more."""
    offer, refused = imported.preview["offers"][0], sum(imported.preview["rejected"].values())
    repairs.apply_fix(account, imported=imported, fix=offer["fix"], by=by, now=NOW)
    analyse(account, imported)
    assert imported.preview["repaired"][offer["fix"]] == offer["count"]
    assert sum(imported.preview["rejected"].values()) == refused - offer["count"]


def _repair_lines(account: Account, by: User, imported: Import, most: int) -> None:
    lines = [sample["line"] for sample in imported.preview["samples"]][:most]
    numbers = {line: f"0{PHONES[line % len(PHONES)] - 33 * 10**9}" for line in lines}
    refused = sum(imported.preview["rejected"].values())
    try:
        edited = repairs.edit(account, imported=imported, numbers=numbers, by=by, now=NOW)
    except OperationError:
        return
    if edited:
        analyse(account, imported)
    assert imported.preview["repaired"].get("EDITED", 0) == edited
    assert sum(imported.preview["rejected"].values()) == refused - edited


def said(imported: Import, stored: str) -> dict[str, Any]:
    """Return all that is said of the lines of an import, from its preview or its result: counts, examples and words."""
    told = getattr(imported, stored)
    names = [*Counts.__dataclass_fields__, "samples", "known", "others", "repaired", "offers"]
    return {
        **{name: told[name] for name in names},
        "skipped": told.get("skipped", []),
        "tiles": reports.counted(imported, told),
        "changes": list(import_words.changes(imported, told)),
        "known in words": import_words.known(told),
    }


def pages(imported: Import) -> dict[str, Any]:
    """Return what the pages of an import say, as it is."""
    bench = repair_words.bench(imported)
    return {
        "skipped": import_words.skipped(imported),
        "rejects": reports.rejects(imported),
        "bench": {name: bench[name] for name in ("offers", "applied", "edit_count", "reasons", "refused")},
    }


def found(before: dict[int, Any], after: dict[int, Any]) -> dict[str, int]:
    """Return how many numbers were added, have other values, and were removed."""
    kept = before.keys() & after.keys()
    return {
        "new": len(after.keys() - before.keys()),
        "updated": sum(before[phone] != after[phone] for phone in kept),
        "removed": len(before.keys() - after.keys()),
    }


def examples(imported: Import) -> list[tuple[int, Any, Any]]:
    return [(row["phone"], row["before"], row["after"]) for row in imported.preview.get("changed", [])]
