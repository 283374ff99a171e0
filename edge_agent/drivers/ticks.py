"""Numbering samples by the instrument's own clock, which prints whole milliseconds."""

MS_NS = 1_000_000
SET_NS = 1_000_000_000  # clock and arrival may part by this before the clock counts as set
FOLLOW = 0.05  # share of the difference by which the expected time follows the clock


class TickCounter:
    """Turns clock readings into sample numbers.

    Parameters
    ----------
    rate_hz
        Nominal sampling rate. [Hz]

    Notes
    -----
    A jump of the clock that the arrival times do not share is the clock being set, and begins a
    new run. Whole periods missing on both are a gap. The same reading twice is a repeated sample.
    """

    __slots__ = ("_arrival_ns", "_expected_ms", "_last_ms", "_number", "_period_ms", "run")

    def __init__(self, rate_hz: float) -> None:
        self.run = 0
        self._period_ms = 1000.0 / rate_hz
        self._number = -1
        self._expected_ms = 0.0
        self._last_ms = 0
        self._arrival_ns: int | None = None

    def number(self, ms: int, arrival_ns: int) -> int:
        """Return the number of the sample taken at ``ms``, of the run in ``run``."""
        if self._arrival_ns is None:
            return self._begin(ms, arrival_ns)
        extra = round((ms - self._expected_ms) / self._period_ms)
        if extra == 0:
            return self._step(ms, 0, arrival_ns)
        if extra == -1 and ms == self._last_ms:
            return self._number
        clock_ns = (ms - self._last_ms) * MS_NS
        if extra < 0 or clock_ns - (arrival_ns - self._arrival_ns) > SET_NS:
            return self._begin(ms, arrival_ns)
        return self._step(ms, extra, arrival_ns)

    def _begin(self, ms: int, arrival_ns: int) -> int:
        self.run += 1
        self._number = -1
        self._expected_ms = float(ms)
        return self._step(ms, 0, arrival_ns)

    def _step(self, ms: int, extra: int, arrival_ns: int) -> int:
        self._number += 1 + extra
        here_ms = self._expected_ms + extra * self._period_ms
        self._expected_ms = here_ms + FOLLOW * (ms - here_ms) + self._period_ms
        self._last_ms = ms
        self._arrival_ns = arrival_ns
        return self._number
