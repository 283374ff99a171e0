"""Stop or not: the first row of the table that holds decides."""

from dataclasses import replace
from typing import Any

import pytest

from plumbline.collector.alerting.store.standing import (
    StandingEvent,
    StandingEvents,
    standing_events,
)
from plumbline.collector.events.model import AlarmLevel, Event, EventKind, Limit, Standing
from plumbline.collector.serving.web.stop_work import (
    Advice,
    Judgement,
    StopWorkAdvice,
    stop_work_advice,
)

NOW_NS = 1_782_000_000_000_000_000
QUAKE = Event(
    id="q", kind=EventKind.SHAKING, structure="TWR01", onset_ns=NOW_NS - 60_000_000_000,
    detector="long_period", level=AlarmLevel.RED, value=30.0, unit="gal",
)  # fmt: skip
CLOSED = replace(QUAKE, closed_ns=NOW_NS - 1)


def advice(
    *events: Event,
    released: tuple[str, ...] = (),
    stale: tuple[str, ...] = (),
    faults: tuple[str, ...] = (),
    limits: int = 1,
) -> StopWorkAdvice:
    """Return the advice where nobody has inspected anything but ``released``."""
    standing = standing_events(None, "TWR01", [e for e in events if e.id not in released])
    return stop_work_advice(
        "TWR01",
        events,
        standing=standing,
        answered=frozenset(),
        judgement=Judgement(
            faults=faults, stale=dict.fromkeys(stale, "for 60 s"), streams=2, limits=limits
        ),
        now_ns=NOW_NS,
    )


def word(*events: Event, **given: Any) -> Advice:
    found = advice(*events, **given)
    assert found.reasons
    return found.advice


@pytest.mark.parametrize("level", [AlarmLevel.RED, AlarmLevel.BLACK])
def test_red_and_black_stop_the_work(level: AlarmLevel) -> None:
    assert word(replace(QUAKE, level=level)) is Advice.STOP


def test_shaking_that_ended_stops_until_a_person_has_inspected_however_long() -> None:
    assert word(CLOSED) is Advice.STOP
    assert word(replace(CLOSED, onset_ns=1, closed_ns=2)) is Advice.STOP
    assert word(CLOSED, released=("q",)) is Advice.GO


def test_amber_asks_to_look_until_somebody_has_written_a_note() -> None:
    amber = replace(CLOSED, level=AlarmLevel.AMBER)
    assert word(replace(QUAKE, level=AlarmLevel.AMBER)) is Advice.LOOK
    assert word(amber) is Advice.LOOK
    assert word(amber, released=("q",)) is Advice.GO


def test_old_data_never_say_that_all_is_well() -> None:
    assert word(stale=("XX.TWR01.0A.HN", "XX.TWR01.3A.HN")) is Advice.BLIND


def test_what_can_still_be_judged_by_other_nodes_is_blind_in_part_and_never_plain_go() -> None:
    found = advice(stale=("XX.TWR01.3A.HN",))
    assert found.advice is Advice.BLIND_IN_PART
    assert found.reasons == ("no fresh data: XX.TWR01.3A.HN for 60 s",)


def test_a_dead_part_makes_it_blind_though_data_are_fresh() -> None:
    assert word(faults=("the detection process died",)) is Advice.BLIND


def test_without_a_limit_that_may_page_nothing_is_judged() -> None:
    assert word(limits=0) is Advice.NOT_JUDGED
    assert word(CLOSED, limits=0) is Advice.STOP


def test_what_goes_on_above_after_an_inspection_is_looked_at_and_never_go() -> None:
    above = StandingEvents(still_above=(StandingEvent(event=QUAKE, code="4711", inspection=None),))
    found = stop_work_advice(
        "TWR01", [], standing=above, answered=frozenset(),
        judgement=Judgement(stale={}, streams=2, limits=1), now_ns=NOW_NS,
    )  # fmt: skip
    assert found.advice is Advice.LOOK
    assert found.reasons[0].startswith("inspected, still above")


def test_blindness_stands_beside_stop() -> None:
    assert (
        "the detection process died"
        in advice(QUAKE, faults=("the detection process died",)).reasons
    )


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
