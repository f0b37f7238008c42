"""Lists of phone numbers, who must not be written to, imports, and work on lists in the background."""

from contacts.models.erasures import ErasedExclusion, Erasure
from contacts.models.exclusions import Excluded, Exclusion, ExclusionInbox
from contacts.models.imports import Import, ImportChange, ImportRecipe
from contacts.models.jobs import Export, ListBatch
from contacts.models.lists import ContactList, EntryKey, ListEntry

__all__ = [
    "ContactList",
    "EntryKey",
    "ErasedExclusion",
    "Erasure",
    "Excluded",
    "Exclusion",
    "ExclusionInbox",
    "Export",
    "Import",
    "ImportChange",
    "ImportRecipe",
    "ListBatch",
    "ListEntry",
]
