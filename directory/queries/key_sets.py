"""The search keys that contacts should have, as SQL: what `ContactKey` is filled with."""

from typing import Any

from contacts.queries.entry_text import KEY_CHARACTERS
from directory.models import Attribute
from directory.queries import key_text
from directory.queries.key_text import DIGITS, WORDS
from smsplatform.accounts.models import Account

CONTACTS = "directory_contact"
# What imports changed, as it was before.
BEFORE = (
    "(select account_id, phone, before as attributes, import_id from directory_contactchange where before is not null)"
)


def select(account: Account, facet: str, kind: str, *, which: str, source: str = CONTACTS) -> str:
    """Return SQL for the (key, phone) of contacts in one facet, sorted; its parameters are those of `parameters`.

    `kind`: the type of the facet's attribute. `which`: a condition on alias c, the contacts; `source`: where they are from.
    """
    if facet == WORDS:
        word = f'left(w, {KEY_CHARACTERS}) collate "C"'
        parts = f"jsonb_each_text(c.attributes) v cross join lateral string_to_table({key_text.words_sql('v.value')}, ' ') w"
        query = f"select distinct {word} as key, c.phone from {source} c cross join lateral {parts}"
        return f"{query} where c.account_id = {account.pk} and {which} and w <> '' order by key, phone"
    key = 'reverse(c.phone::text) collate "C"' if facet == DIGITS else key_text.key_sql(facet, kind)
    query = f"select {key} as key, c.phone from {source} c"
    return f"{query} where c.account_id = {account.pk} and {which} order by key, phone"


def parameters(**more: Any) -> dict[str, Any]:
    return key_text.PARAMETERS | more


def kinds(account: Account) -> dict[str, str]:
    """Return the facets that an account's contacts can have, and the types of those that are attributes."""
    rows = Attribute.objects.filter(account=account, deleted_at=None).values_list("key", "type")
    return {WORDS: "", DIGITS: ""} | dict(rows)
