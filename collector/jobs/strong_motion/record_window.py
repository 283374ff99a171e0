"""Record window of one node: its longest gap-free run of samples, and how much is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from plumbline.analysis.arrays import Floats
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordWindow:
    """Samples of one node in a window: its longest gap-free run.

    Attributes
    ----------
    requested_ns
        The window: ``start_ns <= time < end_ns``. [ns since 1970]
    start_ns
        Time of the first sample. [ns since 1970]
    accel_ms2
        The longest gap-free run, ``(n_axes, n_samples)``. [m/s2]
    runs
        How many gap-free runs the window holds; more than one is a gap.
    recorded_s
        Length of all of them together. [s]
    """

    requested_ns: tuple[int, int]
    start_ns: int
    rate_hz: float
    accel_ms2: Floats
    runs: int
    recorded_s: float

    def __post_init__(self) -> None:
        if self.accel_ms2.ndim != 2 or self.accel_ms2.shape[-1] == 0:
            raise ValueError(f"accel_ms2 must be (n_axes, n_samples), not {self.accel_ms2.shape}")

    @property
    def duration_s(self) -> float:
        """Length of the run. [s]"""
        return float(self.accel_ms2.shape[-1] / self.rate_hz)

    @property
    def requested_s(self) -> float:
        """Length of the window. [s]"""
        return (self.requested_ns[1] - self.requested_ns[0]) / NS

    @property
    def completeness(self) -> float:
        """Share of the window the run covers. [1]"""
        return min(self.duration_s / self.requested_s, 1.0)

    @property
    def missing_s(self) -> float:
        """Time without samples; less than two samples at the edges do not count. [s]"""
        missing_s = self.requested_s - self.recorded_s
        return missing_s if missing_s > 2 / self.rate_hz else 0.0


def longest_gap_free(
    place: Place, blocks: Iterable[Block], requested_ns: tuple[int, int]
) -> RecordWindow | None:
    """Return the longest gap-free run, the earliest of equals; None without a sample.

    Parameters
    ----------
    blocks
        Archived blocks of the place, in the order of time.
    """
    runs: list[list[Block]] = []
    for block in blocks:
        half_ns = round(NS / block.rate_hz / 2)
        follows = (
            runs
            and abs(block.start_ns - runs[-1][-1].end_ns) <= half_ns
            and block.rate_hz == runs[-1][-1].rate_hz
        )
        if follows:
            runs[-1].append(block)
        else:
            runs.append([block])
    if not runs:
        return None
    best = max(runs, key=_length_s)
    return RecordWindow(
        requested_ns=requested_ns,
        start_ns=best[0].start_ns,
        rate_hz=best[0].rate_hz,
        accel_ms2=np.concatenate([place.physical(block) for block in best], axis=-1),
        runs=len(runs),
        recorded_s=sum(_length_s(run) for run in runs),
    )


def _length_s(run: Sequence[Block]) -> float:
    return sum(block.n_samples for block in run) / run[0].rate_hz
