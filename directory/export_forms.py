"""What people choose when they export contacts of the directory: validation only, nothing is saved here."""

from collections.abc import Mapping
from typing import Any

from contacts.export_forms import ColumnsForm
from directory import exports
from smsplatform.accounts.models import Account


def of_contacts(account: Account, data: Mapping[str, Any] | None = None) -> ColumnsForm:
    """Return the form of format and columns for contacts, every attribute ticked."""
    return ColumnsForm(data).offering(exports.offered(account), exports.usual(account))
