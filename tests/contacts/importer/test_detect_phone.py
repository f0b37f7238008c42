"""The phone column, found by what it holds: every way to write a mobile, and every column that only looks like one."""

import random
from collections.abc import Sequence

import pytest

from contacts.importer.detect import detect
from contacts.importer.detect.phonecells import Kind, read_phone

MOBILES = ["0612345678", "0698765432", "0756341290", "0611223345", "0677889900", "0633221100", "0781234567"]
WRITTEN: dict[str, str] = {
    "plain": "0612345678",
    "spaces": "06 12 34 56 78",
    "no-break spaces": "06\xa012\xa034\u202f56\u202f78",
    "dots": "06.12.34.56.78",
    "dashes": "06-12-34-56-78",
    "en dashes": "06–12–34–56–78",
    "slashes": "06/12/34/56/78",
    "mixed": " 06 12.34-56 / 78 ",
    "parentheses": "(06) 12 34 56 78",
    "plus": "+33612345678",
    "plus and spaces": "+33 6 12 34 56 78",
    "trunk zero": "+33 (0)6 12 34 56 78",
    "trunk zero kept": "+330612345678",
    "double zero": "0033612345678",
    "country code alone": "33612345678",
    "zero lost": "612345678",
    "scientific": "6.12E+08",
    "scientific with comma": "6,12345678E+08",
    "scientific with country code": "3,3612345678E+10",
    "float": "612345678.0",
    "float with country code": "33612345678,00",
    "two numbers": "06 12 34 56 78 / 07 56 34 12 90",
    "two numbers with a word": "0612345678 ou 0756341290",
    "note behind": "06 12 34 56 78 (bureau)",
    "extension": "06 12 34 56 78 poste 12",
    "label before": "Tél. : 06 12 34 56 78",
    "person behind": "0612345678 maman",
    "leading apostrophe": "'0612345678",
    "tel address": "tel:+33-6-12-34-56-78",
    "formula": '="0612345678"',
    "Réunion at home": "0692 12 34 56",
    "Guadeloupe at home": "0690 12 34 56",
    "Mayotte at home": "0639 01 23 45",
    "Belgium": "+32 470 12 34 56",
    "Switzerland": "0041 79 123 45 67",
    "Canada": "+1 514 555 2368",
    "odd characters": "\u202a+33 6 12 34 56 78\u202c",
}


@pytest.mark.parametrize("name", WRITTEN)
def test_mobile_is_read_however_written(name: str) -> None:
    assert read_phone(WRITTEN[name], "FR").kind is Kind.MOBILE


