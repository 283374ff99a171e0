"""Alarm state of one limit: rises after an on-delay, falls after an off-delay under a deadband.

Everything that may change a level is in `AlarmState.update`; time is sample time.

======================================================  =======================================
seen                                                    becomes
======================================================  =======================================
over a higher bound for ``dwell_s``                     that level
over a higher bound, not for so long yet                as it was, waiting to rise
under its own bound by the hysteresis for ``clear_s``   the level whose bound is still passed
under it, not for so long yet                           as it was, waiting to fall
between                                                 as it was, waiting for nothing
======================================================  =======================================

Where less is graver (days that are left), "over" is under and "under" is over.
"""

from dataclasses import dataclass
from typing import Any

from plumbline.collector.events.model import AlarmLevel
from plumbline.collector.stages.deformation.limit_settings import DeformationLimit
from plumbline.wire.block import NS

STATE_FIELDS = ("level", "since_ns", "rising_ns", "falling_ns", "worst", "highest")


@dataclass(slots=True)
class AlarmState:
    """Alarm level of one limit as it is now.

    Attributes
    ----------
    level, since_ns
        The level, and the sample time at which the crossing that led to it began.
    rising_ns, falling_ns
        Times since which it waits to rise or to fall; None where it does not. [ns since 1970]
    worst, highest
        Gravest size and highest level since it last left green.
    """

    limit: DeformationLimit
    level: AlarmLevel = AlarmLevel.GREEN
    since_ns: int = 0
    rising_ns: int | None = None
    falling_ns: int | None = None
    worst: float = 0.0
    highest: AlarmLevel = AlarmLevel.GREEN

    def update(self, size: float, time_ns: int) -> bool:
        """Take one size; return whether the level or the worst changed."""
        limit = self.limit
        passed = limit.reached(size)
        remaining = limit.reached(size, limit.hysteresis)
        if passed.rank > self.level.rank:
            self.falling_ns = None
            self.rising_ns = time_ns if self.rising_ns is None else self.rising_ns
            if time_ns - self.rising_ns >= limit.dwell_s * NS:
                if self.level is AlarmLevel.GREEN:
                    self.since_ns, self.worst, self.highest = self.rising_ns, size, passed
                self.level, self.rising_ns = passed, None
                self.worst = limit.graver(self.worst, size)
                self.highest = max(self.highest, passed, key=lambda level: level.rank)
                return True
            return False
        self.rising_ns = None
        if remaining.rank < self.level.rank:
            self.falling_ns = time_ns if self.falling_ns is None else self.falling_ns
            if time_ns - self.falling_ns >= limit.clear_s * NS:
                self.level, self.falling_ns = remaining, None
                return True
            return False
        self.falling_ns = None
        if self.level is not AlarmLevel.GREEN and limit.graver(size, self.worst) != self.worst:
            self.worst = size
            return True
        return False

    def reported_level(self) -> tuple[AlarmLevel, float]:
        """Return the level an event reports, with its bound: of one that is over, the highest."""
        level = self.highest if self.level is AlarmLevel.GREEN else self.level
        return level, dict(self.limit.bounds())[level]

    def state(self) -> dict[str, Any]:
        """Return what a restart needs, as JSON."""
        return {name: getattr(self, name) for name in STATE_FIELDS}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        for name, value in state.items():
            setattr(self, name, AlarmLevel(value) if name in ("level", "highest") else value)
