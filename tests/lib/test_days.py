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


@pytest.mark.parametrize(
    "day, months, later",
    [
        (date(2026, 3, 12), 1, date(2026, 4, 12)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
    ],
)
def test_months_later_is_the_same_day_or_the_months_last(day: date, months: int, later: date) -> None:
    at = datetime(day.year, day.month, day.day, 9, 30, tzinfo=UTC)

    assert days.months_later(at, months) == datetime(later.year, later.month, later.day, 9, 30, tzinfo=UTC)
