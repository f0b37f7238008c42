"""Rules: which contacts, said by conditions on their attributes, their lists and when they were added.

{"match": "ALL" | "ANY", "conditions": [condition or group, …]}; a group is a rule that holds conditions only.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contacts.models import ContactList
from directory import values
from directory.models import Attribute, AttributeType
from directory.queries import attributes as attribute_queries
from directory.queries.query import Rule
from smsplatform.accounts.models import Account
from smsplatform.lib.errors import OperationError

LIST, CREATED = "@list", "@created"
ALL, ANY = "ALL", "ANY"
MAX_CONDITIONS = 20
MAX_DAYS = 36_500

_DAYS: dict[str, Promise] = {
    "ON": gettext_lazy("is on"),
    "BEFORE": gettext_lazy("is before"),
    "AFTER": gettext_lazy("is after"),
    "LAST_DAYS": gettext_lazy("is in the last … days"),
}
_KNOWN: dict[str, Promise] = {"EMPTY": gettext_lazy("is not known"), "FILLED": gettext_lazy("is known")}
OPERATORS: dict[str, dict[str, Promise]] = {
    AttributeType.TEXT: {
        "EQUALS": gettext_lazy("is"),
        "DIFFERS": gettext_lazy("is not"),
        "STARTS": gettext_lazy("begins with"),
        "CONTAINS": gettext_lazy("contains"),
        **_KNOWN,
    },
    AttributeType.INTEGER: {
        "EQUALS": gettext_lazy("is"),
        "DIFFERS": gettext_lazy("is not"),
        "LESS": gettext_lazy("is less than"),
        "MORE": gettext_lazy("is more than"),
        **_KNOWN,
    },
    AttributeType.DATE: {**_DAYS, **_KNOWN},
    AttributeType.BOOLEAN: {
        "TRUE": gettext_lazy("is yes"),
        "FALSE": gettext_lazy("is no"),
        "EMPTY": gettext_lazy("is not known"),
    },
    LIST: {"IN": gettext_lazy("is in"), "NOT_IN": gettext_lazy("is not in")},
    CREATED: _DAYS,
}
FIELDS: dict[str, Promise] = {LIST: gettext_lazy("List"), CREATED: gettext_lazy("Added")}
WITHOUT_VALUE = {"EMPTY", "FILLED", "TRUE", "FALSE"}


class RuleRefused(OperationError):
    """A rule that cannot be asked of contacts."""

    code = "RULE_REFUSED"


def kind_of(field: str, attributes: Mapping[str, Attribute]) -> str:
    """Return the key of OPERATORS for a field. Raise RuleRefused for one that does not exist."""
    if field in FIELDS:
        return field
    if field not in attributes:
        raise RuleRefused(_("A condition names an attribute that does not exist any more. Remove that condition."))
    return attributes[field].type


def check(account: Account, rule: Any) -> Rule:
    """Return the rule with typed values and nothing else in it. Raise RuleRefused."""
    known = attribute_queries.by_key(account)
    checked = _group(account, rule, known, is_inner=False)
    if not checked["conditions"]:
        raise RuleRefused(_("Add at least one condition."))
    if len(list(conditions(checked))) > MAX_CONDITIONS:
        raise RuleRefused(_("Use at most %(count)d conditions.") % {"count": MAX_CONDITIONS})
    _check_lists(account, checked)
    return checked


def conditions(rule: Rule) -> list[dict[str, Any]]:
    """Return all conditions of a rule, those of its groups too."""
    found: list[dict[str, Any]] = []
    for part in rule["conditions"]:
        found += part.get("conditions", [part])
    return found


def _group(account: Account, rule: Any, known: Mapping[str, Attribute], is_inner: bool) -> Rule:
    if (
        not isinstance(rule, dict)
        or rule.get("match") not in (ALL, ANY)
        or not isinstance(rule.get("conditions"), list)
    ):
        raise RuleRefused(_("This filter cannot be read. Write it again."))
    checked = []
    for part in rule["conditions"]:
        if isinstance(part, dict) and "conditions" in part and not is_inner:
            group = _group(account, part, known, is_inner=True)
            checked += [group] if group["conditions"] else []
        else:
            checked.append(_condition(account, part, known))
    return {"match": rule["match"], "conditions": checked}


def _condition(account: Account, part: Any, known: Mapping[str, Attribute]) -> dict[str, Any]:
    if not isinstance(part, dict) or not isinstance(part.get("field"), str):
        raise RuleRefused(_("This filter cannot be read. Write it again."))
    field, asked = part["field"], part.get("is")
    kind = kind_of(field, known)
    if not isinstance(asked, str) or asked not in OPERATORS[kind]:
        raise RuleRefused(_("%(field)s: choose what to compare.") % {"field": _name(field, known)})
    checked = {"field": field, "is": asked}
    if asked not in WITHOUT_VALUE:
        checked["value"] = _value(account, field, kind, asked, part.get("value"), known)
    return checked


def _value(
    account: Account, field: str, kind: str, asked: str, value: Any, known: Mapping[str, Attribute]
) -> str | int | bool:
    name = _name(field, known)
    text = str(value if value is not None else "").replace("\0", "").strip()
    if not text:
        raise RuleRefused(_("%(field)s: write a value to compare with.") % {"field": name})
    if kind == LIST:
        return _number(text, _("Choose a list."), 2**62)
    if asked == "LAST_DAYS":
        message = _("%(field)s: write a number of days between 0 and %(most)s.") % {"field": name, "most": MAX_DAYS}
        return _number(text, message, MAX_DAYS)
    attribute = known.get(field) or Attribute(name=name, type=AttributeType.DATE)
    try:
        read = values.read(attribute, text, account.region)
    except values.ValueRefused as error:
        raise RuleRefused(error.message) from None
    assert read is not None  # the text is not empty
    return read


def _number(text: str, message: str, most: int) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 19 or int(text) > most:
        raise RuleRefused(message)
    return int(text)


def _check_lists(account: Account, rule: Rule) -> None:
    ids = {condition["value"] for condition in conditions(rule) if condition["field"] == LIST}
    if ids - set(_lists(account.pk, ids)):
        raise RuleRefused(_("A condition names a list that does not exist any more. Choose another."))


def _lists(account_id: int, ids: set[int]) -> dict[int, str]:
    rows = ContactList.objects.filter(account_id=account_id, kind=ContactList.Kind.DIRECTORY, deleted_at=None)
    return dict(rows.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def in_words(rule: Rule, attributes: list[Attribute], lists: Mapping[int, str] | None = None) -> str:
    """Return a rule as a sentence. `lists`: names of lists by id, looked up when not given."""
    known = {attribute.key: attribute for attribute in attributes}
    if lists is None:
        ids = {condition["value"] for condition in conditions(rule) if condition["field"] == LIST}
        lists = _lists(attributes[0].account_id, ids) if attributes else {}
    return _joined(rule, known, lists)


def _joined(rule: Rule, known: Mapping[str, Attribute], lists: Mapping[int, str]) -> str:
    parts = []
    for part in rule["conditions"]:
        if "conditions" in part:
            words = _joined(part, known, lists)
            parts.append(f"({words})" if len(part["conditions"]) > 1 and len(rule["conditions"]) > 1 else words)
        else:
            parts.append(_condition_in_words(part, known, lists))
    return f" {_('and') if rule['match'] == ALL else _('or')} ".join(parts)


def _condition_in_words(condition: dict[str, Any], known: Mapping[str, Attribute], lists: Mapping[int, str]) -> str:
    field, asked, value = condition["field"], condition["is"], condition.get("value")
    name = _name(field, known)
    if asked == "LAST_DAYS":
        words = ngettext("%(field)s in the last %(count)s day", "%(field)s in the last %(count)s days", int(value or 0))
        return words % {"field": name, "count": value}
    sentence = str(_SENTENCES[asked])
    return sentence % {"field": name, "value": _value_in_words(field, value, known, lists)}


_SENTENCES: dict[str, Promise] = {
    "EQUALS": gettext_lazy("%(field)s is %(value)s"),
    "DIFFERS": gettext_lazy("%(field)s is not %(value)s"),
    "STARTS": gettext_lazy("%(field)s begins with %(value)s"),
    "CONTAINS": gettext_lazy("%(field)s contains %(value)s"),
    "LESS": gettext_lazy("%(field)s less than %(value)s"),
    "MORE": gettext_lazy("%(field)s more than %(value)s"),
    "ON": gettext_lazy("%(field)s on %(value)s"),
    "BEFORE": gettext_lazy("%(field)s before %(value)s"),
    "AFTER": gettext_lazy("%(field)s after %(value)s"),
    "EMPTY": gettext_lazy("%(field)s not known"),
    "FILLED": gettext_lazy("%(field)s known"),
    "TRUE": gettext_lazy("%(field)s is yes"),
    "FALSE": gettext_lazy("%(field)s is no"),
    "IN": gettext_lazy("in the list %(value)s"),
    "NOT_IN": gettext_lazy("not in the list %(value)s"),
}


def _value_in_words(field: str, value: Any, known: Mapping[str, Attribute], lists: Mapping[int, str]) -> str:
    if field == LIST:
        return _("“%(text)s”") % {"text": lists.get(value, "?")}
    if field == CREATED:
        return formats.date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
    if field in known and value is not None:
        shown = values.shown(known[field], value)
        return _("“%(text)s”") % {"text": shown} if known[field].type == AttributeType.TEXT else shown
    return str(value or "")


def _name(field: str, known: Mapping[str, Attribute]) -> str:
    if field in FIELDS:
        return str(FIELDS[field])
    return known[field].name if field in known else _("Deleted attribute")
