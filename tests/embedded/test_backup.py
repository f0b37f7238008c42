"""What was saved is there again on an empty server, to the last row and file."""

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from smsplatform import embedded
from tests.embedded.running import ROOT, SERVERS

TABLES = "select tablename from pg_tables where schemaname = 'public' order by tablename"


def command(data: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in SERVERS} | {"DATA_DIR": str(data)}
    words = [sys.executable, *map(str, arguments)]
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def rows(data: Path) -> dict[str, tuple[int, str]]:
    """Return, for each table, how many rows it has and a digest of them."""
    found = {}
    with embedded.servers(data), psycopg.connect(embedded.database_url(data, "postgres")) as connection:
        for (table,) in connection.execute(TABLES).fetchall():
            query = "select count(*), coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {} t"
            counted = connection.execute(sql.SQL(query).format(sql.Identifier(table))).fetchone()  # type: ignore[arg-type]
            assert counted is not None
            found[table] = (counted[0], counted[1])
    return found


@pytest.mark.slow
def test_everything_comes_back_on_an_empty_server(tmp_path: Path) -> None:
    first, second, saved = tmp_path / "first", tmp_path / "second", tmp_path / "saved.tar"
    made = command(first, "manage.py", "prepare", "--demo", "--verbosity", "0")
    (first / "files" / "imports").mkdir(parents=True, exist_ok=True)
    (first / "files" / "imports" / "kept").write_bytes(b"0612345678\n")
    before = rows(first)

    done = command(first, "-m", "tools.backup", "save", saved)
    restored = command(second, "-m", "tools.backup", "restore", saved)
    after = rows(second)
    again = command(second, "-m", "tools.backup", "restore", saved)
    used = command(second, "-m", "tests.embedded.restored")

    assert [(one.returncode, one.stderr) for one in (done, restored)] == [(0, ""), (0, "")], made.stderr
    assert after == before
    assert before["contacts_listentry"][0] > 0
    assert (second / "secret_key").read_text() == (first / "secret_key").read_text()
    assert (second / "files" / "imports" / "kept").read_bytes() == b"0612345678\n"
    assert (again.returncode, "not empty" in again.stderr) == (1, True)
    assert used.stdout == "302 True\n", used.stderr
    assert saved.stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_a_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.tar"
    with tarfile.open(wrong, "w") as archive:
        archive.add(ROOT / "README.md", "README.md")

    refused = command(tmp_path / "data", "-m", "tools.backup", "restore", wrong)

    assert refused.returncode == 1
    assert "is no backup" in refused.stderr
    assert wrong.exists()
