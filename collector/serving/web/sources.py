"""Sources of the page: everything it shows, as functions the collector hands in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from plumbline.collector.alerting.store.standing import StandingEvents
from plumbline.collector.events.model import Event
from plumbline.collector.health.channel_status import ChannelWatch
from plumbline.collector.serving.web.stop_work import Judgement, stop_work_advice
from plumbline.collector.stages.live.waveform_buffer import WaveformBuffer
from plumbline.wire.block import NS
from plumbline.wire.inventory import Inventory
from plumbline.wire.inventory.lookup import Place

SHOWN_NS = 24 * 3600 * NS


class EventSource(Protocol):
    """The part of the event store the page reads."""

    def between(self, start_ns: int, end_ns: int, structure: str | None = None) -> Sequence[Event]:
        """Return events whose onset lies between two times."""

    def open(self) -> Sequence[Event]:
        """Return events that go on."""


class EpisodeSource(Protocol):
    """Measures of episodes, as the page shows them."""

    def latest(self, now_ns: int) -> dict[str, Any] | None:
        """Return the latest measured episode, a line a node."""

    def whole(self, event_id: str) -> dict[str, Any] | None:
        """Return all measures of an episode; None if it is not known."""

    def regions(self, now_ns: int) -> list[dict[str, Any]]:
        """Return the regional events of the last day."""


class Movements(Protocol):
    """Residual movements, as the page shows them."""

    def latest(self, now_ns: int) -> dict[str, Any] | None:
        """Return the answers of the latest shaking that is over."""

    def whole(self, event_id: str) -> dict[str, Any] | None:
        """Return the answers of an episode; None if it is no shaking that is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Everything the page shows, as functions.

    Attributes
    ----------
    alerts
        Incidents of the last day: who was notified, who answered.
    answered
        Ids of events whose incident is answered and over.
    acknowledge
        Takes a code, a name and the address it came from, returns what happened in one line;
        raises ValueError on a wrong code, and on any after too many of them from there.
    health
        ``{"ok": bool, "stages": {...}, "problems": [...]}``.
    metrics
        Prometheus text.
    levels
        Every limit with its bounds, its standing and its level now.
    standing
        What stands on a structure until a named person has inspected it.
    faults
        What keeps every structure from being judged, in words.
    limits_urad
        Tilt limits to draw, as ``{"amber": 150.0, "red": 300.0}``.
    """

    inventory: Inventory
    places: Mapping[str, Place]
    waves: WaveformBuffer
    channels: ChannelWatch
    events: EventSource
    episodes: EpisodeSource
    movements: Movements
    alerts: Callable[[], list[dict[str, Any]]]
    answered: Callable[[], frozenset[str]]
    acknowledge: Callable[[str, str, str], str]
    health: Callable[[], dict[str, Any]]
    metrics: Callable[[], bytes]
    levels: Callable[[], list[dict[str, Any]]]
    limits_urad: Mapping[str, float]
    stale_after_s: float
    standing: Callable[[str], StandingEvents]
    faults: Callable[[int], list[str]]

    def now(self, now_ns: int) -> dict[str, Any]:
        """Return the state of every structure, events, alerts and ages."""
        received_ns = self.channels.last_received_ns()
        ages = {key: (now_ns - at) / NS if at else None for key, at in received_ns.items()}
        recent = {event.id: event for event in self.events.between(now_ns - SHOWN_NS, now_ns)}
        recent.update({event.id: event for event in self.events.open()})
        events = sorted(recent.values(), key=lambda event: -event.onset_ns)
        answered = self.answered()
        levels, faults = self.levels(), self.faults(now_ns)
        advices = [
            stop_work_advice(
                structure.code,
                events,
                standing=self.standing(structure.code),
                answered=answered,
                judgement=self._judgement(structure.code, ages, levels, faults),
                now_ns=now_ns,
            )
            for structure in self.inventory.structure
        ]
        names = {structure.code: structure for structure in self.inventory.structure}
        return {
            "now_ns": str(now_ns),
            "structures": [
                {
                    "code": one.structure,
                    "name": names[one.structure].name,
                    "timezone": names[one.structure].timezone,
                    "word": one.advice,
                    "reasons": one.reasons,
                }
                for one in advices
            ],
            "events": [_event_report(event) for event in events[:50]],
            "episode": self.episodes.latest(now_ns),
            "moved": self.movements.latest(now_ns),
            "regions": self.episodes.regions(now_ns),
            "alerts": self.alerts(),
            "ages": [
                {"stream": key, "name": self.places[key].node.name, "age_s": age}
                for key, age in sorted(ages.items())
            ],
            "levels": levels,
            "limits_urad": dict(self.limits_urad),
            "stale_after_s": self.stale_after_s,
        }

    def _judgement(
        self,
        structure: str,
        ages: Mapping[str, float | None],
        levels: Sequence[dict[str, Any]],
        faults: Sequence[str],
    ) -> Judgement:
        mine = [key for key in sorted(ages) if self.places[key].structure.code == structure]
        stale = {
            key: "never" if age is None else f"for {age:.0f} s"
            for key in mine
            if (age := ages[key]) is None or age > self._patience_s(key)
        }
        limits = [row for row in levels if row["structure"] == structure and row["may_page"]]
        return Judgement(faults=faults, stale=stale, streams=len(mine), limits=len(limits))

    def _patience_s(self, key: str) -> float:
        """Slow instruments send ten-second blocks; they may be that much older."""
        return self.stale_after_s + (10.0 if self.places[key].instrument.rate_hz < 50 else 0.0)

    def status(self, now_ns: int) -> dict[str, Any]:
        """Return what ``plumbline status`` prints."""
        channels = [asdict(status) for status in self.channels.statuses(now_ns)]
        unheard = [key for key, at in self.channels.last_received_ns().items() if not at]
        status = {"now_ns": str(now_ns), "channels": channels, "unheard": unheard}
        return {**status, **self.health()}


def _event_report(event: Event) -> dict[str, Any]:
    """Return an event for the page; nanoseconds as text, a browser's numbers are too short."""
    report = asdict(event)
    report["onset_ns"] = str(event.onset_ns)
    report["closed_ns"] = str(event.closed_ns) if event.closed_ns else None
    return report
