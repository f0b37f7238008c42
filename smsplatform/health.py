"""The address that load balancers and containers ask."""

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse


def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when PostgreSQL and Redis answer; an exception (500) otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    cache.set("health", 1, timeout=5)
    return JsonResponse({"status": "ok"})
