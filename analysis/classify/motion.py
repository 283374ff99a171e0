"""The motion of one node that is to be explained."""

from dataclasses import dataclass

import numpy as np

from plumbline.analysis.arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NodeMotion:
    """One node's acceleration around the time in question.

    Attributes
    ----------
    code
        Name of the node.
    ground
        Whether it sits on the ground.
    accel_ms2
        Shape ``(n_axes, n_samples)``, offset and all. [m/s2]
    rate_hz
        Sampling rate. [Hz]
    before_s
        How much of the beginning comes before the motion: what the node does at rest. [s]
    vertical
        Which axis points up; None if nobody says.

    Raises
    ------
    ValueError
        If there is less than a second of motion, or it is not finite.
    """

    code: str
    ground: bool
    accel_ms2: Floats
    rate_hz: float
    before_s: float = 0.0
    vertical: int | None = None

    def __post_init__(self) -> None:
        if self.accel_ms2.ndim != 2 or not np.isfinite(self.accel_ms2).all():
            raise ValueError(f"{self.code}: expected finite (n_axes, n_samples)")
        if self.accel_ms2.shape[1] - self.n_before < self.rate_hz:
            raise ValueError(f"{self.code}: less than a second of motion")

    @property
    def rest(self) -> Floats:
        """The first half of what came before: a motion often begins before its onset is told."""
        return self.accel_ms2[:, : self.n_before // 2]

    @property
    def n_before(self) -> int:
        """Samples that come before the motion."""
        return round(self.before_s * self.rate_hz)
