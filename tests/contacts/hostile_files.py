"""Text files made to take a worker's memory or time, each small: .venv/bin/python -m tests.contacts.hostile_files [COUNT].

Serves the platform as `./run` does, sends COUNT text files that went wrong (1,000) and the shapes below to its workers, and
meanwhile small files in another account. Fails unless every worker stays under 300 MB, every file is over
within 60 seconds and each small import within 10.
"""

import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.contacts import mutations

ROOT = Path(__file__).resolve().parents[2]
MOST_MEGABYTES, MOST_SECONDS, MOST_SECONDS_OF_OTHERS = 300, 60, 10
SMALL = b"Mobile;Nom\n" + b"".join(b"06%08d;Client %d\n" % (12_340_000 + n * 7_919 % 10_000, n) for n in range(50))
PATIENCE_SECONDS = 600


def _line(*cells: bytes) -> bytes:
    return b";".join(cells) + b"\n"


SHAPES: dict[str, Callable[[], bytes]] = {
    "a quote inside every line": lambda: b'0612345678;a"b;"c\n' * 30_000,
    "4,000 columns once": lambda: _line(*[b"c%d" % n for n in range(4_000)]) + b"6\n" * 200_000,
    "4,000 columns in the middle": lambda: (
        b"6;7\n" * 100_000 + _line(*[b"c%d" % n for n in range(4_000)]) + b"6;7\n" * 100_000
    ),
    "400 columns at first": lambda: _line(b"0612345678", *[b"x"] * 400) * 300 + b"6\n" * 200_000,
    "16,000 columns": lambda: _line(*[b"c%d" % n for n in range(16_000)]) * 20,
    "separators without end": lambda: (b"0612345678" + b";" * 16_000 + b"\n") * 100,
    "a quote on every line": lambda: b'"\n' * 45_000,
    "quotes alone": lambda: b'";"' * 30_000,
    "one open quote": lambda: b'Mobile;Nom\n0612345678;"' + b"0612345678;x\n" * 60_000,
    "blank lines": lambda: b"\n" * 3_000_000,
    "lines of a digit": lambda: b"6\n" * 1_200_000,
    "cells like numbers": lambda: b"Mobile;Note\n" + _line(b"0600", b"-" + b"0" * 32_000 + b"x") * 75,
    "values like numbers": lambda: (
        b"Mobile;Note\n"
        + b"".join(_line(b"06%08d" % (12_340_000 + n * 7_919 % 10_000), b"-" + b"0" * 32_000 + b"x") for n in range(75))
    ),
    "accents without a letter": lambda: (
        b"Mobile;Note\n" + _line(b"0612345678", ("e" + "\u0301\u0316" * 60_000).encode()) * 3
    ),
    "wide characters": lambda: (
        b"Mobile;Note\n"
        + b"".join(
            _line(b"06%08d" % (12_340_000 + n * 7_919 % 10_000), ("\U0001f600" * 900).encode()) for n in range(3_000)
        )
    ),
    "one long line": lambda: b"0612345678;" * 400_000,
    "marks of a web page": lambda: b"<table><tr><td>" + b"<a" * 500_000,
}


@dataclass
class Seen:
    """What was measured, and what went beyond the limits."""

    megabytes: float = 0.0
    slowest: tuple[float, str] = (0.0, "")
    others: list[float] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def files(count: int) -> Iterator[tuple[str, bytes]]:
    for name, make in SHAPES.items():
        yield name, make()
    for seed in range(count):
        upload = mutations.text(seed)
        yield upload.what, upload.content


def main(count: int) -> int:
    seen = Seen()
    with tempfile.TemporaryDirectory() as folder, platform(Path(folder)) as pid:
        from tests.contacts.hostile_accounts import Sender  # Django finds the servers that run now

        over = threading.Event()
        watching = [
            threading.Thread(target=_watch_memory, args=(pid, seen, over)),
            threading.Thread(target=_send_small_files, args=(Sender("Autre"), seen, over)),
        ]
        for thread in watching:
            thread.start()
        hostile = Sender("Hostile")
        for what, content in files(count):
            seconds, status = hostile.send(content, PATIENCE_SECONDS)
            seen.ended[status] += 1
            seen.slowest = max(seen.slowest, (seconds, what))
            if seconds > MOST_SECONDS:
                seen.wrong.append(f"{what}: {seconds:.0f} s")
        over.set()
        for thread in watching:
            thread.join()
    return _say(seen)


def _say(seen: Seen) -> int:
    if seen.megabytes > MOST_MEGABYTES:
        seen.wrong.append(f"a worker took {seen.megabytes:.0f} MB")
    seen.wrong += [f"a small import took {s:.0f} s" for s in seen.others if s > MOST_SECONDS_OF_OTHERS]
    print(f"workers: {seen.megabytes:.0f} MB at most")
    print(f"slowest: {seen.slowest[0]:.1f} s ({seen.slowest[1]})")
    print(f"{len(seen.others)} small imports meanwhile: {max(seen.others, default=0):.1f} s at most")
    print(dict(sorted(seen.ended.items())))
    print("\n".join(seen.wrong))
    return 1 if seen.wrong else 0


@contextmanager
def platform(data: Path) -> Iterator[int]:
    """Serve the platform in a data directory of its own; point this process at its servers."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ["DATA_DIR"] = str(data)
    command = [sys.executable, "-m", "smsplatform.embedded.run", "--port", "0", "--data", str(data)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Ctrl-C"):
            break
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _watch_memory(pid: int, seen: Seen, over: threading.Event) -> None:
    """Note the most that any process of the workers takes, the copies that look at files included."""
    while not over.wait(0.2):
        for process in psutil.Process(pid).children(recursive=True):
            try:
                if "worker" in process.cmdline():
                    seen.megabytes = max(seen.megabytes, process.memory_info().rss / 2**20)
            except psutil.Error:
                continue


def _send_small_files(sender: "object", seen: Seen, over: threading.Event) -> None:
    while not over.wait(1):
        seconds, status = sender.send(SMALL, PATIENCE_SECONDS)  # type: ignore[attr-defined]
        seen.others.append(seconds)
        if status != "DONE":
            seen.wrong.append(f"a small import ended as {status}")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else mutations.COUNT))
