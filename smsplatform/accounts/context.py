"""What every page of the product shows around its content."""

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    user = request.user if hasattr(request, "user") else None
    theme = user.theme.lower() if user is not None and user.is_authenticated else "auto"
    return {
        "account": getattr(request, "account", None),
        "membership": getattr(request, "membership", None),
        "accounts": getattr(request, "memberships", []),
        "theme": theme,
    }
