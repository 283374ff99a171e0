"""Stop or not: the first row of the table that holds decides."""

from dataclasses import replace

import pytest

from plumbline.collector.events.model import AlarmLevel, Event, EventKind, Limit, Standing
from plumbline.collector.serving.web.stop_work import INSPECTION_NS, Advice, stop_work_advice

NOW_NS = 1_782_000_000_000_000_000
QUAKE = Event(
    id="q", kind=EventKind.SHAKING, structure="TWR01", onset_ns=NOW_NS - 60_000_000_000,
    detector="long_period", level=AlarmLevel.RED, value=30.0, unit="gal",
)  # fmt: skip
CLOSED = replace(QUAKE, closed_ns=NOW_NS - 1)


def word(*events: Event, answered: tuple[str, ...] = (), stale: tuple[str, ...] = ()) -> Advice:
    given = stop_work_advice(
        "TWR01", events, answered=frozenset(answered), stale=stale, now_ns=NOW_NS
    )
    assert given.reasons
    return given.advice


@pytest.mark.parametrize("level", [AlarmLevel.RED, AlarmLevel.BLACK])
def test_red_and_black_stop_the_work(level: AlarmLevel) -> None:
    assert word(replace(QUAKE, level=level)) is Advice.STOP


def test_shaking_that_ended_still_stops_until_it_is_answered() -> None:
    assert word(CLOSED) is Advice.STOP
    assert word(CLOSED, answered=("q",)) is Advice.GO


def test_shaking_of_yesterday_no_longer_stops() -> None:
    old = replace(QUAKE, onset_ns=NOW_NS - 2 * INSPECTION_NS, closed_ns=NOW_NS - INSPECTION_NS - 1)
    assert word(old) is Advice.GO


def test_amber_asks_to_look_and_only_while_it_goes_on() -> None:
    assert word(replace(QUAKE, level=AlarmLevel.AMBER)) is Advice.LOOK
    assert word(replace(CLOSED, level=AlarmLevel.AMBER)) is Advice.GO


def test_old_data_never_say_that_all_is_well() -> None:
    assert word(stale=("XX.TWR01.0A.HN",)) is Advice.BLIND


def test_stop_is_said_even_when_blind() -> None:
    assert word(QUAKE, stale=("XX.TWR01.0A.HN",)) is Advice.STOP


def test_another_structure_is_not_stopped() -> None:
    assert word(replace(QUAKE, structure="TWR02")) is Advice.GO


def test_a_fault_of_ours_does_not_stop_the_crane() -> None:
    assert word(replace(QUAKE, kind=EventKind.HEALTH)) is Advice.GO


@pytest.mark.parametrize("level", [AlarmLevel.AMBER, AlarmLevel.RED, AlarmLevel.BLACK])
def test_a_candidate_limit_asks_to_look_and_stops_nobody(level: AlarmLevel) -> None:
    own = Limit(value=20.0, unit="gal", source="a book", standing=Standing.CANDIDATE)
    assert word(replace(QUAKE, level=level, limit=own)) is Advice.LOOK
    assert word(replace(CLOSED, level=level, limit=own)) is Advice.GO
    project = replace(own, standing=Standing.PROJECT)
    assert word(replace(QUAKE, level=AlarmLevel.RED, limit=project)) is Advice.STOP
