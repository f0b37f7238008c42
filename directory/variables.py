"""Variables: the words that stand for values of contacts in the text of messages, {prenom}."""

import re
from collections.abc import Container

from contacts.importer.names import fold

MAX_LENGTH = 40
# What messages have of themselves.
RESERVED = frozenset(
    "telephone tel mobile portable numero phone lien link url stop desinscription desabonnement liste".split()
)
_WORD = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


def is_word(text: str) -> bool:
    """Return whether a text can be a variable: small letters without accents, digits and "_", a letter first."""
    return len(text) <= MAX_LENGTH and bool(_WORD.fullmatch(text))


def made_from(name: str, taken: Container[str] = ()) -> str:
    """Return a variable for a name, "Date d'entrée" is date_d_entree, that is neither reserved nor taken."""
    word = re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_")
    if not word[:1].isalpha():
        word = f"attribut_{word}".strip("_")
    word = word[:MAX_LENGTH].rstrip("_")
    if word in RESERVED:
        word = f"{word}_contact"
    made, number = word, 1
    while made in taken:
        number += 1
        made = f"{word[: MAX_LENGTH - len(str(number)) - 1]}_{number}"
    return made
