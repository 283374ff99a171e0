"""The type of the arrays the simulator makes."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""Motion and times; each docstring states shape and unit."""
