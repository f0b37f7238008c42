"""Lists of phone numbers, who must not be written to, and imports."""

from contacts.models.imports import Import
from contacts.models.lists import ContactList, Exclusion, ListEntry

__all__ = ["ContactList", "Exclusion", "Import", "ListEntry"]
