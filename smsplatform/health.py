"""The address that load balancers and containers ask."""

from collections.abc import Callable

from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from smsplatform.lib.circuit import REDIS

PATH = "/health/"


class HealthMiddleware:
    """Answer before hosts and HTTPS are checked: a probe inside a container knows neither."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return health() if request.path == PATH else self.get_response(request)


def health() -> JsonResponse:
    """Answer 503 without PostgreSQL. Without Redis pages still answer and work waits for it: 200, and it is said."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except Error:
        return JsonResponse({"status": "down", "postgres": "away"}, status=503)
    cache.set("health", 1, timeout=5)
    return JsonResponse({"status": "degraded", "redis": "away"} if REDIS.is_away else {"status": "ok"})
