import re

import numpy as np
import pytest

from smsplatform.lib.phones import MESSAGES, REASONS_BY_CODE, PhoneColumn, PhoneError, Reason, format_phone, normalise

MARTIN = "+33612345678"
GREEN = "+33698765432"

# What people write, the region they write it in, and the number it must become.
ACCEPTED = {
    "plain": ("0612345678", "FR", MARTIN),
    "pairs": ("06 12 34 56 78", "FR", MARTIN),
    "dots": ("06.12.34.56.78", "FR", MARTIN),
    "dashes": ("06-12-34-56-78", "FR", MARTIN),
    "slashes": ("06/12/34/56/78", "FR", MARTIN),
    "underscores": ("06_12_34_56_78", "FR", MARTIN),
    "commas between pairs": ("06,12,34,56,78", "FR", MARTIN),
    "mixed punctuation": ("06.12-34 56.78", "FR", MARTIN),
    "spaced out": ("0 6 1 2 3 4 5 6 7 8", "FR", MARTIN),
    "thousands": ("612 345 678", "FR", MARTIN),
    "blanks around": ("  0612345678\t", "FR", MARTIN),
    "line feed after": ("0612345678\r\n", "FR", MARTIN),
    "no-break spaces": ("06\u00a012\u00a034\u00a056\u00a078", "FR", MARTIN),
    "narrow no-break spaces": ("06\u202f12\u202f34\u202f56\u202f78", "FR", MARTIN),
    "thin spaces": ("06\u200912\u200934\u200956\u200978", "FR", MARTIN),
    "ideographic spaces": ("06\u300012\u300034\u300056\u300078", "FR", MARTIN),
    "zero-width spaces": ("06\u200b12\u200b34\u200b56\u200b78", "FR", MARTIN),
    "byte order mark": ("\ufeff0612345678", "FR", MARTIN),
    "direction marks": ("\u202a+33 6 12 34 56 78\u202c", "FR", MARTIN),
    "right-to-left mark": ("\u200f0612345678", "FR", MARTIN),
    "soft hyphens": ("06\u00ad12\u00ad345678", "FR", MARTIN),
    "no-break hyphens": ("06\u201112\u201134\u201156\u201178", "FR", MARTIN),
    "en dashes": ("06–12–34–56–78", "FR", MARTIN),
    "minus signs": ("06−12−34−56−78", "FR", MARTIN),
    "middle dots": ("06·12·34·56·78", "FR", MARTIN),
    "plus": ("+33612345678", "FR", MARTIN),
    "plus and pairs": ("+33 6 12 34 56 78", "FR", MARTIN),
    "plus and dots": ("+33.6.12.34.56.78", "FR", MARTIN),
    "plus apart": ("+ 33 6 12 34 56 78", "FR", MARTIN),
    "plus then a dash": ("+-33 6 12 34 56 78", "FR", MARTIN),
    "plus in brackets": ("(+33) 6 12 34 56 78", "FR", MARTIN),
    "code in brackets": ("+(33) 6 12 34 56 78", "FR", MARTIN),
    "full-width plus": ("＋33612345678", "FR", MARTIN),
    "trunk zero in brackets": ("+33 (0)6 12 34 56 78", "FR", MARTIN),
    "trunk zero in brackets, glued": ("+33(0)612345678", "FR", MARTIN),
    "trunk zero left in": ("+33 06 12 34 56 78", "FR", MARTIN),
    "double zero": ("0033612345678", "FR", MARTIN),
    "double zero apart": ("00 33 6 12 34 56 78", "FR", MARTIN),
    "double zero and trunk zero": ("0033 (0)6 12 34 56 78", "FR", MARTIN),
    "double zero and trunk zero left in": ("00330612345678", "FR", MARTIN),
    "double zero where another prefix is dialled": ("0033612345678", "US", MARTIN),
    "plus lost": ("33612345678", "FR", MARTIN),
    "plus lost, pairs": ("33 6 12 34 56 78", "FR", MARTIN),
    "plus lost, trunk zero": ("33 (0)6 12 34 56 78", "FR", MARTIN),
    "zero lost": ("612345678", "FR", MARTIN),
    "zero lost, pairs": ("6 12 34 56 78", "FR", MARTIN),
    "zero lost, 07": ("756781234", "FR", "+33756781234"),
    "float": ("612345678.0", "FR", MARTIN),
    "float with two decimals": ("612345678.00", "FR", MARTIN),
    "French float": ("612345678,0", "FR", MARTIN),
    "international float": ("33612345678.0", "FR", MARTIN),
    "scientific": ("6.12345678E+08", "FR", MARTIN),
    "French scientific": ("6,12345678E+08", "FR", MARTIN),
    "small scientific": ("6.12345678e8", "FR", MARTIN),
    "scientific with the country code": ("3.3612345678E+10", "FR", MARTIN),
    "formula": ('="0612345678"', "FR", MARTIN),
    "formula with a plus": ('="+33 6 12 34 56 78"', "FR", MARTIN),
    "apostrophe": ("'0612345678", "FR", MARTIN),
    "typographic apostrophe": ("’0612345678", "FR", MARTIN),
    "quotes": ('"06 12 34 56 78"', "FR", MARTIN),
    "tel URI": ("tel:+33612345678", "FR", MARTIN),
    "tel URI with dashes": ("tel:+33-6-12-34-56-78", "FR", MARTIN),
    "tel URI escaped": ("tel:%2B33612345678", "FR", MARTIN),
    "tel URI with an extension": ("tel:+33612345678;ext=12", "FR", MARTIN),
    "tel URI with a context": ("tel:0612345678;phone-context=+33", "BE", MARTIN),
    "callto URI": ("callto:0612345678", "FR", MARTIN),
    "sms URI": ("sms:+33612345678?body=Bonjour", "FR", MARTIN),
    "full-width digits": ("０６１２３４５６７８", "FR", MARTIN),
    "Arabic-Indic digits": ("٠٦ ١٢ ٣٤ ٥٦ ٧٨", "FR", MARTIN),
    "Persian digits": ("۰۶۱۲۳۴۵۶۷۸", "FR", MARTIN),
    "keycap digits": ("0\ufe0f\u20e3612345678", "FR", MARTIN),
    "poste": ("06 12 34 56 78 poste 12", "FR", MARTIN),
    "ext": ("06 12 34 56 78 ext. 12", "FR", MARTIN),
    "x": ("06 12 34 56 78 x12", "FR", MARTIN),
    "x glued": ("0612345678x12", "FR", MARTIN),
    "hash": ("06 12 34 56 78 #12", "FR", MARTIN),
    "extension in brackets": ("06 12 34 56 78 (poste 12)", "FR", MARTIN),
    "remark": ("06 12 34 56 78 (bureau)", "FR", MARTIN),
    "remark before": ("(perso) 06 12 34 56 78", "FR", MARTIN),
    "label": ("Mob: 0612345678", "FR", MARTIN),
    "label glued": ("Tel0612345678", "FR", MARTIN),
    "French label": ("tél. : 06 12 34 56 78", "FR", MARTIN),
    "numbered label": ("Tel 2: 06 12 34 56 78", "FR", MARTIN),
    "number sign": ("n° 06 12 34 56 78", "FR", MARTIN),
    "pictogram": ("📱 06 12 34 56 78", "FR", MARTIN),
    "name after": ("06 12 34 56 78 Mme Martin", "FR", MARTIN),
    "name glued after": ("0612345678Martin", "FR", MARTIN),
    "name before": ("Mme Martin 06 12 34 56 78", "FR", MARTIN),
    "name after a comma": ("06 12 34 56 78, Mme Martin", "FR", MARTIN),
    "hour after": ("06.12.34.56.78 (après 18h)", "FR", MARTIN),
    "two international numbers": ("+33 6 12 34 56 78 / +33 6 98 76 54 32", "FR", MARTIN),
    "town after": ("06 12 34 56 78 Paris 75002", "FR", MARTIN),
    "e-mail after": ("06 12 34 56 78 martin75@example.org", "FR", MARTIN),
    "letter O": ("O6 12 34 56 78", "FR", MARTIN),
    "letters O": ("OO33612345678", "FR", MARTIN),
    "letter l": ("06 l2 34 56 78", "FR", MARTIN),
    "letter I": ("06I2345678", "FR", MARTIN),
    "last letter o": ("06 12 34 56 9o", "FR", "+33612345690"),
    "landline then mobile": ("01 42 68 53 00 / 06 12 34 56 78", "FR", MARTIN),
    "mobile then landline": ("06 12 34 56 78 / 01 42 68 53 00", "FR", MARTIN),
    "two, glued slash": ("0142685300/0612345678", "FR", MARTIN),
    "two, dash": ("01 42 68 53 00 - 06 12 34 56 78", "FR", MARTIN),
    "two, one space": ("0142685300 0612345678", "FR", MARTIN),
    "two, pairs and spaces only": ("01 42 68 53 00 06 12 34 56 78", "FR", MARTIN),
    "two, brackets": ("01 42 68 53 00 (06 12 34 56 78)", "FR", MARTIN),
    "two, semicolon": ("0142685300;0612345678", "FR", MARTIN),
    "two, comma": ("0142685300,0612345678", "FR", MARTIN),
    "two, line feed": ("01 42 68 53 00\n06 12 34 56 78", "FR", MARTIN),
    "two, labels": ("Tel : 01 42 68 53 00; 06 12 34 56 78", "FR", MARTIN),
    "two, plus signs": ("+33142685300+33612345678", "FR", MARTIN),
    "two mobiles": ("06 12 34 56 78 ou 06 98 76 54 32", "FR", MARTIN),
    "two mobiles, the other first": ("06 98 76 54 32 / 06 12 34 56 78", "FR", GREEN),
    "incomplete then whole": ("06 12 34 / 06 98 76 54 32", "FR", GREEN),
    "Guadeloupe": ("0690 12 34 56", "FR", "+590690123456"),
    "Guadeloupe 0691": ("0691 22 34 56", "FR", "+590691223456"),
    "Réunion": ("0692 12 34 56", "FR", "+262692123456"),
    "Réunion 0693": ("0693 10 34 56", "FR", "+262693103456"),
    "Guyane": ("0694 12 34 56", "FR", "+594694123456"),
    "Martinique": ("0696 12 34 56", "FR", "+596696123456"),
    "Martinique 0697": ("0697123456", "FR", "+596697123456"),
    "Mayotte": ("0639 01 23 45", "FR", "+262639012345"),
    "Saint-Pierre-et-Miquelon": ("0708 40 12 34", "FR", "+508708401234"),
    "overseas, zero lost": ("692123456", "FR", "+262692123456"),
    "overseas, plus lost": ("262692123456", "FR", "+262692123456"),
    "mainland from Réunion": ("06 12 34 56 78", "RE", MARTIN),
    "Belgium": ("+32 470 12 34 56", "FR", "+32470123456"),
    "Belgium, plus lost": ("32470123456", "FR", "+32470123456"),
    "Belgium at home": ("0470/12.34.56", "BE", "+32470123456"),
    "Switzerland": ("0041 79 123 45 67", "FR", "+41791234567"),
    "Switzerland at home": ("079 123 45 67", "CH", "+41791234567"),
    "Britain": ("+44 7400 123456", "FR", "+447400123456"),
    "Britain, plus lost": ("447400123456", "FR", "+447400123456"),
    "Britain at home": ("07400 123456", "GB", "+447400123456"),
    "Germany, plus lost": ("4915123456788", "FR", "+4915123456788"),
    "Luxembourg with a zero that is not its own": ("+352 (0)621 123 456", "FR", "+352621123456"),
    "Spain with a zero that is not its own": ("+34 (0)612 34 56 78", "FR", "+34612345678"),
    "Italy": ("+39 347 123 4567", "FR", "+393471234567"),
    "United States": ("+1 (202) 555-0123", "FR", "+12025550123"),
    "United States at home": ("(202) 555-0123", "US", "+12025550123"),
    "United States with a 1": ("1-202-555-0123", "US", "+12025550123"),
    "Denmark, like a date but spaced": ("31 12 19 90", "DK", "+4531121990"),
    "wide blank inside": ("06 12 34  56 78", "FR", MARTIN),
    "slashes between blanks": ("06 / 12 / 34 / 56 / 78", "FR", MARTIN),
    "Belgium, dots that look like a date": ("0470/12.10.24", "BE", "+32470121024"),
    "Belgium, plus lost, in its groups": ("32 470 12 34 56", "FR", "+32470123456"),
    "Italy, slash after the area": ("347/1234567", "IT", "+393471234567"),
    "Germany at home, slash": ("+49 171/1234567", "DE", "+491711234567"),
    "the same short number twice": ("82 12 34 / 82 12 34", "WF", "+681821234"),
    "date then number": ("20.12.2024 / 06 12 34 56 78", "FR", MARTIN),
    "lower-case region": ("0612345678", "fr", MARTIN),
}

