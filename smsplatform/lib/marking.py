"""Marks for the translators, for code that must not know the reader's language."""


def gettext_noop(message: str) -> str:
    """Return an English sentence as it is; the catalogue gets it, and whoever shows it translates it."""
    return message
