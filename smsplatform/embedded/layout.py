"""Where the embedded servers of a data directory keep their things."""

import hashlib
import os
import secrets
import tempfile
from pathlib import Path

DATABASE = "smsplatform"
ROLES = {"app": "smsplatform_app", "owner": "smsplatform_owner"}


def default_data_dir() -> Path:
    return Path(os.environ.get("DATA_DIR") or Path(__file__).resolve().parents[2] / "var")


def socket_dir(data_dir: Path) -> Path:
    """Return the directory of the sockets: short (paths of sockets are limited to 107 bytes) and private."""
    digest = hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"smsplatform-{os.getuid()}-{digest}"


def is_used() -> bool:
    """Return whether the embedded servers serve; with DATABASE_URL real ones do, and every address must then be given."""
    return "DATABASE_URL" not in os.environ


def database_url(data_dir: Path, role: str, database: str = DATABASE) -> str:
    user = ROLES.get(role, role)
    return f"postgresql://{user}@/{database}?host={socket_dir(data_dir)}"


def redis_url(data_dir: Path) -> str:
    return f"unix://{socket_dir(data_dir)}/redis.sock"


def secret_key(data_dir: Path) -> str | None:
    """Return the key kept in the data directory, made on first use; None where real servers are configured,
    since several machines must then share one key."""
    if not is_used():
        return None
    file = data_dir / "secret_key"
    if not file.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48))
    return file.read_text()
