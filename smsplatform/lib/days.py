"""Days as people mean them: from midnight to midnight in their own time zone."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta

from django.utils import timezone


def beginning(day: date | None) -> datetime | None:
    """Return when a day begins; None without a day, or for one that no calendar of the database has."""
    if day is None:
        return None
    try:
        return timezone.make_aware(datetime.combine(day, time.min))
    except OverflowError:
        return None


def end(day: date | None) -> datetime | None:
    """Return the first moment after a day, None as in `beginning`."""
    return beginning(day + timedelta(days=1)) if day is not None and day < date.max else None


def months_later(moment: datetime, months: int) -> datetime:
    """Return the same day of a later month, or that month's last day where it is shorter."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))
