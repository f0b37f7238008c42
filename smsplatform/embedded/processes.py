"""Child processes that never outlive us."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

NOBODY = (
    65534  # PostgreSQL refuses to run as root; as root we give it this id and keep only the right to reach its files
)
STOP_SECONDS = 20
TAIL_LINES = 15


class ServerError(Exception):
    """A server could not be started. The message says which, why, and what to do."""


class DataDirInUseError(ServerError):
    """Another process runs the servers of this data directory."""


class Child:
    """One process with its own log file."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        unprivileged: bool = False,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.log = log
        self.stop_signal = stop_signal
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [*guard(unprivileged, stop_signal), *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if env is None else {**os.environ, **env},
                # A Ctrl-C in the terminal reaches only us, so that servers stop in our order.
                start_new_session=True,
            )

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines[-TAIL_LINES:])

    def stop(self) -> None:
        if self.running:
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def guard(unprivileged: bool, stop_signal: signal.Signals) -> list[str]:
    """Return the command prefix that ties a child's life to ours, and drops root where asked."""
    setpriv = shutil.which("setpriv")
    if sys.platform != "linux" or setpriv is None:
        return []
    prefix = [setpriv, f"--pdeathsig={stop_signal.name.removeprefix('SIG')}"]
    if unprivileged and os.geteuid() == 0:
        prefix += [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        prefix += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]
    return prefix


def run_unprivileged(command: Sequence[str]) -> None:
    """Run a short command as PostgreSQL's user. Raise ServerError with its output when it fails."""
    done = subprocess.run([*guard(True, signal.SIGTERM), *command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ServerError(f"{Path(command[0]).name} failed:\n{done.stdout}{done.stderr}")
