"""What must be done before numbers are written to a list of some kind, said by the application that the kind belongs to."""

from collections.abc import Callable

from contacts.models import ContactList

Guard = Callable[[int], None]  # takes the account's id
_guards: dict[str, Guard] = {}


def register(kind: ContactList.Kind, guard: Guard) -> None:
    """Have a guard called for each list of the kind; applications call this once, when they are ready."""
    _guards[kind] = guard


def before_adding(contact_list: ContactList) -> None:
    """Call the guard of the list's kind, if there is one, in the transaction that adds numbers to it."""
    if guard := _guards.get(contact_list.kind):
        guard(contact_list.account_id)
