"""PostgreSQL and Redis from wheels, for `./run`, `./test` and commands on a machine without servers.

Nothing here starts when DATABASE_URL is set. Everything of one data directory (cluster, files, logs, secret key)
is found again from its path alone, so a command can join the servers that `./run` started.
"""

from smsplatform.embedded.layout import database_url, is_used, redis_url, secret_key
from smsplatform.embedded.servers import servers

__all__ = ["database_url", "is_used", "redis_url", "secret_key", "servers"]
