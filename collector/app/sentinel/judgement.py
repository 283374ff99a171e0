"""What the sentinel concludes: from what it hears of a collector, since when something is wrong.

Everything here is told its time; nothing waits, reads or sends.
"""

from dataclasses import dataclass
from enum import StrEnum

HEARTBEAT_S = 30.0
"""Agents beat every 10 s: one heard within this says that agents and broker live. [s]"""
SETTLED_S = 10.0


class Fault(StrEnum):
    """Why nobody may be watching."""

    UNREACHABLE = "unreachable"
    """No answer comes from the collector's page."""
    BLIND = "blind"
    """The collector answers that it does not watch, or not all of it."""
    SILENT = "silent"
    """No watermark comes: what the agents send is not taken."""


@dataclass(slots=True)
class Observed:
    """Latest signs of life, on the sentinel's monotonic clock; None before the first. [s]

    Attributes
    ----------
    answered_s
        When the page last answered with a health report.
    well
        Whether that report said that all is well.
    problems
        What the report said is wrong.
    watermark_s, heartbeat_s
        When the collector last acknowledged something, and an agent last beat.
    """

    answered_s: float | None = None
    well: bool = False
    problems: tuple[str, ...] = ()
    watermark_s: float | None = None
    heartbeat_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What is listened to, and how old a sign of life may be. [s]"""

    page: bool
    broker: bool
    fresh_s: float
    watermark_s: float


class FaultWatch:
    """Names the fault of each moment, and says since when there is one.

    A fault that goes away for less than 10 s has not gone away: a collector that is restarted again
    and again answers in between.

    Parameters
    ----------
    started_s
        When the sentinel began to listen: silence before it is not counted. [s]
    """

    def __init__(self, watched: Watched, started_s: float) -> None:
        self._watched = watched
        self._started_s = started_s
        self._faulty_since_s: float | None = None
        self._well_since_s: float | None = None

    def update(self, observed: Observed, now_s: float) -> Fault | None:
        """Take what was heard up to now; return the fault of this moment."""
        fault = self._fault(observed, now_s)
        if fault is not None:
            self._well_since_s = None
            if self._faulty_since_s is None:
                self._faulty_since_s = now_s
        elif self._observed_anything(observed):
            if self._well_since_s is None:
                self._well_since_s = now_s
            if now_s - self._well_since_s >= SETTLED_S:
                self._faulty_since_s = None
        return fault

    def faulty_s(self, now_s: float) -> float:
        """Return how long there has been a fault, 0 where there is none. [s]"""
        return 0.0 if self._faulty_since_s is None else now_s - self._faulty_since_s

    def well_s(self, now_s: float) -> float:
        """Return how long all has been well, 0 where it is not. [s]"""
        return 0.0 if self._well_since_s is None else now_s - self._well_since_s

    def _observed_anything(self, observed: Observed) -> bool:
        """Tell whether something was heard of all that must be: before that nothing is known."""
        return (observed.answered_s if self._watched.page else observed.watermark_s) is not None

    def _fault(self, observed: Observed, now_s: float) -> Fault | None:
        watched = self._watched
        if watched.page:
            if now_s - self._since(observed.answered_s) > watched.fresh_s:
                return Fault.UNREACHABLE
            if observed.answered_s is not None and not observed.well:
                return Fault.BLIND
        stale = watched.broker and now_s - self._since(observed.watermark_s) > watched.watermark_s
        if stale and (not watched.page or self._agents_beat(observed, now_s)):
            return Fault.SILENT
        return None

    def _agents_beat(self, observed: Observed, now_s: float) -> bool:
        """Tell whether agents are heard still, long after the last watermark.

        Where the broker, or the way to it, is gone, both end together.
        """
        beat_s = observed.heartbeat_s
        if beat_s is None or now_s - beat_s > HEARTBEAT_S:
            return False
        return beat_s - self._since(observed.watermark_s) > self._watched.watermark_s / 2

    def _since(self, observed_s: float | None) -> float:
        return self._started_s if observed_s is None else observed_s
