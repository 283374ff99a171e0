"""Types of the arrays that analysis takes and returns."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""Samples, times and everything computed from them; each docstring states shape and unit."""

Bools = NDArray[np.bool_]
"""One flag a sample, or a row."""
