"""The type of the arrays read from record files."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""Values and times as read; each docstring states shape and unit."""
