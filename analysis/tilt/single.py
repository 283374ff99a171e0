"""What one tiltmeter may claim: a tilt and a differential settlement, never a distortion."""

from dataclasses import dataclass
from typing import Final

from plumbline.analysis.tilt.chain import differential_settlement_mm

NO_DISTORTION: Final = (
    "one tiltmeter measures the local rotation; angular distortion needs the rigid-body tilt "
    "removed: three settlement points, or a second tilt and the building's own"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleTiltmeter:
    """The finding of one tiltmeter.

    Attributes
    ----------
    tilt_urad
        Tilt since commissioning. [urad]
    baseline_m
        The length the settlement is stated for; ``None`` when the inventory has none. [m]
    differential_settlement_mm
        ``L sin(tilt)``, positive when the end the azimuth points to went down; ``None``
        without a length. [mm]
    angular_distortion
        Always ``None``, for the reason in ``angular_distortion_reason``.
    """

    tilt_urad: float
    baseline_m: float | None
    differential_settlement_mm: float | None
    angular_distortion: None = None
    angular_distortion_reason: str = NO_DISTORTION

    def __post_init__(self) -> None:
        if self.angular_distortion is not None:
            raise ValueError(NO_DISTORTION)
        if (self.baseline_m is None) != (self.differential_settlement_mm is None):
            raise ValueError("a differential settlement goes with the length it is stated for")


def single_tiltmeter(tilt_urad: float, baseline_m: float | None = None) -> SingleTiltmeter:
    """Return what one tiltmeter says, with the length it says it for.

    Parameters
    ----------
    tilt_urad
        Tilt since commissioning. [urad]
    baseline_m
        Length the tilt stands for; ``None`` leaves the settlement out. [m]
    """
    settlement = None if baseline_m is None else differential_settlement_mm(tilt_urad, baseline_m)
    return SingleTiltmeter(
        tilt_urad=tilt_urad, baseline_m=baseline_m, differential_settlement_mm=settlement
    )
