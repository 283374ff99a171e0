"""A Block: one gap-free run of samples from one instrument, still in counts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plumbline.wire.identity import StreamId

NS = 1_000_000_000
"""Nanoseconds in a second."""

FOREVER_NS = 2**62
"""A time beyond any sample, which overflows no integer of SQLite or NumPy. [ns since 1970]"""

STANDARD_GRAVITY_MS2 = 9.80665
"""Standard acceleration of gravity, for instruments that count in g. [m/s2]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """One gap-free run of samples from one instrument.

    Attributes
    ----------
    stream
        Who measured it.
    boot
        Random 64-bit number of the agent start that made the block.
    seq
        Position of the block within the boot, from 0, one for each block of this stream.
    start_ns
        UTC time of the first sample. [ns since 1970]
    rate_hz
        Nominal sampling rate. [Hz]
    counts
        Raw samples, shape ``(n_axes, n_samples)``, int32, read-only. [counts]
    clock_error_ns
        Estimated largest error of ``start_ns``. [ns]
    time_quality
        FDSN timing quality: 100 counter-timed and disciplined, 50 arrival-timed,
        0 unknown. [percent]

    Raises
    ------
    ValueError
        If shapes, ranges or types break the above.
    """

    stream: StreamId
    boot: int
    seq: int
    start_ns: int
    rate_hz: float
    counts: NDArray[np.int32]
    clock_error_ns: int
    time_quality: int

    def __post_init__(self) -> None:
        counts = np.ascontiguousarray(self.counts)
        if counts.dtype != np.int32 or counts.ndim != 2:
            raise ValueError(f"counts: expected 2-D int32, got {counts.ndim}-D {counts.dtype}")
        if counts.shape[0] != len(self.stream.axes) or counts.shape[1] < 1:
            raise ValueError(
                f"counts: expected ({len(self.stream.axes)}, 1 or more), got {counts.shape}"
            )
        if not 0 <= self.boot < 2**64 or not 0 <= self.seq < 2**53:
            raise ValueError("boot must be a 64-bit number and seq a count from 0")
        if not 0.0 < self.rate_hz < 1e6:
            raise ValueError(f"rate_hz: must be > 0, got {self.rate_hz}")
        if not 0 <= self.time_quality <= 100 or self.clock_error_ns < 0:
            raise ValueError("time_quality must be 0..100 and clock_error_ns >= 0")
        counts.flags.writeable = False
        object.__setattr__(self, "counts", counts)

    @property
    def n_samples(self) -> int:
        """Number of samples of each axis."""
        return int(self.counts.shape[1])

    @property
    def end_ns(self) -> int:
        """UTC time at which the next sample is due. [ns since 1970]"""
        return self.time_ns(self.n_samples)

    def time_ns(self, index: int) -> int:
        """UTC time of sample ``index``. [ns since 1970]"""
        return self.start_ns + round(index * NS / self.rate_hz)

    def same_as(self, other: "Block") -> bool:
        """Return whether every attribute and every sample agree."""
        return (
            self.stream == other.stream
            and (self.boot, self.seq, self.start_ns) == (other.boot, other.seq, other.start_ns)
            and self.rate_hz == other.rate_hz
            and self.clock_error_ns == other.clock_error_ns
            and self.time_quality == other.time_quality
            and np.array_equal(self.counts, other.counts)
        )
