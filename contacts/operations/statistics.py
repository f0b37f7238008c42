"""What the planner knows of tables, brought up to date after large loads: it would take a full table for an empty one."""

from django.db import connection

CHANGED_ROWS = 20_000  # fewer are PostgreSQL's own concern, within minutes
# The tables that the application may look at: `manage.py prepare` lets it.
_CHANGED = """
select format('%%I.%%I', schemaname, relname) from pg_stat_user_tables
where n_mod_since_analyze > %s and n_mod_since_analyze > 0.05 * n_live_tup and has_table_privilege(relid, 'MAINTAIN')
order by relid
"""


def refresh() -> list[str]:
    """Analyse the tables that changed much since it was last done, but those that somebody is at; return their names."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, [CHANGED_ROWS])
        tables = [str(name) for (name,) in cursor.fetchall()]
        for name in tables:
            cursor.execute(f"analyze (skip_locked) {name}")
    return tables
