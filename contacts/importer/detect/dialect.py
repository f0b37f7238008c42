"""Choose the separator and the quote: the pair under which lines split evenly into cells that make sense."""

import re
from collections import Counter
from dataclasses import dataclass

from contacts.importer.detect import cells
from contacts.importer.detect.reasons import Judgement, Reason
from contacts.importer.detect.rows import Row, read_rows

USUAL = (";", ",", "\t", "|")
UNUSUAL = (":", "^", "~")
HEAD_CHARACTERS = 128 * 1024
MAX_ROWS = 400
MAX_JUDGED_ROWS = 80
MAX_JUDGED_CELLS = 4000
MAX_PREAMBLE = 15  # records

_SEP_LINE = re.compile(r'^"?sep=(.|\\t)"?[;,\t ]*$', re.I)
_COLONS_INSIDE = re.compile(
    r"(?<![\d:.])\d{1,2}:[0-5]\d(?::[0-5]\d)?(?![\d:.])|\d{4}(?::\d\d){3}|://|(?:[\dA-Fa-f]{2}:){5}"
)
_NOT_DECIMAL_COMMA = re.compile(r"(?<!\d),|,(?!\d)")
_QUALITY = {
    cells.PHONE: 1.0,
    cells.EMAIL: 1.0,
    cells.DATE: 0.95,
    cells.POSTCODE: 0.9,
    cells.INTEGER: 0.85,
    cells.DECIMAL: 0.95,
    cells.BOOLEAN: 0.85,
    cells.CIVILITY: 0.9,
    cells.EMPTY: 0.6,
}


@dataclass(frozen=True)
class Dialect:
    """How lines split. `sep_lines`: 1 when the first physical line is Excel's "sep=" line."""

    delimiter: str | None
    quotechar: str
    sep_lines: int
    delimiter_judgement: Judgement
    quote_judgement: Judgement


_FROM_WORKBOOK = Judgement(1.0, Reason("TABLE"))
TABLE = Dialect("\t", '"', 0, _FROM_WORKBOOK, _FROM_WORKBOOK)  # see sources.tablefile


@dataclass(frozen=True)
class _Split:
    """The head of the file under one separator and how well it fits (0 to about 1.5)."""

    delimiter: str
    fit: float
    columns: int
    share: float
    phone_share: float
    rows: list[Row]


def find_dialect(text: str, region: str, override: str | None = None) -> Dialect:
    """Return the dialect of decoded text; `override` fixes the separator ("" for a single column)."""
    first, _, rest = text.partition("\n")
    sep = _SEP_LINE.match(first.strip(" \r")) if len(first) < 20 else None
    body = rest if sep else text
    head = _head(body)
    named = ("\t" if sep[1] == "\\t" else sep[1]) if sep else None
    if override is not None:
        delimiter, judgement = override or None, Judgement(1.0, Reason("OVERRIDDEN"))
    else:
        delimiter, judgement = _find_delimiter(head, region, named)
    quote, quote_judgement = _find_quote(head, delimiter)
    return Dialect(delimiter, quote, int(sep is not None), judgement, quote_judgement)


def _head(text: str) -> str:
    if len(text) <= HEAD_CHARACTERS:
        return text
    cut = text.rfind("\n", 0, HEAD_CHARACTERS)
    return text[: cut + 1] if cut > 0 else text[:HEAD_CHARACTERS]


