"""Tell the encoding: signature, NUL pattern, strict UTF-8 over the whole file, else the likeliest older."""

import codecs
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO

import numpy as np

from contacts.importer.detect.reasons import Judgement, Reason
from contacts.importer.names import ACCENTED_WORDS, CITIES, FIRST_NAMES, fold

SNIFF_BYTES = 1024 * 1024  # everything but the validity of UTF-8 is judged on this much
SCAN_BYTES = 256 * 1024  # read size while validating the rest of the file
SCORE_BYTES = 256 * 1024  # accented text looked at when older encodings compete
MAX_CONTEXTS = 3000  # distinct (before, byte, after) triples scored
MAX_WORDS = 2000

# In order of preference: the first wins ties, and nearly every French "ANSI" file is cp1252.
SINGLE_BYTE = ("cp1252", "iso8859-15", "mac_roman", "cp850")

_LETTER_WEIGHTS: dict[str, float] = (
    dict.fromkeys("é", 10.0)
    | dict.fromkeys("èàç", 6.0)
    | dict.fromkeys("êôîïëâû", 4.0)
    | dict.fromkeys("œüöñ", 3.0)
    | dict.fromkeys("ÉÈÀÇÊ", 4.0)
    | dict.fromkeys("ÔÎÏËÂÙÛŒ", 2.0)
    | dict.fromkeys("äáíóúßæÜÖÄù", 1.5)
    | dict.fromkeys("ÁÍÓÚÑãõìòÿ", 1.0)
    | dict.fromkeys("ÃÕø", 0.5)
    | dict.fromkeys("å", -1.0)
)
_SYMBOL_WEIGHTS: dict[str, float] = dict.fromkeys("’‘“”«»–—…€°²³\xa0•£©®™", 2.0)
_DECODED_JUNK = -12.0  # a byte the encoding does not define, a control, a drawing or mathematical character
_LETTER_OUT_OF_PLACE = -4.0
_SYMBOL_IN_WORD = -6.0
_WORD_BONUS = 12.0
_NAME_BONUS = 6.0
_USUAL_BONUS = 1.5  # nearly every file that is not UTF-8 comes from Windows
_KNOWN_NAMES = CITIES | FIRST_NAMES
_WORDS = re.compile(rb"[A-Za-z\x80-\xff]+")
_NUL_SAMPLE = 4096


@dataclass(frozen=True)
class Sample:
    """The start of the file and what its encoding is; `is_whole` when nothing follows `head`."""

    head: bytes
    is_whole: bool
    encoding: str
    judgement: Judgement

    def text(self) -> str:
        """Return the decoded head without its signature, cut after the last line if the file goes on."""
        decoder = codecs.getincrementaldecoder(self.encoding)(errors="replace")
        text = decoder.decode(self.head, final=self.is_whole).removeprefix("\ufeff")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if not self.is_whole and (cut := text.rfind("\n")) > 0:
            return text[: cut + 1]
        return text


def read_sample(file: BinaryIO, override: str | None = None, *, is_table: bool = False) -> Sample:
    """Read the head of the file, and all of it in constant memory where only that tells UTF-8.

    Raises LookupError when `override` names no codec.
    """
    head = _read_fully(file, SNIFF_BYTES)
    if is_table:
        return Sample(head, not file.read(1), "utf-8", Judgement(1.0, Reason("TABLE")))
    rest = _read_fully(file, SCAN_BYTES) if len(head) == SNIFF_BYTES else b""
    if override is not None:
        b"a".decode(override, "replace")  # refuses what is no text encoding
        if override == "utf-16" and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            override = "utf-16-le"  # without a signature the codec of both orders reads nothing
        return Sample(head, not rest, override, Judgement(1.0, Reason("OVERRIDDEN")))
    encoding, judgement = _by_pattern(head) or _by_content(head, rest, file)
    return Sample(head, not rest, encoding, judgement)