REFUSED = {
    "nothing": ("", "FR", Reason.EMPTY),
    "blanks": (" \t\u00a0", "FR", Reason.EMPTY),
    "zero-width only": ("\u200b", "FR", Reason.EMPTY),
    "empty formula": ('=""', "FR", Reason.EMPTY),
    "dash": ("-", "FR", Reason.NO_DIGITS),
    "words": ("néant", "FR", Reason.NO_DIGITS),
    "superscript only": ("²", "FR", Reason.NO_DIGITS),
    "e-mail that starts like a number": ("0612345678@example.org", "FR", Reason.NO_DIGITS),
    "one digit short": ("06 12 34 56 7", "FR", Reason.TOO_SHORT),
    "one digit short, plus": ("+33 6 12 34 56 7", "FR", Reason.TOO_SHORT),
    "three pairs": ("06 12 34", "FR", Reason.TOO_SHORT),
    "country code inside and its zero": ("+33 6 (0)12 34 56 78", "FR", Reason.TOO_LONG),
    "zero in brackets inside a foreign number": ("+45 32 (0)12 12 71", "FR", Reason.TOO_LONG),
    "foreign number, plus lost, with a trunk zero": ("53062343678", "FR", Reason.TOO_LONG),
    "one digit long": ("06 12 34 56 789", "FR", Reason.TOO_LONG),
    "a sixth pair": ("06 12 34 56 78 90", "FR", Reason.TOO_LONG),
    "a pair in brackets": ("06 12 34 56 78 (90)", "FR", Reason.TOO_LONG),
    "a pair after a slash": ("06 12 34 56 78/79", "FR", Reason.TOO_LONG),
    "a foreign number and more": ("+44 7400 123456 12", "FR", Reason.TOO_LONG),
    "three lines of digits": ("0612345678" * 3, "FR", Reason.TOO_LONG),
    "a pair after a comma": ("+44 7400 123456, 12", "FR", Reason.SEVERAL),
    "a digit after a semicolon": ("+49 160 1234567; 8", "FR", Reason.SEVERAL),
    "a digit after an unknown sign": ("+49 160 1234567 × 8", "FR", Reason.SEVERAL),
    "a digit after a question mark": ("+49 160 1234567?8", "FR", Reason.SEVERAL),
    "a digit after a letter": ("0160 1234567 B8", "DE", Reason.SEVERAL),
    "standing letter that may be a digit": ("06 12 34 56 78 l", "FR", Reason.TOO_LONG),
    "SIRET": ("12345678900012", "FR", Reason.TOO_LONG),
    "SIRET in groups": ("612 345 678 00012", "FR", Reason.TOO_LONG),
    "SIRET like an Indonesian mobile": ("62812345600012", "FR", Reason.TOO_LONG),
    "named SIREN": ("SIREN 612 345 678", "FR", Reason.NOT_A_PHONE),
    "social security number": ("1 85 05 78 006 084 36", "FR", Reason.TOO_LONG),
    "barcode": ("3017620422003", "FR", Reason.TOO_LONG),
    "barcode like a German mobile": ("4915123456787", "FR", Reason.TOO_LONG),
    "IBAN": ("FR76 3000 6000 0112 3456 7890 189", "FR", Reason.INVALID),
    "reference": ("REF0612345678", "FR", Reason.INVALID),
    "reference with a letter after": ("0612345678B", "FR", Reason.INVALID),
    "French date": ("12/06/2024", "FR", Reason.NOT_A_PHONE),
    "ISO date": ("2024-06-12", "FR", Reason.NOT_A_PHONE),
    "date and time": ("2024-06-12 12:34:56", "FR", Reason.NOT_A_PHONE),
    "dotted date": ("12.06.1990", "FR", Reason.NOT_A_PHONE),
    "date that would be a Danish number": ("31/12/1990", "DK", Reason.NOT_A_PHONE),
    "two dates that would be an Egyptian number": ("20.12.24 / 21.12.24", "FR", Reason.NOT_A_PHONE),
    "two dates, glued slash": ("20.12.24/21.12.24", "FR", Reason.NOT_A_PHONE),
    "two dates, one space": ("20.12.24 21.12.24", "FR", Reason.NOT_A_PHONE),
    "two dates in words": ("20.12.24 et 21.12.24", "FR", Reason.NOT_A_PHONE),
    "two dates in brackets": ("20.12.24 (21.12.24)", "FR", Reason.NOT_A_PHONE),
    "two dates in Egypt": ("20 12 24 21 12 24", "EG", Reason.NOT_A_PHONE),
    "date with a short year": ("20.12.24", "FO", Reason.NOT_A_PHONE),
    "date and hour that would be a French number": ("06.12.24 12.30", "FR", Reason.NOT_A_PHONE),
    "hour and date that would be a French number": ("06.30  20.12.24", "FR", Reason.NOT_A_PHONE),
    "date and code that would be an American number": ("20.12.24 2112", "US", Reason.NOT_A_PHONE),
    "spaced date that would be a Danish number": ("20 12 2024", "DK", Reason.NOT_A_PHONE),
    "two hours that would be a Danish number": ("20.30 - 21.45", "DK", Reason.NOT_A_PHONE),
    "two short numbers that would be Egyptian": ("20 12 24 / 21 12 24", "FR", Reason.NOT_A_PHONE),
    "two short numbers that would be Futunan": ("681 82 / 12 34", "FR", Reason.SEVERAL),
    "two short numbers, wide blank": ("32 470  12 34 56", "FR", Reason.SEVERAL),
    "two short numbers, spaced dash": ("32 470 - 12 34 56", "FR", Reason.SEVERAL),
    "two short numbers, bracket": ("32 470 12 (34 56)", "FR", Reason.SEVERAL),
    "foreign number across a slash": ("+49 171/1234567", "FR", Reason.SEVERAL),
    "foreign number without its plus, in other groups": ("32 47 01 23 45 6", "FR", Reason.INVALID),
    "two amounts": ("45,98,45,98", "DK", Reason.TOO_SHORT),
    "landline abroad and a date in brackets": ("+47 21 23 45 69 (26 05 1959)", "DK", Reason.TOO_LONG),
    "hour and date, slash": ("06.29/15.56.03", "FR", Reason.SEVERAL),
    "minutes like the country's code": ("23:47 (20 03 54)", "NO", Reason.SEVERAL),
    "two parts of a longer cell, wide blank": ("0121 234 5607/n° 07201  051685", "GB", Reason.NOT_MOBILE),
    "two short numbers that would be French": ("0736/22.69.59", "FR", Reason.SEVERAL),
    "two short numbers of a longer cell": ("31 72 71|0610/28 93 17", "GF", Reason.SEVERAL),
    "tab between short numbers": ("99-79\t99-79", "DK", Reason.TOO_SHORT),
    "amount": ("1 234,56", "FR", Reason.NOT_A_PHONE),
    "amount in euros": ("612 345 678 €", "FR", Reason.NOT_A_PHONE),
    "amount in words": ("612345678 EUR", "FR", Reason.NOT_A_PHONE),
    "grouped thousands": ("2,025,550,123", "US", Reason.NOT_A_PHONE),
    "decimals that make ten digits": ("20255501.23", "US", Reason.NOT_A_PHONE),
    "decimals that make nine digits": ("6123456.78", "FR", Reason.NOT_A_PHONE),
    "coordinate": ("7.39985664", "FR", Reason.NOT_A_PHONE),
    "long text": ("06 12 34 56 78 " + "x" * 300, "FR", Reason.NOT_A_PHONE),
    "list of figures": ("1;2;3;4;5;6;7;8;9", "FR", Reason.NOT_A_PHONE),
    "lost digits": ("6.12E+08", "FR", Reason.LOST_DIGITS),
    "lost digits, French": ("6,12E+08", "FR", Reason.LOST_DIGITS),
    "one digit lost": ("6.1234567E+08", "FR", Reason.LOST_DIGITS),
    "all digits lost": ("6E+08", "FR", Reason.LOST_DIGITS),
    "lost digits, with the country code": ("3.36E+10", "FR", Reason.LOST_DIGITS),
    "landline": ("01 42 68 53 00", "FR", Reason.NOT_MOBILE),
    "landline abroad": ("+32 2 555 12 12", "FR", Reason.NOT_MOBILE),
    "overseas landline": ("0262 20 12 34", "FR", Reason.NOT_MOBILE),
    "Italian landline whose zero is its own": ("+39 (0)35 1234567", "FR", Reason.NOT_MOBILE),
    "two landlines": ("01 42 68 53 00 / 01 42 68 53 01", "FR", Reason.NOT_MOBILE),
    "landline and extension": ("01 42 68 53 00 poste 12", "FR", Reason.NOT_MOBILE),
    "special rate": ("0892 12 34 56", "FR", Reason.PREMIUM),
    "freephone": ("0800 12 34 56", "FR", Reason.TOLL_FREE),
    "internet phone": ("09 72 12 34 56", "FR", Reason.VOIP),
    "short code": ("36180", "FR", Reason.SHORT_CODE),
    "emergency number": ("112", "FR", Reason.SHORT_CODE),
    "directory service": ("3615", "FR", Reason.SHORT_CODE),
    "no such country": ("+999 612 345 678", "FR", Reason.UNKNOWN_COUNTRY),
    "no such country, double zero": ("00999612345678", "FR", Reason.UNKNOWN_COUNTRY),
    "plus before a national number": ("+0612345678", "FR", Reason.UNKNOWN_COUNTRY),
    "satellite": ("+881612345678", "FR", Reason.UNKNOWN_COUNTRY),
    "unassigned mobile range": ("07 00 12 34 56", "FR", Reason.INVALID),
    "overseas range after the mainland's code": ("+33 690 12 34 56", "FR", Reason.INVALID),
    "French number in Belgium": ("0612345678", "BE", Reason.INVALID),
    "French number in Belgium, zero lost": ("612345678", "BE", Reason.INVALID),
    "French number in Switzerland": ("06 12 34 56 78", "CH", Reason.NOT_MOBILE),
    "wrong first digit": ("4612345678", "FR", Reason.TOO_LONG),
    "Danish number, plus lost, too short to believe": ("4531121990", "FR", Reason.TOO_LONG),
    "American number, plus lost": ("12025550123", "FR", Reason.TOO_LONG),
    "foreign number, plus lost, of a national length": ("32470123456", "DE", Reason.NOT_MOBILE),
    "letters for digits in what is no number": ("O1l", "FR", Reason.INVALID),
    "too many letters for digits": ("O6 l2 34 5I OO", "FR", Reason.INVALID),
    "letter S for a digit": ("06 12 34 S6 78", "FR", Reason.TOO_SHORT),
    "superscript after": ("06 12 34 56 7²", "FR", Reason.INVALID),
}