def _find_delimiter(head: str, region: str, named: str | None) -> tuple[str | None, Judgement]:
    splits = [split for d in USUAL if (split := _split(head, d, region)) is not None]
    best = max(splits, key=lambda split: split.fit, default=None)
    if named is not None:
        by_name = next((split for split in splits if split.delimiter == named), None)
        if by_name is not None or best is None or best.share < 0.9:
            return named, Judgement(0.99, Reason("DELIMITER_SEP_LINE"))
    lines = head.count("\n")
    maybe = [d for d in UNUSUAL if head.count(d) * 2 > lines]
    unusual = [s for d in maybe if (s := _split(head, d, region)) is not None and _is_table(s, head, best)]
    best = max(unusual, key=lambda split: split.fit, default=None) or best
    if best is None:
        return None, Judgement(0.9, Reason("DELIMITER_SINGLE_COLUMN"))
    if len(best.rows) == 1 and best.phone_share == 1.0 and best.columns > 1:
        reason = Reason("DELIMITER_PASTED_NUMBERS", {"count": best.rows[0].filled})
        return best.delimiter, Judgement(0.9, reason)
    rival = max((s.fit for s in splits if s is not best), default=0.0)
    confidence = round(max(0.3, min(0.99, best.share * (0.7 + 0.3 * (1 - rival / max(best.fit, 0.01))))), 2)
    reason = Reason("DELIMITER_CONSISTENT", {"share": round(best.share * 100), "columns": best.columns})
    return best.delimiter, Judgement(confidence, reason)


def _split(head: str, delimiter: str, region: str) -> _Split | None:
    """Return how the head splits by this character, or None when it does not make columns."""
    if delimiter not in head:
        return None
    rows = [row for row in read_rows(head, delimiter, _wrapping_quote(head, delimiter), MAX_ROWS) if row.filled]
    body = _without_preamble(rows, region)
    widths = Counter(len(row.cells) for row in body if len(row.cells) > 1)
    if not widths:
        return None
    columns, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    split_share = widths.total() / len(body)
    near = sum(n for width, n in widths.items() if abs(width - columns) <= 1) / len(body)
    share = count / len(body)
    if split_share < 0.5 and not (split_share > 0.3 and share == split_share and columns > 2):
        return None
    if delimiter == "," and (len(body) == 1 or share < 0.6) and _is_prose(body):
        return None
    regular = [row for row in body if len(row.cells) == columns]
    quality, phones = _quality(regular, delimiter, region)
    evenness = 0.5 * share + 0.2 * near + 0.3 * split_share
    fit = evenness * quality * (1 + 0.35 * phones) * (1 + 0.02 * min(columns, 10))
    if delimiter == "," and 10 * cells.count_tight_commas(head) < head.count(","):
        fit *= 0.75  # punctuation, if anything else fits
    return _Split(delimiter, fit, columns, share, phones, rows)


def _is_prose(rows: list[Row]) -> bool:
    """Return whether what the commas set apart are clauses of sentences: most of several words, no numbers."""
    texts = [cell for row in rows[:MAX_JUDGED_ROWS] for cell in row.cells if cell]
    clauses = sum(cell.count(" ") >= 2 and not any(c.isdigit() for c in cell) for cell in texts)
    return clauses * 2 > len(texts)


def _without_preamble(rows: list[Row], region: str) -> list[Row]:
    """Return the rows from the first that splits, if those before are titles rather than one-column data."""
    first = next((i for i, row in enumerate(rows[: MAX_PREAMBLE + 1]) if len(row.cells) > 1), 0)
    titles = rows[:first]
    if len(rows) - first < 2 and first > 1:
        return rows
    if any(_holds_data(row.cells[0], region) for row in titles):
        return rows
    return rows[first:]


def _holds_data(cell: str, region: str) -> bool:
    """Return whether a whole line is data, or a record of another separator, rather than a title."""
    is_record = any(cell.count(d) >= 2 for d in USUAL if d != ",") or cells.count_tight_commas(cell) >= 2
    return is_record or cells.kind_of(cell, region) in (cells.PHONE, cells.EMAIL)


