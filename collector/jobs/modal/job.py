"""The modal job: every hour of every structure identified once, from the archive."""

from collections.abc import Mapping, Sequence
from typing import Any

from plumbline.analysis.modal import identify
from plumbline.analysis.modal.identification import default_band_hz
from plumbline.analysis.modal.verdict import RECOVERY_S
from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.events.codec import from_text, to_text
from plumbline.collector.events.model import MOTION_KINDS, Event
from plumbline.collector.events.store import EventStore
from plumbline.collector.jobs.modal.alarm import ACTION_OF, initial_state, next_state
from plumbline.collector.jobs.modal.channel_selection import tracked_streams
from plumbline.collector.jobs.modal.identification import (
    ModalResult,
    baseline_from,
    compare,
    modes_report,
)
from plumbline.collector.jobs.modal.record_selection import (
    SelectedRecord,
    quiet_record,
    temperature_c,
)
from plumbline.collector.jobs.modal.settings import ModalSettings
from plumbline.collector.jobs.modal.shift_events import stage_event
from plumbline.collector.jobs.modal.store import ModalStore, ModalWindow, Retry
from plumbline.collector.jobs.runner import REST, Pause
from plumbline.wire.block import FOREVER_NS, NS
from plumbline.wire.inventory.dating import stage_at
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit

LAG_NS = 120 * NS
"""A stretch is identified so long after its end: by then it is archived, stragglers too. [ns]"""

RETRY_AFTER_S = (3600.0, 4 * 3600.0, 24 * 3600.0)
"""What had too little data is tried again after so long: a link that was cut fills it. [s]"""

BLANK_BEFORE_NS, BLANK_AFTER_NS = 10 * NS, 60 * NS
NO_STAGE = "undeclared"
STAGES_EVERY_NS = 60 * NS


