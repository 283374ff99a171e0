"""What gravity and motion do to an accelerometer and to a tiltmeter, which are the same thing.

Both weigh a mass. An accelerometer reads motion minus gravity along its axes; a level tiltmeter
reads where the plumb line points. With the top leaning toward an axis by θ, that axis of an
accelerometer reads ``a - g sin θ`` and a tiltmeter reads ``θ - a/g``: neither can tell the one
from the other.
"""

import numpy as np

from plumbline.simulator.arrays import Floats
from plumbline.simulator.site import MotionFrame
from plumbline.wire.block import STANDARD_GRAVITY_MS2


def specific_force_ms2(frame: MotionFrame, level: int) -> Floats:
    """Return what an ideal accelerometer reads: east, north, up, shape ``(3, n)``. [m/s²]"""
    lean = np.sin(frame.tilt_rad[level])
    upright = np.sqrt(1 - lean[0] ** 2 - lean[1] ** 2)
    gravity = STANDARD_GRAVITY_MS2 * np.stack([-lean[0], -lean[1], upright])
    return np.asarray(frame.accel_ms2[level] + gravity)


def apparent_tilt_rad(frame: MotionFrame, level: int) -> Floats:
    """Return what an ideal tiltmeter reads: top toward east, north, shape ``(2, n)``. [rad]"""
    return np.asarray(
        np.arctan(np.tan(frame.tilt_rad[level]) - frame.accel_ms2[level][:2] / STANDARD_GRAVITY_MS2)
    )
