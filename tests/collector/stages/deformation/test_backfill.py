"""Rates over days know the archive at once; temperature models are fitted on it, and kept."""

import datetime as dt
import math
from collections.abc import Iterator

import numpy as np
import pytest
from deformation_rig import (
    HOUR_NS,
    START_HOUR_NS,
    fed,
    known,
    limit,
    opened,
    saved_events,
    settings,
    stage,
)

from plumbline.collector.events.model import AlarmLevel, Event, EventKind
from plumbline.collector.events.store import EventStore
from plumbline.collector.health.conditions import Conditions
from plumbline.collector.stages.checkpointer import StateRows
from plumbline.collector.stages.deformation.array_codec import decode_array
from plumbline.collector.stages.deformation.state_keys import HOURS, MODEL, PREFIX
from plumbline.wire.block import NS, Block
from plumbline.wire.timestamps import iso_of_day, midnight_ns

A_DAY = 24 * 60  # one reading a minute
AT = known(1 / 60)
store = pytest.fixture(lambda tmp_path: (yield from opened(tmp_path / "events.db")))
DAY_NS = 24 * HOUR_NS
SETTINGS = {"window_s": 1200, "step_s": 600, "wait_s": 1200, "keep_s": 1}
RATE = limit("1A.LA", rule="rate", per="day", over_d=10, amber=1.5, red=5.0)


class Archived:
    """An archive that holds some blocks, and counts what it is asked for."""

    def __init__(self, entries):
        self.blocks = [entry.block() for entry in entries]
        self.requests = []

    def __call__(self, key: str, start_ns: int, end_ns: int) -> Iterator[Block]:
        self.requests.append((key, start_ns, end_ns))
        for block in self.blocks:
            if block.stream.key == key and start_ns <= block.start_ns < end_ns:
                yield block


def readings(days, per_day=0.0, seed=1):
    n = round(days * A_DAY)
    return per_day * np.arange(n) / A_DAY + np.random.default_rng(seed).normal(0, 1, n)


def entries(days, per_day=0.0, **more):
    return fed(AT, {"1A.LA": readings(days, per_day), **more}, size=60)


def worked(running, times=50):
    for number in range(times):
        running.idle(number)


def test_on_a_fresh_start_a_rate_over_days_is_known_from_the_archive(store: EventStore) -> None:
    whole = entries(11, 2.0)
    before, after = whole[:250], whole[250:]  # the stage sees the last fourteen hours only
    running = stage(store, settings(RATE, **SETTINGS), AT, window=Archived(before))
    running.take(after[:2], 0)
    assert saved_events(store) == []
    worked(running)
    running.take(after[2:4], 0)
    (event,) = saved_events(store)
    assert event.value == pytest.approx(2.0, abs=0.1)
    assert (event.detector, event.unit, event.evidence["points"]) == ("tilt_rate", "µrad/d", 10)


def test_what_the_archive_tells_is_what_living_through_it_would_have(tmp_path) -> None:
    whole = entries(4, 2.0)
    shaking = Event(
        id="quake", kind=EventKind.SHAKING, structure="TWR01",
        onset_ns=START_HOUR_NS + 30 * HOUR_NS,
        closed_ns=START_HOUR_NS + 33 * HOUR_NS, detector="short_period", level=AlarmLevel.RED,
        value=50.0, unit="gal",
    )  # fmt: skip
    rows = []
    for name, first in (("lived", 0), ("archived", 80)):
        opened = EventStore(tmp_path / f"{name}.db")
        opened.save(shaking)
        running = stage(opened, settings(RATE, **SETTINGS), AT, window=Archived(whole[:81]))
        running.take(whole[first:81], 0)
        worked(running)
        running.take(whole[81:], 0)
        running.close()
        rows.append(StateRows(opened, PREFIX).get(HOURS + "XX.TWR01.1A.LA"))
        opened.close()
    assert rows[0] == rows[1]
    hours = decode_array(rows[0]["hours"], np.int64)
    assert hours.size == 96 - 4  # less those that shook, and the last, which is open


def test_history_that_is_kept_is_not_asked_for_again(store: EventStore) -> None:
    whole, archive = entries(3), Archived([])
    running = stage(store, settings(RATE, **SETTINGS), AT, window=archive)
    running.take(whole[:60], 0)
    worked(running)
    running.close()
    again = Archived([])
    running = stage(store, settings(RATE, **SETTINGS), AT, window=again)
    running.take(whole[60:], 0)
    worked(running)
    lived_ns = (START_HOUR_NS, START_HOUR_NS + 59 * HOUR_NS)
    assert all(
        end <= lived_ns[0] + 1200 * NS or start >= lived_ns[1] for _, start, end in again.requests
    )


