"""The owner of the tables, whom only commands can be."""

from typing import Any

from django.db import connections

from smsplatform.lib import env


def owner() -> Any:
    """Return the connection of the owner. Raise EnvError where the process was not given its address."""
    if "owner" not in connections.settings:
        raise env.missing("DATABASE_OWNER_URL")
    return connections["owner"]
