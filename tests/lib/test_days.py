import zoneinfo
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from smsplatform.lib import days


@pytest.mark.parametrize(
    "zone, begins, ends",
    [("Europe/Paris", (28, 23), (29, 22)), ("Indian/Reunion", (28, 20), (29, 20)), ("UTC", (29, 0), (30, 0))],
)
def test_a_day_goes_from_midnight_to_midnight_where_the_person_is(
    zone: str, begins: tuple[int, int], ends: tuple[int, int]
) -> None:
    with timezone.override(zoneinfo.ZoneInfo(zone)):
        day = date(2026, 3, 29)  # 23 hours long in Paris

        assert days.beginning(day) == datetime(2026, 3, *begins, tzinfo=UTC)
        assert days.end(day) == datetime(2026, 3, *ends, tzinfo=UTC)


def test_without_a_day_there_is_no_limit() -> None:
    assert (days.beginning(None), days.end(None), days.end(date.max)) == (None, None, None)
