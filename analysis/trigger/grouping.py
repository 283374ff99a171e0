"""Whole groups of samples from pieces of any length."""

import numpy as np

from plumbline.analysis.arrays import Floats
from plumbline.analysis.dsp.bank_state import ALL, Rows, RowState, count


class Grouper:
    """Hold back samples until they fill groups of ``size``, channel by channel.

    Notes
    -----
    Decisions fall on a grid of groups counted from a channel's first sample, so
    where a stream was cut on its way cannot move them.
    """

    def __init__(self, size: int, n_rows: int) -> None:
        if size < 1:
            raise ValueError(f"a group needs at least one sample, not {size}")
        self._size = size
        fresh = {"held": np.zeros(max(size - 1, 1)), "n_held": np.int64(0)}
        self.state = RowState(n_rows, fresh)

    def held(self, rows: Rows = ALL) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Return how many samples each named row holds back; equal ones may tick together."""
        return np.asarray(self.state["n_held"][rows])

    def feed(self, x: Floats, rows: Rows = ALL) -> Floats:
        """Return the samples of all groups now full, shape ``(n_named_rows, k size)``.

        Raises
        ------
        ValueError
            If the named rows hold back different numbers of samples.
        """
        if x.ndim != 2 or len(x) != count(rows, self.state.n_rows):
            raise ValueError(f"{x.shape} samples for {count(rows, self.state.n_rows)} rows")
        if x.size == 0:
            return np.zeros((len(x), 0))
        n_held = self.state["n_held"][rows]
        if np.any(n_held != n_held[0]):
            raise ValueError("rows that hold different numbers of samples in one call")
        joined = np.concatenate([self.state["held"][rows][:, : n_held[0]], x], axis=1)
        whole = joined.shape[1] // self._size * self._size
        left = joined.shape[1] - whole
        held = self.state["held"][rows]
        held[:, :left] = joined[:, whole:]
        self.state["held"][rows] = held
        self.state["n_held"][rows] = left
        return np.ascontiguousarray(joined[:, :whole])

    def reseed(self, rows: Rows = ALL) -> None:
        """Drop what rows hold back."""
        self.state.reset(rows)


def grouped(x: Floats, size: int) -> Floats:
    """Return ``x`` of shape ``(rows, k size)`` as ``(rows, k, size)``."""
    return x.reshape(len(x), -1, size)


def mean_square(groups: Floats) -> Floats:
    """Return the mean square of each group. [unit of ``groups`` squared]."""
    return np.asarray(np.mean(np.square(groups), axis=-1))


def peak(groups: Floats) -> Floats:
    """Return the largest absolute value of each group."""
    return np.asarray(np.max(np.abs(groups), axis=-1))
