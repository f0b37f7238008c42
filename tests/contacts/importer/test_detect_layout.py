"""Titles above the table, the line of column names, totals below; and what a person corrects."""

import io

import pytest

from contacts.importer.detect import Overrides, detect, detect_stream

NAMES = "Nom;Prénom;Mobile\n"
PEOPLE = "Dupont;Jean;0612345678\nDurand;Paul;0698765432\nPetit;Luc;0756341290\nMorel;Anne;0611223345\n"

# name: (text, has_header, phone_column, first_row, header_row, footer_lines)
CASES: dict[str, tuple[str, bool, int | None, int, int | None, int]] = {
    "names then people": (NAMES + PEOPLE, True, 2, 0, 0, 0),
    "people only": (PEOPLE, False, 2, 0, None, 0),
    "one person": ("Dupont;Jean;0612345678\n", False, 2, 0, None, 0),
    "names only": (NAMES, True, 2, 0, 0, 0),
    "title": ("Export du 12/03/2026\n" + NAMES + PEOPLE, True, 2, 1, 1, 0),
    "title and blank line": ("Export du 12/03/2026\n\n" + NAMES + PEOPLE, True, 2, 2, 2, 0),
    "padded title": ("Export du 12/03/2026;;\n;;\n" + NAMES + PEOPLE, True, 2, 2, 2, 0),
    "company, title, date, blank": (
        "Boulangerie du Centre\nListe des clients\n12/03/2026\n\n" + NAMES + PEOPLE,
        True,
        2,
        4,
        4,
        0,
    ),
    "blank lines first": ("\n\n" + NAMES + PEOPLE, True, 2, 2, 2, 0),
    "title above people without names": ("Liste du 12/03/2026\n\n" + PEOPLE, False, 2, 2, None, 0),
    "quoted title over two lines": ('"Export\nclients"\n' + NAMES + PEOPLE, True, 2, 2, 2, 0),
    "sep= line and title": ("sep=;\nExport\n\n" + NAMES + PEOPLE, True, 2, 3, 3, 0),
    "total at the end": (NAMES + PEOPLE + "Total;4;\n", True, 2, 0, 0, 1),
    "blank line and remark at the end": (NAMES + PEOPLE + "\nFin de l'export\n", True, 2, 0, 0, 2),
    "title in a single column": ("Numéros du club\n\nPortable\n0612345678\n0698765432\n", True, 0, 2, 2, 0),
    "unknown words above numbers": ("Zork;Bli\nDupont;0612345678\nDurand;0698765432\n", True, 1, 0, 0, 0),
    "unknown word above one column": ("Zork\n0612345678\n0698765432\n", True, 0, 0, 0, 0),
    "a year among the names": ("Nom;2024;Mobile\nDupont;12;0612345678\nDurand;8;0698765432\n", True, 2, 0, 0, 0),
    "names that are numbers": ("Nom;Mobile;1;2;3\nDupont;0612345678;a;b;c\nPetit;0698765432;d;e;f\n", True, 1, 0, 0, 0),
    "empty names": (";;Mobile\nDupont;Jean;0612345678\nDurand;Paul;0698765432\n", True, 2, 0, 0, 0),
    "name missing above the numbers": ("Nom;Prénom;\n" + PEOPLE, True, 2, 0, 0, 0),
    "names again in joined files": (NAMES + PEOPLE + NAMES + PEOPLE, True, 2, 0, 0, 0),
    "unknown names again in joined files": (
        "Alpha;Bêta\nDupont;0612345678\nAlpha;Bêta\nDurand;0698765432\n",
        True,
        1,
        0,
        0,
        0,
    ),
    "first person has no number": ("Dupont;Jean;\n" + PEOPLE, False, 2, 0, None, 0),
    "first person's number is unknown": ("Dupont;Jean;inconnu\n" + PEOPLE, False, 2, 0, None, 0),
    "first person's number is too short": ("Dupont;Jean;0612\n" + PEOPLE, False, 2, 0, None, 0),
    "surname that is a column name": ("Port;Jean;0612345678\nRue;Paul;0698765432\n", False, 2, 0, None, 0),
    "city first": ("Paris;0612345678\nLyon;0698765432\n", False, 1, 0, None, 0),
    "snake case": ("last_name;first_name;phone_number\n" + PEOPLE, True, 2, 0, 0, 0),
    "camel case": ("lastName;firstName;mobilePhone\n" + PEOPLE, True, 2, 0, 0, 0),
    "English": ("Last name;First name;Cell\n" + PEOPLE, True, 2, 0, 0, 0),
    "German": ("Nachname;Vorname;Handy\n" + PEOPLE, True, 2, 0, 0, 0),
    "Spanish": ("Apellido;Nombre;Móvil\n" + PEOPLE, True, 2, 0, 0, 0),
    "Italian": ("Cognome;Nome;Cellulare\n" + PEOPLE, True, 2, 0, 0, 0),
    "title with a phone number": (
        "Boulangerie du Centre - Tél : 01 42 34 56 78\n\n" + NAMES + PEOPLE,
        True,
        2,
        2,
        2,
        0,
    ),
    "title with separators of another kind": ("Clients, fournisseurs, contacts\n" + NAMES + PEOPLE, True, 2, 1, 1, 0),
    "facts above the table": ("Société;ACME\nDate;12/03/2026\n\n" + NAMES + PEOPLE, True, 2, 3, 3, 0),
    "comments above the names": ("# export\n# clients\n" + NAMES + PEOPLE, True, 2, 2, 2, 0),
    "kinds below the names": (NAMES + "texte;texte;numéro\n" + PEOPLE, True, 2, 0, 0, 0),
    "years as names": ("2024;2025;Mobile\n1;2;0612345678\n3;4;0698765432\n", True, 2, 0, 0, 0),
    "blank records around the names": (";;;\nNom;;Mobile;\nA;;0612345678;\n;;;\nB;;0698765432;\n", True, 2, 1, 1, 0),
    "groups above names": (";Identité;Contact\nNom;Prénom;Mobile\n" + PEOPLE, True, 2, 1, 1, 0),
    "long names": (
        "Nom de famille de l'adhérent;Prénom usuel;Numéro de téléphone portable (obligatoire)\n" + PEOPLE,
        True,
        2,
        0,
        0,
        0,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_layout(name: str) -> None:
    text, *expected = CASES[name]

    found = detect(text.encode())

    assert (found.encoding, found.delimiter, found.quotechar) == ("utf-8", ";" if ";" in text else None, '"')
    assert [
        found.has_header,
        found.phone_column,
        found.first_row,
        found.header_row,
        found.footer_lines,
    ] == expected


def test_header_correction_turns_names_into_data_and_back() -> None:
    data = (NAMES + PEOPLE).encode()

    without = detect_stream(io.BytesIO(data), "FR", Overrides(has_header=False))
    forced = detect_stream(io.BytesIO(PEOPLE.encode()), "FR", Overrides(has_header=True))

    assert (without.has_header, without.first_row, without.columns[0].name) == (False, 0, "")
    assert without.columns[0].samples[0] == "Nom"
    assert (forced.has_header, forced.header_row, forced.columns[0].name) == (True, 0, "Dupont")


def test_phone_column_correction_is_kept_if_the_column_exists() -> None:
    data = (NAMES + PEOPLE).encode()

    kept = detect_stream(io.BytesIO(data), "FR", Overrides(phone_column=1))
    stale = detect_stream(io.BytesIO(data), "FR", Overrides(phone_column=9))

    assert (kept.phone_column, kept.why["phone_column"].confidence) == (1, 1.0)
    assert (stale.phone_column, stale.why["phone_column"].reason.code) == (2, "PHONE_MOBILES_AND_NAME")


def test_columns_suggest_attributes_and_types() -> None:
    data = (
        "Civ.;Nom;Prénom;Date de naissance;CP;Ville;E-mail;Portable;Opt-in;Points;Taille\n"
        "M.;Dupont;Jean;12/03/1980;75001;Paris;jean@example.org;0612345678;oui;120;XL\n"
        "Mme;Durand;Anne;01/02/1975;06000;Nice;anne@example.org;0698765432;non;80;S\n"
    ).encode()

    found = detect(data)

    assert [(column.attribute, column.type) for column in found.columns] == [
        ("civility", "TEXT"),
        ("last_name", "TEXT"),
        ("first_name", "TEXT"),
        ("birth_date", "DATE"),
        ("postcode", "TEXT"),
        ("city", "TEXT"),
        ("email", "TEXT"),
        (None, "PHONE"),
        (None, "BOOLEAN"),
        (None, "INTEGER"),
        (None, "TEXT"),
    ]
    assert found.columns[7].samples == ("0612345678", "0698765432")
    assert [column.phone_share for column in found.columns] == [0.0] * 7 + [1.0] + [0.0] * 3


def test_columns_without_names_suggest_attributes_by_content() -> None:
    data = b"M.;Jean;Paris;75001;jean@example.org;0612345678\nMme;Anne;Nice;06000;anne@example.org;0698765432\n"

    found = detect(data)

    assert [column.attribute for column in found.columns] == [
        "civility",
        "first_name",
        "city",
        "postcode",
        "email",
        None,
    ]


def test_every_answer_has_a_reason_that_reads_as_a_sentence() -> None:
    found = detect((NAMES + PEOPLE).encode("cp1252"))

    assert {name: str(why.reason) for name, why in found.why.items()} == {
        "encoding": "Not UTF-8; accents read as words in cp1252, e.g. “Prénom”.",
        "delimiter": "100 % of the lines split into 3 columns.",
        "quotechar": "No wrapped value was found; the usual quote is assumed.",
        "has_header": "The line holds column names, e.g. “Nom”.",
        "phone_column": "100 % of the values are mobile numbers and the name says so.",
    }
    assert all(0 < why.confidence <= 1 for why in found.why.values())
