"""Reads about the numbers that must not be written to."""

import numpy as np
from django.db import connection

from contacts.importer.dedupe import Phones
from smsplatform.accounts.models import Account

# One row of COPY's binary format: the number of fields, the bytes of the field, the field.
_ROW = np.dtype([("fields", ">i2"), ("size", ">i4"), ("phone", ">i8")])
_HEADER_BYTES = 19
_TRAILER_BYTES = 2


def phones(account: Account) -> Phones:
    """Return the excluded numbers of the account, sorted: 8 bytes each, however many there are."""
    query = "select phone from contacts_exclusion where account_id = %s order by phone"
    data = bytearray()
    with (
        connection.cursor() as cursor,
        cursor.copy(f"copy ({query}) to stdout (format binary)", [account.pk]) as copy,
    ):
        for part in copy:
            data += part
    rows = np.frombuffer(memoryview(data)[_HEADER_BYTES : len(data) - _TRAILER_BYTES], dtype=_ROW)
    return rows["phone"].astype(np.int64)
