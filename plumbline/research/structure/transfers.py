"""Transfer functions from the base, and differences between parallel corners."""

from collections.abc import Sequence
from typing import Any

from plumbline.analysis.modal import (
    DifferencePeak,
    Identified,
    TransferPeak,
    difference_peaks,
    transfer_function,
    transfer_peaks,
)
from plumbline.research.structure.pairs import across, parallel_pairs
from plumbline.research.structure.roles import Roles

MOST_PEAKS = 8  # of a transfer function or a difference, the most prominent ones
LOWEST_HZ = 0.05


def transfers(roles: Roles, rate_hz: float, high_hz: float) -> list[dict[str, Any]]:
    """Return the peaks of every floor's transfer function from the base, highest floor first."""
    told = []
    for channel in sorted(roles.floors, key=lambda c: -c.level.rank):
        base = next((b for b in roles.base if b.direction == channel.direction), None)
        if base is None:
            continue
        function = transfer_function(base.values, channel.values, rate_hz)
        peaks = transfer_peaks(function, LOWEST_HZ, high_hz)
        told.append(
            {
                "base": base.name,
                "channel": channel.name,
                "place": channel.place,
                "level": channel.level.name,
                "direction": channel.direction,
                "resolution_hz": 1 / function.segment_s,
                "peaks": [_peak(p) for p in _highest(peaks)],
            }
        )
    return told


def _highest(peaks: Sequence[TransferPeak]) -> list[TransferPeak]:
    # a high gain without coherence is where the base hardly moves, not where the floor answers
    kept = sorted(peaks, key=lambda p: -p.gain * p.coherence)[:MOST_PEAKS]
    return sorted(kept, key=lambda p: p.frequency_hz)


def _peak(peak: TransferPeak) -> dict[str, float]:
    return {
        "frequency_hz": peak.frequency_hz,
        "period_s": 1 / peak.frequency_hz,
        "gain": peak.gain,
        "coherence": peak.coherence,
    }


def differences(roles: Roles, rate_hz: float, identified: Identified) -> list[dict[str, Any]]:
    """Return the peaks in the difference of parallel channels of each level."""
    told = []
    for pair in parallel_pairs(roles.floors):
        sideways = across(pair, roles.floors)
        peaks = difference_peaks(
            pair[0].values,
            pair[1].values,
            sideways[0].values if sideways else None,
            rate_hz,
            max(identified.low_hz, LOWEST_HZ),
            identified.high_hz,
        )
        told.append(
            {
                "level": pair[0].level.name,
                "direction": pair[0].direction,
                "channels": [c.name for c in pair],
                "places": [c.place for c in pair],
                "peaks": [_difference(p) for p in _standing_out(peaks)],
            }
        )
    return told


def _standing_out(peaks: Sequence[DifferencePeak]) -> list[DifferencePeak]:
    kept = sorted(peaks, key=lambda p: -p.prominence_db)[:MOST_PEAKS]
    return sorted(kept, key=lambda p: p.frequency_hz)


def _difference(peak: DifferencePeak) -> dict[str, Any]:
    return {
        "frequency_hz": peak.frequency_hz,
        "twist": str(peak.twist),
        "rotation_share": peak.rotation_share,
        "coherence": peak.coherence,
        "prominence_db": peak.prominence_db,
    }
