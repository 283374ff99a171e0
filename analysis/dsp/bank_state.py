"""Named state arrays, one row a channel, that a bank carries from call to call."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Rows = NDArray[np.intp] | slice

ALL = slice(None)
"""Every row of a bank."""


class RowState:
    """The memory of a bank: arrays whose first axis counts channels.

    Parameters
    ----------
    n_rows
        Number of channels.
    fresh
        For each array, the value of one row that has seen nothing. The array's
        dtype and the shape of its rows follow from it.

    Notes
    -----
    A snapshot of a bank is a copy of ``arrays``; putting the copy back
    continues the bank bit for bit.
    """

    def __init__(self, n_rows: int, fresh: Mapping[str, Any]) -> None:
        self._fresh = {name: np.asarray(value) for name, value in fresh.items()}
        self.arrays: dict[str, NDArray[Any]] = {
            name: np.repeat(value[np.newaxis], n_rows, axis=0)
            for name, value in self._fresh.items()
        }
        self.n_rows = n_rows

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.arrays[name]

    def reset(self, rows: Rows = ALL) -> None:
        """Make rows forget everything."""
        for name, value in self._fresh.items():
            self.arrays[name][rows] = value

    def grow(self, n_rows: int) -> None:
        """Add fresh rows until there are ``n_rows``."""
        extra = n_rows - self.n_rows
        if extra <= 0:
            return
        for name, value in self._fresh.items():
            added = np.repeat(value[np.newaxis], extra, axis=0)
            self.arrays[name] = np.concatenate([self.arrays[name], added])
        self.n_rows = n_rows

    def snapshot(self) -> dict[str, NDArray[Any]]:
        """Return a copy of every array."""
        return {name: array.copy() for name, array in self.arrays.items()}

    def restore(self, snapshot: Mapping[str, NDArray[Any]]) -> None:
        """Take back what ``snapshot`` returned.

        Raises
        ------
        ValueError
            If the snapshot has other arrays, or rows of another shape.
        """
        for name, value in self._fresh.items():
            if name not in snapshot or snapshot[name].shape[1:] != value.shape:
                raise ValueError(f"the snapshot does not fit this bank: {name!r}")
        self.arrays = {name: np.array(snapshot[name]) for name in self._fresh}
        self.n_rows = len(next(iter(self.arrays.values())))


def gathered(snapshots: Mapping[str, Mapping[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
    """Return the snapshots of several parts as one flat mapping, ``part.array``."""
    return {
        f"{part}.{name}": array
        for part, arrays in snapshots.items()
        for name, array in arrays.items()
    }


def parted(flat: Mapping[str, NDArray[Any]], part: str) -> dict[str, NDArray[Any]]:
    """Return one part of what :func:`gathered` made."""
    head = part + "."
    return {name[len(head) :]: array for name, array in flat.items() if name.startswith(head)}


def count(rows: Rows | Sequence[int], n_rows: int) -> int:
    """Return how many rows a selection names."""
    return len(range(n_rows)[rows]) if isinstance(rows, slice) else len(rows)
