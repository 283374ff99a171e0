"""Status of channels: latency, gaps, noise beside the floor, clock error, flat, clipped."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit

WINDOW_S = 60.0  # long enough for a 1 Hz tiltmeter to show that it moves
FLAT_S = 10.0  # a MEMS accelerometer never repeats one count for ten seconds
CLIPPED_SHARE = 0.995  # of full scale; the last half per cent is offset and gain error


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStatus:
    """One channel as it was over the last minute.

    Attributes
    ----------
    age_s
        Since the newest sample arrived; what comes late does not make it younger. [s]
    latency_s
        From the end of the newest block to its arrival. [s]
    gaps, missing_s
        Holes in what came in its time, since the collector started, and how long they were
        together; one that was filled late counts too: it was not there when it was needed. [s]
    rms, floor
        Noise about its mean, and what the instrument alone would show; None where the inventory
        states no floor. [unit of the stream]
    flat
        An accelerometer that repeated one count for ten seconds.
    clipped
        It reached its full scale, or its agent states so: behind a filter the counts hide it.
    """

    channel: str
    unit: str
    age_s: float
    latency_s: float
    gaps: int
    missing_s: float
    rms: float
    floor: float | None
    clock_error_ms: float
    time_quality: int
    flat: bool
    clipped: bool

    @property
    def floor_ratio(self) -> float | None:
        """How many times its own floor the noise is; near 1 it measures nothing but itself."""
        return None if self.floor is None else self.rms / self.floor


@dataclass(slots=True)
class _Stream:
    place: Place
    unit: str
    received_ns: int = 0
    latency_s: float = 0.0
    next_ns: int = 0
    gaps: int = 0
    missing_ns: int = 0
    clock_error_ns: int = 0
    time_quality: int = 0
    parts: deque[tuple[int, np.ndarray]] = field(default_factory=deque)


class ChannelWatch:
    """Status of every channel from its latest blocks; may be read from another thread.

    Parameters
    ----------
    clipped_ns
        Returns when an agent last stated that a stream clipped, or None. [ns since 1970]
    """

    def __init__(
        self, places: Mapping[str, Place], clipped_ns: Callable[[str], int | None] = lambda _: None
    ) -> None:
        self._clipped_ns = clipped_ns
        self._lock = threading.Lock()
        self._streams = {
            key: _Stream(place=place, unit=str(place.instrument.unit))
            for key, place in places.items()
        }

    def update(self, block: Block, received_ns: int) -> None:
        """Take one block in."""
        with self._lock:
            stream = self._streams.get(block.stream.key)
            if stream is None:
                return
            end_ns = block.end_ns
            if end_ns <= stream.next_ns:
                return  # late data: it fills an old gap and is nothing of now
            stream.received_ns = max(stream.received_ns, received_ns)
            step_ns = NS / block.rate_hz
            hole_ns = block.start_ns - stream.next_ns
            if stream.next_ns and hole_ns > step_ns / 2:
                stream.gaps += 1
                stream.missing_ns += hole_ns
            stream.next_ns = end_ns
            stream.latency_s = (received_ns - end_ns) / NS
            stream.clock_error_ns = block.clock_error_ns
            stream.time_quality = block.time_quality
            stream.parts.append((end_ns, block.counts))
            while stream.parts[0][0] < end_ns - WINDOW_S * NS:
                stream.parts.popleft()

    def statuses(self, now_ns: int) -> list[ChannelStatus]:
        """Return the status of every channel that ever sent."""
        with self._lock:  # copied, because the live stage would wait for the arithmetic
            streams = [
                replace(stream, parts=stream.parts.copy())
                for stream in self._streams.values()
                if stream.parts
            ]
        found: list[ChannelStatus] = []
        for stream in streams:
            stated_ns = self._clipped_ns(stream.place.stream.key)
            stated = stated_ns is not None and now_ns - stated_ns < WINDOW_S * NS
            found += _statuses(stream, now_ns, clipped=stated)
        return found

    def last_received_ns(self) -> dict[str, int]:
        """Return when the newest of each stream arrived, by its key; 0 for never. [ns]"""
        with self._lock:
            return {key: stream.received_ns for key, stream in self._streams.items()}


def _statuses(stream: _Stream, now_ns: int, *, clipped: bool) -> Iterable[ChannelStatus]:
    instrument = stream.place.instrument
    counts = np.concatenate([part for _, part in stream.parts], axis=1)
    values = counts / instrument.sensitivity
    long_enough = max(2, round(FLAT_S * instrument.rate_hz))
    recent = counts[:, -long_enough:]
    for row, name in enumerate(stream.place.stream.nslc):
        largest = float(np.abs(values[row]).max())
        full = instrument.full_scale
        yield ChannelStatus(
            channel=name,
            unit=stream.unit,
            age_s=(now_ns - stream.received_ns) / NS,
            latency_s=stream.latency_s,
            gaps=stream.gaps,
            missing_s=stream.missing_ns / NS,
            rms=float(values[row].std()),
            floor=instrument.noise_rms,
            clock_error_ms=stream.clock_error_ns / 1e6,
            time_quality=stream.time_quality,
            flat=instrument.unit is Unit.ACCELERATION
            and recent.shape[1] == long_enough
            and bool((recent[row] == recent[row, 0]).all()),
            clipped=clipped or (full is not None and largest >= CLIPPED_SHARE * full),
        )
