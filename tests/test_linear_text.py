"""Every function that meets a stranger's text takes time in proportion to its length, whatever the text is.

One that does not stops every worker, or every person, that shares its process. New functions join the register below.
"""

import io
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest

from contacts import messages
from contacts.exports.workbooks import StreamedXLSX
from contacts.importer import (
    corrected,
    countries,
    long_cells,
    mapping,
    names,
    paste,
    records,
    repair_rules,
    sinks,
    totals,
    typed,
    values,
)
from contacts.importer.detect import cells, detect, phonecells
from contacts.importer.pipeline import Pipeline
from contacts.importer.plan import Plan, to_json
from contacts.importer.rejects import Rejects
from contacts.importer.repairs import Repairs
from contacts.importer.sources import celltext, kinds
from contacts.importer.sources.errors import SourceError
from contacts.importer.sources.htmltables import HtmlSheets
from contacts.queries import entry_text, lists
from directory import variables
from directory.queries import key_text
from smsplatform.lib import csvfile, csvsafe
from smsplatform.lib.phones import PhoneColumn, other_mobiles
from smsplatform.lib.phones.reading import recognise
from smsplatform.lib.phones.reasons import excerpt
from tests.contacts.importer.reading import NoWatch, make_plan

CHARACTERS, TIMES = 4_000, 10
MOST_TIMES = 20  # caches hold the short text, and the machine may be busy; a quadratic function takes a hundred times
LEAST_SECONDS = 0.0005  # of processor time, measured at least
NOTHING_SECONDS = 0.0002  # what takes less is as good as nothing: a quadratic function takes a hundred times as much
ATTEMPTS = 12  # the machine may be busy: the best counts


def imported(text: str) -> None:
    data = text.encode("utf-8", "replace")
    plan = Plan.from_json(to_json(detect(data)))
    _pipeline(plan, data)


def imported_as_a_table(text: str) -> None:
    _pipeline(make_plan(names=("Mobile", "Nom", "Ville")), text.encode("utf-8", "replace"))


def _pipeline(plan: Plan, data: bytes) -> None:
    repairs = Repairs("FR")
    rejects = Rejects(
        io.BytesIO(),
        names=plan.names,
        titles=("", "", ""),
        reason_text=messages.reason_text,
        suggest=repairs.suggest,
    )
    none = np.zeros(0, dtype=np.int64)
    where = mapping.mapped(plan.names, plan.phone_column)
    Pipeline(plan, where, "FR", none, sinks.CountingSink(), rejects, NoWatch(), 10**9, repairs).run(io.BytesIO(data))


def page_of_tables(text: str) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(("<table><tr><td>" + text).encode("utf-8", "replace"))
        file.flush()
        with suppress(SourceError):
            for _ in HtmlSheets(file.name).rows(0):
                pass


def typed_value(kind: str) -> Callable[[str], object]:
    def read(text: str) -> object:
        try:
            return typed.parse_value(text, kind)
        except typed.NotOfType:
            return None

    return read


MEETS_STRANGERS: dict[str, Callable[[str], object]] = {
    "csvsafe.cell": csvsafe.cell,
    "csvsafe.bare": csvsafe.bare,
    "csvfile.chunks": lambda text: list(csvfile.chunks([[text]])),
    "workbooks": lambda text: StreamedXLSX().write(io.BytesIO(), "", [], [[text]]),
    "phones.recognise": lambda text: recognise(text, "FR"),
    "phones.other_mobiles": lambda text: other_mobiles(text, "FR"),
    "phones.PhoneColumn": lambda text: PhoneColumn("FR").parse([text]),
    "phones.excerpt": excerpt,
    "messages.reason_text": lambda text: messages.reason_text("INVALID", text),
    "messages.titles": lambda text: messages.every_reject_title().import_of(text),
    "names.fold": names.fold,
    "names.name_words": names.name_words,
    "names.is_header_name": names.is_header_name,
    "names.attribute_for": names.attribute_for,
    "countries.region_of": countries.region_of,
    "detect.kind_of": lambda text: cells.kind_of(text, "FR"),
    "detect.is_blank": cells.is_blank,
    "detect.looks_cut": lambda text: cells.looks_cut(text, ";"),
    "detect.read_phone": lambda text: phonecells.read_phone(text, "FR"),
    "detect": lambda text: detect(text.encode("utf-8", "replace")),
    "import": imported,
    "import of a table": imported_as_a_table,
    "totals.is_total": lambda text: totals.is_total([text, "Total " + text]),
    "typed integer": typed_value(typed.INTEGER),
    "typed date": typed_value(typed.DATE),
    "typed boolean": typed_value(typed.BOOLEAN),
    "typed text": typed_value(typed.TEXT),
    "typed.is_serial": typed.is_serial,
    "values.fragment": lambda text: values.fragment("c1", text),
    "long_cells.shortened": long_cells.shortened,
    "repair_rules.offer": lambda text: repair_rules.offer(text, "FR"),
    "repairs.suggest": lambda text: Repairs("FR").suggest(1, text, "INVALID"),
    "corrected.bare": lambda text: corrected.Titles([], frozenset()).import_of(text),
    "sources.one_line": celltext.one_line,
    "sources.kind_of": lambda text: kinds.kind_of(text.encode("utf-8", "replace")),
    "sources.htmltables": page_of_tables,
    "paste.one_per_line": lambda text: paste.one_per_line(text, "FR"),
    "paste.tokens": lambda text: paste.tokens(text, "FR"),
    "lists.fold": lists.fold,
    "entry_text.words": entry_text.words,
    "key_text.words": key_text.words,
    "variables.made_from": variables.made_from,
}

