"""A copy of the process looks at a file: whatever it meets there, the process itself goes on."""

import io
import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from contacts.importer.sources import forked
from contacts.importer.sources.errors import SourceError
from tests.contacts.importer.reading import NoWatch


@pytest.fixture
def file() -> Iterator[BinaryIO]:
    with tempfile.TemporaryFile() as opened:
        opened.write(b"0612345678\n")
        opened.flush()
        yield opened


def look(file: BinaryIO, work: Callable[[BinaryIO], Any], *, seconds: int = 20, watch: Any = None) -> Any:
    return forked.look(file, work, max_memory=100 * 10**6, max_seconds=seconds, watch=watch or NoWatch())


def test_what_the_copy_finds_comes_back(file: BinaryIO) -> None:
    assert look(file, lambda opened: {"é": [opened.read().decode(), None, 1.5]}) == {"é": ["0612345678\n", None, 1.5]}


def test_a_file_that_is_not_of_this_machine_is_looked_at_too() -> None:
    assert look(io.BytesIO(b"abc"), lambda opened: len(opened.read())) == 3


def test_a_copy_that_takes_too_much_memory_is_refused(file: BinaryIO) -> None:
    with pytest.raises(SourceError) as refused:
        look(file, lambda opened: len(bytearray(200 * 10**6)))

    assert refused.value.code == "FILE_TOO_LARGE_INSIDE"


def test_a_copy_that_takes_too_long_is_ended_even_where_nothing_interrupts_it(file: BinaryIO) -> None:
    with pytest.raises(SourceError) as refused:
        look(file, lambda opened: 7 ** (10**9), seconds=1)

    assert refused.value.code == "FILE_TOO_SLOW"


def test_a_copy_that_dies_leaves_words(file: BinaryIO) -> None:
    with pytest.raises(SourceError) as refused:
        look(file, lambda opened: os.kill(os.getpid(), signal.SIGSEGV))

    assert refused.value.code == "FILE_DAMAGED"


def test_an_error_says_its_kind_and_nothing_of_the_file(file: BinaryIO) -> None:
    with pytest.raises(forked.ChildFailed) as failed:
        look(file, lambda opened: int(opened.read() + b"x"))

    assert str(failed.value) == "ValueError"


def test_a_refusal_of_the_work_is_a_refusal(file: BinaryIO) -> None:
    def refuse(opened: BinaryIO) -> None:
        raise SourceError("TABLE_TOO_WIDE")

    with pytest.raises(SourceError) as refused:
        look(file, refuse)

    assert refused.value.code == "TABLE_TOO_WIDE"


def test_the_copy_has_nothing_open_but_the_file_and_its_answer(file: BinaryIO) -> None:
    with tempfile.TemporaryFile():
        opened = look(file, lambda opened: len(os.listdir("/proc/self/fd")))

    assert opened <= forked.STANDARD_FILES + 4  # the file twice, the answer, the folder that is being listed


def test_whoever_follows_the_work_can_stop_it_at_once(file: BinaryIO, tmp_path: Path) -> None:
    class Cancelled(Exception):
        pass

    class Cancelling:
        def saw(self, rows: int, bytes_read: int) -> None:
            raise Cancelled

    def wait(opened: BinaryIO) -> None:
        (tmp_path / "pid").write_text(str(os.getpid()))
        signal.pause()

    with pytest.raises(Cancelled):
        look(file, wait, watch=Cancelling())

    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
