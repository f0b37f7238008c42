"""`./run` as a process."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVERS = {"DATA_DIR", "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "PYTEST_XDIST_WORKER"}


class Run:
    """A started platform: `printed` until it served or ended, `address` without a slash at the end, "" if it ended."""

    def __init__(self, *arguments: str) -> None:
        # Not the test session's servers: ./run starts its own, as on a fresh machine.
        environment = {name: value for name, value in os.environ.items() if name not in SERVERS}
        environment["MIN_FREE_DISK_PERCENT"] = "0"  # how full this machine is says nothing about the code
        self.process = subprocess.Popen(
            [sys.executable, "-m", "smsplatform.embedded.run", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.printed = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed += line
            if line.startswith("Ctrl-C"):
                break
        found = re.search(r"http://[\d.:]+", self.printed)
        self.address = found.group() if found else ""

    def end(self, signal: int | None = None) -> tuple[int, str]:
        """Send a signal, if one is given, and return the exit status and what was printed since."""
        if signal is not None:
            self.process.send_signal(signal)
        rest, _ = self.process.communicate(timeout=60)
        return self.process.returncode, rest.strip()
