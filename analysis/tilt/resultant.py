"""The resultant of a two-axis tiltmeter: how far the top leans, and toward where."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

# Two axes closer than this to one line cannot tell a direction (error grows by 1/sin).
SMALLEST_SINE = 0.17


class Resultant(NamedTuple):
    """How far and toward where; arrays when the readings were arrays.

    Attributes
    ----------
    magnitude_urad
        Resultant tilt, never negative. [urad]
    azimuth_deg
        Direction the top moves to, clockwise from true north, in [0, 360). [deg]
    """

    magnitude_urad: Any
    azimuth_deg: Any


def tilt_resultant(
    x_urad: ArrayLike,
    y_urad: ArrayLike,
    *,
    azimuth_x_deg: float = 0.0,
    azimuth_y_deg: float = 90.0,
) -> Resultant:
    """Return the resultant tilt of two axes and its azimuth.

    Parameters
    ----------
    x_urad, y_urad
        Tilt of the two axes, positive when the top moves toward the axis' azimuth. [urad]
    azimuth_x_deg, azimuth_y_deg
        Where the two axes point, clockwise from true north. [deg]

    Returns
    -------
    Resultant
        For axes at right angles the magnitude is ``sqrt(x^2 + y^2)``; a pair that is not
        square is solved as the two projections it measures.

    Raises
    ------
    ValueError
        If the axes are within about 10 degrees of one line.
    """
    ax, ay = np.deg2rad(azimuth_x_deg), np.deg2rad(azimuth_y_deg)
    turn = float(np.sin(ay - ax))
    if abs(turn) < SMALLEST_SINE:
        raise ValueError(
            f"axes at {azimuth_x_deg} and {azimuth_y_deg} degrees are nearly one line: "
            "no direction can be told"
        )
    x, y = np.asarray(x_urad, dtype=float), np.asarray(y_urad, dtype=float)
    north = (x * np.sin(ay) - y * np.sin(ax)) / turn
    east = (y * np.cos(ax) - x * np.cos(ay)) / turn
    azimuth = np.rad2deg(np.arctan2(east, north)) % 360.0
    # A tiny negative angle rounds to 360.0 under the modulo; north is 0.
    azimuth = np.where(azimuth >= 360.0, 0.0, azimuth)
    magnitude = np.hypot(north, east)
    if magnitude.ndim == 0:
        return Resultant(float(magnitude), float(azimuth))
    return Resultant(magnitude, azimuth)