def answer(text: str, region: str) -> str:
    try:
        return normalise(text, region).e164
    except PhoneError as error:
        return error.reason


@pytest.mark.parametrize("text, region, e164", ACCEPTED.values(), ids=ACCEPTED)
def test_what_people_write_becomes_the_number_they_mean(text: str, region: str, e164: str) -> None:
    assert answer(text, region) == e164


@pytest.mark.parametrize("text, region, reason", REFUSED.values(), ids=REFUSED)
def test_what_is_no_sure_mobile_is_refused_with_its_reason(text: str, region: str, reason: Reason) -> None:
    assert answer(text, region) == reason


@pytest.mark.parametrize("region", sorted({region for _, region, _ in [*ACCEPTED.values(), *REFUSED.values()]}))
def test_a_column_gives_the_same_answers(region: str) -> None:
    rows = [row for row in [*ACCEPTED.values(), *REFUSED.values()] if row[1] == region]

    column = PhoneColumn(region).parse([text for text, _, _ in rows])

    expected = [-e.code if isinstance(e, Reason) else int(e) for _, _, e in rows]
    assert column.tolist() == expected
    assert column.dtype == np.int64


def test_a_phone_says_its_number_region_and_type() -> None:
    french, american = normalise("06 12 34 56 78", "FR"), normalise("+1 202 555 0123", "FR")

    assert (french.e164, french.digits, french.region, french.type) == (MARTIN, 33612345678, "FR", "MOBILE")
    assert (american.digits, american.region, american.type) == (12025550123, "US", "FIXED_LINE_OR_MOBILE")


