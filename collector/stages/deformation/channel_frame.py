"""Channel frames: values of channels at some times, with what each value lacks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.arrays import Floats
from plumbline.analysis.thermal.model import ThermalModel
from plumbline.wire.block import NS

Flags = NDArray[np.bool_]
DAY_NS = 86_400 * NS


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelValues:
    """Values of one channel at each time of a frame.

    Attributes
    ----------
    values
        One row a part, NaN where there is none, shape ``(n_parts, n_times)``.
    lacking
        Text of what a value lacks, and at which times: ``{"0B.LA1 missing": ...}``.
    """

    values: Floats
    lacking: Mapping[str, Flags]

    def quality(self, at: int) -> tuple[str, ...]:
        """Return what the value at an index lacks; nothing: it is whole."""
        return tuple(words for words, where in self.lacking.items() if where[at])

    def like(self, at: int) -> Flags:
        """Return which times lack the very same: only those compare."""
        alike = np.ones(self.values.shape[1], dtype=bool)
        for where in self.lacking.values():
            alike &= where == where[at]
        return alike


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFrame:
    """Values of the instruments at some times, and the temperature models there are.

    Attributes
    ----------
    time_ns
        Ascending, shape ``(n_times,)``. [ns since 1970]
    measured
        Values by stream: one row an axis, NaN where there is none.
    models
        Model by structure and name of a compensated channel, or why there is none.
    """

    time_ns: NDArray[np.int64]
    measured: Mapping[str, Floats]
    models: Mapping[str, ThermalModel | str] = field(default_factory=dict)

    @property
    def time_d(self) -> Floats:
        """The same times. [d since 1970]"""
        days: Floats = self.time_ns / DAY_NS
        return days


def merged(*parts: Mapping[str, Flags]) -> dict[str, Flags]:
    """Return what several lack together."""
    whole: dict[str, Flags] = {}
    for part in parts:
        for words, where in part.items():
            whole[words] = whole[words] | where if words in whole else where
    return whole
