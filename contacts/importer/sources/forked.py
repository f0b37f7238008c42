"""Look at a file in a copy of this process, which may have only so much memory and time, and is gone afterwards.

A fork costs a hundredth of a second where a fresh process would load its libraries for a second. The copy closes what it
inherits (the database would else take it for us) and leaves without cleaning up.
"""

import json
import os
import resource
import select
import shutil
import signal
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from contacts.importer.sources import errors
from contacts.importer.sources.errors import SourceError
from contacts.importer.sources.reader import COPY_BYTES, POLL_SECONDS, Watch

READ_BYTES = 2**16
STANDARD_FILES = 3  # input, output, errors

Work = Callable[[BinaryIO], Any]


class ChildFailed(Exception):
    """The work raised an error of the kind that the message names; its own message may quote the file."""


def look(file: BinaryIO, work: Work, *, max_memory: int, max_seconds: int, watch: Watch) -> Any:
    """Return what `work` finds in the file, as JSON has it. Raise SourceError or ChildFailed.

    `max_memory`: bytes beyond those of this process.
    """
    with tempfile.TemporaryFile() as copy:
        descriptor = _descriptor(file, copy)
        reading, writing = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # about other threads: the copy has none of them
            pid = os.fork()
        if not pid:
            _look(work, descriptor, writing, max_memory, max_seconds)
        os.close(writing)
        try:
            said = _received(reading, max_seconds, watch)
        finally:
            os.close(reading)
            os.kill(pid, signal.SIGKILL)
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return _answer(said, status)


def _descriptor(file: BinaryIO, copy: BinaryIO) -> int:
    """Return the number under which the system knows the file: of a copy where it is no file of this machine."""
    try:
        return file.fileno()
    except (AttributeError, OSError):
        file.seek(0)
        shutil.copyfileobj(file, copy, COPY_BYTES)
        copy.flush()
        return copy.fileno()


def _look(work: Work, descriptor: int, writing: int, max_memory: int, max_seconds: int) -> NoReturn:
    try:
        _close_others(descriptor, writing)
        _limit(max_memory, max_seconds)
        with open(f"/dev/fd/{descriptor}", "rb") as file:
            file.seek(0)
            answer = _said(work, file)
        with open(writing, "wb") as to:
            to.write(json.dumps(answer).encode())
    finally:
        os._exit(1)


def _said(work: Work, file: BinaryIO) -> dict[str, Any]:
    try:
        return {"found": work(file)}
    except SourceError as error:
        return {"error": error.code}
    except MemoryError:
        return {"error": errors.TOO_LARGE}
    except Exception as error:
        return {"failed": type(error).__qualname__}


def _close_others(*kept: int) -> None:
    first = STANDARD_FILES
    for descriptor in sorted(kept):
        os.closerange(first, descriptor)
        first = descriptor + 1
    os.closerange(first, os.sysconf("SC_OPEN_MAX"))


def _limit(max_memory: int, max_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (max_seconds, max_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    status = Path("/proc/self/status")
    if status.exists():
        used = next(line for line in status.read_text().splitlines() if line.startswith("VmData"))
        limit = int(used.split()[1]) * 1024 + max_memory
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(resource.RLIMIT_DATA, (limit if hard < 0 else min(limit, hard), hard))


def _received(reading: int, max_seconds: int, watch: Watch) -> bytes:
    """Return all that the copy says, or nothing when it dies."""
    end = time.monotonic() + max_seconds
    parts = []
    while time.monotonic() < end:
        if not select.select([reading], [], [], POLL_SECONDS)[0]:
            watch.saw(0, 0)
        elif part := os.read(reading, READ_BYTES):
            parts.append(part)
        else:
            return b"".join(parts)
    raise SourceError(errors.TOO_SLOW)


def _answer(said: bytes, status: int) -> Any:
    if said:
        answer: dict[str, Any] = json.loads(said)
        if error := answer.get("error"):
            raise SourceError(error)
        if failed := answer.get("failed"):
            raise ChildFailed(failed)
        return answer["found"]
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        raise SourceError(errors.TOO_SLOW)
    raise SourceError(errors.TOO_LARGE if status == -signal.SIGABRT else errors.DAMAGED)
