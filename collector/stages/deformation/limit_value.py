"""Value of a limit: of a tilt its resultant, of several parts the largest."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from plumbline.analysis.arrays import Floats
from plumbline.analysis.tilt import differential_settlement_mm, tilt_resultant
from plumbline.collector.stages.deformation.channels import DeformationChannel, MeasuredChannel
from plumbline.collector.stages.deformation.limit_settings import LimitQuantity
from plumbline.wire.inventory.model import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitValue:
    """Size that is compared with the bounds of a limit, and what it was made from.

    Attributes
    ----------
    size
        In the unit of the limit; infinite where days are counted and no end is in sight.
    quality
        Texts of what the value lacks; none: it is whole.
    """

    size: float
    evidence: dict[str, object]
    quality: tuple[str, ...] = ()


def limit_value(
    of: LimitQuantity, channel: DeformationChannel, values: Floats
) -> LimitValue | None:
    """Return the size of a channel's parts; None where there is none.

    Parameters
    ----------
    values
        One a part, NaN where nothing is known of it, shape ``(n_parts,)``.
    """
    if isinstance(channel, MeasuredChannel):
        if not np.isfinite(values).all():
            return None
        if channel.unit is Unit.TILT and of is LimitQuantity.DIFFERENTIAL_SETTLEMENT:
            return _over_the_baseline(channel, values)
        if of is LimitQuantity.TILT and len(values) == 2:
            return _resultant(channel, values)
    return _largest(channel, values)


def _over_the_baseline(channel: MeasuredChannel, tilt_urad: Floats) -> LimitValue | None:
    baseline_m = channel.place.instrument.baseline_m
    if baseline_m is None:
        return None
    settled = [float(differential_settlement_mm(value, baseline_m)) for value in tilt_urad]
    at = int(np.argmax(np.abs(settled)))
    evidence: dict[str, object] = {
        "axis": channel.parts[at],
        "settlement_mm": settled[at],
        "baseline_m": baseline_m,
    }
    return LimitValue(size=abs(settled[at]), evidence=evidence)


def _resultant(channel: MeasuredChannel, tilt_urad: Floats) -> LimitValue:
    x, y = channel.place.instrument.axes
    resultant = tilt_resultant(
        *tilt_urad.tolist(), azimuth_x_deg=x.azimuth_deg, azimuth_y_deg=y.azimuth_deg
    )
    return LimitValue(
        size=float(resultant.magnitude_urad),
        evidence={
            "tilt_urad": _by_part(channel.parts, tilt_urad),
            "azimuth_deg": round(float(resultant.azimuth_deg), 1),
        },
    )


def _largest(channel: DeformationChannel, values: Floats) -> LimitValue | None:
    known = np.isfinite(values)
    if not known.any():
        return None
    name = "tilt_urad" if channel.unit is Unit.TILT else "settlement_mm"
    at = int(np.argmax(np.where(known, np.abs(values), -1.0)))
    if len(channel.parts) == 1:
        return LimitValue(size=abs(float(values[at])), evidence={name: float(values[at])})
    return LimitValue(
        size=abs(float(values[at])),
        evidence={name: _by_part(channel.parts, values), "largest_at": channel.parts[at]},
    )


def _by_part(parts: Sequence[str], values: Floats) -> dict[str, float | None]:
    return {
        part: value if np.isfinite(value) else None
        for part, value in zip(parts, values.tolist(), strict=True)
    }
