"""Option 2: one base of contacts per account, what is known of them, and where to find them."""

from directory.models.attributes import Attribute, AttributeType
from directory.models.contacts import Contact, ContactChange, ContactKey, ContactTally, KeyBacklog
from directory.models.jobs import ContactBatch, ListMerge, MergedEntry, ModeSwitch
from directory.models.settings import Directory, ShownColumns

__all__ = [
    "Attribute",
    "AttributeType",
    "Contact",
    "ContactBatch",
    "ContactChange",
    "ContactKey",
    "ContactTally",
    "Directory",
    "KeyBacklog",
    "ListMerge",
    "MergedEntry",
    "ModeSwitch",
    "ShownColumns",
]
