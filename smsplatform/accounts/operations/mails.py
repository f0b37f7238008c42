"""Nobody makes the platform send mail without end: what is asked for is counted in the database, whatever became of Redis."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import formats, timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from smsplatform.accounts.models import SentMail
from smsplatform.lib import waiting
from smsplatform.lib.errors import OperationError

PERIOD = timedelta(hours=1)


class TooManyMails(OperationError):
    """As many mails as may be sent in an hour were asked for already. The message says when to try again."""

    code = "TOO_MANY_MAILS"


@transaction.atomic
def allow(limits: dict[str, int], *, now: datetime) -> None:
    """Count one mail for each key ("account:7", "to:lea@example.com") with its limit per hour. Raise TooManyMails."""
    for name, limit in sorted(limits.items()):
        key = salted_hmac("sent mails", name, algorithm="sha256").hexdigest()
        waiting.take(key, 0)  # two at once must not both be the last one
        recent = SentMail.objects.filter(key=key, at__gt=now - PERIOD).order_by("-at")
        nth = recent.values_list("at", flat=True)[limit - 1 : limit]
        if nth:
            raise TooManyMails(_too_many(nth[0] + PERIOD))
        SentMail.objects.create(key=key, at=now)


def forget(*, now: datetime) -> None:
    """Remove what is counted no longer."""
    SentMail.objects.filter(at__lte=now - PERIOD).delete()


def _too_many(until: datetime) -> str:
    # The minute after, so that who comes at that time is let through.
    when = formats.time_format(timezone.localtime(until + timedelta(minutes=1)), "TIME_FORMAT")
    return _("Too many messages were sent within an hour. Nothing was sent this time; try again at %(when)s.") % {
        "when": when
    }