NOT_PHONES = [
    "", "12/03/1980", "20260312", "2026-03-12 10:30:00", "75001", "1 234,50 €", "732 829 320 00074", "73282932000074",
    "FR7630006000011234567890189", "FR76 3000 6000 0112 3456 7890 189", "3760123456789", "C0612345678", "Dupont",
    "1234567890123456", "06 12", "jean0612345678@example.org", "12 rue de la Paix 75002 Paris", "x" * 5000, "1" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("cell", NOT_PHONES)
def test_other_values_are_no_phones(cell: str) -> None:
    assert read_phone(cell, "FR").kind is Kind.NONE


def _table(header: str, *columns: Sequence[object]) -> tuple[bytes, bool]:
    """Return a file of these columns, and whether it has names."""
    rows = [";".join(str(cell) for cell in row) for row in zip(*columns, strict=True)]
    return "\n".join([header, *rows] if header else rows).encode(), header != ""


SEED = random.Random(5)
IDS_06 = [f"06{SEED.randrange(10**8):08}" for _ in MOBILES]
IDS_6 = [f"6{SEED.randrange(10**8):08}" for _ in MOBILES]
NAMES = ["Dupont", "Durand", "Petit", "Morel", "Garnier", "Faure", "Roux"]
FIXED = [f"01{SEED.randrange(10**8):08}" for _ in MOBILES]
SIREN = ["732829320", "552100554", "542051180", "775665615", "632012100", "603130188", "662042449"]
SPARSE = ["", "0612345678", "", "", "0756341290", "", ""]

CASES: dict[str, tuple[tuple[bytes, bool], int | None]] = {
    "mobile beats landline": (_table("Nom;Fixe;Mobile", NAMES, FIXED, MOBILES), 2),
    "mobile beats landline without names": (_table("", FIXED, MOBILES), 1),
    "mobile beats landline whatever the names": (_table("Mobile;Fixe", FIXED, MOBILES), 1),
    "two phone columns, landline first": (_table("Tél 1;Tél 2", FIXED, MOBILES), 1),
    "sparse mobiles beat full landlines": (_table("Téléphone;Mobile", FIXED, SPARSE), 1),
    "full column beats a sparse second number": (_table("Portable 1;Portable 2", MOBILES, SPARSE), 0),
    "landlines only": (_table("Nom;Téléphone", NAMES, FIXED), 1),
    "mobile beats the number for emergencies": (
        _table("Nom;Mobile;Contact urgence;Tel urgence", NAMES, SPARSE, NAMES, MOBILES),
        1,
    ),
    "personal beats professional when fuller": (_table("Portable pro;Portable perso", SPARSE, MOBILES), 1),
    "same name twice": (_table("Téléphone;Téléphone", FIXED, MOBILES), 1),
    "column names swapped by mistake": (_table("Nom;Mobile;Téléphone", NAMES, FIXED, MOBILES), 2),
    "one number among three thousand blanks": (_table("", ["x"] * 3001, [""] * 3000 + ["0612345678"]), 1),
    "country code in its own column": (_table("Nom;Indicatif;Numéro", NAMES, ["+33"] * 7, [m[1:] for m in MOBILES]), 2),
    "invoice numbers like mobiles": (_table("Facture;Client", [f"06000001{n:02}" for n in range(7)], NAMES), None),
    "fax only": (_table("Nom;Fax", NAMES, FIXED), None),
    "phone beats fax": (_table("Fax;Téléphone", FIXED, FIXED), 1),
    "name settles a tie": (_table("Contact;Portable", MOBILES, MOBILES), 1),
    "leftmost of equals": (_table("Portable père;Portable mère", MOBILES, MOBILES[::-1]), 0),
    "empty column named mobile": (_table("Nom;Mobile;Ville", NAMES, [""] * 7, NAMES), 1),
    "no phone at all": (_table("Nom;Ville", NAMES, NAMES), None),
    "dates are not phones": (_table("Nom;Inscrit le", NAMES, ["12/03/2026"] * 7), None),
    "compact dates are not phones": (_table("Nom;Date", NAMES, ["20260312"] * 7), None),
    "amounts are not phones": (_table("Nom;Total", NAMES, [f"{n}12345,60" for n in range(7)]), None),
    "client numbers like mobiles, named": (_table("N° client;Téléphone", IDS_06, MOBILES), 1),
    "client numbers like mobiles alone": (_table("Identifiant;Nom", IDS_6, NAMES), None),
    "nine-digit ids beside mobiles, no names": (_table("", IDS_6, MOBILES), 1),
    "ids in sequence beside bare mobiles": (
        _table("", range(612345000, 612345007), [m[1:] for m in MOBILES]),
        1,
    ),
    "order numbers in sequence": (_table("Nom;Commande", NAMES, range(612345000, 612345007)), None),
    "SIREN beside phones": (_table("SIREN;Tel", SIREN, MOBILES), 1),
    "SIREN without name beside bare mobiles": (_table("", SIREN, [m[1:] for m in MOBILES]), 1),
    "SIRET and EAN": (
        _table("SIRET;EAN;GSM", ["73282932000074"] * 7, ["3760123456789"] * 7, MOBILES),
        2,
    ),
    "IBAN": (_table("IBAN;GSM", ["FR7630006000011234567890189"] * 7, MOBILES), 1),
    "INSEE numbers": (_table("NIR;GSM", ["1800675123456 78"] * 7, MOBILES), 1),
    "timestamps": (_table("created_at;phone", range(1612345678, 1612345685), MOBILES), 1),
    "postcodes": (_table("CP;Num", ["75001"] * 7, MOBILES), 1),
    "Belgian mobiles at home": (_table("Nom;GSM", NAMES, [f"04709876{n}1" for n in range(10, 17)]), 1),
    "Belgian mobiles with a country column": (
        _table("Pays;Nom;GSM", ["BE"] * 7, NAMES, [f"0470 98 76 {n}" for n in range(10, 17)]),
        2,
    ),
    "Swiss mobiles": (_table("Nom;Natel", NAMES, [f"079 123 45 {n}" for n in range(10, 17)]), 1),
    "British mobiles": (_table("Name;Mobile", NAMES, [f"07400 1234{n}" for n in range(10, 17)]), 1),
    "German mobiles": (_table("Name;Handy", NAMES, [f"0151 234567{n}" for n in range(10, 17)]), 1),
    "Spanish mobiles": (_table("Nombre;Móvil", NAMES, [f"612 34 56 {n}" for n in range(10, 17)]), 1),
    "Italian mobiles": (_table("Nome;Cellulare", NAMES, [f"333 12345{n}" for n in range(10, 17)]), 1),
    "American numbers": (_table("Name;Phone", NAMES, [f"(212) 555-23{n}" for n in range(10, 17)]), 1),
    "several countries with plus": (
        _table("Nom;Tel", NAMES, ["+32470123456", "+41791234567", "+447400123456", "+34612345678", *MOBILES[:3]]),
        1,
    ),
    "half the numbers broken": (_table("Nom;Tel", NAMES, [*MOBILES[:4], "06", "n/a", "12345"]), 1),
    "scientific notation": (_table("Nom;Tel", NAMES, ["6.12E+08", "6.99E+08", "7.56E+08"] + ["6,12E+08"] * 4), 1),
    "made-up numbers in an unassigned range": (_table("", NAMES, [f"07000000{n}" for n in range(10, 17)]), 1),
    "samples in sequence": (_table("", NAMES, [f"06123456{n}" for n in range(10, 17)]), 1),
}


@pytest.mark.parametrize("name", CASES)
def test_phone_column(name: str) -> None:
    (data, has_header), expected = CASES[name]

    found = detect(data)

    assert (found.encoding, found.delimiter, found.quotechar) == ("utf-8", ";", '"')
    assert (found.has_header, found.phone_column) == (has_header, expected)


def test_numbers_of_another_home_region_need_no_prefix() -> None:
    data = b"Naam;Telefoon;GSM\nPeeters;021234567;0470123456\nJanssens;025551234;0485987654\n"

    assert detect(data, "BE").phone_column == 2