def test_hours_and_what_is_made_of_them_survive_a_kill_after_every_entry(tmp_path) -> None:
    quick = limit("1A.LA", rule="rate", per="day", over_d=1.5, amber=4.0, red=50.0)
    ahead = limit("1A.LA", rule="forecast", over_d=1.5, within_d=2, amber=20.0, red=50.0)
    whole, found = entries(3, 8.0), []
    for name in ("once", "killed"):
        opened = EventStore(tmp_path / f"{name}.db")
        running = stage(opened, settings(quick, ahead, **SETTINGS), AT)
        for number in range(len(whole)):
            begin = running.cursor() if name == "killed" else number
            running.take(whole[begin : number + 1], number * NS // 2)  # kept at every second entry
            if name == "killed":
                running = stage(opened, settings(quick, ahead, **SETTINGS), AT)
        if running.cursor() < len(whole):
            running.take(whole[running.cursor() :], len(whole) * NS)
        running.close()
        found.append(
            (sorted(saved_events(opened), key=lambda each: each.id), opened.snapshots("slow/"))
        )
        opened.close()
    assert {event.detector for event in found[0][0]} == {"tilt_rate", "tilt_forecast"}
    assert found[0] == found[1]


def test_a_failure_that_draws_near_is_told_with_its_window(store: EventStore) -> None:
    time_d = np.arange(16 * A_DAY) / A_DAY
    u = (math.log(20.0) - np.log(20.0 - time_d)) / 0.05
    noisy = u + np.random.default_rng(2).normal(0, 0.2, u.size)
    wanted = limit("0C.LD", of="settlement", rule="failure", amber=14, red=7, black=1, over_d=20)
    running = stage(
        store,
        settings(wanted, **SETTINGS),
        AT,
        window=Archived(fed(AT, {"0C.LD": noisy}, size=60)[:380]),
    )
    last = fed(AT, {"0C.LD": noisy}, size=60)[380:]
    running.take(last[:1], 0)
    worked(running)
    running.take(last[1:3], 0)
    (event,) = saved_events(store)
    assert (event.kind, event.unit, event.level) == (
        EventKind.SETTLEMENT, "d to failure window", AlarmLevel.RED,
    )  # fmt: skip
    failure = iso_of_day(START_HOUR_NS / DAY_NS + 20.0)
    assert event.evidence["earliest"] <= failure <= event.evidence["latest"]


# Compensation: temperature of a day, answered two hours later by 5 urad a degree.

WINDOW = {"fit_from": "2026-07-01", "fit_to": "2026-07-15"}
COPY = {"name": "cool", "kind": "compensated", "of": "1A.LA", "version": "july", **WINDOW}
FIRST_NS = midnight_ns(dt.date(2026, 6, 29), "Asia/Bangkok")


def weather(days, swing_c=6.0, settling_urad_d=0.0):
    rng = np.random.default_rng(4)
    hour = np.arange(round(days * A_DAY)) / 60
    temperature = 28 + swing_c * np.sin(2 * np.pi * hour / 24) + np.sin(2 * np.pi * hour / 170)
    late = 28 + swing_c * np.sin(2 * np.pi * (hour - 2) / 24) + np.sin(2 * np.pi * (hour - 2) / 170)
    tilt = 5 * (late - 28) + settling_urad_d * np.maximum(hour / 24 - 18, 0)
    return {"1A.LA": tilt + rng.normal(0, 1, hour.size), "1A.LK": temperature}


def compensating(store, channels, days, *, window=None, conditions=None, **more):
    made = fed(AT, weather(days, **more), start_ns=FIRST_NS, size=60)
    wanted = limit("cool", amber=15.0, red=50.0)
    archive = Archived(made) if window is None else window
    running = stage(
        store,
        settings(wanted, channels=channels, **SETTINGS),
        AT,
        window=archive,
        conditions=conditions,
    )
    for number in range(0, len(made), 12):
        running.take(made[number : number + 12], number)
        worked(running, 3)
    worked(running, 500)
    return running, made


def test_a_compensated_copy_sees_the_settling_and_not_the_day(store: EventStore) -> None:
    compensating(store, [COPY], 25, settling_urad_d=4.0)  # raw swings 30 urad each way, each day
    events = saved_events(store)
    assert len(events) == 1
    onset_d = (events[0].onset_ns - FIRST_NS) / DAY_NS
    assert 18 + 15 / 4 - 0.5 < onset_d < 18 + 15 / 4 + 0.5


def test_a_model_is_kept_by_its_version_and_not_fitted_again(store: EventStore) -> None:
    running, _ = compensating(store, [COPY], 17)
    running.close()
    first = StateRows(store, PREFIX).get(MODEL + "TWR01/cool/july")
    assert first["model"]["per_c"] == pytest.approx(5.0, abs=0.2)
    assert first["model"]["lag_h"] == pytest.approx(2.0, abs=0.25)
    empty = Archived([])
    running, _ = compensating(store, [COPY], 18, window=empty)
    running.close()
    assert StateRows(store, PREFIX).get(MODEL + "TWR01/cool/july") == first


def test_a_version_stands_for_one_fit_only(store: EventStore) -> None:
    running, _ = compensating(store, [COPY], 17)
    running.close()
    conditions = Conditions()
    moved = {**COPY, "fit_to": "2026-07-14"}
    running, _ = compensating(store, [moved], 18, conditions=conditions)
    running.close()
    (condition,) = conditions.open()
    assert "version 'july' was fitted on another window" in condition.text
    (shown,) = list(StateRows(store, PREFIX).under("slow/channel/"))
    assert shown[1]["values"] == {"": None}
    assert shown[1]["raw"]["E"] is not None


def test_a_window_in_which_the_temperature_hardly_moved_is_refused(store: EventStore) -> None:
    conditions = Conditions()
    flat = {**weather(17), "1A.LK": np.full(17 * A_DAY, 28.0)}
    made = fed(AT, flat, start_ns=FIRST_NS, size=60)
    running = stage(store, settings(limit("cool"), channels=[COPY], **SETTINGS), AT,
                 window=Archived(made), conditions=conditions)  # fmt: skip
    running.take(made, 0)
    worked(running, 400)
    running.take(made[-2:], 1)
    running.close()
    (condition,) = conditions.open()
    assert (
        "TWR01/cool is not compensated for temperature: the temperature moved only"
        in condition.text
    )
    assert saved_events(store) == []
