"""Judge the rows that somebody changed in a list's editor against what is stored now. Nothing is written here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from contacts.messages import reason_text
from contacts.models import Exclusion as StoredExclusion
from contacts.operations.entry_changes import PHONE, RowChange, RowResult, Status
from contacts.operations.exclusions import REASON_CHARACTERS
from smsplatform.lib.phones import Phone, PhoneError, normalise

CELL_CHARACTERS = 1_000
Values = dict[str, str]


@dataclass
class Plan:
    """What is to be written: `moved` are the numbers, among the inserts, of contacts that had another number before."""

    deletes: set[int] = field(default_factory=set)
    inserts: dict[int, Values] = field(default_factory=dict)
    updates: dict[int, Values] = field(default_factory=dict)
    moved: set[int] = field(default_factory=set)
    excludes: dict[str, list[int]] = field(default_factory=dict)  # by reason
    readmits: dict[str, list[int]] = field(default_factory=dict)  # taken off the exclusion list, by reason
    results: dict[str, RowResult] = field(default_factory=dict)


class Refused(Exception):
    """A row cannot be saved: `result` says why."""

    def __init__(self, result: RowResult) -> None:
        self.result = result


class Judge:
    """`stored`: the entries that the changes speak of, as they are; `sources`: why those numbers are excluded."""

    def __init__(
        self,
        *,
        stored: Mapping[int, Values],
        sources: Mapping[int, str],
        columns: Iterable[str],
        numbers: Mapping[str, Phone | PhoneError],
    ) -> None:
        self._stored, self._sources, self._columns, self._numbers = stored, sources, set(columns), numbers
        self.plan = Plan()

    def judge(self, changes: Iterable[RowChange]) -> Plan:
        # Those that leave first: their numbers are free for others.
        for change in sorted(changes, key=lambda change: not change.remove):
            try:
                result = self._judge(change)
            except Refused as refused:
                result = refused.result
            self.plan.results[change.ref] = result
        return self.plan

    def _judge(self, change: RowChange) -> RowResult:
        if change.exclusion:
            self._check_exclusion(change)
        if change.phone is None:
            phone = self._add(change)
        elif change.remove:
            phone = self._remove(change, change.phone)
        else:
            phone = self._edit(change, change.phone)
        if change.exclusion:
            by_reason = self.plan.excludes if change.exclusion.adds else self.plan.readmits
            by_reason.setdefault(change.exclusion.reason.strip(), []).append(phone)
        return RowResult(change.ref, Status.SAVED, phone)

    def _add(self, change: RowChange) -> int:
        phone = self._number(change)
        values = self._merged(change, {})
        if self._is_free(phone):
            self.plan.inserts[phone] = values
        elif phone in self.plan.inserts or self._stored[phone] != values:
            raise Refused(_duplicate(change))
        return phone  # or it was there with the same values: this save was sent twice

    def _remove(self, change: RowChange, phone: int) -> int:
        if phone in self._stored:
            self._check_conflicts(change, self._stored[phone])
            self.plan.deletes.add(phone)
        return phone

    def _edit(self, change: RowChange, phone: int) -> int:
        target = phone if change.number is None else self._number(change)
        if phone not in self._stored:
            if target != phone and self._shows_as_wanted(change, target):
                return target
            message = _("This contact is no longer in the list: somebody removed it or changed its number.")
            raise Refused(RowResult(change.ref, Status.CONFLICT, code="GONE", message=message))
        stored = self._stored[phone]
        self._check_conflicts(change, stored)
        values = self._merged(change, stored)
        if target == phone:
            if values != stored:
                self.plan.updates[phone] = values
            return phone
        if not self._is_free(target):
            raise Refused(_duplicate(change))
        self.plan.deletes.add(phone)
        self.plan.inserts[target] = values
        self.plan.moved.add(target)
        return target

    def _number(self, change: RowChange) -> int:
        typed = change.number or ""
        read = self._numbers[typed]
        if isinstance(read, PhoneError):
            message = reason_text(read.reason, typed)
            raise Refused(_error(change, str(read.reason), message, PHONE))
        return read.digits

    def _is_free(self, phone: int) -> bool:
        return phone not in self.plan.inserts and (phone not in self._stored or phone in self.plan.deletes)

    def _shows_as_wanted(self, change: RowChange, phone: int) -> bool:
        stored = self._stored.get(phone)
        return stored is not None and all(
            stored.get(key, "") == _clean(cell.after) for key, cell in change.cells.items()
        )

    def _check_conflicts(self, change: RowChange, stored: Values) -> None:
        theirs = {
            key: stored.get(key, "")
            for key, cell in change.cells.items()
            if stored.get(key, "") not in (cell.before, _clean(cell.after))
        }
        if theirs:
            message = _(
                "Somebody else changed this contact meanwhile. Nothing of the row was saved: choose what holds."
            )
            raise Refused(RowResult(change.ref, Status.CONFLICT, change.phone, "CHANGED", message, theirs=theirs))

    def _merged(self, change: RowChange, stored: Values) -> Values:
        merged = dict(stored)
        for key, cell in change.cells.items():
            if key not in self._columns:
                raise Refused(_error(change, "COLUMN_GONE", _("Somebody removed this column meanwhile."), key))
            if len(cell.after) > CELL_CHARACTERS:
                message = _("A cell has at most %(n)d characters; this one has %(has)d.")
                text = message % {"n": CELL_CHARACTERS, "has": len(cell.after)}
                raise Refused(_error(change, "CELL_TOO_LONG", text, key))
            merged[key] = _clean(cell.after)
        return {key: value for key, value in merged.items() if value}

    def _check_exclusion(self, change: RowChange) -> None:
        wanted = change.exclusion
        assert wanted is not None
        if len(wanted.reason) > REASON_CHARACTERS:
            message = _("A reason has at most %(n)d characters.") % {"n": REASON_CHARACTERS}
            raise Refused(_error(change, "REASON_TOO_LONG", message, PHONE))
        if wanted.adds:
            return
        if not wanted.reason.strip():
            message = _("Say why: the reason stays in the activity log.")
            raise Refused(_error(change, "REASON_MISSING", message, PHONE))
        is_stop = self._sources.get(change.phone or 0) == StoredExclusion.Source.STOP
        if is_stop and not wanted.including_stop:
            message = _("This person answered STOP: confirm that they asked to be written to again.")
            raise Refused(_error(change, "STOP_NOT_CONFIRMED", message, PHONE))


def read_numbers(changes: Iterable[RowChange], region: str) -> dict[str, Phone | PhoneError]:
    """Return what each typed number is."""
    return {
        text: _read(text, region)
        for text in {change.number or "" for change in changes if change.number is not None or change.phone is None}
    }


def _read(text: str, region: str) -> Phone | PhoneError:
    try:
        return normalise(text, region)
    except PhoneError as error:
        return error


def _clean(value: str) -> str:
    return value.replace("\x00", "").strip()


def _error(change: RowChange, code: str, message: str, column: str) -> RowResult:
    return RowResult(change.ref, Status.ERROR, change.phone, code, message, column)


def _duplicate(change: RowChange) -> RowResult:
    message = _("This number is already in the list. Change it there, or remove one of the two.")
    return _error(change, "DUPLICATE", message, PHONE)
