"""Which channels of a structure cannot be believed, each with the reason."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from plumbline.analysis.drift import StoreyKind
from plumbline.analysis.quality import (
    Finding,
    QualityAxis,
    RecordPiece,
    Severity,
    completeness,
    examined,
    floors_apart,
    gravity,
    incomplete,
    noise_floor,
    peaks_apart,
    quiet_spread,
    turned,
)
from plumbline.records import Quantity, Unit
from plumbline.research.event import FileChannel
from plumbline.research.event.channels import UNNAMED

LEAST_NEIGHBOURS = 3
SAME_FLOOR_HZ = 1.0  # a floor slab moves as one below this


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityOptions:
    """What the user knows of the instruments.

    Attributes
    ----------
    noise_ug
        Noise density of the data sheet, or None. [µg/√Hz]
    full_scale
        Largest value either way, in the files' unit, or None.
    together_hz
        Below this frequency all instruments see one motion, or None if only same floors do. [Hz]
    """

    noise_ug: float | None
    full_scale: float | None
    together_hz: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One channel with everything found about it.

    Attributes
    ----------
    channel
        Its longest gap-free piece.
    pieces
        All pieces.
    findings
        What was found, faults first.
    """

    channel: FileChannel
    pieces: tuple[FileChannel, ...]
    findings: tuple[Finding, ...]

    @property
    def flagged(self) -> bool:
        """True if anything found is a fault."""
        return any(one.severity is Severity.FAULT for one in self.findings)


def examined_channels(channels: Sequence[FileChannel], options: QualityOptions) -> list[Examined]:
    """Examine every channel by itself and against its neighbours."""
    by_code: dict[tuple[str, str], list[FileChannel]] = defaultdict(list)
    for channel in channels:
        by_code[(channel.station, channel.code)].append(channel)
    longest = [max(pieces, key=lambda c: c.raw.size) for pieces in by_code.values()]
    around = _from_neighbours(longest, options)
    found = []
    for k, pieces in enumerate(by_code.values()):
        own = [finding for piece in pieces for finding in _alone(piece, options)]
        gaps = _gaps(pieces)
        findings = [*own, *([gaps] if gaps else []), *around.get(k, [])]
        findings.sort(key=lambda one: one.severity is not Severity.FAULT)
        found.append(Examined(channel=longest[k], pieces=tuple(pieces), findings=tuple(findings)))
    return found


def _alone(channel: FileChannel, options: QualityOptions) -> tuple[Finding, ...]:
    limits = None if options.full_scale is None else (-options.full_scale, options.full_scale)
    found = examined(channel.raw, channel.rate_hz, limits)
    if options.noise_ug is None or channel.quantity is not Quantity.ACCELERATION:
        return found
    known = {one.defect for one in found}
    more = examined(channel.values, channel.rate_hz, noise_ug=options.noise_ug)
    return (*found, *(one for one in more if one.defect not in known))


def _gaps(pieces: Sequence[FileChannel]) -> Finding | None:
    timed = _timed(pieces)
    return incomplete(timed, pieces[0].rate_hz) if len(timed) == len(pieces) else None


def _timed(pieces: Sequence[FileChannel]) -> list[RecordPiece]:
    return [
        RecordPiece(start_ns=p.start_ns, samples=p.raw.size)
        for p in pieces
        if p.start_ns is not None
    ]


def _from_neighbours(
    channels: Sequence[FileChannel], options: QualityOptions
) -> Mapping[int, list[Finding]]:
    found: dict[int, list[Finding]] = defaultdict(list)
    alike: dict[tuple[str, float], list[int]] = defaultdict(list)
    for k, channel in enumerate(channels):
        if (kind := _kind(channel)) is not None:
            alike[(kind, channel.rate_hz)].append(k)
    for (_, rate_hz), members in alike.items():
        axes = [_axis(channels[k]) for k in members]
        if len(members) >= LEAST_NEIGHBOURS:
            for apart in (floors_apart(axes, rate_hz), peaks_apart(axes)):
                for k, finding in apart.items():
                    found[members[k]].append(finding)
        for k, finding in _turned([channels[k] for k in members], rate_hz, options).items():
            found[members[k]].append(finding)
    return found


def _kind(channel: FileChannel) -> str | None:
    """Return what makes channels comparable; numbers without a unit are not."""
    if channel.quantity is not Quantity.UNKNOWN:
        return str(channel.quantity)
    if channel.unit == Unit.COUNTS:  # of one kind of instrument: FDSN band and source
        return f"counts {channel.code.rpartition('.')[2][:2]}"
    return None