def test_an_error_names_the_value_and_what_to_do() -> None:
    with pytest.raises(PhoneError) as caught:
        normalise("06 12 34\n", "FR")

    assert caught.value.text == "06 12 34\n"
    assert caught.value.reason is Reason.TOO_SHORT
    assert str(caught.value) == "“06 12 34” is too short for a mobile number: add the missing digits."
    assert isinstance(caught.value, ValueError)


def test_an_error_shows_the_start_of_a_long_value_and_braces_as_they_are() -> None:
    long, braces = PhoneError("a" * 100, Reason.NO_DIGITS), PhoneError("{value}", Reason.NO_DIGITS)

    assert str(long) == f"“{'a' * 39}…” has no digits: enter a mobile number."
    assert str(braces) == "“{value}” has no digits: enter a mobile number."


def test_every_reason_has_a_code_and_a_sentence() -> None:
    assert {code: reason.value for code, reason in REASONS_BY_CODE.items()} == {
        0: "EMPTY",
        1: "NO_DIGITS",
        2: "TOO_SHORT",
        3: "TOO_LONG",
        4: "INVALID",
        5: "NOT_MOBILE",
        6: "UNKNOWN_COUNTRY",
        7: "PREMIUM",
        8: "TOLL_FREE",
        9: "VOIP",
        10: "SHORT_CODE",
        11: "LOST_DIGITS",
        12: "NOT_A_PHONE",
        13: "SEVERAL",
    }
    assert set(REASONS_BY_CODE.values()) == set(Reason) == set(MESSAGES)
    without_value = {reason for reason, text in MESSAGES.items() if not re.search(r"^“\{value\}” .*: .*\.$", text)}
    assert without_value == {Reason.EMPTY}


