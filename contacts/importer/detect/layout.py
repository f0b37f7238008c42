"""Find where the table starts and ends: title lines, the line of column names, totals at the bottom."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, median_high

from contacts.importer import names
from contacts.importer.detect import cells, columns, headings
from contacts.importer.detect.columns import Profile
from contacts.importer.detect.phonecells import NOT_A_PHONE, read_phone
from contacts.importer.detect.reasons import Judgement, Reason
from contacts.importer.detect.rows import Row

MAX_PREAMBLE = 20  # records looked at for titles and names
MAX_FOOTER = 10  # records
_MAX_EVIDENCE_COLUMNS = 500
_FOOTER_WORDS = names.word_set("total totaux nombre fin page count sum somme edite imprime export genere")


@dataclass(frozen=True)
class Layout:
    """Indexes into the rows: `header` (None without names) and `first`, the first row of the table."""

    first: int
    header: int | None
    judgement: Judgement


@dataclass(frozen=True)
class _Evidence:
    """How much a row looks like column names (0 to about 2) and like data (0 to 1)."""

    names: float
    breaks: float
    data: float
    is_data: bool
    filled: int
    is_title: bool
    heads_phones: bool
    strangeness: float
    example: str


def find_layout(rows: Sequence[Row], profiles: Sequence[Profile], region: str, override: bool | None) -> Layout:
    """Return where the names and the data are; `override` fixes whether there are names."""
    start = [i for i, row in enumerate(rows[: MAX_PREAMBLE * 3]) if row.filled][:MAX_PREAMBLE]
    if not start:
        return Layout(0, None, Judgement(0.0, Reason("EMPTY_FILE")))
    usual = median_high(row.filled for row in lower_part(rows[: start[0] + 400]))
    evidence = {i: _weigh(rows, i, profiles, region) for i in start}
    stop = next((i for i in start if _starts_data(evidence[i], usual)), None)
    before = [i for i in start if stop is None or i < stop]
    if usual < 2 and not any(p.typed for p in profiles):
        before = before[:1]  # a list of words: any of them may happen to be the name of something
    if len(before) > 1 and not any(row.filled for row in rows[before[-1] + 1 :]) and not evidence[start[0]].is_title:
        before = before[:-1]  # names with nothing below are the first row of a table, if any
    header = max(before, key=lambda i: (_names_score(evidence[i], usual), i), default=None)
    if header is not None and _names_score(evidence[header], usual) < 0.5:
        header = None
    repeated = _repeated(rows, header if header is not None else start[0], usual)
    if header is None and repeated and not evidence[start[0]].is_data:
        header = start[0]
    first = _first_data(before, stop, evidence, usual, start[0]) if header is None else header
    if override is not None:
        return _corrected(override, header, first, before, usual, evidence)
    return Layout(first, header, _judge(header, evidence, stop, repeated, usual))


def lower_part(rows: Sequence[Row]) -> Sequence[Row]:
    """Return the filled rows that are surely below the names, to know what data is like."""
    filled = [row for row in rows if row.filled]
    return filled[-(-len(filled) // 3) :] if len(filled) > 1 else filled


def _weigh(rows: Sequence[Row], index: int, profiles: Sequence[Profile], region: str) -> _Evidence:
    row = rows[index]
    filled = [(i, cell) for i, cell in enumerate(row.cells[:_MAX_EVIDENCE_COLUMNS]) if cell]
    serial = headings.serial_names(rows, index)
    named = [cell for i, cell in filled if i in serial or names.is_header_name(cell)]
    typed = [(profiles[i], cell) for i, cell in filled if i < len(profiles) and profiles[i].typed and i not in serial]
    alike = sum(cells.kind_of(cell, region) == profile.typed for profile, cell in typed)
    broken = sum(_breaks(profile, cell) for profile, cell in typed)
    coded = sum(profiles[i].is_coded and not _has_digits(cell) for i, cell in filled if i < len(profiles))
    return _Evidence(
        names=len(named) / max(1, len(filled)),
        breaks=(broken + coded) / max(1, len(typed) + coded),
        data=alike / max(1, len(typed)),
        is_data=(datum := next((cell for _, cell in filled if _is_data(cell, region)), "")) != "",
        filled=row.filled,
        is_title=row.filled == 1 and bool(filled) and _is_title(*filled[0]),
        heads_phones=any(p.typed == cells.PHONE and columns.names_phone(cell) for p, cell in typed),
        strangeness=headings.strangeness(rows, index) if not datum and len(named) * 2 < len(filled) else 0.0,
        example=named[0] if named and not datum else datum,
    )


def _is_title(index: int, cell: str) -> bool:
    """Return whether the only filled cell of a line is a sentence above the table."""
    is_remark = cell.startswith(("#", "%", "//", "--"))
    return index == 0 and cells.has_letters(cell) and (is_remark or not names.is_exact_name(cell))


def _breaks(profile: Profile, cell: str) -> bool:
    """Return whether a cell of words heads a column of numbers, dates or addresses, or a code one of yes and no."""
    if profile.typed == cells.BOOLEAN:
        return not cells.is_blank(cell) and cells.kind_of(cell, profile.region) != cells.BOOLEAN
    digits = sum(c.isdigit() for c in cell)
    return cells.has_letters(cell) and digits <= 4 and "@" not in cell and not cells.is_blank(cell)


def _has_digits(cell: str) -> bool:
    return any(c.isdigit() for c in cell)


def _is_data(cell: str, region: str) -> bool:
    """Return whether a cell can only be data: a phone number or an e-mail address."""
    return ("@" in cell and cells.kind_of(cell, region) == cells.EMAIL) or (
        read_phone(cell, region) is not NOT_A_PHONE and not names.is_header_name(cell)
    )


def _starts_data(row: _Evidence, usual: float) -> bool:
    if row.heads_phones or (row.is_title and usual >= 2):
        return False
    if row.filled * 2 < usual and not (row.is_data and row.names < 0.5):
        return False
    if row.is_data:
        return True
    return row.data > 0 and row.names < 0.5 and row.data >= row.breaks


def _names_score(row: _Evidence, usual: float) -> float:
    if row.is_data or (row.is_title and usual >= 2):
        return 0.0
    if row.heads_phones:
        return 3.0
    fullness = min(1.0, row.filled / max(1.0, usual))
    return (1.2 * row.names + row.breaks + row.strangeness - 0.5 * row.data) * fullness


def _repeated(rows: Sequence[Row], index: int, usual: float) -> bool:
    """Return whether this row, all words, comes again below: exports joined end to end."""
    row = rows[index]
    if row.filled < max(2, usual * 0.5) or any(c.isdigit() for cell in row.cells for c in cell[:50]):
        return False
    below = Counter(other.cells for other in rows[index + 1 :] if other.filled)
    again = below[row.cells]
    return again > 0 and again == max(below.values()) and again * 2 <= below.total() <= 2 * len(below)


def _first_data(
    before: list[int], stop: int | None, evidence: dict[int, _Evidence], usual: float, fallback: int
) -> int:
    """Return the first data row of a table without names: full rows before `stop` are data too."""
    full = [i for i in before if evidence[i].filled * 2 > usual and (usual >= 2 or evidence[i].data > 0)]
    if full:
        return full[0]
    return fallback if stop is None else stop


def _corrected(
    wanted: bool,
    header: int | None,
    first: int,
    before: list[int],
    usual: float,
    evidence: dict[int, _Evidence],
) -> Layout:
    judgement = Judgement(1.0, Reason("OVERRIDDEN"))
    if not wanted:
        return Layout(first, None, judgement)
    if header is None:
        full = [i for i in before if evidence[i].filled * 2 >= usual]
        header = full[-1] if full else first
    return Layout(header, header, judgement)


def _judge(
    header: int | None, evidence: dict[int, _Evidence], stop: int | None, repeated: bool, usual: float
) -> Judgement:
    if header is None:
        if stop is not None and evidence[stop].is_data:
            return Judgement(0.95, Reason("HEADER_FIRST_IS_DATA", {"example": evidence[stop].example}))
        return Judgement(0.5, Reason("HEADER_NO_EVIDENCE"))
    row = evidence[header]
    if row.names >= 0.3:
        confidence = round(min(0.99, 0.6 + 0.4 * row.names), 2)
        return Judgement(confidence, Reason("HEADER_WORDS", {"example": row.example}))
    if row.breaks > 0:
        return Judgement(round(0.6 + 0.3 * row.breaks, 2), Reason("HEADER_TYPE_BREAK"))
    return Judgement(0.8, Reason("HEADER_REPEATED" if repeated else "HEADER_NO_EVIDENCE"))


def count_footer(rows: Sequence[Row], first: int, region: str) -> int:
    """Return how many records at the end are blank, totals or remarks rather than people."""
    body = [row.filled for row in rows[first:] if row.filled]
    usual = median(body) if body else 0.0
    footer = 0
    for row in reversed(rows[max(first + 1, len(rows) - MAX_FOOTER) :]):
        words = names.name_words(next((cell for cell in row.cells if cell), ""))
        is_note = bool(words) and (words[0] in _FOOTER_WORDS or (row.filled == 1 and usual >= 3))
        if row.filled and (not is_note or any(_is_data(cell, region) for cell in row.cells[:50])):
            break
        footer += 1
    return footer
