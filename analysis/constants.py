"""Constants of physics and statistics that several formulas share."""

from typing import Final

STANDARD_GRAVITY_MS2: Final = 9.80665
"""Standard acceleration of gravity, by definition (3rd CGPM, 1901). [m/s2]"""

GAL_MS2: Final = 0.01
"""One gal, by definition: 1 cm/s2. [m/s2]"""

SIGMA_PER_MAD: Final = 1.482602218505602
"""Standard deviation of a Gaussian over its median absolute deviation: 1 / Phi^-1(3/4). [1]"""
