"""Horizons of the residual comparison: when it is due, and which windows are compared.

========  ==============  ======================================  ===========================
due       after           before                                  witnesses, as far apart
========  ==============  ======================================  ===========================
+2 min    2 to 4 min      2 min up to 10 s before the onset       20: some two hours
+1 h      40 to 60 min    20 min up to 10 s before the onset      24: a day, all its hours
+24 h     23 to 24 h      1 h up to 10 s before the onset         14: two weeks, at one hour
========  ==============  ======================================  ===========================

"After" counts from the end of the episode. What the ``[deformation]`` section blanks of a window,
because of this episode or another, is not read; with its defaults an episode touches none of its
own windows. After a day both windows lie at the same hour, so the daily wave cancels.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from plumbline.collector.events.blanking import TimeSpan
from plumbline.wire.block import NS

LEAD_NS: Final = 10 * NS
"""The window before ends so long before the onset. [ns]"""


class Horizon(NamedTuple):
    """One horizon: a row of the table above."""

    name: str
    since_s: int
    until_s: int
    witnesses: int


HORIZONS: Final = (
    Horizon("+2 min", 120, 240, 20),
    Horizon("+1 h", 2_400, 3_600, 24),
    Horizon("+24 h", 82_800, 86_400, 14),
)
BY_NAME: Final = {horizon.name: horizon for horizon in HORIZONS}


class Spans(NamedTuple):
    """The two windows that are compared."""

    before: TimeSpan
    after: TimeSpan

    @property
    def apart_ns(self) -> int:
        """From the beginning of one window to that of the other. [ns]"""
        return self.after[0] - self.before[0]

    def at_rest(self, n: int) -> list[TimeSpan]:
        """Return the windows of ``n`` witnesses, the oldest first; the last is ``before``."""
        start_ns, end_ns = self.before
        shifts = [back * self.apart_ns for back in range(n, -1, -1)]
        return [(start_ns - shift, end_ns - shift) for shift in shifts]


def spans(horizon: Horizon, onset_ns: int, closed_ns: int) -> Spans:
    """Return the two windows of an episode."""
    length_ns = (horizon.until_s - horizon.since_s) * NS
    end_ns = onset_ns - LEAD_NS
    return Spans(
        before=(end_ns - length_ns, end_ns),
        after=(closed_ns + horizon.since_s * NS, closed_ns + horizon.until_s * NS),
    )


def covered_ns(span: TimeSpan, blanked: Iterable[TimeSpan]) -> int:
    """Return how much of a span is blanked. [ns]"""
    total, done_ns = 0, span[0]
    for first, last in sorted(blanked):
        begin_ns, end_ns = max(first, done_ns), min(last, span[1])
        if end_ns > begin_ns:
            total, done_ns = total + end_ns - begin_ns, end_ns
    return total