@pytest.mark.parametrize("region", ["XX", "", "001"])
def test_an_unknown_region_is_a_mistake_of_the_caller(region: str) -> None:
    with pytest.raises(ValueError, match="is not a region") as caught:
        normalise("0612345678", region)

    assert not isinstance(caught.value, PhoneError)
    with pytest.raises(ValueError, match="is not a region"):
        PhoneColumn(region)


@pytest.mark.parametrize(
    "digits, region, written",
    [
        (33612345678, "FR", "06 12 34 56 78"),
        (33612345678, "fr", "06 12 34 56 78"),
        (33612345678, "BE", "+33 6 12 34 56 78"),
        (33612345678, "RE", "06 12 34 56 78"),
        (32470123456, "FR", "+32 470 12 34 56"),
        (32470123456, "BE", "0470 12 34 56"),
        (262692123456, "FR", "0692 12 34 56"),
        (12025550123, "US", "(202) 555-0123"),
        (12025550123, "FR", "+1 202-555-0123"),
        (0, "FR", "+0"),
    ],
)
def test_a_number_is_shown_as_people_of_the_region_write_it(digits: int, region: str, written: str) -> None:
    assert format_phone(digits, region) == written


def test_an_empty_column_has_no_numbers() -> None:
    assert PhoneColumn("FR").parse([]).tolist() == []


def test_a_column_longer_than_a_block_keeps_every_row_in_place() -> None:
    cells = ["0612345678", "", "01 42 68 53 00", "+32 470 12 34 56", "06 12 34 56 78 Mme Martin"] * 10_000

    column = PhoneColumn("FR").parse(cells)

    assert column.tolist() == [33612345678, 0, -5, 32470123456, 33612345678] * 10_000


def test_a_column_of_hostile_cells_keeps_every_row_in_place() -> None:
    cells = ["a\nb", "0612345678", "\n", "\x00", "\ud800", "1" * 100_000, "+" * 70, "0612345678\n", "." * 300, "é"]

    column = PhoneColumn("FR").parse(cells)

    assert column.tolist() == [-1, 33612345678, 0, 0, -1, -12, -1, 33612345678, -12, -1]
