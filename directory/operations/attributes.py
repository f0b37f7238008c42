"""What an account may know of its contacts: define, change, order and remove attributes.

One change of an account's attributes at a time: each locks the directory's row first.
"""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from contacts.importer.names import fold
from directory import variables
from directory.models import Attribute, AttributeType, Directory
from directory.operations import directories, locks
from directory.queries import attributes as queries
from directory.queries import uses
from smsplatform.accounts import audit
from smsplatform.accounts.models import Account, User
from smsplatform.jobs import wakeups
from smsplatform.lib.errors import OperationError
from smsplatform.lib.text import validate_one_line

MOST = 100
REMOVE_VALUES = "directory.tasks.remove_attribute_values"


class AttributeRefused(OperationError):
    """`field` is the one that is wrong: name, type or variable; None for the attribute as a whole."""

    code = "ATTRIBUTE_REFUSED"

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class AttributeInUse(AttributeRefused):
    """Something needs the attribute as it is."""

    code = "ATTRIBUTE_IN_USE"


@transaction.atomic
def create(
    account: Account,
    *,
    name: str,
    type: str = AttributeType.TEXT,
    variable: str = "",
    by: User,
    now: datetime,
) -> Attribute:
    """Add an attribute after the others. Without a variable, it gets one of its name. Raise AttributeRefused."""
    directory = _locked(account, now)
    made = _add(account, directory, name=name, type=type, variable=variable, now=now)
    audit.record(account, "ATTRIBUTE_CREATED", made.name, by=by, now=now)
    return made


@transaction.atomic
def change(
    account: Account, *, attribute: Attribute, name: str, type: str, variable: str, by: User, now: datetime
) -> Attribute:
    """Give an attribute another name, type or variable. Raise AttributeRefused, AttributeInUse, DirectoryBusy.

    It gets another type while no contact has a value, be it again: values may have been there, and gone.
    """
    if type != attribute.type:
        locks.remove(account.pk)  # nobody writes values meanwhile
    _locked(account, now)
    changed = _reread(account, attribute)
    was = changed.name
    if (was, changed.type, changed.variable) == (name.strip(), type, variable.strip()):
        return changed
    if type != changed.type:
        if queries.is_fixed(account, changed):
            raise AttributeInUse(_("Contacts have values of this type: it stays. Create another attribute."), "type")
        _refuse_needed(account, changed, "type")
        changed.is_used = False
    if variable != changed.variable:
        _refuse_named(account, changed)
    changed.name, changed.type, changed.variable = name.strip(), type, variable.strip()
    _check(account, changed, queries.of(account))
    changed.save(update_fields=["name", "type", "variable", "is_used"])
    subject = changed.name if was == changed.name else f"{was} → {changed.name}"
    audit.record(account, "ATTRIBUTE_CHANGED", subject, by=by, now=now)
    return changed


@transaction.atomic
def delete(account: Account, *, attribute: Attribute, by: User, now: datetime) -> None:
    """Remove an attribute; a worker removes its values. Raise AttributeInUse while something needs it."""
    _locked(account, now)
    gone = _reread(account, attribute)
    _refuse_needed(account, gone)
    gone.deleted_at = now
    gone.save(update_fields=["deleted_at"])
    audit.record(account, "ATTRIBUTE_DELETED", gone.name, by=by, now=now)
    call_removal(account.pk)


@transaction.atomic
def move(account: Account, *, attribute: Attribute, places: int, by: User, now: datetime) -> None:
    """Move an attribute down by `places`, up where negative. `by` may order them as they like: that is no event."""
    _locked(account, now)
    ordered = queries.of(account)
    at = next((index for index, other in enumerate(ordered) if other.pk == attribute.pk), None)
    if at is None:
        raise _gone(attribute)
    ordered.insert(max(0, at + places), ordered.pop(at))
    for position, moved in enumerate(ordered, start=1):
        moved.position = position
    Attribute.objects.bulk_update(ordered, ["position"])


