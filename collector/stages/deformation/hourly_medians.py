"""Hourly medians of an instrument, for rates over days and forecasts over weeks."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from plumbline.collector.stages.deformation.array_codec import decode_array, encode_array
from plumbline.collector.stages.deformation.window_means import WindowMean
from plumbline.wire.block import NS

HOUR_NS = 3600 * NS
LEAST_SHARE = 0.5  # of the windows an hour should hold; with fewer it has no median


class HourlyMedians:
    """The latest hours, each the median of its windows that do not overlap.

    Parameters
    ----------
    capacity
        Number of hours remembered; 0: nothing is collected.
    window_s
        Distance of the windows. [s]
    """

    def __init__(self, n_axes: int, *, capacity: int, window_s: float) -> None:
        self.capacity = capacity
        self.changed = False
        self._n_axes = n_axes
        self._least = max(1.0, LEAST_SHARE * 3600.0 / window_s)
        self._open: int | None = None
        self._windows: list[tuple[float, ...]] = []
        self._values: dict[int, tuple[float, ...]] = {}

    def add(self, mean: WindowMean) -> None:
        """Take a window into its hour."""
        hour = (mean.end_ns - 1) // HOUR_NS
        if self.capacity and hour != self._open:
            self._close()
            self._open = hour
        if self.capacity:
            self._windows.append(mean.values)

    def close_through(self, end_ns: int) -> None:
        """Close the open hour if a window that ends then is its last."""
        if self._open is not None and end_ns >= (self._open + 1) * HOUR_NS:
            self._close()

    def insert(self, hour: int, values: tuple[float, ...]) -> None:
        """Take an hour of the archive in, where none is known."""
        if hour not in self._values:
            self._values[hour] = values
            self.changed = True

    def known(self) -> set[int]:
        """Return the hours there are, by their number since 1970."""
        return set(self._values)

    def items(self) -> list[tuple[int, tuple[float, ...]]]:
        """Return the hours and their values, in order."""
        return sorted(self._values.items())

    def at(self, hours: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the values of some hours, NaN where one is not known, ``(n_axes, n_hours)``."""
        nothing = (np.nan,) * self._n_axes
        rows = [self._values.get(hour, nothing) for hour in hours.tolist()]
        return np.array(rows, dtype=np.float64).reshape(-1, self._n_axes).T

    def _close(self) -> None:
        if self._open is not None and len(self._windows) >= self._least:
            medians = np.median(np.array(self._windows), axis=0)
            self._values[self._open] = tuple(medians.tolist())
            self.changed = True
            for hour in [old for old in self._values if old < self._open - self.capacity]:
                del self._values[hour]
        self._open, self._windows = None, []

    def open_state(self) -> dict[str, Any]:
        """Return the open hour, as JSON."""
        return {"hour": self._open, "windows": self._windows}

    def state(self) -> dict[str, Any]:
        """Return the closed hours, as JSON."""
        hours = sorted(self._values)
        return {
            "hours": encode_array(np.array(hours, dtype=np.int64)),
            "values": encode_array(
                np.array([self._values[hour] for hour in hours], dtype=np.float64)
            ),
        }

    def restore(self, opened: dict[str, Any], closed: dict[str, Any] | None) -> None:
        """Go on from a state."""
        self._open = opened["hour"]
        self._windows = [tuple(values) for values in opened["windows"]]
        if closed is not None:
            hours = decode_array(closed["hours"], np.int64).tolist()
            values = decode_array(closed["values"], np.float64).reshape(-1, self._n_axes).tolist()
            self._values = {hour: tuple(each) for hour, each in zip(hours, values, strict=True)}
