"""Every hour is identified once, whatever stops the collector; a new stage is told and learned."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from recorded import HOUR_NS, T0_NS, Recorded, built, stage

from plumbline.collector.events.model import AlarmLevel, Event, EventKind
from plumbline.collector.events.store import EventStore
from plumbline.collector.jobs.modal.identification import ModalResult
from plumbline.collector.jobs.modal.job import LAG_NS, ModalJob
from plumbline.collector.jobs.modal.settings import ModalSettings
from plumbline.collector.jobs.modal.store import ModalStore, ModalWindow
from plumbline.collector.jobs.runner import JobPacer
from plumbline.wire.block import FOREVER_NS, NS
from plumbline.wire.inventory import ConstructionStage

HZ = (0.5, 1.5)
SHAPES = ((0.5, 1.0), (1.0, -0.6))
DAY0 = dt.datetime.fromtimestamp(T0_NS // NS, dt.UTC)
Script = Callable[[int], tuple[ModalResult, float]]


def identified(factor: float, begin_ns: int, end_ns: int, stage_name: str) -> dict[str, Any]:
    return {
        "stage": stage_name, "begin_ns": begin_ns, "record_ns": [begin_ns, end_ns],
        "channels": ["1A.N", "3A.N"], "temperature_c": None, "since_shaking_s": None,
        "phase": "quiet",
        "modes": [
            {"frequency_hz": hz * factor, "shape": [[value, 0.0] for value in shape]}
            for hz, shape in zip(HZ, SHAPES, strict=True)
        ],
    }  # fmt: skip


class Tower:
    """A tower whose windows a script tells, by hours after the first."""

    def __init__(
        self, folder: Path, script: Script, *stages: ConstructionStage, **settings: object
    ) -> None:
        self.folder = folder
        self.known = built(folder, *stages)
        self.settings = ModalSettings.model_validate({"baseline_windows": 20} | settings)
        self.events = EventStore(folder / "events.db")
        self.store = ModalStore(folder / "modal.db")
        self.script = script
        self.identified_hours: list[int] = []
        self.start()

    def start(self) -> None:
        made = ModalJob(
            settings=self.settings, places=self.known, events=self.events, store=self.store,
            archive=Recorded(self.known),
        )  # fmt: skip
        real = made._window

        def scripted(code: str, end_ns: int) -> ModalWindow:
            hour = (end_ns - T0_NS) // HOUR_NS
            self.identified_hours.append(hour)
            outcome, factor = self.script(hour)
            found = real(code, end_ns)  # nothing is archived: stage and outcome of an empty hour
            if outcome is not ModalResult.IDENTIFIED:
                return found._replace(outcome=outcome)
            body = identified(factor, end_ns - HOUR_NS, end_ns, found.stage)
            return found._replace(outcome=outcome, body=body)

        made._window = scripted  # type: ignore[method-assign]
        self.job, self.pacer = made, JobPacer(made, cpu_s=lambda: 0.0)

    def run(self, begin_h: float, end_h: float, *, restart: bool = False) -> None:
        """Give the job a turn every ten minutes."""
        for minute in range(round(begin_h * 60), round(end_h * 60), 10):
            if restart:
                self.job.close()
                self.start()
            self.pacer.turn(T0_NS + minute * 60 * NS)

    def health(self) -> list[str]:
        return [str(w.body.get("health", w.outcome)) for w in self.store.windows("TWR01")]

    def events_of(self, kind: EventKind) -> list[Event]:
        return [event for _, event in self.events.changes(0) if event.kind is kind]

    def close(self) -> None:
        self.job.close()
        self.store.close()
        self.events.close()


@pytest.fixture
def tower(tmp_path: Path) -> Iterator[Callable[..., Tower]]:
    made: list[Tower] = []

    def build(script: Script, *stages: ConstructionStage, **settings: object) -> Tower:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(Tower(folder, script, *stages, **settings))
        return made[-1]

    yield build
    for one in made:
        one.close()


def steady(_: int) -> tuple[ModalResult, float]:
    return ModalResult.IDENTIFIED, 1.0


def test_each_hour_is_looked_at_once_after_it_is_archived(tower: Callable[..., Tower]) -> None:
    one = tower(steady)
    one.run(0.5, 6)
    assert one.identified_hours == [1, 2, 3, 4, 5]
    ends = [window.end_ns for window in one.store.windows("TWR01")]
    assert ends == [T0_NS + hour * HOUR_NS for hour in range(1, 6)]
    one.pacer.turn(T0_NS + 6 * HOUR_NS + LAG_NS - 1)
    assert one.identified_hours[-1] == 5
    one.pacer.turn(T0_NS + 6 * HOUR_NS + LAG_NS)
    assert one.identified_hours[-1] == 6


def test_a_restart_at_every_look_changes_nothing(tower: Callable[..., Tower]) -> None:
    def script(hour: int) -> tuple[ModalResult, float]:
        return ModalResult.IDENTIFIED, 0.9 if 22 <= hour < 26 else 1.0

    through, stopped = tower(script), tower(script)
    through.run(0, 31)
    stopped.run(0, 31, restart=True)
    assert through.identified_hours == stopped.identified_hours == list(range(1, 31))
    assert through.store.windows("TWR01") == stopped.store.windows("TWR01")
    assert through.events_of(EventKind.MODAL_SHIFT) == stopped.events_of(EventKind.MODAL_SHIFT)
    assert len(through.events_of(EventKind.MODAL_SHIFT)) == 1


def test_what_passed_while_it_was_off_is_looked_at_afterwards(tower: Callable[..., Tower]) -> None:
    one = tower(steady)
    one.run(0, 2)
    one.start()
    one.run(9, 11)
    assert one.identified_hours == list(range(1, 11))


def test_killed_between_the_history_and_the_event_the_event_is_told_on_start(
    tower: Callable[..., Tower], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = tower(lambda hour: (ModalResult.IDENTIFIED, 0.9 if hour > 20 else 1.0))
    one.run(0, 22)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(EventStore, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            one.run(22, 23)
    assert one.events_of(EventKind.MODAL_SHIFT) == []
    one.start()
    (event,) = one.events_of(EventKind.MODAL_SHIFT)
    assert event.onset_ns == T0_NS + 20 * HOUR_NS
    assert one.identified_hours == list(range(1, 23))


def test_a_baseline_is_learned_then_compared(tower: Callable[..., Tower]) -> None:
    one = tower(steady)
    one.run(0, 23)
    suspended = "suspended: construction stage changed, no baseline yet"
    assert one.health() == [suspended] * 20 + ["normal"] * 2
    assert set(one.store.baselines("TWR01")) == {"undeclared"}


def test_a_stage_change_is_told_suspends_and_learns_anew(tower: Callable[..., Tower]) -> None:
    begins = DAY0 + dt.timedelta(hours=24)
    stages = (stage(DAY0 - dt.timedelta(days=90), 4), stage(begins, 5))
    # a floor more: every frequency sinks by a tenth, which in one stage would be an alarm
    one = tower(lambda hour: (ModalResult.IDENTIFIED, 0.9 if hour > 24 else 1.0), *stages)
    one.run(0, 50)
    health = one.health()
    assert health[20:24] == ["normal"] * 4
    assert all(text.startswith("suspended") for text in health[24:44])
    assert health[44:] == ["normal"] * 5
    assert one.events_of(EventKind.MODAL_SHIFT) == []
    (later,) = one.events_of(EventKind.CONSTRUCTION_STAGE)
    assert (later.value, later.unit, later.level) == (5.0, "floors", AlarmLevel.GREEN)
    assert later.onset_ns == later.closed_ns == T0_NS + 24 * HOUR_NS
    learned = one.store.baselines("TWR01")
    old, new = (learned[s.name]["modes"][0]["frequency_hz"] for s in stages)
    assert new == pytest.approx(0.9 * old)


def test_a_stage_is_told_once_whatever_restarts(tower: Callable[..., Tower]) -> None:
    one = tower(steady, stage(DAY0 - dt.timedelta(days=9), 4), stage(DAY0, 5))
    one.run(-1, 1)
    revision = one.events.revision
    one.run(1, 5, restart=True)
    assert one.events.revision == revision
    assert len(one.events_of(EventKind.CONSTRUCTION_STAGE)) == 1


def test_the_stage_a_structure_is_first_met_in_is_no_news(tower: Callable[..., Tower]) -> None:
    one = tower(steady, stage(DAY0 - dt.timedelta(days=9), 4))
    one.run(0, 5, restart=True)
    assert one.events_of(EventKind.CONSTRUCTION_STAGE) == []


def test_what_had_too_little_data_is_looked_at_again_until_it_is_there(
    tower: Callable[..., Tower],
) -> None:
    seen: list[int] = []

    def script(hour: int) -> tuple[ModalResult, float]:
        seen.append(hour)
        filled = hour != 3 or seen.count(3) > 2
        return ModalResult.IDENTIFIED if filled else ModalResult.SHORT, 1.0

    one = tower(script)
    one.run(0, 5)
    assert seen == [1, 2, 3, 4, 3]  # an hour later
    assert one.store.windows("TWR01")[2].outcome == ModalResult.SHORT
    one.run(5, 14)
    assert seen.count(3) == 3  # four hours later it is there, and that is the last time
    third = one.store.windows("TWR01")[2]
    assert (third.outcome, third.end_ns) == (ModalResult.IDENTIFIED, T0_NS + 3 * HOUR_NS)
    assert one.store.due_retry(FOREVER_NS) is None


def test_what_never_comes_is_given_up_after_a_day(tower: Callable[..., Tower]) -> None:
    one = tower(lambda hour: (ModalResult.SHORT if hour == 1 else ModalResult.IDENTIFIED, 1.0))
    one.run(0, 40)
    assert one.identified_hours.count(1) == 4
    assert one.store.due_retry(FOREVER_NS) is None


def test_an_hour_with_an_episode_is_told_and_not_looked_at_again(
    tower: Callable[..., Tower],
) -> None:
    one = tower(lambda hour: (ModalResult.SHAKEN if hour == 2 else ModalResult.IDENTIFIED, 1.0))
    one.run(0, 8)
    assert one.identified_hours == [1, 2, 3, 4, 5, 6, 7]
    assert one.health()[1] == ModalResult.SHAKEN
