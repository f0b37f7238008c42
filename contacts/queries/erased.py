"""Numbers that stay excluded though they were erased: recognised, by a keyed digest, when somebody brings one again.

No list and no contact holds such a number. Whoever writes one calls `operations.erased_exclusions.revive`, which makes it an
ordinary exclusion again: so whatever reads exclusions beside lists and contacts needs to know nothing of digests.
"""

import hmac
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from contacts.importer.dedupe import Phones
from contacts.models import ErasedExclusion
from smsplatform.accounts.models import Account

DIGEST_BYTES = 16
BUCKET_BITS = 12  # of a number that its row tells, at worst: a quarter of a million numbers are left


class Row(NamedTuple):
    source: str
    at: datetime


class Erased:
    """The erased exclusions of an account. `found`: those of the numbers shown to `contains` that are among them."""

    def __init__(self, account: Account) -> None:
        rows = ErasedExclusion.objects.filter(account=account).values_list("digest", "bucket", "source", "at")
        self._rows: dict[bytes, Row] = {}
        self._buckets = np.zeros(2**BUCKET_BITS, dtype=np.bool_)
        for digest, bucket, source, at in rows.iterator():
            self._rows[bytes(digest)] = Row(source, at)
            self._buckets[bucket] = True
        self._account = account
        self.found: dict[int, Row] = {}

    @classmethod
    def of(cls, account: Account) -> "Erased | None":
        """Return those of an account, None for one without any."""
        return cls(account) if ErasedExclusion.objects.filter(account=account).exists() else None

    def contains(self, phones: Phones) -> NDArray[np.bool_]:
        """Return which of the numbers are erased exclusions. Digests are made of the few that may be."""
        hits = np.zeros(len(phones), dtype=np.bool_)
        for place in np.flatnonzero(self._buckets[buckets(self._account, phones)]).tolist():
            phone = int(phones[place])
            row = self._rows.get(digest(self._account, phone))
            if row is not None:
                hits[place] = True
                self.found[phone] = row
        return hits


def among(account: Account, phones: Iterable[int]) -> dict[int, Row]:
    """Return those of some numbers that are erased exclusions."""
    if not ErasedExclusion.objects.filter(account=account).exists():
        return {}
    numbers = {digest(account, phone): phone for phone in phones}
    rows = ErasedExclusion.objects.filter(account=account, digest__in=list(numbers))
    return {numbers[bytes(row.digest)]: Row(row.source, row.at) for row in rows}


def count(account: Account) -> int:
    return ErasedExclusion.objects.filter(account=account).count()


def digest(account: Account, phone: int) -> bytes:
    return hmac.digest(_key("erased exclusions", account), str(phone).encode(), "sha256")[:DIGEST_BYTES]


def buckets(account: Account, phones: Phones) -> NDArray[np.int64]:
    """Return a small keyed number for each: digests are compared where one is known, and nowhere else."""
    factor = np.uint64(int.from_bytes(_key("erased buckets", account)[:8]) | 1)
    return (phones.astype(np.uint64) * factor >> np.uint64(64 - BUCKET_BITS)).astype(np.int64)


def _key(purpose: str, account: Account) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"{purpose}:{account.pk}".encode(), "sha256")
