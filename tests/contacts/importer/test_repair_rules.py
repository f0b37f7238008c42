"""What can be offered for a refused number, and what must never be."""

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.importer.repair_rules import RULES, offer, plain
from smsplatform.lib.phones import PhoneError, normalise

OURS = 33612345678
NATIONAL = "612345678"

OFFERED = [
    ("612 345 678,00 €", "AMOUNT"),
    ("612,345,678", "AMOUNT"),
    ("33.612.345.678,00", "AMOUNT"),
    ("0612345678 €", "AMOUNT"),
    ("+0612345678", "EXTRA_ZEROS"),
    ("006 12 34 56 78", "EXTRA_ZEROS"),
    ("000612345678", "EXTRA_ZEROS"),
    ("033612345678", "REPEATED_CODE"),
    ("0033 0033 6 12 34 56 78", "REPEATED_CODE"),
    ("+33+33612345678", "REPEATED_CODE"),
    ("33 33612345678", "REPEATED_CODE"),
    ("OGI2345678", "LETTERS"),
    ("06 l2 34 S6 78", "LETTERS"),
    ("*0612345678", "SIGNS"),
    ("06?12?34?56?78", "SIGNS"),
    ("06\ufffd12\ufffd34\ufffd56\ufffd78", "SIGNS"),
    ("<b>0612345678</b>", "SIGNS"),
    ("06&nbsp;12&nbsp;34&nbsp;56&nbsp;78", "SIGNS"),
    ("06%2012345678", "SIGNS"),
    ("Paul0612345678", "GLUED_WORDS"),
    ("FR+33612345678", "GLUED_WORDS"),
    ("0612345678 75001", "OTHER_DIGITS"),
    ("06 12 34 56 78 (2)", "OTHER_DIGITS"),
    ("1) 0612345678", "OTHER_DIGITS"),
    ("01/02/2024 0612345678", "OTHER_DIGITS"),
]
NEVER = [
    "061234567",  # a digit is missing
    "06123456789",  # one too many
    "06 12 34 56 ?8",
    "06 12 34 56 7B",  # 78, or 7 and a mark
    "B612345678",
    "06 12 34 56 78 75",  # whose last pair?
    "0612345678.5",
    "6.12E+08",  # digits are gone
    "0142685300",  # a landline
    "0470123456",  # a landline here, a mobile in Belgium
    "36 12 34 56 78",  # a mistyped 06, or an American
    "+612345678",  # Australia's code
    "REF0612345678",
    "FR7630006000011234567890189",
    "12/03/2026",
    "20.12.24 / 21.12.24",  # two dates
    "20.12.24|21.12.24",
    "20 12 24 21 12 24",
    "20:12:24:21:12:24",
    "20.12.24 <br> 21.12.24",
    "82 12 34 / 81 12 34",  # two numbers of Wallis-et-Futuna
    "20.122.421.122,00",  # an amount
    "inconnu",
    "12000+33+33",
    "062 (2)7500100",  # are the brackets part of it?
    "",
    "+49 1512345678 90",
]


@pytest.mark.parametrize(("text", "rule"), OFFERED)
def test_a_refused_number_with_one_reading_is_offered(text: str, rule: str) -> None:
    with pytest.raises(PhoneError):
        normalise(text, "FR")

    assert offer(text, "FR") == (rule, OURS)


@pytest.mark.parametrize("text", NEVER)
def test_what_could_be_somebody_elses_number_is_not_offered(text: str) -> None:
    assert offer(text, "FR") is None


def test_a_foreign_number_without_its_plus_is_offered() -> None:
    assert offer("1 212 555 1234", "FR") == ("LOST_PLUS", 12125551234)


def test_other_digits_are_not_told_apart_where_numbers_have_several_lengths() -> None:
    assert offer("015123456789 12", "DE") is None


def test_a_cell_of_prose_is_not_looked_at() -> None:
    assert offer("Paul0612345678 " + "x" * 60, "FR") is None


DIGITS = "0 6 06 33 +33 0033 1 2 12 34 56 78 (2) 75001 612345678 0612345678".split()
MARKS = "+ 00 O I l S B ? * # <b> </b> &nbsp; € ( ) - . , / : Paul ref E+08".split()
PIECES = st.sampled_from([*DIGITS, *MARKS, " "])


@settings(deadline=None)
@given(st.lists(PIECES, max_size=10).map("".join), st.sampled_from(["FR", "BE", "GB", "DE", "US", "RE"]))
def test_an_offer_is_a_valid_mobile_whose_digits_stand_in_the_cell(text: str, region: str) -> None:
    found = offer(text, region)

    if found:
        rule, number = found
        assert rule in RULES
        assert normalise(f"+{number}", region).digits == number
        read = "".join(filter(str.isdigit, plain(text).translate(str.maketrans("OoIliSsBZzG", "00111558226"))))
        assert str(phonenumbers.parse(f"+{number}").national_number) in read
