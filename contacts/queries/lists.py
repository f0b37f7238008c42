"""Reads about lists."""

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, DateTimeField, DurationField, ExpressionWrapper, F, Func, QuerySet, Value
from django.db.models.functions import Lower

from contacts.models import ContactList, ListEntry
from smsplatform.accounts.models import Account
from smsplatform.lib.sealed import Purpose, phone, seal, unseal

_MONTHS = Func(
    F("expires_after_months"),
    function="make_interval",
    template="%(function)s(months => %(expressions)s)",
    output_field=DurationField(),
)
SORTS: dict[str, Any] = {
    "name": Lower("name"),
    "contacts": F("contact_count"),
    "excluded": F("excluded_count"),
    "created": F("created_at"),
    "modified": F("updated_at"),
    "author": Lower("author__name"),
    "status": F("status"),
    # As `ContactList.expires_at`; permanent lists come last.
    "expiry": ExpressionWrapper(F("last_used_at") + _MONTHS, output_field=DateTimeField()),
}


def list_rows(
    account: Account, *, search: str = "", status: str = "", sort: str = "-created", in_bin: bool = False
) -> QuerySet[ContactList]:
    """Return the lists of the table with their authors. `sort` is a key of SORTS, with "-" for descending."""
    rows = (
        ContactList.objects.filter(account=account, deleted_at__isnull=not in_bin)
        .shown(account)
        .select_related("author")
    )
    if search:
        rows = rows.annotate(folded=folded(F("name"))).filter(folded__contains=fold(search))
    if status:
        rows = rows.filter(status=status)
    expression = SORTS[sort.removeprefix("-")]
    return rows.order_by(
        expression.desc(nulls_last=True) if sort.startswith("-") else expression.asc(nulls_last=True), "-pk"
    )


# PostgreSQL's unaccent is an extension that not every server has.
ACCENTED, PLAIN = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿœæ", "aaaaaaceeeeiiiinooooouuuuyyoa"


def fold(text: str) -> str:
    """Return a text as search compares it: without case, nor accents."""
    return text.lower().translate(str.maketrans(ACCENTED, PLAIN))


def folded(expression: Any) -> Func:
    """Return `fold` as SQL."""
    return Func(Lower(expression), Value(ACCENTED), Value(PLAIN), function="translate", output_field=CharField())


@dataclass(frozen=True)
class EntryPage:
    """Some entries of a list by phone. `next_token` leads to the following page, "" on the last one."""

    entries: list[ListEntry]
    next_token: str


def entry_page(account: Account, contact_list: ContactList, *, token: str = "", limit: int) -> EntryPage:
    """Return the page of entries that `token` leads to; an unreadable token leads to the first page.

    Paging is by key, so that the millionth entry is as near as the first. The token hides the phone: no number
    appears in an address.
    """
    try:
        after = unseal(token, phone, purpose=Purpose.LIST_PLACE, account=account.pk)
    except ValueError:
        after = 0
    rows = ListEntry.objects.filter(account=account, contact_list=contact_list, phone__gt=after)
    entries = list(rows.order_by("phone")[: limit + 1])
    has_more = len(entries) > limit
    entries = entries[:limit]
    purpose = Purpose.LIST_PLACE
    return EntryPage(entries, seal(entries[-1].phone, purpose=purpose, account=account.pk) if has_more else "")
