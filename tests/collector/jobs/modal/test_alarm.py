"""The alarm needs two modes, more than one window and quiet; a new stage begins anew."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from plumbline.analysis.modal import Health
from plumbline.collector.alerting.paging_rules import NotPagedReason, PagingRules, paging_decision
from plumbline.collector.events.codec import from_text
from plumbline.collector.events.model import AlarmLevel, Event, EventKind, Standing
from plumbline.collector.jobs.modal.alarm import ACTION_OF, AlarmAction, initial_state, next_state
from plumbline.collector.jobs.modal.identification import baseline_from, compare
from plumbline.collector.jobs.modal.settings import ModalAlarm
from plumbline.collector.jobs.modal.store import ModalWindow

STAGE = "2026-01-01"
HZ = (0.5, 1.5, 2.4)
SHAPES = ((0.4, 0.8, 1.0), (1.0, 0.5, -0.9), (0.8, -1.0, 0.5))
CHANNELS = ["1A.N", "2A.N", "3A.N"]
ADOPTED = ModalAlarm(
    structure="TWR01", engineer="S. Chai, PE", date=dt.date(2026, 3, 1), document="TWR01-S-02"
)


def body(
    factors: Sequence[float] = (1.0, 1.0, 1.0),
    *,
    at: int = 0,
    channels: Sequence[str] = CHANNELS,
    phase: str = "quiet",
) -> dict[str, Any]:
    rows = [CHANNELS.index(name) for name in channels]
    return {
        "stage": STAGE,
        "record_ns": [at, at + 1],
        "channels": list(channels),
        "temperature_c": None,
        "phase": phase,
        "modes": [
            {"frequency_hz": hz * factor, "shape": [[shape[row], 0.0] for row in rows]}
            for hz, shape, factor in zip(HZ, SHAPES, factors, strict=True)
        ],
    }


def rows(count: int, **changed: Any) -> list[ModalWindow]:
    return [ModalWindow("TWR01", k, STAGE, "identified", body(**changed)) for k in range(count)]


def baseline() -> dict[str, Any]:
    found = baseline_from(STAGE, rows(24), 24)
    assert found is not None
    return found


def health_and_window(
    factors: Sequence[float], since_s: float | None = None, **changed: Any
) -> tuple[Health, dict[str, Any]]:
    seen = body(factors, **changed)
    health, tracked = compare(seen, (STAGE, baseline()), STAGE, since_s)
    return health.health, seen | {"tracked": tracked}


def test_a_stage_without_its_own_baseline_is_not_compared() -> None:
    assert compare(body(), None, STAGE, None)[0].health is Health.SUSPENDED
    old = ("2025-01-01", baseline())
    assert compare(body((0.5, 0.5, 0.5)), old, STAGE, None)[0].health is Health.SUSPENDED


@pytest.mark.parametrize(
    ("factors", "since_s", "health"),
    [
        ((1.0, 1.0, 1.0), None, Health.NORMAL),
        ((0.96, 0.96, 0.96), None, Health.NORMAL),  # 4 %: weather does that
        ((0.90, 1.0, 1.0), None, Health.ONE_MODE),
        ((0.90, 0.90, 1.0), None, Health.ALARM),
        ((0.90, 0.90, 1.0), 3599.0, Health.RECOVERING),
        ((0.90, 0.90, 1.0), 3600.0, Health.ALARM),
    ],
)
def test_two_modes_must_agree_after_recovery(
    factors: Sequence[float], since_s: float | None, health: Health
) -> None:
    assert health_and_window(factors, since_s)[0] is health


def test_a_node_that_is_silent_is_left_out_of_the_comparison() -> None:
    assert health_and_window((1.0, 1.0, 1.0), channels=CHANNELS[1:])[0] is Health.NORMAL
    assert health_and_window((1.0, 1.0, 1.0), channels=CHANNELS[2:])[0] is Health.UNKNOWN


def test_a_baseline_waits_for_enough_quiet_windows_of_one_set_of_channels() -> None:
    assert baseline_from(STAGE, rows(23), 24) is None
    mixed = [*rows(24)[:20], *rows(10, phase="recovery"), *rows(3, channels=CHANNELS[1:])]
    assert baseline_from(STAGE, mixed, 24) is None
    found = baseline_from(STAGE, [*rows(24), *rows(5, channels=CHANNELS[1:])], 24)
    assert found is not None
    assert found["channels"] == CHANNELS
    assert [mode["frequency_hz"] for mode in found["modes"]] == pytest.approx(HZ)


MOVED, BACK, ONE = (0.9, 0.9, 1.0), (1.0, 1.0, 1.0), (0.9, 1.0, 1.0)


def walk(
    *steps: Sequence[float], confirm: int = 2, adopted: ModalAlarm | None = None
) -> list[Event | None]:
    """Return the event after each window."""
    state = initial_state(0)
    events = []
    for at, factors in enumerate(steps):
        health, seen = health_and_window(factors, at=at)
        state = next_state(
            state, ACTION_OF[health], seen, structure="TWR01", confirm=confirm, adopted=adopted
        )
        events.append(None if state["event"] is None else from_text(state["event"]))
    return events


def test_one_window_alone_opens_nothing_and_two_open_it_from_the_first() -> None:
    first, second = walk(MOVED, MOVED)
    assert first is None
    assert second is not None
    assert (second.kind, second.onset_ns, second.closed_ns) == (EventKind.MODAL_SHIFT, 0, None)
    assert second.value == pytest.approx(10, abs=0.1)
    assert [mode["mode"] for mode in second.evidence["modes"]] == [1, 2]  # type: ignore[attr-defined]


def test_a_window_between_that_is_not_sure_begins_the_count_again() -> None:
    assert walk(MOVED, BACK, MOVED)[-1] is None
    assert walk(MOVED, ONE, MOVED)[-1] is None


def test_it_is_one_event_with_the_largest_change_and_ends_after_two_quiet_ones() -> None:
    events = walk(MOVED, (0.8, 0.8, 1.0), MOVED, BACK, BACK, BACK)
    ids = {event.id for event in events if event is not None}
    assert len(ids) == 1
    largest, still, ended, after = events[2:]
    assert largest is not None
    assert largest.value == pytest.approx(20, abs=0.1)
    assert still is not None
    assert still.closed_ns is None
    assert ended is not None
    assert ended.closed_ns == 4
    assert after == ended


def test_nobody_is_called_until_an_engineer_has_adopted_the_alarm() -> None:
    candidate = walk(MOVED, MOVED)[-1]
    assert candidate is not None
    assert candidate.limit is not None
    assert candidate.limit.standing is Standing.CANDIDATE
    assert paging_decision(candidate, PagingRules()) is NotPagedReason.CANDIDATE
    project = walk(MOVED, MOVED, adopted=ADOPTED)[-1]
    assert project is not None
    assert project.limit is not None
    assert "S. Chai, PE" in project.limit.source
    assert paging_decision(project, PagingRules()) is AlarmLevel.AMBER


def test_a_new_stage_ends_an_open_alarm() -> None:
    state = initial_state(0)
    for at in range(2):
        _, seen = health_and_window(MOVED, at=at)
        state = next_state(
            state, AlarmAction.CONFIRMS, seen, structure="TWR01", confirm=2, adopted=None
        )
    health = compare(body(MOVED, at=9), None, "2026-06-01", None)[0].health
    state = next_state(
        state, ACTION_OF[health], body(MOVED, at=9), structure="TWR01", confirm=2, adopted=None
    )
    ended = from_text(state["event"])
    assert ended.closed_ns == 9
    assert (state["risen"], state["fallen"]) == ([], 0)


def test_every_verdict_says_what_it_does_and_only_one_raises() -> None:
    assert set(ACTION_OF) == set(Health)
    assert [health for health, action in ACTION_OF.items() if action is AlarmAction.CONFIRMS] == [
        Health.ALARM
    ]


def test_the_state_stays_small_however_long_an_alarm_lasts() -> None:
    state = initial_state(0)
    _, seen = health_and_window(MOVED)
    for _ in range(50):
        state = next_state(
            state, AlarmAction.CONFIRMS, seen, structure="TWR01", confirm=2, adopted=None
        )
    assert len(state["risen"]) == 2
    assert np.isfinite(from_text(state["event"]).value)
