"""Fold any Unicode text to the few ASCII characters that the phone rules speak of."""

import unicodedata
from functools import lru_cache

WORD_MARK = "¤"  # a character of no meaning to us: read as a letter, so it never joins two numbers
_LABEL_MARK = ":"  # a pictogram such as a telephone

_AS = {
    " ": "'\"’‘“”«»‹›`´_\x00",  # quotes (Excel's leading apostrophe), typewriter blanks
    "-": "−~‐ー",
    ".": "·•∙․。｡",
    "/": "⁄∕\\",
    ",": "،、，",
    ";": "|&\t\n\r\v\f\x85\u2028\u2029；",  # between two values, never inside one
    "+": "＋﹢⁺",
}
_FOLDED = {source: target for target, sources in _AS.items() for source in sources}
_KEPT = frozenset(" -./,;+:()=@?#")


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if character in _KEPT:
        return character
    if character in _FOLDED:
        return _FOLDED[character]
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category in {"Cf", "Mn", "Me"}:  # zero-width, direction marks, combining accents
        return ""
    by_category = {"Zs": " ", "Cc": " ", "Pd": "-", "Ps": "(", "Pe": ")", "Sc": "€", "So": _LABEL_MARK}
    if category in by_category:
        return by_category[category]
    # Never through NFKD for numbers: a footnote's superscript must not become a digit.
    plain = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    return plain if plain.isascii() and (plain.isalpha() or plain in _KEPT) else WORD_MARK


def fold(text: str) -> str:
    """Return ``text`` in ASCII digits and letters, ``+ -./,;:()=@?#``, spaces, ``€`` and ``WORD_MARK``.

    ``;`` stands for every separator between two values, line breaks included. Invisible characters vanish.
    """
    return "".join(map(_fold_character, text.strip())).strip()