def _read_fully(file: BinaryIO, size: int) -> bytes:
    """Read `size` bytes unless the file ends; raw streams may return less per call."""
    parts, missing = [], size
    while missing and (part := file.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _by_pattern(head: bytes) -> tuple[str, Judgement] | None:
    """Return the encoding that the first bytes alone give away."""
    if not head:
        return "utf-8", Judgement(0.0, Reason("EMPTY_FILE"))
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig", Judgement(1.0, Reason("ENCODING_BOM", {"encoding": "UTF-8"}))
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", Judgement(1.0, Reason("ENCODING_BOM", {"encoding": "UTF-16"}))
    start = head[:_NUL_SAMPLE]
    half = max(1, len(start) // 2)
    even, odd = start[0::2].count(0) / half, start[1::2].count(0) / half
    for encoding, empty, full in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if empty > 0.4 and full < 0.1 and len(start) >= 4:
            return encoding, Judgement(0.95, Reason("ENCODING_NUL_PATTERN", {"encoding": encoding.upper()}))
    return None


def _by_content(head: bytes, rest: bytes, file: BinaryIO) -> tuple[str, Judgement]:
    """Return utf-8 if the whole file is, else the single-byte encoding its accents read best in."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    has_accents, before = False, b""
    for chunk in _chunks(head, rest, file):
        try:
            has_accents = not decoder.decode(chunk).isascii() or has_accents
        except UnicodeDecodeError:
            return _best_single_byte(_accented_part(before + chunk))
        before = chunk[-SCAN_BYTES:]
    is_cut = decoder.getstate()[0] != b""
    if is_cut and not has_accents:  # "…Ren\xe9" is cp1252; UTF-8 cut in two has valid accents before the cut
        return _best_single_byte(_accented_part(before))
    if is_cut:
        return "utf-8", Judgement(0.7, Reason("ENCODING_UTF8_CUT"))
    if has_accents:
        return "utf-8", Judgement(1.0, Reason("ENCODING_UTF8"))
    return "utf-8", Judgement(0.95, Reason("ENCODING_ASCII"))


def _chunks(head: bytes, rest: bytes, file: BinaryIO) -> Iterator[bytes]:
    yield head
    chunk = rest
    while chunk:
        yield chunk
        chunk = _read_fully(file, SCAN_BYTES)


def _accented_part(data: bytes) -> bytes:
    """Return at most SCORE_BYTES around the accents: from shortly before the first one."""
    accented = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) >= 0x80)
    start = max(0, int(accented[0]) - 64) if accented.size else 0
    return data[start : start + SCORE_BYTES]


def _best_single_byte(data: bytes) -> tuple[str, Judgement]:
    padded = np.frombuffer(b"\n" + data + b"\n", dtype=np.uint8).astype(np.uint32)
    at = np.flatnonzero(padded >= 0x80)
    triples, counts = np.unique((padded[at - 1] << 16) | (padded[at] << 8) | padded[at + 1], return_counts=True)
    top = np.argsort(-counts, kind="stable")[:MAX_CONTEXTS]
    contexts = [(int(triples[i]).to_bytes(3, "big"), int(counts[i])) for i in top]
    words = [w for w in _WORDS.findall(data)[: MAX_WORDS * 8] if not w.isascii() and len(w) < 30][:MAX_WORDS]
    scores = {name: _score(name, contexts) + _word_score(name, words) for name in SINGLE_BYTE}
    scores["cp1252"] += _USUAL_BONUS
    best = max(SINGLE_BYTE, key=lambda name: scores[name])
    total = sum(counts.tolist()) or 1
    rival = max(score for name, score in scores.items() if name not in (best, "iso8859-15"))
    margin = (scores[best] - (rival if rival < scores[best] else 0.0)) / total
    if scores[best] <= 0 or not words:
        return best, Judgement(0.4, Reason("ENCODING_SCORED_WEAKLY", {"encoding": best}))
    example = max(words, key=lambda word: (_word_score(best, [word]), len(word) < 16)).decode(best, "replace")
    confidence = round(min(0.97, 0.6 + margin / 20), 2)
    return best, Judgement(confidence, Reason("ENCODING_SCORED", {"encoding": best, "example": example}))


def _score(encoding: str, contexts: list[tuple[bytes, int]]) -> float:
    # A word repeated on every line is one piece of evidence, not a thousand: damp by square root.
    return sum(_context_score(*_decode(encoding, triple)) * math.sqrt(count) for triple, count in contexts)


@lru_cache(maxsize=8192)
def _decode(encoding: str, triple: bytes) -> tuple[str, str, str]:
    text = triple.decode(encoding, "replace")
    return text[0], text[1], text[2]


def _context_score(before: str, char: str, after: str) -> float:
    """Return how well a decoded character fits between its neighbours in French text."""
    if char == "\ufffd" or char < "\xa0" or "\u2200" <= char <= "\u25ff" or char in "ﬁﬂ\uf8ff∂∆◊πΩ¤¦¬ˆ˜¨¸¯˘˙˚˝˛ˇ":
        return _DECODED_JUNK
    if not char.isalpha() or char in "ªº":
        return _symbol_score(before, char, after)
    weight = _LETTER_WEIGHTS.get(char, -3.0)
    if before.isdigit() or after.isdigit():
        return _LETTER_OUT_OF_PLACE
    if char.isupper() and (before.islower() or (after.islower() and before.isupper())):
        return _LETTER_OUT_OF_PLACE
    if char.islower() and after.isupper():
        return _LETTER_OUT_OF_PLACE
    if not before.isalpha() and not after.isalpha() and char not in "àÀ":
        return _LETTER_OUT_OF_PLACE
    return weight if _is_at_home(before.lower(), char.lower(), after.lower()) else min(weight, 0.5)


def _is_at_home(before: str, char: str, after: str) -> bool:
    """Return whether French spelling has this letter between these neighbours."""
    if char == "à":
        return not after.isalpha()
    if char == "ç":
        return after in "aou"
    if char in "ëï":
        return before in "aeiou"
    if char in "êè":
        return before.isalpha() and after.isalpha() and after not in "aeiou"
    if char in "îôûâ":
        return after.isalpha()
    return True


def _symbol_score(before: str, char: str, after: str) -> float:
    if char == "°":
        return 4.0 if before in "Nn" or before.isdigit() else 0.0
    if char in "’'" and before.isalpha() and after.isalpha():
        return 4.0
    if before.isalpha() and after.isalpha():
        return _SYMBOL_IN_WORD
    if char == "\xa0" and before.isdigit() and after.isdigit():
        return 6.0
    if char == "€":
        return 5.0 if before.isdigit() or before in " \xa0(" or after in " \xa0)" else 1.0
    return _SYMBOL_WEIGHTS.get(char, -2.0)


def _word_score(encoding: str, words: list[bytes]) -> float:
    return sum(_word_bonus(word.decode(encoding, "replace")) for word in set(words))


def _word_bonus(word: str) -> float:
    if word.lower() in ACCENTED_WORDS:
        return _WORD_BONUS
    is_cased = word.islower() or word.isupper() or word.istitle()
    return _NAME_BONUS if is_cased and fold(word) in _KNOWN_NAMES else 0.0
