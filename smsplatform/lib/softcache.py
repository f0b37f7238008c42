"""The cache in Redis; in the memory of each process for as long as Redis does not answer."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import RedisError

from smsplatform.lib.circuit import REDIS

# Enough for limits by address and person: a full cache forgets some at random.
near = LocMemCache("while Redis is away", {"OPTIONS": {"MAX_ENTRIES": 20_000}})


def _soft(name: str) -> Callable[..., Any]:
    ask_far, ask_near = getattr(RedisCacheClient, name), getattr(near, name)

    def method(client: RedisCacheClient, *args: Any) -> Any:
        far, other = partial(ask_far, client, *args), partial(ask_near, *args)
        return REDIS.ask(far, otherwise=other, failures=(RedisError, OSError))

    return method


class SoftClient(RedisCacheClient):
    add, get, set, touch, delete = map(_soft, ("add", "get", "set", "touch", "delete"))
    get_many, set_many, delete_many = map(_soft, ("get_many", "set_many", "delete_many"))
    has_key, incr, clear = map(_soft, ("has_key", "incr", "clear"))


class SoftCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = SoftClient
