"""Who is excluded is read in one place: a query that looked at one of the two tables would write to somebody who said STOP."""

import re
from pathlib import Path

from django.conf import settings

# The tables are named where exclusions arrive, are folded, or are taken off. Everybody else asks the view.
WRITERS = {
    "contacts/importer/sinks/exclusions.py",
    "contacts/models/exclusions.py",
    "contacts/operations/erased_exclusions.py",  # makes digests of them, and the other way round
    "contacts/operations/exclusion_inbox.py",
    "contacts/operations/exclusions.py",
    "contacts/operations/import_undo.py",
    "contacts/personal_data.py",  # what the tables hold of people
    "contacts/queries/exclusions.py",  # whether any arrive
    "smsplatform/accounts/rights.py",  # what the application may do with them
}
A_TABLE = re.compile(
    r"\bcontacts_exclusion(?:inbox)?\b|\bExclusion(?:Inbox)?\.(?:objects|_default_manager|_base_manager)\b"
)


def product_files() -> dict[str, str]:
    paths = (
        path for app in ("contacts", "directory", "smsplatform") for path in Path(settings.BASE_DIR, app).rglob("*.py")
    )
    texts = {str(path.relative_to(settings.BASE_DIR)): path.read_text(encoding="utf-8") for path in paths}
    return {name: text for name, text in texts.items() if "/migrations/" not in name and "/management/" not in name}


def test_only_those_who_write_exclusions_know_their_tables() -> None:
    assert {name for name, text in product_files().items() if A_TABLE.search(text)} <= WRITERS


def test_only_those_who_ask_who_is_excluded_read_the_view_as_a_model() -> None:
    readers = {name for name, text in product_files().items() if "Excluded.objects" in text}

    assert readers == {
        "contacts/operations/erased_exclusions.py",
        "contacts/operations/erasure.py",
        "contacts/operations/exclusions.py",
        "contacts/queries/exclusions.py",
    }


def test_nothing_joins_the_view_where_a_number_might_be_in_it_twice() -> None:
    joining = {name for name, text in product_files().items() if re.search(r"\bjoin\s+contacts_excluded\b", text)}

    assert joining == set()