# What patterns stumble over: long runs of what may belong to two of their parts, and no end that fits.
SHAPES = {
    "digits": ("-", "0", "x"),
    "blanks": ("0", " ", "x"),
    "no-break spaces": ("+", "\u00a0", "x"),
    "dots and digits": ("-1", ".0", "x"),
    "groups of digits": ("+33", " 06", "é"),
    "pluses": ("", "+ ", "0!"),
    "parentheses": ("(", "(0) ", "x"),
    "letters": ("é", "aO", "0"),
    "accents of one letter": ("e", "\u0301\u0316", ""),
    "stray quotes": ("", 'a;"b"c;"\n', '"'),
    "quotes alone": ("", '"', "x"),
    "lines": ("", "6\n", ""),
    "numbers": ("", "0612345678;", ""),
    "numbers and a quote": ("", '06123456;a"b;"c\n', ""),
    "separators": ("", ";,\t", "x"),
    "marks": ("", "<a", ""),
    "ends of marks": ("", "</ ", ""),
    "remarks": ("", "<!-", ""),
    "entities": ("", "&#1", "&"),
    "entity without end": ("&#", "1", ";"),
    "percents": ("tel:", "%2", "0"),
    "addresses": ("", "a@", " "),
    "dates": ("", "12/03/", "x"),
    "formulas": ("=", '="', "x"),
}


def text_of(shape: tuple[str, str, str], characters: int) -> str:
    start, part, end = shape
    return start + (part * characters)[:characters] + end


def seconds(work: Callable[[str], object], text: str, rounds: int) -> float:
    start = time.process_time()
    for _ in range(rounds):
        work(text)
    return (time.process_time() - start) / rounds


def times_longer(work: Callable[[str], object], shape: tuple[str, str, str]) -> float:
    """Return how many times the processor time grows with TIMES the text, at best."""
    short, long = text_of(shape, CHARACTERS), text_of(shape, CHARACTERS * TIMES)
    work(short)
    rounds = max(1, int(LEAST_SECONDS / max(seconds(work, short, 1), 1e-7)))
    of_short = of_long = float("inf")
    for _ in range(ATTEMPTS):
        of_short = min(of_short, seconds(work, short, rounds))
        of_long = min(of_long, seconds(work, long, max(1, rounds // TIMES)))
        if of_long <= MOST_TIMES * of_short:
            break
    return of_long / max(of_short, NOTHING_SECONDS)


@pytest.fixture(autouse=True)
def _nothing_to_spare(monkeypatch: pytest.MonkeyPatch) -> None:
    """The texts are short: leave out what a file may cost in any case."""
    monkeypatch.setattr(records, "MAX_IN_VAIN", 2**10)


@pytest.mark.parametrize("name", MEETS_STRANGERS)
def test_ten_times_the_text_takes_ten_times_the_work(name: str) -> None:
    work = MEETS_STRANGERS[name]

    slow = {what: ratio for what, shape in SHAPES.items() if (ratio := times_longer(work, shape)) > MOST_TIMES}

    assert slow == {}


def test_a_quadratic_function_is_found_out() -> None:
    assert (
        times_longer(lambda text: [text[at:].count("!") for at in range(0, len(text), 5)], SHAPES["letters"])
        > MOST_TIMES
    )
