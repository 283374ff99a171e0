"""The demonstration's timeline: what happens when, on the wall clock, as a table."""

from dataclasses import dataclass
from pathlib import Path

from plumbline.simulator.acts import AnyAct, FarQuake, Piling, Quake, Settlement, TiltRamp

AMBIENT_S = 30.0
"""Quiet first: detectors are armed within 20 s of a cold start."""
PILING_S = 12.0
AFTER_PILING_S = 15.0
AFTER_QUAKE_S = 25.0
"""The tower rings down and the episode closes."""
FAR_S = 50.0
FAR_RISE_S = 25.0
AFTER_FAR_S = 20.0
SETTLING_S = 20.0
LEFT_AT_END_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """The slow movement that ends the demonstration: small, and compressed in time.

    Attributes
    ----------
    settlement_mm, length_m
        How much one side of the raft sinks against the other, and over what length.
    floor_urad
        Extra lean of the floors named, eastward. [µrad]
    floors
        Levels that lean.
    """

    settlement_mm: float = 6.0
    length_m: float = 30.0
    floor_urad: float = 1500.0
    floors: tuple[int, ...] = ()


def timeline(
    *,
    record: Path,
    record_s: float,
    scale: float = 1.0,
    seconds: float = 240.0,
    far_peak_gal: float = 2.5,
    piling_peak_gal: float = 45.0,
    settling: Settling | None = None,
) -> tuple[AnyAct, ...]:
    """Return the acts of a demonstration, one after another.

    Parameters
    ----------
    record, record_s, scale
        The recorded earthquake (see ``acts.Quake``), its length [s], its factor.
    seconds
        How long the demonstration runs. [s]
    far_peak_gal, piling_peak_gal
        Peaks at the ground. [gal]
    settling
        The movement at the end.

    Raises
    ------
    ValueError
        If the record is too long for the time, saying how much is needed.
    """
    settling = settling or Settling()
    quake_s = AMBIENT_S + PILING_S + AFTER_PILING_S
    far_s = quake_s + record_s + AFTER_QUAKE_S
    settling_s = far_s + FAR_S + AFTER_FAR_S
    needed = settling_s + SETTLING_S + LEFT_AT_END_S
    if needed > seconds:
        raise ValueError(
            f"a record of {record_s:.0f} s needs a demonstration of {needed:.0f} s, not "
            f"{seconds:.0f}; shorten the record or run longer"
        )
    return (
        Piling(start_s=AMBIENT_S, seconds=PILING_S, peak_gal=piling_peak_gal),
        Quake(start_s=quake_s, seconds=record_s, record=record, scale=scale),
        FarQuake(start_s=far_s, seconds=FAR_S, rise_s=FAR_RISE_S, peak_gal=far_peak_gal),
        Settlement(
            start_s=settling_s,
            seconds=SETTLING_S,
            settlement_mm=settling.settlement_mm,
            length_m=settling.length_m,
        ),
        TiltRamp(
            start_s=settling_s,
            seconds=SETTLING_S,
            total_urad=(settling.floor_urad, 0.0),
            levels=settling.floors,
        ),
    )


def rows(acts: tuple[AnyAct, ...]) -> list[tuple[float, float, str]]:
    """Return the timeline for printing: begin [s], end [s], kind."""
    return [(act.start_s, act.end_s, act.kind) for act in acts]
