"""A Finding: one thing that is wrong with a channel, with the figures that show it."""

from dataclasses import dataclass
from enum import StrEnum


class Defect(StrEnum):
    """What can be wrong with a channel."""

    FLAT = "flat line"
    CLIPPED = "clipped"
    SPIKES = "spikes"
    STEP = "step"
    INCOMPLETE = "incomplete"
    HUM = "mains hum"
    NOISY = "noise floor too high"
    DEAF = "noise floor too low"
    PEAK = "peak unlike its neighbours"
    SWAPPED = "axes swapped"
    INVERTED = "axis inverted"


class Severity(StrEnum):
    """``FAULT``: do not use the channel without looking; ``REMARK``: know it and use it."""

    FAULT = "fault"
    REMARK = "remark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One defect of one channel.

    Attributes
    ----------
    defect, severity
        What, and how bad.
    reason
        The figures that show it, in words.
    start_s, end_s
        Where in the record it shows; None if everywhere. [s]
    """

    defect: Defect
    severity: Severity
    reason: str
    start_s: float | None = None
    end_s: float | None = None


def fault(
    defect: Defect, reason: str, start_s: float | None = None, end_s: float | None = None
) -> Finding:
    """Return a finding that makes a channel unusable as it is. [s]"""
    return Finding(
        defect=defect, severity=Severity.FAULT, reason=reason, start_s=start_s, end_s=end_s
    )


def remark(
    defect: Defect, reason: str, start_s: float | None = None, end_s: float | None = None
) -> Finding:
    """Return a finding to be known. [s]"""
    return Finding(
        defect=defect, severity=Severity.REMARK, reason=reason, start_s=start_s, end_s=end_s
    )
