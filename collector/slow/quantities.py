"""What a limit looks at, from the means of a tiltmeter."""

from collections.abc import Sequence
from dataclasses import dataclass

from plumbline.analysis.tilt import differential_settlement_mm, tilt_resultant
from plumbline.analysis.trend.theil_sen import FEWEST_POINTS, theil_sen
from plumbline.collector.slow.means import Mean
from plumbline.collector.slow.settings import RATES, SETTLEMENTS, Quantity
from plumbline.wire.block import NS
from plumbline.wire.inventory.model import Instrument

HOUR_NS = 3600 * NS


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """The size a limit judges, and what it was made from."""

    size: float
    evidence: dict[str, object]


def looked_at(
    quantity: Quantity,
    means: Sequence[Mean],
    instrument: Instrument,
    *,
    window_s: float,
    rate_window_s: float,
) -> Looked | None:
    """Return the size of a quantity at the newest mean; None where it cannot be said.

    A rate is the slope of a robust line through means that do not overlap; it counts only where
    its 95 % interval leaves out zero.
    """
    newest = means[-1]
    if quantity not in RATES:
        return _sized(quantity, newest.tilt_urad, instrument)
    apart_ns = round(window_s * NS)
    begin_ns = newest.end_ns - round(rate_window_s * NS)
    chosen: list[Mean] = []
    for mean in reversed(means):
        if mean.end_ns < begin_ns:
            break
        if not chosen or chosen[-1].end_ns - mean.end_ns >= apart_ns:
            chosen.append(mean)
    if len(chosen) < FEWEST_POINTS:
        return None
    hours = [(mean.end_ns - newest.end_ns) / HOUR_NS for mean in chosen]
    rates = []
    for axis in range(len(newest.tilt_urad)):
        line = theil_sen(hours, [mean.tilt_urad[axis] for mean in chosen])
        rates.append(0.0 if line.low <= 0.0 <= line.high else line.rate)
    looked = _sized(quantity, tuple(rates), instrument)
    if looked is None:
        return None
    return Looked(size=looked.size, evidence={**looked.evidence, "points": len(chosen)})


def _sized(
    quantity: Quantity, tilt_urad: tuple[float, ...], instrument: Instrument
) -> Looked | None:
    """Return the resultant of a tilt, or the largest settlement over the baseline."""
    axes = instrument.axes
    if quantity in SETTLEMENTS:
        if instrument.baseline_m is None:
            return None
        settled = {
            axis.code: float(differential_settlement_mm(value, instrument.baseline_m))
            for axis, value in zip(axes, tilt_urad, strict=True)
        }
        code = max(settled, key=lambda axis: abs(settled[axis]))
        evidence: dict[str, object] = {
            "axis": code,
            "settlement_mm": settled[code],
            "baseline_m": instrument.baseline_m,
        }
        return Looked(size=abs(settled[code]), evidence=evidence)
    by_axis = {axis.code: value for axis, value in zip(axes, tilt_urad, strict=True)}
    if len(axes) != 2:
        return Looked(size=max(map(abs, tilt_urad)), evidence={"tilt_urad": by_axis})
    resultant = tilt_resultant(
        *tilt_urad, azimuth_x_deg=axes[0].azimuth_deg, azimuth_y_deg=axes[1].azimuth_deg
    )
    return Looked(
        size=float(resultant.magnitude_urad),
        evidence={"tilt_urad": by_axis, "azimuth_deg": round(float(resultant.azimuth_deg), 1)},
    )
