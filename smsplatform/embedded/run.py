"""`./run`: the whole platform on one machine, until Ctrl-C."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from smsplatform.embedded import layout
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
        with platform(options.data.resolve(), options.host, port) as children:
            print_welcome(options.host, port)
            watch(children)
    except ServerError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.")
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run", description="Run the platform: web, worker, beat and their servers."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=8000, help="port to listen on, 0 for any free one (default: %(default)s)"
    )
    parser.add_argument(
        "--data", type=Path, default=layout.default_data_dir(), help="data directory (default: var)"
    )
    return parser.parse_args()


def stop_asked(number: int, frame: object) -> None:
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def free_port(host: str, port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ServerError(
                f"Port {port} on {host} cannot be used ({error.strerror}). Choose another with --port."
            ) from None
        return int(probe.getsockname()[1])


@contextmanager
def platform(data_dir: Path, host: str, port: int) -> Iterator[list[Child]]:
    """Start everything in order; stop it in the reverse order."""
    os.environ["DATA_DIR"] = str(data_dir)
    logs = data_dir / "logs"
    python = sys.executable
    with ExitStack() as stack:
        children = (
            [] if "DATABASE_URL" in os.environ else stack.enter_context(servers(data_dir, exclusive=True))
        )
        prepare(python)
        for name, command in {
            "web": [
                python,
                "-m",
                "granian",
                "--interface",
                "wsgi",
                "--host",
                host,
                "--port",
                str(port),
                "--workers",
                "2",
                "--blocking-threads",
                "4",
                "--no-ws",
                "smsplatform.wsgi:application",
            ],
            "worker": [
                python,
                "-m",
                "celery",
                "-A",
                "smsplatform.celery",
                "worker",
                "--concurrency",
                "2",
                "--loglevel",
                "INFO",
            ],
            "beat": [
                python,
                "-m",
                "celery",
                "-A",
                "smsplatform.celery",
                "beat",
                "--schedule",
                str(data_dir / "beat-schedule"),
                "--pidfile",
                "",
                "--loglevel",
                "WARNING",
            ],
        }.items():
            child = Child(name, command, log=logs / f"{name}.log")
            stack.callback(child.stop)
            children.append(child)
        wait_for_web(host, port, children)
        yield children


def prepare(python: str) -> None:
    print("Preparing the database and the files…", flush=True)
    done = subprocess.run([python, "manage.py", "prepare", "--demo", "--verbosity", "0"], check=False)
    if done.returncode:
        raise ServerError("The database, translations or files could not be prepared: see above.")


def wait_for_web(host: str, port: int, children: list[Child]) -> None:
    deadline = time.monotonic() + WEB_START_SECONDS
    while time.monotonic() < deadline:
        check(children)
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
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
    from smsplatform.embedded.demo_logins import LOGINS, PASSWORD

    print(f"\nsmsplatform is running: http://{host}:{port}/\n\nDemo logins (password of all: {PASSWORD})")
    for email, who in LOGINS:
        print(f"  {email:<32}{who}")
    print("\nCtrl-C stops everything.", flush=True)


if __name__ == "__main__":
    sys.exit(main())
