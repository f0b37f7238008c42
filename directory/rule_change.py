"""The list whose rule a person has set out to change, from its page to the filter and back, kept in their session."""

from typing import Any

from contacts.models import ContactList
from directory.queries import living

_KEY = "list-of-changed-rule"


def begin(request: Any, contact_list: ContactList) -> None:
    request.session[_KEY] = contact_list.pk


def of(request: Any) -> ContactList | None:
    """Return the list, None where nobody set out or it follows no rule any more."""
    return living.of(request.account).filter(pk=request.session.get(_KEY, 0)).first()


def end(request: Any) -> None:
    """The rule is saved, or the person looks at something else."""
    request.session.pop(_KEY, None)
