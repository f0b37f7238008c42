"""Lists that keep themselves up to date: what their rules say, and whether they are behind."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import ContactList
from directory.models import Attribute
from directory.queries import rules
from directory.queries.query import Query, Rule
from smsplatform.accounts.models import Account, AuditEvent
from smsplatform.lib.errors import OperationError

# Every change of data leaves an event in the journal: those whose codes begin so may change who meets a rule.
CHANGES = ("CONTACT", "IMPORT_", "EXCLUSIONS_", "LISTS_", "LIST_DELETED", "LIST_RESTORED", "ATTRIBUTE", "DIRECTORY")


class RuleNotKept(OperationError):
    """No list can keep itself up to date by that rule, or it cannot any more."""

    code = "RULE_NOT_KEPT"


def of(account: Account) -> QuerySet[ContactList]:
    """Return the lists that keep themselves up to date."""
    rows = ContactList.objects.for_account(account).filter(kind=ContactList.Kind.DIRECTORY)
    return rows.filter(rule__isnull=False).order_by("pk")


def query_of(contact_list: ContactList) -> Query:
    """Return what says who is in a list that keeps itself up to date."""
    assert contact_list.rule is not None
    return Query.from_json(contact_list.rule)


def checked(account: Account, query: Query, *, own_id: int | None = None) -> Query:
    """Return a query as a list stores it, its order and what cannot be asked left out.

    Raise RuleNotKept or RuleRefused. `own_id`: the list it is for, which its own rule cannot name.
    """
    named = _lists_named(query)
    lists = {one.pk: one for one in ContactList.objects.for_account(account).filter(pk__in=named)}
    if named - set(lists):
        raise RuleNotKept(_("The filter names a list that does not exist any more. Choose another."))
    for one in lists.values():
        if one.is_living or one.pk == own_id:
            message = _(
                "The filter names “%(name)s”, which keeps itself up to date: one such list cannot follow another."
            )
            raise RuleNotKept(message % {"name": one.name})
    rule = rules.check(account, query.rule) if query.rule else None
    return replace(query, rule=rule, search=query.search.strip(), sort=Query.sort)


def problem(account: Account, contact_list: ContactList) -> str:
    """Return why a list cannot follow its rule any more, "" when it can."""
    try:
        checked(account, query_of(contact_list), own_id=contact_list.pk)
    except OperationError as error:
        return str(error.message)
    return ""


def in_words(account: Account, contact_list: ContactList) -> str:
    """Return a list's rule as people say it."""
    query = query_of(contact_list)
    attributes = list(Attribute.objects.filter(account=account).order_by("position", "pk"))
    others = bool(query.search) or query.list_id is not None or query.excluded is not None
    words = [_of_rule(query.rule, attributes, is_one_of_several=others)] if query.rule else []
    if query.search:
        words.append(_("search “%(text)s”") % {"text": query.search})
    if query.list_id is not None:
        name = ContactList.objects.filter(account=account, pk=query.list_id).values_list("name", flat=True).first()
        words.append(_("in the list “%(name)s”") % {"name": name or "?"})
    if query.excluded is not None:
        words.append(_("on the exclusion list") if query.excluded else _("not on the exclusion list"))
    return f" {_('and')} ".join(words) or _("all contacts")


def _of_rule(rule: Rule, attributes: list[Attribute], *, is_one_of_several: bool) -> str:
    words = rules.in_words(rule, attributes)
    has_choice = rule["match"] == rules.ANY and len(rule["conditions"]) > 1
    return f"({words})" if has_choice and is_one_of_several else words


def is_behind(account: Account, contact_list: ContactList, *, now: datetime, margin: timedelta = timedelta(0)) -> bool:
    """Return whether something has happened since a list was refreshed that may change who is in it.

    `margin`: how long ago a change may have been noted that was only committed afterwards.
    """
    refreshed = contact_list.refreshed_at
    if refreshed is None:
        return True
    if _counts_days(query_of(contact_list)) and timezone.localdate(refreshed) < timezone.localdate(now):
        return True
    changes = Q()
    for beginning in CHANGES:
        changes |= Q(action__startswith=beginning)
    return AuditEvent.objects.filter(changes, account=account, at__gte=refreshed - margin).exists()


def _counts_days(query: Query) -> bool:
    """Whether who meets the rule changes from one day to the next."""
    return bool(query.rule) and any(one["is"] == "LAST_DAYS" for one in rules.conditions(query.rule or {}))


def _lists_named(query: Query) -> set[int]:
    named = {query.list_id} if query.list_id is not None else set()
    conditions = rules.conditions(query.rule) if query.rule else []
    return named | {int(one["value"]) for one in conditions if one["field"] == rules.LIST}
