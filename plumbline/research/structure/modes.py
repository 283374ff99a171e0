"""The modes of a structure in one event, its transfer functions and what its corners do."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from plumbline.analysis.arrays import Floats
from plumbline.analysis.modal import (
    Decomposition,
    Identified,
    Mode,
    PoleStability,
    Twist,
    bell_near,
    decomposed,
    identify,
    shape_twist,
)
from plumbline.analysis.modal.first_guess import FirstGuess
from plumbline.analysis.modal.identification import USABLE_SHARE_OF_RATE
from plumbline.errors import CommandError
from plumbline.research.event import FileChannel, FileEvent
from plumbline.research.structure.expectation import expectation_report
from plumbline.research.structure.pairs import across, parallel_pairs
from plumbline.research.structure.roles import Roles, roles_of
from plumbline.research.structure.transfers import differences, transfers

FEWEST_CYCLES = 5.0  # of the lowest frequency asked for, whatever the user says
AMBIENT_CYCLES = 1000.0
"""A record should hold as many periods of the first mode, or twice as many."""

DIRECTED = 0.75  # share of the squared shape along one direction that names the mode


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundModes:
    """The report, and what the pictures need beside it.

    Attributes
    ----------
    report
        Everything found, units in the keys.
    identified
        The identification.
    roles
        Which channel played which part.
    lines
        Singular values of the floors' spectra.
    """

    report: dict[str, Any]
    identified: Identified
    roles: Roles
    lines: Decomposition


def found_modes(
    event: FileEvent,
    base: str | None,
    band_hz: tuple[float, float] | None,
    presence: float | None,
    guesses: list[FirstGuess] | None = None,
) -> FoundModes:
    """Identify the modes of the structure in an event.

    Parameters
    ----------
    event
        Channels of one structure.
    base
        Words for the base, ``none``, or None to read it from the places.
    band_hz
        Range to search, or None for all the record carries. [Hz]
    presence
        Share of models a mode must appear in, or None for the default.
    guesses
        What the size of the structure lets expect of its lowest mode.

    Raises
    ------
    CommandError
        If the record cannot carry an identification.
    """
    roles = roles_of(event, base)
    _check(event, band_hz)
    motion = np.stack([c.values for c in roles.floors])
    drive = np.stack([c.values for c in roles.base]) if roles.base else None
    rule = PoleStability() if presence is None else PoleStability(presence=presence)
    try:
        identified = identify(motion, event.rate_hz, drive, band_hz, rule)
    except ValueError as error:
        raise CommandError(f"{error}; give a longer record or a higher --band") from None
    scale = np.where(motion.std(axis=1) > 0, motion.std(axis=1), 1.0)[:, None]
    lines = decomposed(motion / scale, event.rate_hz)
    report = {
        "method": _method(roles),
        "seconds": event.seconds,
        "rate_hz": event.rate_hz,
        "band_hz": [identified.low_hz, identified.high_hz],
        "driven_by": [c.name for c in roles.base],
        "channels": [_told(c) for c in roles.floors],
        "left_out": [{"channel": c.name, "why": why} for c, why in roles.left_out],
        "modes": [
            _mode(k, mode, roles.floors, lines, scale[:, 0], event.seconds)
            for k, mode in enumerate(identified.modes, 1)
        ],
        "expected": expectation_report(
            guesses or [], identified.modes[0].frequency_hz if identified.modes else None
        ),
        "transfer": transfers(roles, event.rate_hz, identified.high_hz),
        "differences": differences(roles, event.rate_hz, identified),
        "notes": [*event.notes, *_notes(roles), *_doubts(identified, roles, event.seconds)],
    }
    return FoundModes(report=report, identified=identified, roles=roles, lines=lines)


def _check(event: FileEvent, band_hz: tuple[float, float] | None) -> None:
    """Refuse a range that this length or this rate cannot carry."""
    if band_hz is None:
        return
    low_hz, high_hz = band_hz
    carried_hz = USABLE_SHARE_OF_RATE * event.rate_hz
    if high_hz > carried_hz:
        raise CommandError(
            f"--band up to {high_hz:g} Hz: {event.rate_hz:g} samples a second carry "
            f"{carried_hz:g} Hz"
        )
    if event.seconds * low_hz < FEWEST_CYCLES:
        raise CommandError(
            f"--band from {low_hz:g} Hz: {event.seconds:.3g} s of record hold fewer than "
            f"{FEWEST_CYCLES:g} cycles of it; give a longer record or a higher --band"
        )


def _method(roles: Roles) -> str:
    if roles.base:
        return "subspace identification driven by the base (PO-MOESP), stabilised over orders"
    return "covariance-driven stochastic subspace identification, stabilised over orders"


def _notes(roles: Roles) -> list[str]:
    if roles.base:
        return []
    return [
        "no base channel: the excitation is taken for broad-band noise, and peaks of an "
        "earthquake's own spectrum may appear as modes"
    ]


def _doubts(identified: Identified, roles: Roles, seconds: float) -> list[str]:
    """Return why the figures deserve less trust than their digits."""
    doubts = []
    lowest = identified.modes[0] if identified.modes else None
    if not roles.base and lowest is not None and seconds * lowest.frequency_hz < AMBIENT_CYCLES:
        doubts.append(
            f"the record holds {seconds * lowest.frequency_hz:.0f} cycles of its lowest mode; "
            f"ambient vibration wants {AMBIENT_CYCLES:g} and more: frequencies and above all "
            "dampings are uncertain"
        )
    if len(roles.floors) == 1:
        doubts.append("one channel has no shapes: a steady machine looks like a mode here")
    return doubts


def _told(channel: FileChannel) -> dict[str, Any]:
    return {
        "channel": channel.name,
        "place": channel.place,
        "level": channel.level.name,
        "direction": channel.direction,
    }


def _mode(
    number: int,
    mode: Mode,
    floors: Sequence[FileChannel],
    lines: Decomposition,
    scale: Floats,
    seconds: float,
) -> dict[str, Any]:
    bell = bell_near(lines, mode.frequency_hz)
    twists = _twists(mode, floors)
    return {
        "mode": number,
        "frequency_hz": mode.frequency_hz,
        "period_s": mode.period_s,
        "frequency_spread_hz": mode.frequency_spread_hz,
        "damping": mode.damping,
        "damping_spread": mode.damping_spread,
        "kind": _kind(mode, floors, twists),
        "twist": twists,
        "presence": mode.presence,
        "collinearity": mode.collinearity,
        "cycles": seconds * mode.frequency_hz,
        "fdd_peak_hz": bell.peak_hz,
        "efdd_damping": None if np.isnan(bell.damping) else bell.damping,
        "shape": [
            {"channel": c.name, "re": float(v.real), "im": float(v.imag)}
            for c, v in zip(floors, mode.shape, strict=True)
        ],
    }


def _kind(mode: Mode, floors: Sequence[FileChannel], twists: Sequence[dict[str, Any]]) -> str:
    if any(twist["twist"] == Twist.TORSIONAL for twist in twists):
        return "torsional"
    power: dict[str, float] = defaultdict(float)
    for channel, value in zip(floors, mode.shape, strict=True):
        power[channel.direction] += abs(value) ** 2
    total = sum(power.values())
    leading = max(power, key=lambda name: power[name])
    if len(power) == 1 or power[leading] >= DIRECTED * total:
        return leading
    return "coupled " + "+".join(sorted(power, key=lambda name: -power[name])[:2])


def _twists(mode: Mode, floors: Sequence[FileChannel]) -> list[dict[str, Any]]:
    at = {id(c): k for k, c in enumerate(floors)}
    told = []
    for pair in parallel_pairs(floors):
        sideways = mode.shape[[at[id(c)] for c in across(pair, floors)]]
        one, other = (mode.shape[at[id(c)]] for c in pair)
        twist, share = shape_twist(complex(one), complex(other), sideways)
        told.append({"level": pair[0].level.name, "twist": str(twist), "rotation_share": share})
    return told
