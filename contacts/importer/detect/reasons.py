"""Why detection answered what it answered: a code for the interface to translate, and an English sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from smsplatform.lib.marking import gettext_noop

TEMPLATES: Mapping[str, str] = {
    "OVERRIDDEN": gettext_noop("Corrected by hand."),
    "EMPTY_FILE": gettext_noop("The file is empty."),
    # encoding
    "ENCODING_BOM": gettext_noop("The file starts with the signature of %(encoding)s."),
    "ENCODING_NUL_PATTERN": gettext_noop("Every other byte is empty, as in %(encoding)s."),
    "ENCODING_ASCII": gettext_noop("The file holds only unaccented characters; UTF-8 reads it."),
    "ENCODING_UTF8": gettext_noop("The whole file is valid UTF-8."),
    "ENCODING_UTF8_CUT": gettext_noop("The file is UTF-8 but ends in the middle of a character."),
    "ENCODING_SCORED": gettext_noop("Not UTF-8; accents read as words in %(encoding)s, e.g. “%(example)s”."),
    "ENCODING_SCORED_WEAKLY": gettext_noop("Not UTF-8; %(encoding)s is the best guess among the older encodings."),
    "TABLE": gettext_noop("The file is a workbook: nothing to guess."),
    # separator
    "DELIMITER_SEP_LINE": gettext_noop("The first line names the separator."),
    "DELIMITER_CONSISTENT": gettext_noop("%(share)d %% of the lines split into %(columns)d columns."),
    "DELIMITER_PASTED_NUMBERS": gettext_noop("One line of %(count)d numbers set apart by this character."),
    "DELIMITER_SINGLE_COLUMN": gettext_noop("No character splits the lines evenly: one value per line."),
    # quote
    "QUOTE_WRAPS": gettext_noop("Values are wrapped in this character."),
    "QUOTE_DEFAULT": gettext_noop("No wrapped value was found; the usual quote is assumed."),
    # header
    "HEADER_WORDS": gettext_noop("The line holds column names, e.g. “%(example)s”."),
    "HEADER_TYPE_BREAK": gettext_noop("The line holds words where the lines below hold numbers, dates or addresses."),
    "HEADER_REPEATED": gettext_noop("The line comes again further down, as column names do in joined files."),
    "HEADER_FIRST_IS_DATA": gettext_noop("The first line already holds data, e.g. “%(example)s”."),
    "HEADER_NO_EVIDENCE": gettext_noop("Nothing sets the first line apart from the others."),
    # phone column
    "PHONE_MOBILES": gettext_noop("%(share)d %% of the values are mobile numbers."),
    "PHONE_MOBILES_AND_NAME": gettext_noop("%(share)d %% of the values are mobile numbers and the name says so."),
    "PHONE_FOREIGN_MOBILES": gettext_noop("%(share)d %% of the values are mobile numbers of %(region)s."),
    "PHONE_LANDLINES": gettext_noop("%(share)d %% of the values are phone numbers, but few are mobiles."),
    "PHONE_NAME_ONLY": gettext_noop("Only the column's name says so; its values do not read as phone numbers."),
    "SECOND_ADDS": gettext_noop("%(count)d of the lines looked at have a mobile number only there."),
    "SECOND_ADDS_NOTHING": gettext_noop("The other phone column adds no mobile number."),
    "COUNTRY_VALUES": gettext_noop("Its values are countries, e.g. %(example)s."),
    "PHONE_NONE": gettext_noop("No column holds phone numbers."),
}


@dataclass(frozen=True)
class Reason:
    """A cause: `code` is a key of TEMPLATES, `params` its values."""

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return TEMPLATES[self.code] % self.params


@dataclass(frozen=True)
class Judgement:
    """How sure one answer is (0 to 1) and why."""

    confidence: float
    reason: Reason
