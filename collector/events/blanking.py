"""Blanking: the spans around shaking and sway in which no tilt or settlement is read.

A tiltmeter is an accelerometer: while it shakes, and until the ground and the instrument have come
to rest, its readings are not tilt. The limits of deformation and the residual comparison leave out
the same samples.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from plumbline.collector.events.model import MOTION_KINDS, Event
from plumbline.collector.events.store import EventStore
from plumbline.wire.block import FOREVER_NS, NS

LONGEST_NS = 86_400 * NS
"""An episode that began longer before a window is not searched for. [ns]"""

TimeSpan = tuple[int, int]
"""``start_ns <= time < end_ns``. [ns since 1970]"""


class Blanking:
    """Episodes of shaking and sway, widened on both sides.

    Parameters
    ----------
    before_s, after_s
        Time blanked before the onset of an episode and after its end. [s]
    """

    def __init__(self, events: EventStore, *, before_s: float, after_s: float) -> None:
        self._events = events
        self._before_ns, self._after_ns = round(before_s * NS), round(after_s * NS)
        self._revision = -1
        self._known: dict[str, tuple[int, list[TimeSpan]]] = {}

    def of(self, events: Iterable[Event]) -> list[TimeSpan]:
        """Return the blanked spans of some events; one that goes on has no end."""
        return [
            (
                event.onset_ns - self._before_ns,
                FOREVER_NS if event.closed_ns is None else event.closed_ns + self._after_ns,
            )
            for event in events
            if event.kind in MOTION_KINDS
        ]

    def between(self, structure: str, start_ns: int, end_ns: int) -> list[TimeSpan]:
        """Return the blanked spans of episodes that began in a span, and of those that go on."""
        episodes = self._events.between(start_ns, end_ns, structure) + self._events.open()
        return self.of(event for event in episodes if event.structure == structure)

    def since(self, structure: str, time_ns: int) -> list[TimeSpan]:
        """Return the blanked spans that reach beyond a time; read again when an event changed."""
        if (revision := self._events.revision) != self._revision:
            self._revision, self._known = revision, {}
        begin_ns = time_ns - LONGEST_NS
        known = self._known.get(structure)
        if known is None or begin_ns < known[0]:
            known = begin_ns, self.between(structure, begin_ns, FOREVER_NS)
            self._known[structure] = known
        return known[1]


def unblanked(time_ns: NDArray[np.int64], spans: Iterable[TimeSpan]) -> NDArray[np.bool_]:
    """Return which times lie in none of the spans."""
    free = np.ones(time_ns.size, dtype=bool)
    for start_ns, end_ns in spans:
        free &= (time_ns < start_ns) | (time_ns >= end_ns)
    return free
