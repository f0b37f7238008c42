"""Why one contact cannot be written."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smsplatform.lib.errors import OperationError


class ContactExists(OperationError):
    """The number is a contact already: there is one per number. `phone` is whose it is."""

    code = "CONTACT_EXISTS"

    def __init__(self, phone: int) -> None:
        super().__init__(_("This number is already a contact. Nothing was changed."))
        self.phone = phone


class ContactGone(OperationError):
    """Somebody deleted the contact, or gave it another number, since it was shown."""

    code = "CONTACT_GONE"

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("This contact was deleted meanwhile, or has another number now. Nothing was changed.")
        )


class ContactChanged(OperationError):
    """Somebody else changed the same attributes since they were shown. `now`: what the contact is."""

    code = "CONTACT_CHANGED"

    def __init__(self, fields: Iterable[str], now: Mapping[str, Any]) -> None:
        message = _("Somebody else has changed this contact meanwhile. Compare the marked fields, then save again.")
        super().__init__(message)
        self.fields, self.now = list(fields), dict(now)


class AttributesChanged(OperationError):
    """An attribute was deleted, or has another type, since the form was shown."""

    code = "ATTRIBUTES_CHANGED"
