"""Tilt is judged by robust means, held while it shakes, and its state survives a restart."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from chunks import cuts, pieces
from hypothesis import given
from hypothesis import strategies as st
from places import START_NS, block_of, tower_places

from plumbline.analysis.limit_standing import Standing
from plumbline.collector.app.settings import read_collector
from plumbline.collector.events.model import AlarmLevel, Event, EventKind
from plumbline.collector.events.store import EventStore
from plumbline.collector.stages.deformation.alarm_state import AlarmState
from plumbline.collector.stages.deformation.limit_settings import DeformationLimit, LimitQuantity
from plumbline.collector.stages.deformation.settings import DeformationSettings
from plumbline.collector.stages.deformation.stage import DeformationStage
from plumbline.collector.stages.deformation.window_means import WindowMeans
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Zero
from plumbline.wire.settings import BadSettings

KEY = "XX.TWR01.0A.LA"
ZERO = 12.5  # of axis 1 in the inventory


@dataclass(frozen=True, slots=True)
class Given:
    """An entry of the journal, as a stage sees it."""

    made: Block
    next_offset: int
    held_out: bool = False

    def block(self) -> Block:
        return self.made


def limit(of: LimitQuantity = LimitQuantity.TILT, **changed: object) -> DeformationLimit:
    words = {"structure": "TWR01", "node": "0A", "of": of, "amber": 100.0, "red": 200.0}
    words |= {"source": "S. Chai 2026-02-01", "standing": Standing.PROJECT, "clear_s": 20}
    return DeformationLimit.model_validate(words | changed)


def settings(*limits: DeformationLimit, **changed: float) -> DeformationSettings:
    words = {"window_s": 20, "step_s": 10, "rate_window_s": 200, "hold_after_s": 30}
    return DeformationSettings.model_validate(words | changed | {"limit": limits})


@pytest.fixture
def place(tmp_path: Path) -> Place:
    lily = tower_places(tmp_path)[KEY]
    axes = tuple(
        axis.model_copy(update={"zero": lily.instrument.axes[0].zero})
        for axis in lily.instrument.axes
    )
    instrument = lily.instrument.model_copy(update={"axes": axes})
    return replace(lily, instrument=instrument)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    opened = EventStore(tmp_path / "events.db")
    yield opened
    opened.close()


def entries(place: Place, tilt_urad: Sequence[float], size: int = 10) -> list[Given]:
    """Return ten-second blocks: axis 1 tilts so much from its zero, axis 2 stays."""
    rows = np.array([tilt_urad, np.zeros(len(tilt_urad))]) + ZERO
    given = []
    for number, begin in enumerate(range(0, len(tilt_urad), size)):
        block = block_of(
            place, rows[:, begin : begin + size], seq=number, start_ns=START_NS + begin * NS
        )
        given.append(Given(block, number + 1))
    return given


def stage(
    place: Place, store: EventStore, *limits: DeformationLimit, **changed: float
) -> DeformationStage:
    return DeformationStage(
        settings=settings(*limits, **changed), places={KEY: place}, events=store, start=0
    )


def events(store: EventStore) -> list[Event]:
    return [event for _, event in store.changes(0)]


def test_a_tilt_over_its_limit_opens_one_event_and_closes_it(
    place: Place, store: EventStore
) -> None:
    tilt = [0.0] * 60 + [150.0] * 60 + [0.0] * 90
    running = stage(place, store, limit())
    running.take(entries(place, tilt), 0)
    (event,) = events(store)
    assert (event.kind, event.level, event.unit) == (EventKind.TILT, AlarmLevel.AMBER, "µrad")
    assert event.value == pytest.approx(150, abs=0.1)
    assert 60 <= (event.onset_ns - START_NS) / NS <= 90
    assert event.closed_ns is not None
    assert event.limit is not None
    assert event.limit.value == 100


def test_a_worse_tilt_raises_the_same_event(place: Place, store: EventStore) -> None:
    stage(place, store, limit()).take(entries(place, [150.0] * 60 + [250.0] * 60), 0)
    (event,) = events(store)
    assert (event.level, event.closed_ns) == (AlarmLevel.RED, None)


def test_a_settlement_is_tilt_times_the_stated_baseline(place: Place, store: EventStore) -> None:
    wanted = limit(LimitQuantity.DIFFERENTIAL_SETTLEMENT, amber=2.0, red=5.0)
    stage(place, store, wanted).take(entries(place, [250.0] * 60), 0)
    (event,) = events(store)
    assert event.kind is EventKind.DIFFERENTIAL_SETTLEMENT
    assert event.value == pytest.approx(3.0, abs=0.01)  # 250 urad over 12 m
    assert event.evidence["baseline_m"] == 12


def test_a_rate_is_told_before_the_level_and_a_steady_tilt_has_none(
    place: Place, store: EventStore
) -> None:
    wanted = limit(rule="rate", amber=500.0, red=1000.0)
    stage(place, store, wanted).take(entries(place, [90.0] * 300), 0)
    assert events(store) == []
    rising = [0.2 * second for second in range(300)]  # 720 urad an hour, 60 urad in all
    stage(place, store, wanted).take(entries(place, [90.0] * 300 + rising)[30:], 0)
    (event,) = events(store)
    assert (event.detector, event.level, event.unit) == ("tilt_rate", AlarmLevel.AMBER, "µrad/h")
    assert event.value == pytest.approx(720, rel=0.03)


def shaken(store: EventStore, onset_s: float, closed_s: float | None) -> None:
    store.save(
        Event(
            id="quake", kind=EventKind.SHAKING, structure="TWR01",
            onset_ns=START_NS + int(onset_s * NS),
            closed_ns=None if closed_s is None else START_NS + int(closed_s * NS),
            detector="short_period", level=AlarmLevel.RED, value=50.0, unit="gal",
        )
    )  # fmt: skip


def test_no_tilt_is_judged_while_it_shakes_nor_from_ten_seconds_before(
    place: Place, store: EventStore
) -> None:
    shaken(store, 62, None)
    tilt = [0.0] * 55 + [300.0] * 145
    stage(place, store, limit()).take(entries(place, tilt), 0)
    assert [event.kind for event in events(store)] == [EventKind.SHAKING]


def test_after_the_hold_a_tilt_that_stayed_is_told(place: Place, store: EventStore) -> None:
    shaken(store, 62, 100)
    tilt = [0.0] * 55 + [300.0] * 245
    stage(place, store, limit()).take(entries(place, tilt), 0)
    found = [event for event in events(store) if event.kind is EventKind.TILT]
    assert len(found) == 1
    assert (found[0].onset_ns - START_NS) / NS >= 130  # closed at 100, held 30 more


def test_swinging_under_the_limit_on_average_is_no_tilt(place: Place, store: EventStore) -> None:
    swing = 1000 * np.sin(2 * np.pi * np.arange(300) / 10)
    stage(place, store, limit()).take(entries(place, list(swing)), 0)
    assert events(store) == []


def test_spikes_of_a_relevelling_instrument_are_no_tilt(place: Place, store: EventStore) -> None:
    tilt = np.zeros(300)
    tilt[::12] = 330.0
    stage(place, store, limit()).take(entries(place, list(tilt)), 0)
    assert events(store) == []


def test_a_zero_read_again_holds_from_then_on(place: Place) -> None:
    read = dt.datetime.fromtimestamp(START_NS // NS + 100, dt.UTC)
    (first,) = place.instrument.axes[0].zero
    axes = tuple(
        axis.model_copy(update={"zero": (first, Zero(value=312.5, when=read, who="P. Wong"))})
        for axis in place.instrument.axes
    )
    twice = replace(place, instrument=place.instrument.model_copy(update={"axes": axes}))
    means = WindowMeans(twice, window_s=20, step_s=10, lag_s=0)
    for entry in entries(twice, [300.0] * 200):
        means.feed(entry.block())
    found = {
        (end_ns - START_NS) // NS: mean.values[0]
        for end_ns, mean in means.completed_windows([])
        if mean
    }
    assert {found[t] for t in found if t < 100} == {300.0}
    assert {found[t] for t in found if t >= 100} == {0.0}


def test_without_a_limit_nothing_is_told(place: Place, store: EventStore) -> None:
    stage(place, store).take(entries(place, [1000.0] * 100), 0)
    assert events(store) == []


@given(cut=cuts(240), restart=st.integers(0, 8))
def test_neither_splitting_nor_restarting_changes_anything(
    tmp_path_factory: pytest.TempPathFactory, cut: list[int], restart: int
) -> None:
    folder = tmp_path_factory.mktemp("slow")
    lily = tower_places(folder)[KEY]
    rng = np.random.default_rng(3)
    tilt = np.r_[np.zeros(80), np.full(80, 260.0), np.zeros(80)] + rng.normal(0, 20, 240)
    rows = np.stack([tilt, np.zeros(240)])
    found = []
    for parts in ([rows], list(pieces(rows, cut))):
        store = EventStore(folder / f"{len(found)}.db")
        words = {"settings": settings(limit()), "places": {KEY: lily}, "events": store, "start": 0}
        running = DeformationStage(**words)
        begin = 0
        for number, part in enumerate(part for part in parts if part.shape[1]):
            block = block_of(lily, part, seq=number, start_ns=START_NS + begin * NS)
            running.take([Given(block, number + 1)], 0)
            begin += part.shape[1]
            if number == restart:
                running.close()
                running = DeformationStage(**words)
        found.append(events(store))
        store.close()
    assert found[0] == found[1]


WALK = (
    # size, seconds later, level expected (dwell 10 s, clear 20 s, hysteresis 10 %)
    (50, 0, AlarmLevel.GREEN),
    (120, 10, AlarmLevel.GREEN),
    (120, 20, AlarmLevel.AMBER),
    (95, 30, AlarmLevel.AMBER),
    (95, 90, AlarmLevel.AMBER),
    (80, 100, AlarmLevel.AMBER),
    (95, 110, AlarmLevel.AMBER),
    (80, 120, AlarmLevel.AMBER),
    (80, 139, AlarmLevel.AMBER),
    (80, 140, AlarmLevel.GREEN),
    (500, 150, AlarmLevel.GREEN),
    (500, 160, AlarmLevel.RED),
    (150, 170, AlarmLevel.RED),
    (150, 190, AlarmLevel.AMBER),
)


def test_a_level_rises_after_its_dwell_and_falls_after_staying_under() -> None:
    alarm = AlarmState(limit(dwell_s=10))
    for size, seconds, expected in WALK:
        alarm.update(float(size), seconds * NS)
        assert alarm.level is expected, (size, seconds)


def test_a_tilt_alarm_without_a_zero_is_one_clear_problem(tmp_path: Path) -> None:
    from places import inventory_text

    (tmp_path / "inventory.toml").write_text(inventory_text())
    (tmp_path / "collector.toml").write_text(
        "".join(
            f'[[deformation.limit]]\nstructure = "TWR01"\nnode = "{node}"\nof = "tilt"\nred = 200\n'
            'source = "x"\n'
            for node in ("0A", "9Z")
        )
    )
    with pytest.raises(BadSettings) as refusal:
        read_collector(tmp_path / "collector.toml")
    first, second = refusal.value.problems
    assert "no commissioning zero" in str(first)
    assert "no tiltmeter at node '9Z'" in str(second)
