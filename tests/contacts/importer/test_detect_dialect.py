"""Separators and quotes: how lines split into values, and what only looks like a separator."""

import io

import pytest

from contacts.importer.detect import Overrides, detect, detect_stream

CASES: dict[str, tuple[str, tuple[str | None, str, bool, int | None]]] = {
    "decimal commas": ("12,50;0612345678\n7,00;0698765432\n1,25;0756341290\n", (";", '"', False, 1)),
    "decimal commas in two columns": (
        "Mobile;Solde;Remise\n0612345678;12,50;1,00\n0698765432;7,25;0,50\n",
        (";", '"', True, 0),
    ),
    "name with a comma": (
        '"Dupont, Jean";0612345678\n"Durand, Paul";0698765432\n"Petit, Luc";0756341290\n',
        (";", '"', False, 1),
    ),
    "name with a comma, unquoted": ("Dupont, Jean;0612345678\nDurand, Paul;0698765432\n", (";", '"', False, 1)),
    "spaced number, comma, city": ("06 12 34 56 78, Paris\n06 98 76 54 32, Lyon\n", (",", '"', False, 0)),
    "commas in addresses": (
        "Nom;Adresse;Mobile\nDupont;12, rue de la Paix;0612345678\nDurand;3, quai, bât. B;0698765432\n",
        (";", '"', True, 2),
    ),
    "tab": ("Nom\tMobile\nDupont\t0612345678\nDurand\t0698765432\n", ("\t", '"', True, 1)),
    "tab with commas and semicolons inside": (
        "Nom\tAdresse\tMobile\nDupont\t12, rue X; bât. A\t0612345678\nDurand\t3, rue Y; esc. 2\t0698765432\n",
        ("\t", '"', True, 2),
    ),
    "pipe": ("Nom|Mobile|Ville\nDupont|0612345678|Paris\nDurand|0698765432|Lyon\n", ("|", '"', True, 1)),
    "colon after spaced names": ("Dupont Jean : 06 12 34 56 78\nDurand Paul : 06 98 76 54 32\n", (":", '"', False, 1)),
    "dash between name and number": ("Dupont Jean - 06 12 34 56 78\nDurand - 06 98 76 54 32\n", (None, '"', False, 0)),
    "opening hours do not make colon a separator": (
        "Nom;Horaires;Mobile\nA;09:00-12:00;0612345678\nB;10:00-13:00;0698765432\n",
        (";", '"', True, 2),
    ),
    "text table": (
        "| Nom | Mobile |\n|---|---|\n| Dupont | 0612345678 |\n| Durand | 0698765432 |\n",
        ("|", '"', True, 2),
    ),
    "pasted on one line, spaces": ("0612345678 0698765432 0756341290", (None, '"', False, 0)),
    "end-of-file mark of DOS": ("Nom;Mobile\r\nA;0612345678\r\n\x1a", (";", '"', True, 1)),
    "colon": ("Dupont:0612345678\nDurand:0698765432\nPetit:0756341290\n", (":", '"', False, 1)),
    "caret": ("Nom^Mobile\nDupont^0612345678\nDurand^0698765432\n", ("^", '"', True, 1)),
    "tilde": ("Nom~Mobile\nDupont~0612345678\nDurand~0698765432\n", ("~", '"', True, 1)),
    "times do not make colon a separator": (
        "Mobile;Heure\n0612345678;10:30\n0698765432;11:45\n",
        (";", '"', True, 0),
    ),
    "tel: addresses are one column": ("tel:+33612345678\ntel:+33698765432\n", (None, '"', False, 0)),
    "one column": ("0612345678\n0698765432\n0756341290\n", (None, '"', False, 0)),
    "one column, one line": ("0612345678", (None, '"', False, 0)),
    "one column with a header": ("Téléphone\n0612345678\n0698765432\n", (None, '"', True, 0)),
    "one column, spaces": ("06 12 34 56 78\n06 98 76 54 32\n", (None, '"', False, 0)),
    "one column, dots": ("06.12.34.56.78\n06.98.76.54.32\n", (None, '"', False, 0)),
    "one column, dashes": ("Portable\n06-12-34-56-78\n06-98-76-54-32\n", (None, '"', True, 0)),
    "one column, slashes": ("06/12/34/56/78\n06/98/76/54/32\n", (None, '"', False, 0)),
    "one column, international": ("+33 6 12 34 56 78\n+33 (0)6 98 76 54 32\n", (None, '"', False, 0)),
    "one column, quoted": ('"Mobile"\n"0612345678"\n"0698765432"\n', (None, '"', True, 0)),
    "one column, some cells hold two numbers": (
        "0612345678\n0698765432, 0756341290\n0611223345\n0622334455\n",
        (None, '"', False, 0),
    ),
    "one column with blank lines": ("0612345678\n\n0698765432\n\n\n0756341290\n", (None, '"', False, 0)),
    "one column closed by semicolons": ("0612345678;\n0698765432;\n", (";", '"', False, 0)),
    "pasted on one line, commas": ("0612345678,0698765432,0756341290", (",", '"', False, 0)),
    "pasted on one line, comma and space": ("06 12 34 56 78, 06 98 76 54 32", (",", '"', False, 0)),
    "pasted on one line, semicolons": ("0612345678;0698765432;0756341290\n", (";", '"', False, 0)),
    "sep= line": ("sep=;\nNom;Mobile\nDupont;0612345678\n", (";", '"', True, 1)),
    "sep= line with a comma": ("sep=,\r\nNom,Mobile\r\nDupont,0612345678\r\n", (",", '"', True, 1)),
    "sep= line with a tab": ("sep=\t\nNom\tMobile\nDupont\t0612345678\n", ("\t", '"', True, 1)),
    "sep= line in capitals and quotes": ('"SEP=|"\nNom|Mobile\nDupont|0612345678\n', ("|", '"', True, 1)),
    "sep= line before a single column": ("sep=;\n0612345678\n0698765432\n", (";", '"', False, 0)),
    "apostrophes wrap": (
        "'id','nom','tel'\n'1','Dupont','0612345678'\n'2','D''Arc','0698765432'\n",
        (",", "'", True, 2),
    ),
    "apostrophes wrap texts only": (
        "1;'Dupont; fils';'0612345678'\n2;'Durand';'0698765432'\n3;'Petit';'0756341290'\n",
        (";", "'", False, 2),
    ),
    "apostrophes inside names": (
        "Nom;Mobile\nD'Artagnan;0612345678\nL'Hermite;0698765432\n",
        (";", '"', True, 1),
    ),
    "leading apostrophes of a spreadsheet": (
        "Nom;Mobile\nDupont;'0612345678\nDurand;'0698765432\n",
        (";", '"', True, 1),
    ),
    "newlines inside quotes": (
        'Nom;Adresse;Mobile\n"Dupont";"12 rue X\nBât. B\n75001 Paris";"0612345678"\n'
        '"Durand";"3 rue Y\nLyon";"0698765432"\n',
        (";", '"', True, 2),
    ),
    "separators and doubled quotes inside quotes": (
        'Nom,Surnom,Mobile\n"Dupont, Jean","dit ""Jeannot, le grand""",0612345678\nDurand,,0698765432\n',
        (",", '"', True, 2),
    ),
    "a quote never closed": (
        'Nom;Mobile\nDupont;0612345678\n"Durand;0698765432\nPetit;0756341290\n',
        (";", '"', True, 1),
    ),
    "inches in a text": ('Nom;Taille;Mobile\nDupont;5" 7;0612345678\nDurand;6" 1;0698765432\n', (";", '"', True, 2)),
    "ragged lines": (
        "Nom;Prénom;Mobile;Ville;Note\nDupont;Jean;0612345678\nDurand;Paul;0698765432;Lyon\n"
        "Petit;Luc;0756341290;Nice;vip\nLe Goff;Anne;0611223345\n",
        (";", '"', True, 2),
    ),
    "all quoted": ('"Nom";"Mobile"\r\n"Dupont";"0612345678"\r\n"Durand";"0698765432"\r\n', (";", '"', True, 1)),
    "space after commas, quoted": (
        '"Nom", "Mobile"\n"Dupont, Jean", "0612345678"\n"Durand, Paul", "0698765432"\n',
        (",", '"', True, 1),
    ),
    "thousands of commas in one note": (
        "Mobile;Note\n0612345678;" + ", ".join(["a"] * 3000) + "\n0698765432;ok\n0756341290;ok\n",
        (";", '"', True, 0),
    ),
    "lone carriage returns": ("Nom;Mobile\rDupont;0612345678\rDurand;0698765432\r", (";", '"', True, 1)),
    "mixed line ends": ("Nom;Mobile\r\nDupont;0612345678\nDurand;0698765432\r\n", (";", '"', True, 1)),
    "tags separated by pipes": (
        "Mobile;Tags\n0612345678;vip|paris\n0698765432;lyon|pro\n0756341290;vip|nice\n",
        (";", '"', True, 0),
    ),
    "coordinates with commas": (
        "Nom;GPS;Mobile\nDupont;48.85,2.35;0612345678\nDurand;45.76,4.83;0698765432\n",
        (";", '"', True, 2),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_dialect(name: str) -> None:
    text, expected = CASES[name]

    found = detect(text.encode())

    assert found.encoding == "utf-8"
    assert (found.delimiter, found.quotechar, found.has_header, found.phone_column) == expected


def test_corrected_separator_makes_new_columns_and_a_new_phone_column() -> None:
    data = b"Nom|Jean;Mobile|0612345678\nDurand|Paul;Portable|0698765432\n"

    guessed = detect(data)
    corrected = detect_stream(io.BytesIO(data), "FR", Overrides(delimiter=";"))

    assert (guessed.delimiter, guessed.phone_column, len(guessed.columns)) == ("|", 2, 3)
    assert (corrected.delimiter, corrected.phone_column, len(corrected.columns)) == (";", 1, 2)
    assert corrected.why["delimiter"].reason.code == "OVERRIDDEN"


def test_empty_correction_means_a_single_column() -> None:
    found = detect_stream(io.BytesIO(b"a,b\nc,d\n"), "FR", Overrides(delimiter=""))

    assert (found.delimiter, len(found.columns)) == (None, 1)


@pytest.mark.parametrize("delimiter", [";;", '"', "\n"])
def test_correction_that_cannot_separate_is_refused(delimiter: str) -> None:
    with pytest.raises(ValueError, match="A separator is one character"):
        Overrides(delimiter=delimiter)
