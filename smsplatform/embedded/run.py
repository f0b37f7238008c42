"""`./run`: the whole platform on one machine, until Ctrl-C."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from smsplatform.embedded import layout
from smsplatform.embedded.demo_logins import LOGINS, PASSWORD
from smsplatform.embedded.processes import Child, ServerError
from smsplatform.embedded.servers import servers

ROOT = Path(__file__).resolve().parents[2]
WATCH_SECONDS = 0.5
WEB_START_SECONDS = 60


def main() -> int:
    options = parse_arguments()
    os.chdir(ROOT)
    # Ctrl-C, `kill` and the terminal's end all take the same way out.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop_asked)
    try:
        port = free_port(options.host, options.port)
        with platform(options.data, options.host, port) as children:
            print_welcome(options.host, port)
            watch(children)
    except ServerError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.")
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run", description="Run the platform: web, worker, beat and their servers.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=port, default=8000, help="port to listen on, 0: a free one (default: %(default)s)"
    )
    parser.add_argument(
        "--data", type=given_path, default=layout.default_data_dir(), help="data directory (default: var)"
    )
    return parser.parse_args()


def port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: expected 0 to 65535")
    return int(text)


def given_path(text: str) -> Path:
    """Return a path as the person meant it: `run` has changed to its own directory, and kept theirs in CALLED_FROM."""
    return Path(os.environ.get("CALLED_FROM", ".")).joinpath(text).resolve()


def stop_asked(number: int, frame: object) -> None:
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def free_port(host: str, port: int) -> int:
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            return int(probe.getsockname()[1])
    except OSError as error:
        raise ServerError(
            f"Port {port} on {host} cannot be used ({error.strerror}). Choose another with --port."
        ) from None


@contextmanager
def platform(data_dir: Path, host: str, port: int) -> Iterator[list[Child]]:
    """Start everything in order; stop it in the reverse order."""
    os.environ["DATA_DIR"] = str(data_dir)
    with ExitStack() as stack:
        children = stack.enter_context(servers(data_dir, exclusive=True)) if layout.is_used() else []
        prepare()
        for name, command in commands(data_dir, host, port).items():
            child = Child(name, [sys.executable, "-m", *command], log=data_dir / "logs" / f"{name}.log")
            stack.callback(child.stop)
            children.append(child)
        wait_for_web(host, port, children)
        yield children


def commands(data_dir: Path, host: str, port: int) -> dict[str, list[str]]:
    """Return the platform's own processes, as modules with their arguments."""
    granian = "granian --interface wsgi --workers 2 --blocking-threads 8 --no-ws"
    # Who sends a head slowly is left after 10 s; who sends a body slowly must not keep us from stopping.
    granian += " --http1-header-read-timeout 10000 --workers-kill-timeout 10"
    celery, worker = "celery -A smsplatform.celery", "worker --loglevel INFO"
    schedule = str(data_dir / "beat-schedule")
    return {
        "web": [*granian.split(), "--host", host, "--port", str(port), "smsplatform.wsgi:application"],
        "worker": [*celery.split(), *worker.split(), "--queues", "celery", "--concurrency", "3", "-n", "worker@%h"],
        "upkeep": [*celery.split(), *worker.split(), "--queues", "upkeep", "--concurrency", "2", "-n", "upkeep@%h"],
        "beat": [*celery.split(), "beat", "--schedule", schedule, "--pidfile", "", "--loglevel", "WARNING"],
    }


def prepare() -> None:
    print("Preparing the database and the files…", flush=True)
    # Demo people have a published password: never on servers of your own.
    demo = ["--demo"] if layout.is_used() else []
    command = [sys.executable, "manage.py", "prepare", "--verbosity", "0", *demo]
    if subprocess.run(command, check=False).returncode:
        raise ServerError("The database, translations or files could not be prepared: see above.")


def wait_for_web(host: str, port: int, children: list[Child]) -> None:
    deadline = time.monotonic() + WEB_START_SECONDS
    while time.monotonic() < deadline:
        check(children)
        with suppress(OSError), socket.create_connection((host, port), timeout=1):
            return
        time.sleep(0.1)
    raise ServerError(f"The web server did not answer within {WEB_START_SECONDS} seconds.")


def check(children: list[Child]) -> None:
    for child in children:
        if not child.running:
            raise ServerError(
                f"{child.name} stopped unexpectedly (exit status {child.process.returncode}). "
                f"The end of its log ({child.log}):\n{child.tail()}"
            )


def watch(children: list[Child]) -> None:
    while True:
        check(children)
        time.sleep(WATCH_SECONDS)


def print_welcome(host: str, port: int) -> None:
    shown = f"[{host}]" if ":" in host else host
    print(f"\nsmsplatform is running: http://{shown}:{port}/")
    if layout.is_used():
        print(f"\nDemo logins (password of all: {PASSWORD})")
        for email, who in LOGINS:
            print(f"  {email:<32}{who}")
        if "MFA_REQUIRED_FOR" not in os.environ:
            print("A second step of signing in is asked of managers and admins, but not of these demo people, whose")
            print("password is public. MFA_REQUIRED_FOR=managers ./run asks them too.")
    print("\nCtrl-C stops everything.", flush=True)


if __name__ == "__main__":
    sys.exit(main())
