"""The host's clocks: monotonic for arrivals, and how it maps to UTC just now."""

import ctypes
import time
from pathlib import Path
from typing import Protocol

from plumbline.edge_agent.timebase import HostTime

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
HOLD_NS = 50_000  # reading two clocks one after the other is not better than that
SYNC_EVERY_NS = 10_000_000_000
STA_UNSYNC = 0x0040
TIME_ERROR = 5


class Clock(Protocol):
    """Clocks of the host: monotonic, UTC, and whether UTC is synchronised."""

    def monotonic_ns(self) -> int:
        """Return the clock that is never set. [ns]"""

    def utc_ns(self) -> int:
        """Return UTC. [ns since 1970]"""

    def host_time(self) -> HostTime:
        """Return how monotonic time maps to UTC now."""

    def synchronised(self) -> bool | None:
        """Return whether the machine's clock is held for synchronised; None where unknown."""

    @property
    def machine_boot(self) -> str:
        """The number of this start of the machine, for which monotonic times hold."""


class HostClock:
    """The clocks of this machine.

    Notes
    -----
    CLOCK_MONOTONIC is slewed by NTP as UTC is, so the offset between them stands still but for
    steps; changes below 50 µs are reading noise and are not taken up.
    """

    def __init__(self) -> None:
        self._offset_ns: int | None = None
        self._synchronised: bool | None = None
        self._sync_read_ns = 0
        self.machine_boot = BOOT_ID.read_text().strip() if BOOT_ID.exists() else ""

    def monotonic_ns(self) -> int:
        """Return the clock that is never set. [ns]"""
        return time.monotonic_ns()

    def utc_ns(self) -> int:
        """Return UTC. [ns since 1970]"""
        return time.time_ns()

    def host_time(self) -> HostTime:
        """Return how monotonic time maps to UTC now."""
        offset_ns = measured_offset_ns()
        if self._offset_ns is None or abs(offset_ns - self._offset_ns) > HOLD_NS:
            self._offset_ns = offset_ns
        return HostTime(offset_ns=self._offset_ns, synchronised=bool(self.synchronised()))

    def synchronised(self) -> bool | None:
        """Return whether the kernel holds its clock for synchronised; None where unknown."""
        now_ns = time.monotonic_ns()
        if not self._sync_read_ns or now_ns - self._sync_read_ns > SYNC_EVERY_NS:
            self._sync_read_ns = now_ns
            self._synchronised = kernel_synchronised()
        return self._synchronised


def measured_offset_ns() -> int:
    """Return UTC less monotonic time: of three readings the one that took least time. [ns]"""
    best = (1 << 62, 0)
    for _ in range(3):
        before = time.monotonic_ns()
        utc = time.time_ns()
        after = time.monotonic_ns()
        best = min(best, (after - before, utc - (before + after) // 2))
    return best[1]


def kernel_synchronised() -> bool | None:
    """Return whether the kernel's clock is disciplined, by ``ntp_adjtime``; None if unknown."""
    answer = ctypes.create_string_buffer(512)  # struct timex with mode 0: reads, sets nothing
    try:
        state = ctypes.CDLL(None, use_errno=True).ntp_adjtime(answer)
    except (OSError, AttributeError):
        return None
    if state < 0:
        return None
    status_at = 5 * ctypes.sizeof(ctypes.c_long)  # modes, offset, freq, maxerror, esterror, status
    status = int.from_bytes(answer.raw[status_at : status_at + 4], "little")
    return state != TIME_ERROR and not status & STA_UNSYNC
