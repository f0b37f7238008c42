"""The search keys of large lists: where to find entries by a word, or in the order of a column."""

from contacts.models import ContactList, EntryKey
from smsplatform.accounts.models import Account


def forget(account: Account, contact_list: ContactList) -> None:
    """Drop a list's search keys, since entries changed that they do not know of; they are made again when needed."""
    if not contact_list.key_facets:
        return
    EntryKey.objects.filter(account=account, contact_list=contact_list).delete()
    ContactList.objects.filter(account=account, pk=contact_list.pk).update(key_facets={})
    contact_list.key_facets = {}
