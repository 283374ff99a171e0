"""Judge a peak by a limit curve, or say why it cannot be judged."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from plumbline.analysis.limit_standing import may_page
from plumbline.analysis.quality.finding import Defect, Finding
from plumbline.analysis.vibration.curves import CurveCheck, LimitCurve
from plumbline.analysis.vibration.peak import VelocityPeak, VibrationAxis

LEAST_RATE_HZ = 250.0
"""Below it a stream cannot carry 1-80 Hz with room for the recorder's own filter. [Hz]"""

ASSESSMENT_SHARE = 0.1
"""Under this share of the line's lowest limit no frequency is named: none could change the
verdict, and one read out of noise is made up (the practice of meters)."""

FLOOR_PEAK_FACTOR = 4.5
"""Largest to r.m.s. value of Gaussian noise over a minute in this band, about."""


class Compliance(StrEnum):
    """What came of holding a peak against a curve."""

    WITHIN = "within"
    EXCEEDED = "exceeded"
    BELOW_ASSESSMENT = "below assessment level"
    BELOW_RANGE = "not applicable: below 1 Hz"
    RATE = "not applicable: sampling rate"
    INSTRUMENT_FLOOR = "not applicable: instrument floor"
    COMPONENT = "not applicable: component"
    CLIPPED = "not applicable: clipped"
    DEAD = "not applicable: dead channel"


