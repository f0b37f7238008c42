"""System checks: a wrong configuration names its variable before anything is served."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register


@register()
def check_limits(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    return [
        Error(
            f"{name} is {getattr(settings, name)}; it must be at least 1.",
            hint=f"Set {name} to a positive number.",
            id="smsplatform.E001",
        )
        for name in (
            "IMPORT_MAX_BYTES",
            "IMPORT_MAX_ROWS",
            "IMPORT_MAX_EXPANDED_BYTES",
            "IMPORT_WORKBOOK_MEMORY",
            "IMPORT_WORKBOOK_SECONDS",
            "IMPORTS_PER_ACCOUNT",
            "PERSONAL_DETAILS_DAYS",
            "ACCOUNT_REAUTHENTICATION_TIMEOUT",
            "MANAGER_IDLE_SECONDS",
        )
        if getattr(settings, name) < 1
    ]


@register()
def check_database_roles(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    app, owner = settings.DATABASES["default"], settings.DATABASES.get("owner")
    if owner is None or app["USER"] != owner["USER"]:
        return []
    return [
        Error(
            "DATABASE_URL and DATABASE_OWNER_URL use the same role: the application could switch row-level security off.",
            hint="Give DATABASE_URL a role that owns nothing (docker/initdb.sh creates one).",
            id="smsplatform.E002",
        )
    ]


@register()
def check_time_zone(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    if settings.TIME_ZONE in available_timezones():
        return []
    return [Error(f"TIME_ZONE {settings.TIME_ZONE!r} is unknown.", id="smsplatform.E003")]


@register()
def check_second_step(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    if settings.MFA_REQUIRED_FOR in {"managers", "everybody", "nobody"}:
        return []
    message = f"MFA_REQUIRED_FOR is {settings.MFA_REQUIRED_FOR!r}; expected managers, everybody or nobody."
    return [Error(message, id="smsplatform.E004")]


@register(deploy=True)
def check_transport(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    if not settings.INSECURE_HTTP:
        return []
    return [
        Warning(
            "INSECURE_HTTP is on: cookies travel unencrypted.",
            hint="Set INSECURE_HTTP=0 behind HTTPS.",
            id="smsplatform.W001",
        )
    ]