@transaction.atomic
def restore_standard(account: Account, *, by: User, now: datetime) -> list[Attribute]:
    """Add the standard attributes that the account does not have, and return them. Raise AttributeRefused."""
    before = {attribute.key for attribute in queries.of(account)}
    directory = _locked(account, now)
    for standard in queries.missing_standard(queries.of(account)):
        present = queries.of(account)
        with translation.override(
            settings.LANGUAGE_CODE
        ):  # names are the account's own, as `directories.ensure` has them
            name = str(standard.name)
        if any(fold(other.name) == fold(name) for other in present):
            continue  # the account made one itself
        variable = variables.made_from(standard.variable, {other.variable for other in present})
        given = {"type": standard.type, "variable": variable, "standard": standard.code}
        _add(account, directory, name=name, now=now, **given)
        audit.record(account, "ATTRIBUTE_CREATED", name, by=by, now=now)
    return [attribute for attribute in queries.of(account) if attribute.key not in before]


def _refuse_needed(account: Account, attribute: Attribute, field: str | None = None) -> None:
    """Raise AttributeInUse while something needs the attribute as it is."""
    if needed := uses.of(account, attribute):
        names = ", ".join(f"{use.kind} “{use.name}”" for use in needed)
        raise AttributeInUse(_("It is used here: %(names)s. Change that first.") % {"names": names}, field)


def call_removal(account_id: int) -> None:
    """Have a worker remove the values of deleted attributes; a lost call is repeated every night."""
    wakeups.call(REMOVE_VALUES, account_id=account_id)


def _locked(account: Account, now: datetime) -> Directory:
    directories.ensure(account, now=now)
    return Directory.objects.select_for_update().get(account=account)


def _reread(account: Account, attribute: Attribute) -> Attribute:
    found = Attribute.objects.filter(account=account, pk=attribute.pk, deleted_at=None).select_for_update().first()
    if found is None:
        raise _gone(attribute)
    return found


def _gone(attribute: Attribute) -> AttributeRefused:
    return AttributeRefused(_("The attribute “%(name)s” has been deleted meanwhile.") % {"name": attribute.name})


def _add(
    account: Account, directory: Directory, *, name: str, type: str, variable: str, now: datetime, standard: str = ""
) -> Attribute:
    present = queries.of(account)
    if len(present) >= MOST:
        raise AttributeRefused(
            _("An account has at most %(most)d attributes. Delete one that you no longer need.") % {"most": MOST}
        )
    variable = variable.strip() or variables.made_from(name, {other.variable for other in present})
    made = Attribute(
        account=account,
        key=f"a{directory.attributes_made + 1}",
        name=name.strip(),
        type=type,
        variable=variable,
        standard=standard,
        position=1 + max((other.position for other in present), default=0),
        created_at=now,
    )
    _check(account, made, present)
    made.save(force_insert=True)
    directory.attributes_made += 1
    directory.save(update_fields=["attributes_made"])
    return made


def _check(account: Account, attribute: Attribute, present: list[Attribute]) -> None:
    """Raise AttributeRefused for a name or variable that cannot be, or that another attribute has."""
    others = [other for other in present if other.pk != attribute.pk]
    _check_name(attribute.name, others)
    if attribute.type not in AttributeType.values:
        raise AttributeRefused(_("Choose text, integer, date or true / false."), "type")
    word = attribute.variable
    if not variables.is_word(word):
        raise AttributeRefused(
            _("Write the variable in small letters without accents, digits and “_”, with a letter first: date_achat."),
            "variable",
        )
    if word in variables.RESERVED:
        raise AttributeRefused(
            _("“%(word)s” stands for something else in messages. Choose another variable.") % {"word": word}, "variable"
        )
    for other in others:
        if other.variable == word:
            names = {"word": word, "name": other.name}
            raise AttributeRefused(_("“%(name)s” already has the variable “%(word)s”.") % names, "variable")


def _check_name(name: str, others: list[Attribute]) -> None:
    if not name or len(name) > 60:
        raise AttributeRefused(_("Give it a name of at most 60 characters."), "name")
    try:
        validate_one_line(name)
    except ValidationError as error:
        raise AttributeRefused(error.messages[0], "name") from None
    if any(fold(other.name) == fold(name) for other in others):
        raise AttributeRefused(_("There is already an attribute “%(name)s”.") % {"name": name}, "name")


def _refuse_named(account: Account, attribute: Attribute) -> None:
    """Raise AttributeInUse when something has the variable in its text."""
    if named := [use for use in uses.of(account, attribute) if use.by_variable]:
        names = ", ".join(f"{use.kind} “{use.name}”" for use in named)
        raise AttributeInUse(
            _("The variable is written here: %(names)s. Change that first.") % {"names": names}, "variable"
        )