UNFIT: dict[Defect, Compliance] = {
    Defect.CLIPPED: Compliance.CLIPPED,
    Defect.FLAT: Compliance.DEAD,
}
"""What a record with a fault cannot be held to: that it kept a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VibrationVerdict:
    """One peak held against one curve.

    Attributes
    ----------
    peak
        What moved, how fast, at which frequencies.
    curve
        Standard, line, location, duration, source and standing.
    outcome
        What came of it.
    frequency_hz
        The frequency whose limit governs; NaN where none does. [Hz]
    method
        How that frequency was found.
    limit_mms
        The governing limit; NaN where none applies. [mm/s]
    frequency_sensitive
        True if the two frequencies give different outcomes, or one lies outside the table: the
        lower limit was taken.
    reason
        The verdict in words.
    """

    peak: VelocityPeak
    curve: LimitCurve
    outcome: Compliance
    frequency_hz: float
    method: str
    limit_mms: float
    frequency_sensitive: bool
    reason: str

    @property
    def ratio(self) -> float:
        """Peak over limit; NaN where no limit applies."""
        return self.peak.ppv_mms / self.limit_mms

    @property
    def pages(self) -> bool:
        """True if this verdict may call a person: exceeded, by a limit that is no candidate."""
        return self.outcome is Compliance.EXCEEDED and may_page(self.curve.provenance.standing)


AXES: dict[CurveCheck, tuple[VibrationAxis, ...]] = {
    CurveCheck.EACH_COMPONENT: (
        VibrationAxis.HORIZONTAL,
        VibrationAxis.VERTICAL,
        VibrationAxis.UNKNOWN,
    ),
    CurveCheck.HORIZONTAL: (VibrationAxis.HORIZONTAL,),
    CurveCheck.VERTICAL: (VibrationAxis.VERTICAL,),
    CurveCheck.VECTOR_SUM: (VibrationAxis.SUM,),
}


def assessed(
    peak: VelocityPeak,
    curve: LimitCurve,
    rate_hz: float,
    floor_mms: float = 0.0,
    fault: Finding | None = None,
) -> VibrationVerdict:
    """Return the verdict on one peak.

    Parameters
    ----------
    peak
        Peak velocity and its frequencies, in the band of a meter.
    curve
        The limit.
    rate_hz
        Sampling rate of the record it comes from. [Hz]
    floor_mms
        R.m.s. velocity of the instrument's own noise in that band; 0 if not known. [mm/s]
    fault
        What makes the record unfit: it ran against the end of its range, or never moved.

    Notes
    -----
    Of a clipped record the peak is not known: it may show a limit exceeded, never one kept.
    Where zero crossings and spectrum name different frequencies, the one with the lower limit
    governs. A peak whose half wave is slower than the table begins is not judged at all: a far
    earthquake moves a site at 48 mm/s and 0.33 Hz without saying anything about DIN 4150-3.
    """
    floor_peak = FLOOR_PEAK_FACTOR * floor_mms
    if peak.axis not in AXES[curve.checked_by]:
        why = f"{curve.standard} judges the {curve.checked_by} here, this is {peak.axis}"
        return _not_assessed(peak, curve, Compliance.COMPONENT, why)
    if rate_hz < LEAST_RATE_HZ:
        why = f"{rate_hz:g} samples a second cannot carry 1-80 Hz; {LEAST_RATE_HZ:g} can"
        return _not_assessed(peak, curve, Compliance.RATE, why)
    if 2 * floor_peak > curve.lowest_mms:
        why = (
            f"the instrument's own noise peaks near {floor_peak:.2g} mm/s, "
            f"more than half of the lowest limit {curve.lowest_mms:g} mm/s"
        )
        return _not_assessed(peak, curve, Compliance.INSTRUMENT_FLOOR, why)
    if peak.ppv_mms <= max(ASSESSMENT_SHARE * curve.lowest_mms, floor_peak):
        if fault is not None:
            return _not_assessed(peak, curve, UNFIT[fault.defect], fault.reason)
        why = f"{peak.ppv_mms:.2g} mm/s is too small for a frequency to be named"
        return _not_assessed(peak, curve, Compliance.BELOW_ASSESSMENT, why)
    if not peak.frequencies_hz or peak.frequencies_hz[0] < curve.from_hz:
        slow = f"{peak.frequencies_hz[0]:.2f} Hz" if peak.frequencies_hz else "no whole half wave"
        why = f"the peak is {slow}: the table begins at {curve.from_hz:g} Hz"
        return _not_assessed(peak, curve, Compliance.BELOW_RANGE, why)
    verdict = _by_frequency(peak, curve)
    if fault is None:
        return verdict
    if verdict.outcome is Compliance.EXCEEDED:
        return replace(verdict, reason=f"{verdict.reason}; {fault.defect}: {fault.reason}")
    why = f"{fault.reason}; the peak was more than the {peak.ppv_mms:.2f} mm/s that is left"
    return _not_assessed(peak, curve, UNFIT[fault.defect], why)


def governing(
    peaks: Sequence[VelocityPeak],
    curve: LimitCurve,
    rate_hz: float,
    floor_mms: float = 0.0,
    faults: Mapping[str, Finding] = MappingProxyType({}),
) -> tuple[VibrationVerdict, ...]:
    """Return a verdict for each peak, the governing one first.

    An exceeded limit governs over all else, an unfit component over a limit kept, and the larger
    share of its own limit over the smaller; what else could not be judged comes last.

    Parameters
    ----------
    peaks, curve, rate_hz, floor_mms
        As of `assessed`.
    faults
        What makes the record of a component unfit, by component.
    """
    verdicts = [
        assessed(peak, curve, rate_hz, floor_mms, faults.get(peak.component)) for peak in peaks
    ]
    return tuple(sorted(verdicts, key=_rank, reverse=True))


def _rank(verdict: VibrationVerdict) -> tuple[float, float]:
    if verdict.outcome in UNFIT.values():
        return 1.0, math.inf  # as good as on its limit: only what exceeded one goes before
    ratio = verdict.ratio if math.isfinite(verdict.ratio) else -1.0
    return ratio, verdict.peak.ppv_mms


def _by_frequency(peak: VelocityPeak, curve: LimitCurve) -> VibrationVerdict:
    named = {
        "zero crossings": peak.zero_crossing_hz,
        "spectrum": peak.spectral_hz,
    }
    limits = {
        method: (f, curve.limit_mms(max(f, curve.from_hz)))
        for method, f in named.items()
        if math.isfinite(f)
    }
    method, (frequency_hz, limit_mms) = min(limits.items(), key=lambda item: item[1][1])
    over = {peak.ppv_mms > limit for _, limit in limits.values()}
    outside = any(f < curve.from_hz for f, _ in limits.values())
    outcome = Compliance.EXCEEDED if peak.ppv_mms > limit_mms else Compliance.WITHIN
    reason = (
        f"{peak.component}: {peak.ppv_mms:.2f} mm/s at {frequency_hz:.1f} Hz ({method}), "
        f"limit {limit_mms:.2f} mm/s: {outcome}"
    )
    if len(over) > 1 or outside:
        reason += "; frequency-sensitive, the lower limit was taken"
    return VibrationVerdict(
        peak=peak,
        curve=curve,
        outcome=outcome,
        frequency_hz=frequency_hz,
        method=method,
        limit_mms=limit_mms,
        frequency_sensitive=len(over) > 1 or outside,
        reason=reason,
    )


def _not_assessed(
    peak: VelocityPeak, curve: LimitCurve, outcome: Compliance, why: str
) -> VibrationVerdict:
    return VibrationVerdict(
        peak=peak,
        curve=curve,
        outcome=outcome,
        frequency_hz=math.nan,
        method="",
        limit_mms=math.nan,
        frequency_sensitive=False,
        reason=f"{peak.component}: {outcome}: {why}",
    )
