"""What one tiltmeter may not claim: an angular distortion."""

from typing import Final

NO_DISTORTION: Final = (
    "one tiltmeter measures the local rotation; angular distortion needs the rigid-body tilt "
    "removed: three settlement points, or a second tilt and the building's own"
)