class ModalJob:
    """Identifies the modes of each structure hour by hour; all it knows is in its store."""

    name = "modal"

    def __init__(
        self,
        *,
        settings: ModalSettings,
        places: Mapping[str, Place],
        events: EventStore,
        store: ModalStore,
        archive: ArchiveReader,
    ) -> None:
        self._settings = settings
        self._events = events
        self._store = store
        self._archive = archive
        self._streams = tracked_streams(places, settings.structures)
        self._structures = {place.structure.code: place.structure for place in places.values()}
        self._warm = {
            code: [
                place
                for place in places.values()
                if place.structure.code == code and place.instrument.unit is Unit.TEMPERATURE
            ]
            for code in self._structures
        }
        self._stages_known = Pause()
        for code in self._streams:
            self._save_event(store.state(code))

    def refresh(self, now_ns: int) -> None:
        """Save events of construction stages that began."""
        if self._stages_known.over(now_ns):
            self._stages_known.begin(now_ns, STAGES_EVERY_NS)
            self._save_stages(now_ns)

    def step(self, now_ns: int) -> float | None:
        """Identify the window that is due the longest, if one is."""
        return REST if self._identify_next(now_ns) else None

    def close(self) -> None:
        """Close the archive; a window that was not finished is done again."""
        self._archive.close()

    def _save_stages(self, now_ns: int) -> None:
        """Save the stages that began; the one a structure is first met in is no news."""
        for structure in self._structures.values():
            stage = stage_at(structure, now_ns)
            name = NO_STAGE if stage is None else stage.name
            known = self._store.known_stage(structure.code)
            if stage is not None and known is not None:
                event = stage_event(structure, stage)
                saved = self._events.get(event.id)
                if saved != event and (saved is not None or known != name):
                    self._events.save(event)
            if known != name:
                self._store.save_stage(structure.code, name)

    def _identify_next(self, now_ns: int) -> bool:
        """Identify the window that is due the longest; return whether there was one."""
        every_ns = round(self._settings.every_s * NS)
        due: list[tuple[int, str]] = []
        for code in self._streams:
            state = self._store.state(code)
            if state is None:
                first_ns = (now_ns // every_ns + 1) * every_ns
                self._store.save(None, initial_state(first_ns), structure=code)
            elif state["next_ns"] + LAG_NS <= now_ns:
                due.append((state["next_ns"], code))
        if due:
            end_ns, code = min(due)
            self._identify_window(code, end_ns, now_ns)
            return True
        retry = self._store.due_retry(now_ns)
        if retry is None:
            return False
        self._identify_window(retry.structure, retry.end_ns, now_ns, retry.tries)
        return True

    def _identify_window(
        self, code: str, end_ns: int, now_ns: int, tries: int | None = None
    ) -> None:
        """Identify one window and save all that comes of it."""
        state = self._store.state(code) or initial_state(end_ns)
        late = tries is not None
        retry = None
        baseline = None
        if code not in self._streams:  # no longer followed: nothing to try again
            self._store.save(None, state, structure=code, settled=end_ns)
            return
        window = self._window(code, end_ns)
        if window.outcome is ModalResult.IDENTIFIED:
            stage = window.stage
            known = self._store.baseline(code, stage)
            health, tracked = compare(
                window.body,
                None if known is None else (stage, known),
                stage,
                window.body["since_shaking_s"],
            )
            window.body.update(health=str(health.health), tracked=tracked)
            if known is None:
                rows = self._store.windows(code, stage=stage, outcome=ModalResult.IDENTIFIED)
                others = [row for row in rows if row.end_ns != end_ns]
                made = baseline_from(stage, [*others, window], self._settings.baseline_windows)
                baseline = None if made is None else (stage, made)
            if not late:
                state = next_state(
                    state,
                    ACTION_OF[health.health],
                    window.body,
                    structure=code,
                    confirm=self._settings.confirm,
                    adopted=self._settings.alarm_of(code),
                )
        elif window.outcome is ModalResult.SHORT and (tries or 0) < len(RETRY_AFTER_S):
            delay_ns = round(RETRY_AFTER_S[tries or 0] * NS)
            retry = Retry(code, end_ns, (tries or 0) + 1, now_ns + delay_ns)
        if not late:
            state["next_ns"] = end_ns + round(self._settings.every_s * NS)
        self._store.save(
            window, state, structure=code, baseline=baseline, retry=retry,
            settled=end_ns if late and retry is None else None,
        )  # fmt: skip
        self._save_event(state)

    def _window(self, code: str, end_ns: int) -> ModalWindow:
        settings = self._settings
        begin_ns = end_ns - round(settings.every_s * NS)
        stage = stage_at(self._structures[code], begin_ns)
        name = NO_STAGE if stage is None else stage.name
        episodes = self._episodes(code, begin_ns, end_ns)
        found = quiet_record(
            self._archive,
            self._streams[code],
            (begin_ns, end_ns),
            [(e.onset_ns - BLANK_BEFORE_NS, _over_ns(e) + BLANK_AFTER_NS) for e in episodes],
            window_s=settings.window_s,
            least_s=settings.least_s,
            high_hz=settings.high_hz,
        )
        body: dict[str, Any] = {"stage": name, "begin_ns": begin_ns}
        if found.record is None:
            outcome = ModalResult.SHAKEN if found.shaken else ModalResult.SHORT
            return ModalWindow(code, end_ns, name, outcome, body)
        body |= self._identified(code, found.record, episodes)
        return ModalWindow(code, end_ns, name, ModalResult.IDENTIFIED, body)

    def _identified(
        self, code: str, record: SelectedRecord, episodes: Sequence[Event]
    ) -> dict[str, Any]:
        settings = self._settings
        low_hz, high_hz = default_band_hz(record.accel_ms2.shape[1], record.rate_hz, driven=False)
        band = settings.low_hz or low_hz, min(settings.high_hz, high_hz)
        identified = identify(record.accel_ms2, record.rate_hz, band_hz=band)
        ended = [_over_ns(event) for event in episodes if _over_ns(event) <= record.span_ns[0]]
        since_s = (record.span_ns[0] - max(ended)) / NS if ended else None
        return {
            "record_ns": list(record.span_ns),
            "rate_hz": record.rate_hz,
            "channels": list(record.channels),
            "left_out": list(record.left_out),
            "temperature_c": temperature_c(self._archive, self._warm[code], record.span_ns),
            "since_shaking_s": since_s,
            "phase": "quiet" if since_s is None or since_s >= RECOVERY_S else "recovery",
            "modes": modes_report(identified),
        }

    def _episodes(self, code: str, begin_ns: int, end_ns: int) -> list[Event]:
        """Return the episodes that may matter to a stretch: one lasts an hour at most."""
        since_ns = begin_ns - round((RECOVERY_S + 2 * 3600) * NS)
        return [e for e in self._events.between(since_ns, end_ns, code) if e.kind in MOTION_KINDS]

    def _save_event(self, state: Mapping[str, Any] | None) -> None:
        """Bring the event store up to the state: after a kill it may be one behind."""
        if state is None or state["event"] is None:
            return
        event = from_text(state["event"])
        saved = self._events.get(event.id)
        if saved is None or to_text(saved) != to_text(event):
            self._events.save(event)


def _over_ns(event: Event) -> int:
    """Return when an episode was over; one that goes on is not. [ns since 1970]"""
    return FOREVER_NS if event.closed_ns is None else event.closed_ns
