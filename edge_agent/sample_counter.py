"""Sample numbers by arrival, for an instrument that does not count its samples itself.

A line may be late because the host was busy: then the lines behind it catch up. It may be late
because lines before it are missing: then the lines behind it stay late. The first late line is
held until the next one shows which it was. A line that is the same as the one before and comes
long before its time is that one repeated. Among the first lines it must come right behind it too:
the very first may have been late itself, and then every other seems early.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from plumbline.edge_agent.envelope import LowerEnvelope
from plumbline.wire.block import NS

EARLY_PERIODS = 0.5
LATE_PERIODS = 0.75
SURE_LINES = 8  # so many lines are not all late
BEHIND_PERIODS = 0.1  # a line sent twice comes at once
LATE_AT_LEAST_NS = 250_000_000  # below that a fast instrument's jitter looks like a missing line

Numbered = tuple[int, NDArray[np.int32], int]


class SampleCounter:
    """Numbers samples from 0 by arrival; a jump in the numbers is a gap.

    Parameters
    ----------
    rate_hz
        Nominal sampling rate. [Hz]
    max_skew
        Largest error of that rate believed. [s/s]
    """

    __slots__ = (
        "_behind_ns",
        "_early_ns",
        "_envelope",
        "_late_ns",
        "_latest",
        "_latest_ns",
        "_next",
        "_period_ns",
        "_waiting",
        "repeated",
    )

    def __init__(self, *, rate_hz: float, max_skew: float) -> None:
        self._period_ns = NS / rate_hz
        self._early_ns = round(EARLY_PERIODS * self._period_ns)
        self._behind_ns = round(BEHIND_PERIODS * self._period_ns)
        self._late_ns = round(max(LATE_PERIODS * self._period_ns, LATE_AT_LEAST_NS))
        self._envelope = LowerEnvelope(max_skew=max_skew)
        self._next = 0
        self._waiting: list[tuple[NDArray[np.int32], int]] = []
        self._latest: NDArray[np.int32] | None = None
        self._latest_ns = 0
        self.repeated = 0

    def feed(self, counts: NDArray[np.int32], ready_ns: int) -> Iterator[Numbered]:
        """Take samples in their order, with the time the last was there; yield them numbered."""
        for column in range(counts.shape[1]):
            line = counts[:, column : column + 1]
            if self._is_repeated(line, ready_ns):
                self.repeated += 1
                continue
            self._latest, self._latest_ns = line, ready_ns
            yield from self._one(line, ready_ns)

    def settle(self) -> Iterator[Numbered]:
        """Yield what is still held back: no further line will show whether lines are missing."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._next += self._missing(waiting[0][1])
        for counts, ready_ns in waiting:
            yield self._numbered(counts, ready_ns)

    def _one(self, counts: NDArray[np.int32], ready_ns: int) -> Iterator[Numbered]:
        first_late_ns = self._waiting[0][1] if self._waiting else ready_ns
        self._waiting.append((counts, ready_ns))
        ahead = len(self._waiting) - 1
        is_late = self._next and self._lateness(ready_ns, ahead) >= self._late_ns
        if is_late and ready_ns - first_late_ns < self._period_ns / 2:
            return  # alone so far, or from one burst: the next line decides
        if is_late:
            self._next += self._missing(ready_ns - round(ahead * self._period_ns))
        waiting, self._waiting = self._waiting, []
        for each, each_ready_ns in waiting:
            yield self._numbered(each, each_ready_ns)

    def _is_repeated(self, line: NDArray[np.int32], ready_ns: int) -> bool:
        if self._latest is None or not np.array_equal(line, self._latest):
            return False
        if self._next < SURE_LINES and ready_ns - self._latest_ns > self._behind_ns:
            return False
        return self._next > 0 and self._lateness(ready_ns, len(self._waiting)) < -self._early_ns

    def _lateness(self, ready_ns: int, ahead: int) -> int:
        x = round((self._next + ahead) * self._period_ns)
        return ready_ns - x - self._envelope.at(x)

    def _missing(self, ready_ns: int) -> int:
        """Return how many lines are missing before one that was there at ``ready_ns``."""
        lateness = self._lateness(ready_ns, 0) if self._next else 0
        if lateness < self._late_ns:
            return 0
        return int((lateness + self._period_ns / 4) // self._period_ns)

    def _numbered(self, counts: NDArray[np.int32], ready_ns: int) -> Numbered:
        number, self._next = self._next, self._next + 1
        x = round(number * self._period_ns)
        self._envelope.add(x, ready_ns - x)
        return number, counts, ready_ns
