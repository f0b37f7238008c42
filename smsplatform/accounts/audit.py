"""The account's journal: every operation that changes data leaves one event, in the same transaction."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from smsplatform.accounts.models import Account, AuditEvent
from smsplatform.lib.phones.traces import without_phones

if TYPE_CHECKING:
    from smsplatform.accounts.models import User

ACTIONS: dict[str, str | Promise] = {
    "LIST_CREATED": _("created the list"),
    "LIST_RENAMED": _("renamed or described the list"),
    "LIST_EDITED": _("edited the list"),
    "LIST_DISABLED": _("deactivated the list"),
    "LIST_ENABLED": _("reactivated the list"),
    "LIST_DELETED": _("deleted the list"),
    "LIST_EXPIRED": _("put in the bin, unused for long, the list"),
    "LIST_RESTORED": _("restored the list"),
    "LIST_EXPORTED": _("exported the list"),
    "LIST_DUPLICATED": _("duplicated the list"),
    "LIST_SETTINGS": _("changed the settings of the list"),
    "LIST_API_ON": _("made available to API sends the list"),
    "LIST_API_OFF": _("withdrew from API sends the list"),
    "LIST_RULE_CHANGED": _("changed the rule of the list"),
    "LIST_FROZEN": _("froze the list"),
    "LISTS_MERGED": _("merged the lists"),
    "LISTS_NOT_MERGED": _("could not merge into"),
    "LISTS_UNMERGED": _("undid the merge into"),
    "EXPORT_DOWNLOADED": _("downloaded the export of"),
    "EXPORT_FAILED": _("could not export"),
    "EXCLUSIONS_ADDED": _("added to the exclusion list"),
    "EXCLUSIONS_REMOVED": _("removed from the exclusion list, because:"),
    "EXCLUSIONS_EXPORTED": _("exported the exclusion list"),
    "IMPORT_STARTED": _("started the import"),
    "IMPORT_DONE": _("imported"),
    "IMPORT_REPAIRED": _("repaired lines of the import"),
    "REJECTS_EXPORTED": _("downloaded the rejected lines of"),
    "IMPORT_CANCELLED": _("cancelled the import"),
    "IMPORT_UNDONE": _("undid the import"),
    "IMPORT_FAILED": _("could not import"),
    "CONTACT_ADDED": _("added a contact"),
    "CONTACT_EDITED": _("edited a contact:"),
    "CONTACT_DELETED": _("deleted a contact"),
    "CONTACT_RENUMBERED": _("changed the number of a contact"),
    "CONTACTS_ADDED_TO_LIST": _("added contacts to the list"),
    "CONTACTS_REMOVED_FROM_LIST": _("removed contacts from the list"),
    "CONTACTS_DELETED": _("deleted contacts"),
    "ERASURE_DONE": _("erased what was left of deleted contacts"),
    "ERASURE_FAILED": _("could not yet erase what was left of deleted contacts"),
    "CONTACTS_EXPORTED": _("exported contacts of the directory"),
    "CONTACT_BATCH_FAILED": _("could not finish, for chosen contacts:"),
    "ATTRIBUTE_CREATED": _("created the attribute"),
    "ATTRIBUTE_CHANGED": _("changed the attribute"),
    "ATTRIBUTE_DELETED": _("deleted the attribute"),
    "MEMBER_INVITED": _("invited"),
    "MEMBER_JOINED": _("joined the account"),
    "MEMBER_CHANGED": _("changed the rights of"),
    "MEMBER_REMOVED": _("removed"),
    "INVITATION_REVOKED": _("revoked the invitation of"),
    "ACCOUNT_CHANGED": _("changed the account settings"),
    "DIRECTORY_ON": _("switched on the directory of"),
    "DIRECTORY_OFF": _("switched off the directory of"),
    "JOURNAL_EXPORTED": _("exported the activity log"),
}

# What the journal can be filtered by besides single actions: the beginnings of codes.
GROUPS: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "LISTS": (_("Contact lists"), ("LIST_", "LISTS_", "ENTRIES_", "EXPORT")),
    "CONTACTS": (_("Contacts"), ("CONTACT", "ERASURE_")),
    "IMPORTS": (_("Imports"), ("IMPORT_", "REJECTS_", "RECIPE")),
    "EXCLUSIONS": (_("Exclusion list"), ("EXCLUSIONS_",)),
    "ATTRIBUTES": (_("Contact attributes"), ("ATTRIBUTE_",)),
    "PEOPLE": (_("Users"), ("MEMBER_", "INVITATION_")),
    "ACCOUNT": (_("Account"), ("ACCOUNT_", "JOURNAL_", "DIRECTORY_")),
}


def actions_of(group: str) -> list[str]:
    """Return the codes of a group of GROUPS."""
    return [code for code in ACTIONS if code.startswith(GROUPS[group][1])]


def record(
    account: Account,
    action: str,
    subject: str,
    *,
    by: "User | None",
    now: datetime,
    counts: dict[str, int] | None = None,
) -> AuditEvent:
    """Write one event. `subject` names the thing for people; `by` None is the platform itself. The journal is never changed, so
    a phone number that somebody wrote there is left out.

    Raise KeyError for an action without a sentence in ACTIONS.
    """
    ACTIONS[action]
    about = without_phones(subject, account.region)[:200]
    return AuditEvent.objects.create(
        account=account, action=action, subject=about, actor=by, at=now, counts=counts or {}
    )
