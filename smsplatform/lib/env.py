"""Typed access to the environment that fails with the variable's name."""

import os

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict


class EnvError(Exception):
    """A variable is missing or unreadable. The message names it and says what is expected."""


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name) or default
    if value is None:
        raise missing(name)
    return value


def missing(name: str) -> EnvError:
    return EnvError(f"{name} is not set. See the configuration table in README.md.")


def flag(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise EnvError(f"{name} is {value!r}; expected 1 or 0.")


def integer(name: str, default: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise EnvError(f"{name} is {value!r}; expected a whole number.") from None


def decimal(name: str, default: float) -> float:
    value = os.environ.get(name, "").strip()
    try:
        return float(value) if value else default
    except ValueError:
        raise EnvError(f"{name} is {value!r}; expected a number.") from None


def words(name: str, default: str) -> list[str]:
    """Return a comma-separated variable as a list without blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(name: str, default: str | None) -> dict[str, str]:
    """Return the parts of a PostgreSQL address: dbname, user, password, host, port and options."""
    try:
        parts = conninfo_to_dict(text(name, default))
    except ProgrammingError as error:
        raise EnvError(
            f"{name} is no PostgreSQL address ({error}); expected postgresql://role:password@host/name."
        ) from None
    return {key: str(value) for key, value in parts.items()}


def redis_url(name: str, default: str | None) -> str:
    value = text(name, default)
    if not value.startswith(("redis://", "rediss://", "unix://")):
        raise EnvError(f"{name} is no Redis address; expected redis://host:6379/0.")
    return value