def _quality(rows: list[Row], delimiter: str, region: str) -> tuple[float, float]:
    """Return the mean sense the cells make (0 to 1) and the best share of phones in one column."""
    step = max(1, len(rows) // MAX_JUDGED_ROWS)
    width = len(rows[0].cells)
    sample = rows[::step][: max(3, min(MAX_JUDGED_ROWS, MAX_JUDGED_CELLS // width))]
    total, phones = 0.0, Counter[int]()
    filled = Counter[int]()
    for row in sample:
        for index, cell in enumerate(row.cells):
            if cells.looks_cut(cell, delimiter):
                total += 0.1
                continue
            kind = cells.kind_of(cell, region)
            filled[index] += kind != cells.EMPTY
            phones[index] += kind == cells.PHONE
            total += _QUALITY.get(kind) or _text_quality(cell)
    best = max((n / filled[i] for i, n in phones.items() if filled[i] * 4 >= len(sample)), default=0.0)
    return total / (len(sample) * width), best


def _text_quality(cell: str) -> float:
    if len(cell) <= 40 and not any(c.isdigit() for c in cell):
        return 0.8
    return 0.7 if len(cell) <= 80 else 0.5


def _is_table(split: _Split, head: str, best: _Split | None) -> bool:
    """Return whether an unusual separator is believable: on every line, not "tel:" or times; `best`: a usual one."""
    is_weak = best is None or (best.share < 0.9 and best.columns < 3)
    if split.delimiter == ":":
        is_free = is_weak or (best is not None and best.delimiter == "," and not _NOT_DECIMAL_COMMA.search(head))
        if is_free and split.share > 0.95 and split.columns > 2 and _has_plain_colons(head):
            return True
    elif len(split.rows) > 1 and split.share > (0.8 if is_weak else 0.95):
        return True
    if not is_weak or split.share < 0.9 or split.phone_share < 0.5:
        return False
    firsts = {row.cells[0].lower() for row in split.rows}
    return len(split.rows) == 1 or len(firsts) > 1 or split.columns > 2


def _has_plain_colons(head: str) -> bool:
    """Return whether nearly every line has two colons outside times, web and hardware addresses."""
    lines = [_COLONS_INSIDE.sub("", line) for line in head.split("\n", MAX_ROWS)[:MAX_ROWS] if line]
    return len(lines) > 2 and sum(line.count(":") >= 2 for line in lines) > 0.95 * len(lines)


def _wrapping_quote(head: str, delimiter: str | None) -> str | None:
    """Return the quote that wraps values, or None when neither does and quotes are mere text."""
    if '"' in head and _wraps(head, delimiter, '"') > 0:
        return '"'
    if "'" in head and (_wraps(head, delimiter, "'") >= 0.5 or _wraps_names(head, delimiter)):
        return "'"
    return '"' if '"' in head else None


def _wraps_names(head: str, delimiter: str | None) -> bool:
    """Return whether apostrophes wrap each value of the first line, as where only texts are wrapped."""
    names = head.split("\n", 1)[0].strip().split(delimiter) if delimiter else []
    return len(names) > 1 and all(len(name) > 2 and name[0] == name[-1] == "'" for name in names)


def _wraps(head: str, delimiter: str | None, quote: str) -> float:
    """Return the share of lines where this quote both opens a value and closes one."""
    edge = re.escape(delimiter) if delimiter else r"(?!)"
    opening = re.compile(rf"(?:^|{edge}) ?{quote}", re.M)
    closing = re.compile(rf"{quote} ?(?:$|{edge})", re.M)
    lines = [line for line in head.split("\n", MAX_ROWS)[:MAX_ROWS] if line]
    wrapped = sum(bool(opening.search(line) and closing.search(line)) for line in lines)
    return wrapped / max(1, len(lines))


def _find_quote(head: str, delimiter: str | None) -> tuple[str, Judgement]:
    quote = _wrapping_quote(head, delimiter)
    if quote is not None and (share := _wraps(head, delimiter, quote)) > 0:
        return quote, Judgement(round(min(0.99, 0.8 + share / 5), 2), Reason("QUOTE_WRAPS"))
    return '"', Judgement(0.7, Reason("QUOTE_DEFAULT"))
