"""The disk-space alarm: raised while there is still time to do something.

Two levels. *Low* is a warning with the hours left at the present rate; *critical* is the last one
before the journal stops taking data. Both end by themselves when space is back.
"""

import shutil
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from plumbline.collector.health.conditions import Conditions
from plumbline.wire.block import NS

LOW_HOURS = 24.0
LOW_BYTES = 5_000_000_000
CRITICAL_BYTES = 1_000_000_000
"""SQLite, journal and a closing hour together need less than this to end in good order."""
EASED = 1.1  # an alarm ends a tenth above its bound, so that it does not flicker
SPAN_NS = 6 * 3600 * NS
EVERY_NS = 60 * NS


class Space(StrEnum):
    """How much space is left."""

    PLENTY = "plenty"
    LOW = "low"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskState:
    """Free space of the data folder's disk.

    Attributes
    ----------
    free_bytes
        What is left.
    hours_left
        Until it is full at the rate of the last hours; None when it does not shrink. [h]
    """

    space: Space
    free_bytes: int
    hours_left: float | None


class _Seen(NamedTuple):
    now_ns: int
    free_bytes: int


class DiskWatch:
    """Measures free space once a minute and sets or clears the conditions of it.

    Parameters
    ----------
    free
        Returns the free bytes of a folder's disk.
    """

    def __init__(
        self,
        data: Path,
        conditions: Conditions,
        free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        self._data = data
        self._conditions = conditions
        self._free = free
        self._seen: deque[_Seen] = deque()
        self.state: DiskState | None = None

    def poll(self, now_ns: int) -> DiskState:
        """Measure, at most once a minute, and set or clear the conditions."""
        if self.state is None or not 0 <= now_ns - self._seen[-1].now_ns < EVERY_NS:
            self.state = self._measured(now_ns)
            self._report(self.state, now_ns)
        return self.state

    def _measured(self, now_ns: int) -> DiskState:
        free_bytes = self._free(self._data)
        if self._seen and now_ns <= self._seen[-1].now_ns:
            self._seen.clear()  # the clock went back: rates of before mean nothing
        self._seen.append(_Seen(now_ns, free_bytes))
        while now_ns - self._seen[0].now_ns > SPAN_NS:
            self._seen.popleft()
        hours_left = self._hours_left()
        eased = EASED if self.state and self.state.space is not Space.PLENTY else 1.0
        space = Space.PLENTY
        is_soon = hours_left is not None and hours_left < LOW_HOURS * eased
        if free_bytes < LOW_BYTES * eased or is_soon:
            space = Space.LOW
        eased = EASED if self.state and self.state.space is Space.CRITICAL else 1.0
        if free_bytes < CRITICAL_BYTES * eased:
            space = Space.CRITICAL
        return DiskState(space=space, free_bytes=free_bytes, hours_left=hours_left)

    def _hours_left(self) -> float | None:
        first, last = self._seen[0], self._seen[-1]
        used_bytes = first.free_bytes - last.free_bytes
        if used_bytes <= 0 or last.now_ns - first.now_ns < 10 * EVERY_NS:
            return None
        return last.free_bytes / used_bytes * (last.now_ns - first.now_ns) / (3600 * NS)

    def _report(self, state: DiskState, now_ns: int) -> None:
        left = f"{state.free_bytes / 1e9:.1f} GB left"
        if state.hours_left is not None:
            left += f", full in {state.hours_left:.0f} h at this rate"
        if state.space is Space.CRITICAL:
            self._conditions.set(
                "disk-critical",
                f"the disk of {self._data} is almost full ({left}): soon nothing more can be "
                "taken, and the agents will hold it. Free space now: move old years of archive/ "
                "elsewhere.",
                now_ns,
            )
        else:
            self._conditions.clear("disk-critical", now_ns)
        if state.space is Space.PLENTY:
            self._conditions.clear("disk-low", now_ns)
        else:
            self._conditions.set(
                "disk-low",
                f"the disk of {self._data} is filling ({left}): move old years of archive/ "
                "elsewhere or add a disk.",
                now_ns,
            )
