"""Find numbers in whatever people wrote around them: files, names, settings. For erasing, so a doubtful case is a find."""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import phonenumbers

from smsplatform.lib.phones import PhoneError, normalise

# At least six digits, set apart by what people write inside a number.
_RUN = re.compile(r"\+?\d(?:[^\d\w\r\n;]{0,3}\d){5,}")
_NO_DIGIT = re.compile(r"\D")
MASK = "…"


def without_phones(text: str, region: str) -> str:
    """Return the text without whatever reads as a mobile number there."""

    def masked(run: re.Match[str]) -> str:
        try:
            normalise(run.group(), region)
        except PhoneError:
            return run.group()
        return MASK

    return _RUN.sub(masked, text)


class Numbers:
    """Some numbers (E.164 digits), recognised by their national digits in any notation."""

    def __init__(self, phones: Iterable[int]) -> None:
        self.phones = frozenset(phones)

    @cached_property
    def _tails(self) -> dict[int, set[str]]:
        tails: dict[int, set[str]] = {}
        for phone in self.phones:
            tail = str(phonenumbers.parse(f"+{phone}").national_number)
            tails.setdefault(len(tail), set()).add(tail)
        return tails

    def are_in(self, text: str) -> bool:
        """Return whether the text holds one of the numbers. Takes a time in proportion to the text."""
        return any(self._is_one(run.group()) for run in _RUN.finditer(text))

    def masked(self, text: str) -> str:
        """Return the text without the numbers."""
        return _RUN.sub(lambda run: MASK if self._is_one(run.group()) else run.group(), text)

    def masked_json(self, value: Any) -> Any:
        """Return JSON without the numbers, wherever they are: texts, keys and bare numbers."""
        if isinstance(value, str):
            return self.masked(value)
        if isinstance(value, dict):
            return {self.masked(key): self.masked_json(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.masked_json(each) for each in value if not self._is_phone(each)]
        return None if self._is_phone(value) else value

    def _is_phone(self, value: Any) -> bool:
        return type(value) is int and value in self.phones

    def _is_one(self, run: str) -> bool:
        digits = _NO_DIGIT.sub("", run)
        return any(
            digits[start : start + length] in tails
            for length, tails in self._tails.items()
            for start in range(len(digits) - length + 1)
        )
