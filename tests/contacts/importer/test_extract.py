import io

from contacts.importer.detect import detect
from contacts.importer.extract import first_rows
from contacts.importer.plan import Plan, to_json


def extract(text: str) -> list[list[str]]:
    data = text.encode()
    return first_rows(io.BytesIO(data), Plan.from_json(to_json(detect(data))))


def test_the_extract_is_the_first_lines_as_they_stand() -> None:
    text = "Nom;Portable\nRoux;0612345601\n;\nFaure;0612345602\nRoux;0612345601\n"

    assert extract(text) == [["Roux", "0612345601"], ["Faure", "0612345602"], ["Roux", "0612345601"]]


def test_short_lines_are_filled_and_long_cells_cut() -> None:
    text = "Nom;Portable;Note\nRoux;0612345601;" + "n" * 100 + "\nFaure;0612345602\nPetit;0612345603;x\n"

    assert extract(text) == [
        ["Roux", "0612345601", "n" * 60],
        ["Faure", "0612345602", ""],
        ["Petit", "0612345603", "x"],
    ]


def test_five_lines_are_enough() -> None:
    text = "Portable\n" + "".join(f"06123456{n:02}\n" for n in range(20))

    assert extract(text) == [[f"06123456{n:02}"] for n in range(5)]
