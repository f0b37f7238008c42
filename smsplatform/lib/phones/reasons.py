"""Why a text is not a mobile number: the reasons, their stable codes and their words."""

from enum import StrEnum

from smsplatform.lib.marking import gettext_noop

EXCERPT_CHARACTERS = 40  # of the refused text shown in a message


class Reason(StrEnum):
    EMPTY = "EMPTY"
    NO_DIGITS = "NO_DIGITS"
    TOO_SHORT = "TOO_SHORT"
    TOO_LONG = "TOO_LONG"
    INVALID = "INVALID"
    NOT_MOBILE = "NOT_MOBILE"
    UNKNOWN_COUNTRY = "UNKNOWN_COUNTRY"
    PREMIUM = "PREMIUM"
    TOLL_FREE = "TOLL_FREE"
    VOIP = "VOIP"
    SHORT_CODE = "SHORT_CODE"
    LOST_DIGITS = "LOST_DIGITS"
    NOT_A_PHONE = "NOT_A_PHONE"
    SEVERAL = "SEVERAL"

    @property
    def code(self) -> int:
        """Return the reason's small number, which never changes: arrays hold it negated."""
        return CODES[self]


# Stored in reports: append, never renumber. EMPTY is 0, so that a blank cell reads as "no number".
CODES = {
    Reason.EMPTY: 0,
    Reason.NO_DIGITS: 1,
    Reason.TOO_SHORT: 2,
    Reason.TOO_LONG: 3,
    Reason.INVALID: 4,
    Reason.NOT_MOBILE: 5,
    Reason.UNKNOWN_COUNTRY: 6,
    Reason.PREMIUM: 7,
    Reason.TOLL_FREE: 8,
    Reason.VOIP: 9,
    Reason.SHORT_CODE: 10,
    Reason.LOST_DIGITS: 11,
    Reason.NOT_A_PHONE: 12,
    Reason.SEVERAL: 13,
}
REASONS_BY_CODE = {code: reason for reason, code in CODES.items()}

# English templates, the msgids that the web layer translates.
MESSAGES = {
    Reason.EMPTY: gettext_noop("There is no phone number: enter a mobile number."),
    Reason.NO_DIGITS: gettext_noop("“{value}” has no digits: enter a mobile number."),
    Reason.TOO_SHORT: gettext_noop("“{value}” is too short for a mobile number: add the missing digits."),
    Reason.TOO_LONG: gettext_noop("“{value}” is too long for a mobile number: remove the extra digits."),
    Reason.INVALID: gettext_noop(
        "“{value}” is not a phone number in use: check the digits, and write a foreign number"
        " with + and its country code."
    ),
    Reason.NOT_MOBILE: gettext_noop(
        "“{value}” is not a mobile number and cannot receive text messages: enter a mobile number."
    ),
    Reason.UNKNOWN_COUNTRY: gettext_noop(
        "“{value}” does not start with the code of a country: check the digits after the +."
    ),
    Reason.PREMIUM: gettext_noop(
        "“{value}” is a special-rate number and cannot receive text messages: enter a mobile number."
    ),
    Reason.TOLL_FREE: gettext_noop(
        "“{value}” is a freephone number and cannot receive text messages: enter a mobile number."
    ),
    Reason.VOIP: gettext_noop(
        "“{value}” is an internet phone number and cannot receive text messages: enter a mobile number."
    ),
    Reason.SHORT_CODE: gettext_noop("“{value}” is a short service number: enter a full mobile number."),
    Reason.LOST_DIGITS: gettext_noop(
        "“{value}” has lost digits in a spreadsheet: format the column as text and enter the number again."
    ),
    Reason.NOT_A_PHONE: gettext_noop(
        "“{value}” looks like a date, an amount or another identifier: enter a mobile number."
    ),
    Reason.SEVERAL: gettext_noop("“{value}” holds other digits besides the number: write one number only."),
}


class PhoneError(ValueError):
    """A text that is not a mobile number; ``str()`` is an English sentence for people."""

    def __init__(self, text: str, reason: Reason) -> None:
        super().__init__(text, reason)
        self.text = text
        self.reason = reason

    def __str__(self) -> str:
        return MESSAGES[self.reason].format(value=excerpt(self.text))


def excerpt(text: str) -> str:
    """Return ``text`` on one line, shortened to what a message can show."""
    words = " ".join(text.split())
    return words if len(words) <= EXCERPT_CHARACTERS else words[: EXCERPT_CHARACTERS - 1] + "…"
