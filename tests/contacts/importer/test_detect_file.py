"""The command that prints what detection makes of files."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


def test_command_prints_one_line_of_json_per_file(tmp_path: Path) -> None:
    first, second = tmp_path / "clients.csv", tmp_path / "vide.txt"
    first.write_bytes("Prénom;Mobile\nJérôme;06 12 34 56 78\nZoé;07 56 34 12 90\n".encode("cp1252"))
    second.write_bytes(b"")
    out = StringIO()

    call_command("detect_file", str(first), str(second), stdout=out)

    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    fields = ("file", "encoding", "delimiter", "quotechar", "has_header", "phone_column")
    assert [[answer[field] for field in fields] for answer in answers] == [
        [str(first), "cp1252", ";", '"', True, 1],
        [str(second), "utf-8", None, '"', False, None],
    ]
    assert answers[0]["reasons"]["phone_column"] == {
        "code": "PHONE_MOBILES_AND_NAME",
        "text": "100 % of the values are mobile numbers and the name says so.",
    }
    assert set(answers[0]["confidence"]) == {"encoding", "delimiter", "quotechar", "has_header", "phone_column"}


def test_command_reports_an_unreadable_file_and_still_reads_the_others(tmp_path: Path) -> None:
    missing, present = tmp_path / "absent.csv", tmp_path / "present.csv"
    present.write_bytes(b"0612345678\n")
    out = StringIO()

    with pytest.raises(CommandError, match="1 of 2 files could not be read") as refusal:
        call_command("detect_file", str(missing), str(present), stdout=out)

    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert answers[0] == {"file": str(missing), "error": "No such file or directory"}
    assert answers[1]["phone_column"] == 0
    assert refusal.value.returncode == 1


def test_command_reads_national_numbers_of_the_region_it_is_given(tmp_path: Path) -> None:
    path = tmp_path / "klanten.csv"
    path.write_bytes(b"Telefoon;GSM\n021234567;0470123456\n025551234;0485987654\n")
    out = StringIO()

    call_command("detect_file", str(path), "--region", "BE", stdout=out)

    assert json.loads(out.getvalue())["phone_column"] == 1
