"""Backfill of hourly medians from the archive, made as the stage makes its own."""

import time
from collections.abc import Callable, Generator, Iterator, Sequence

from plumbline.collector.events.blanking import LONGEST_NS, Blanking
from plumbline.collector.stages.deformation.hourly_medians import HOUR_NS, HourlyMedians
from plumbline.collector.stages.deformation.instrument_series import InstrumentSeries
from plumbline.collector.stages.deformation.settings import DeformationSettings
from plumbline.collector.stages.deformation.window_means import WindowMeans
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place

Window = Callable[[str, int, int], Iterator[Block]]
"""Returns the archived blocks of a stream, by its key, between two times."""
Task = Iterator[None]
"""Work that can be paused wherever it yields."""
FOREVER = 1 << 40


def archived_hours(
    place: Place,
    settings: DeformationSettings,
    window: Window,
    blanking: Blanking,
    span_ns: tuple[int, int],
) -> Generator[None, None, HourlyMedians]:
    """Return the hours of a span; yields after every block, so that it can be paused.

    Parameters
    ----------
    span_ns
        Begin and end; whole hours. [ns since 1970]
    """
    start_ns, end_ns = span_ns
    means = WindowMeans(place, window_s=settings.window_s, step_s=settings.window_s, lag_s=0.0)
    hours = HourlyMedians(len(place.instrument.axes), capacity=FOREVER, window_s=settings.window_s)
    blanked = blanking.between(place.structure.code, start_ns - LONGEST_NS, end_ns)
    # The last window is due when a sample after it has come.
    beyond_ns = end_ns + round(settings.window_s * NS)
    for block in window(place.stream.key, start_ns, beyond_ns):
        means.feed(block)
        for end, mean in means.completed_windows(blanked):
            if mean is not None and start_ns < end <= end_ns:
                hours.add(mean)
            hours.close_through(end)
        yield
    hours.close_through(FOREVER * HOUR_NS)
    return hours


def fill_hours(
    instrument: InstrumentSeries,
    settings: DeformationSettings,
    window: Window,
    blanking: Blanking,
    last_hour: int,
) -> Task:
    """Fill the hours an instrument lacks before an hour from the archive, a block at a time."""
    for first, last in missing_runs(
        instrument.hours.known(), last_hour - instrument.hours.capacity, last_hour
    ):
        span_ns = (first * HOUR_NS, last * HOUR_NS)
        hours = yield from archived_hours(instrument.place, settings, window, blanking, span_ns)
        for hour, values in hours.items():
            instrument.hours.insert(hour, values)
        instrument.dirty = True


def missing_runs(known: set[int], first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of hours in ``[first, last)`` that are not known."""
    begin: int | None = None
    for hour in range(first, last + 1):
        is_missing = hour < last and hour not in known
        if is_missing and begin is None:
            begin = hour
        elif not is_missing and begin is not None:
            yield begin, hour
            begin = None


class Backfill:
    """Tasks done a little at a time, one after the other."""

    def __init__(self) -> None:
        self._tasks: list[tuple[frozenset[str], Task]] = []

    def add(self, concerns: Sequence[str], task: Task) -> None:
        """Put a task at the end; what it concerns waits for it."""
        self._tasks.append((frozenset(concerns), task))

    def is_waiting(self, concern: str) -> bool:
        """Return whether something waits for a task."""
        return any(concern in concerns for concerns, _ in self._tasks)

    def work(self, seconds: float) -> bool:
        """Go on with the tasks for so long; return whether any was there."""
        busy, until = bool(self._tasks), time.monotonic() + seconds
        while self._tasks and time.monotonic() < until:
            if next(self._tasks[0][1], FOREVER) is FOREVER:
                del self._tasks[0]
        return busy
