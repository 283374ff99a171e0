"""Days and weeks are the structure's own."""

import datetime as dt

import pytest

from plumbline.collector.jobs.reports.periods import Length, Period, period_at, periods_over
from plumbline.wire.block import NS

HOUR_NS = 3_600 * NS


def ns(text: str) -> int:
    return round(dt.datetime.fromisoformat(text).timestamp()) * NS


def test_a_day_in_bangkok_begins_at_seventeen_utc() -> None:
    day = Period(length=Length.DAY, first=dt.date(2026, 6, 21), timezone="Asia/Bangkok")
    assert day.begin_ns == ns("2026-06-20T17:00:00+00:00")
    assert day.end_ns - day.begin_ns == 24 * HOUR_NS
    assert day.name == "2026-06-21"
    assert period_at(Length.DAY, "Asia/Bangkok", ns("2026-06-20T16:59:59+00:00")).name == (
        "2026-06-20"
    )


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_on_which_clocks_change_is_as_long_as_it_is(day: str, hours: int) -> None:
    first = dt.date.fromisoformat(day)
    period = Period(length=Length.DAY, first=first, timezone="Europe/Berlin")
    assert period.end_ns - period.begin_ns == hours * HOUR_NS


def test_a_week_begins_on_monday_and_has_its_iso_name() -> None:
    week = period_at(Length.WEEK, "Asia/Bangkok", ns("2027-01-01T12:00:00+07:00"))
    assert (week.first, week.name) == (dt.date(2026, 12, 28), "2026-W53")
    with pytest.raises(ValueError, match="Monday"):
        Period(length=Length.WEEK, first=dt.date(2027, 1, 1), timezone="UTC")


def test_only_periods_that_are_over_are_due() -> None:
    since, until = ns("2026-06-20T10:00:00+00:00"), ns("2026-06-23T00:00:00+00:00")
    names = [period.name for period in periods_over(Length.DAY, "UTC", since, until)]
    assert names == ["2026-06-20", "2026-06-21", "2026-06-22"]
    assert list(periods_over(Length.WEEK, "UTC", since, until - 1)) == list(
        periods_over(Length.WEEK, "UTC", since, until)
    )
