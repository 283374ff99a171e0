"""What a driver makes of bytes: samples in counts, numbered as the instrument numbers them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Readings:
    """Consecutive samples of one output of one instrument.

    Attributes
    ----------
    output
        Which output of the driver, as ``"raw"`` or ``"temperature"``.
    run
        A number that changes when the instrument's counter began again.
    counter
        Number of the first sample within the run, never wrapping; None where the instrument
        does not count.
    counts
        Samples, shape ``(n_axes, n)``, int32, in the instrument's own axis order. [counts]
    ready_ns
        Latest monotonic time at which the last sample's motion can have happened: arrival less
        the constant delays of instrument and line. [ns]
    clipped
        The instrument says that motion beyond its range is in them, whatever the counts show: a
        filter behind the converter hides it.
    """

    output: str
    run: int
    counter: int | None
    counts: NDArray[np.int32]
    ready_ns: int
    clipped: bool = False
