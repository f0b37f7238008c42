from datetime import UTC, datetime

import pytest
from django.db.models import Q

from smsplatform.lib import keyset

AT = datetime(2026, 3, 12, 9, 30, 15, 123456, tzinfo=UTC)


def test_a_token_leads_behind_its_row() -> None:
    assert keyset.behind(keyset.token(AT, 7)) == Q(at__lte=AT) & (Q(at__lt=AT) | Q(at=AT, pk__lt=7))


@pytest.mark.parametrize("token", ["", "x", ".", "1.", ".1", "1.x", "9" * 40 + ".1", "NaN.1"])
def test_a_token_nobody_made_leads_to_the_first_page(token: str) -> None:
    assert keyset.behind(token) == Q()
