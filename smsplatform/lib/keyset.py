"""Paging by key through rows that are shown the newest first: the millionth row is as near as the first."""

from datetime import UTC, datetime, timedelta

from django.db.models import Q

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LARGEST_ID = 2**63 - 1


def token(at: datetime, pk: int) -> str:
    """Return what an address carries to go on behind a row, in the order (-at, -id)."""
    return f"{(at - _EPOCH) // _MICROSECOND}.{pk}"


def behind(token: str) -> Q:
    """Return the condition for rows behind the token's; an unreadable token leads to the first page."""
    microseconds, _, pk = token.partition(".")
    try:
        at, last = _EPOCH + int(microseconds) * _MICROSECOND, min(max(int(pk), 0), _LARGEST_ID)
    except (ValueError, OverflowError):
        return Q()
    # The first part is implied by the second, in a form that an index understands.
    return Q(at__lte=at) & (Q(at__lt=at) | Q(at=at, pk__lt=last))
