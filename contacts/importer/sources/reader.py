"""Have a file turned into a table by a child process, and wait for it: it may be slow, greedy, or die."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from contacts.importer.sources import errors
from contacts.importer.sources.errors import SourceError

ROOT = Path(__file__).parents[3]
POLL_SECONDS = 0.1
COPY_BYTES = 2**20


@dataclass(frozen=True)
class Limits:
    """Of one child: bytes of memory, seconds, bytes of the table, bytes that a workbook may expand to."""

    max_memory: int
    max_seconds: int
    max_bytes: int
    max_expanded: int


class Watch(Protocol):
    def saw(self, rows: int, bytes_read: int) -> None:
        """Raise whatever must stop the work."""


@contextmanager
def table_of(
    file: BinaryIO, *, region: str, sheet: str | None, limits: Limits, watch: Watch
) -> Iterator[tuple[BinaryIO, dict[str, Any]]]:
    """Open the table that a file holds, with what it was made from (see `child.convert`). Raise SourceError."""
    with tempfile.TemporaryDirectory(prefix="table-") as folder:
        source, table, answer = (os.path.join(folder, name) for name in ("source", "table", "answer"))
        with open(source, "wb") as copy:
            shutil.copyfileobj(file, copy, COPY_BYTES)
        job = {"source": source, "table": table, "answer": answer, "region": region, "sheet": sheet}
        made = _run(folder, job | asdict(limits), watch)
        with open(table, "rb") as opened:
            yield opened, made


def _run(folder: str, job: dict[str, Any], watch: Watch) -> dict[str, Any]:
    path = os.path.join(folder, "job")
    Path(path).write_text(json.dumps(job), encoding="utf-8")
    # Nothing of the worker's environment: no password is any use there. One thread: numerical libraries reserve
    # address space for each.
    environment = {
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]),
        "PYTHONUTF8": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PATH": os.defpath,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "contacts.importer.sources.child", path],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # it may quote what is in the file
    )
    try:
        _wait(process, job["max_seconds"], watch)
    finally:
        process.kill()
        process.wait()
    return _answer(process.returncode, job)


def _wait(process: "subprocess.Popen[bytes]", seconds: int, watch: Watch) -> None:
    end = time.monotonic() + seconds
    while process.poll() is None:
        if time.monotonic() > end:
            raise SourceError(errors.TOO_SLOW)
        try:
            process.wait(POLL_SECONDS)
        except subprocess.TimeoutExpired:
            watch.saw(0, 0)


def _answer(status: int, job: dict[str, Any]) -> dict[str, Any]:
    """Return what the child says; one that died without a word took too much, or met what breaks its libraries."""
    if status == 0:
        answer: dict[str, Any] = json.loads(Path(job["answer"]).read_text(encoding="utf-8"))
        if error := answer.get("error"):
            raise SourceError(error)
        return answer
    if status in (-24, -9):  # SIGXCPU, and what the kernel sends afterwards
        raise SourceError(errors.TOO_SLOW)
    raise SourceError(errors.TOO_LARGE if status in (-6, -25) else errors.DAMAGED)  # SIGABRT, SIGXFSZ
