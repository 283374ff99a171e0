"""Steps of the collector's clock: what waits for a time goes on waiting as long as it would have.

Due times are stored as times of day, so that a restart knows them. When the clock steps they are
moved with it. A step shows beside a clock that never steps (time since boot); where there is none
to compare with, as after a reboot, only a clock that went back shows it.
"""

import hashlib
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from plumbline.collector.alerting.engine import rate_limits
from plumbline.collector.alerting.settings import AlertingSettings
from plumbline.collector.alerting.store import audit
from plumbline.collector.alerting.store.audit import AuditEntry
from plumbline.collector.alerting.store.database import AlertStore, mark, set_mark
from plumbline.collector.alerting.store.timers import move_timers
from plumbline.wire.block import NS

_SMALLEST_NS = 2 * NS  # a clock that is merely disciplined moves less between two ticks
_NOTE_EVERY_NS = 5 * NS
_WALL, _STEADY, _BOOT = "clock", "clock since boot", "boot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Both clocks at one moment; ``steady_ns`` is since the boot of that number. [ns]"""

    wall_ns: int
    steady_ns: int | None
    boot: int


def steady_now_ns() -> int:
    """Return the time since boot, sleep included. [ns]"""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic_ns() if clock is None else time.clock_gettime_ns(clock)


def boot_number() -> int:
    """Return a number of this boot of the machine; 0 where the system names none."""
    try:
        name = Path("/proc/sys/kernel/random/boot_id").read_bytes()
    except OSError:
        return 0
    return int.from_bytes(hashlib.sha256(name).digest()[:6]) or 1


@dataclass(slots=True, kw_only=True)
class ClockSteps:
    """Compares both clocks from tick to tick, and across restarts.

    Attributes
    ----------
    steady
        Returns the time since boot; None where only the time of day is known.
    """

    store: AlertStore
    settings: AlertingSettings
    steady: Callable[[], int] | None
    boot: int = field(default_factory=boot_number)
    _last: Reading | None = None
    _noted: Reading | None = None

    def follow(self, now_ns: int) -> None:
        """Move every due time with the clock if it has stepped since the last tick."""
        steady_ns = self.steady() if self.steady else None
        reading = Reading(wall_ns=now_ns, steady_ns=steady_ns, boot=self.boot)
        last = self._last
        if last is None:
            with self.store.transaction() as tx:
                last = _stored(tx)
        step_ns = _step_ns(last, reading) if last else 0
        if last is not None and step_ns:
            since_ns = last.wall_ns - rate_limits.longest_ns(self.settings.caps)
            with self.store.transaction() as tx:
                move_timers(tx, step_ns, handed_since_ns=since_ns)
                _store(tx, reading)
                audit.write(tx, now_ns, AuditEntry.CLOCK_STEPPED, by_s=round(step_ns / NS, 3))
            self._noted = reading
        elif self._noted is None or now_ns - self._noted.wall_ns >= _NOTE_EVERY_NS:
            with self.store.transaction() as tx:
                _store(tx, reading)
            self._noted = reading
        self._last = reading


def _step_ns(last: Reading, now: Reading) -> int:
    """Return by how much the time of day has stepped; 0 when it has not. [ns]"""
    wall_ns = now.wall_ns - last.wall_ns
    same_boot = now.boot == last.boot != 0
    if same_boot and now.steady_ns is not None and last.steady_ns is not None:
        passed_ns = now.steady_ns - last.steady_ns
        if passed_ns >= 0:
            step_ns = wall_ns - passed_ns
            return step_ns if abs(step_ns) >= _SMALLEST_NS else 0
    return min(wall_ns, 0)


def _stored(tx: sqlite3.Connection) -> Reading | None:
    wall_ns, steady_ns = mark(tx, _WALL), mark(tx, _STEADY)
    if not wall_ns:
        return None
    return Reading(wall_ns=wall_ns, steady_ns=steady_ns or None, boot=mark(tx, _BOOT))


def _store(tx: sqlite3.Connection, reading: Reading) -> None:
    set_mark(tx, _WALL, reading.wall_ns)
    set_mark(tx, _STEADY, reading.steady_ns or 0)
    set_mark(tx, _BOOT, reading.boot)
