"""What every page of the product shows around its content."""

from typing import Any

from django.http import HttpRequest

from smsplatform.accounts import queries


def shell(request: HttpRequest) -> dict[str, Any]:
    user = request.user if hasattr(request, "user") else None
    theme = user.theme.lower() if user is not None and user.is_authenticated else "auto"
    memberships = getattr(request, "memberships", [])
    return {
        "account": getattr(request, "account", None),
        "membership": getattr(request, "membership", None),
        "accounts": memberships,
        "manages_customers": queries.manages_customers(memberships),
        "theme": theme,
    }