def _turned(
    channels: Sequence[FileChannel], rate_hz: float, options: QualityOptions
) -> dict[int, Finding]:
    found: dict[int, Finding] = {}
    stations: dict[str, list[int]] = defaultdict(list)
    for k, channel in enumerate(channels):
        if channel.direction != UNNAMED:  # which way it points nobody says: it cannot be turned
            stations[channel.station].append(k)
    for members in stations.values():
        vertical = [channels[k].direction for k in members if channels[k].vertical]
        weighed = channels[members[0]].quantity is Quantity.ACCELERATION
        if len(vertical) == 1 and len(members) == 3 and weighed:
            axes = [_axis(channels[k]) for k in members]
            found |= {members[k]: f for k, f in gravity(axes, vertical[0]).items()}
    suspicions: dict[int, list[Finding]] = defaultdict(list)
    compared: dict[int, int] = defaultdict(int)
    for mine, theirs in permutations(stations.values(), 2):
        high_hz = _shared_hz(channels[mine[0]], channels[theirs[0]], options)
        if high_hz is None or not _same_time([channels[k] for k in (*mine, *theirs)]):
            continue
        one, other = ([_axis(channels[k]) for k in side] for side in (mine, theirs))
        suspected = turned(one, other, rate_hz, high_hz)
        for j, k in enumerate(mine):
            compared[k] += any(axis.axis == one[j].axis for axis in other)
            suspicions[k] += [suspected[j]] if j in suspected else []
    # between two that disagree nobody can say which is wrong; against most of several one can
    for k, findings in suspicions.items():
        if findings and len(findings) > compared[k] / 2:
            found.setdefault(k, findings[0])
    return found


def _shared_hz(one: FileChannel, other: FileChannel, options: QualityOptions) -> float | None:
    if options.together_hz is not None:
        return options.together_hz
    inside = one.level.kind not in (StoreyKind.UNKNOWN, StoreyKind.FREE_FIELD)
    return SAME_FLOOR_HZ if inside and one.level == other.level else None


def _same_time(channels: Sequence[FileChannel]) -> bool:
    return len({(c.start_ns, c.values.size) for c in channels}) == 1


def _axis(channel: FileChannel) -> QualityAxis:
    values = channel.polarity * channel.values
    return QualityAxis(place=channel.station, axis=channel.direction, values=values)


def quality_report(found: Sequence[Examined], noise_ug: float | None) -> dict[str, Any]:
    """Return what was found, units in the keys; with the noise of the data sheet, if stated."""
    return {
        "flagged": [one.channel.name for one in found if one.flagged],
        "channels": [_channel_report(one, noise_ug) for one in found],
    }


def _noise(channel: FileChannel, data_sheet_ug: float | None) -> dict[str, Any] | None:
    """Return the noise density beside the data sheet's; None where it is no acceleration."""
    if channel.quantity is not Quantity.ACCELERATION:
        return None
    found = noise_floor(channel.values, channel.rate_hz)
    if found is None:
        return None
    return {
        "density_ug": found.density_ug,
        "sigma_ug": found.sigma_ug,
        "quiet_s": found.quiet_s,
        "data_sheet_ug": data_sheet_ug,
        "over_data_sheet": None if data_sheet_ug is None else found.density_ug / data_sheet_ug,
    }


def _channel_report(one: Examined, data_sheet_ug: float | None) -> dict[str, Any]:
    channel = one.channel
    timed = _timed(one.pieces)
    whole = len(timed) == len(one.pieces)
    return {
        "channel": channel.name,
        "station": channel.station,
        "place": channel.place,
        "direction": channel.direction,
        "rate_hz": channel.rate_hz,
        "samples": sum(piece.raw.size for piece in one.pieces),
        "completeness": completeness(timed, channel.rate_hz) if whole else None,
        "unit": "SI" if channel.quantity is not Quantity.UNKNOWN else channel.unit,
        "quiet_spread": quiet_spread(channel.values, channel.rate_hz),
        "noise": _noise(channel, data_sheet_ug),
        "flagged": one.flagged,
        "findings": [
            {
                "defect": str(finding.defect),
                "severity": str(finding.severity),
                "reason": finding.reason,
                "start_s": finding.start_s,
                "end_s": finding.end_s,
            }
            for finding in one.findings
        ],
    }
