"""Everything that speaks for or against a cause is in this table."""

from collections.abc import Callable
from dataclasses import dataclass

from plumbline.analysis.classify.causes import Cause
from plumbline.analysis.classify.features import Features
from plumbline.analysis.classify.settings import ClassifySettings
from plumbline.analysis.constants import GAL_MS2


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRule:
    """One row of the table.

    Attributes
    ----------
    cause
        For or against what it speaks.
    points
        How much; negative speaks against.
    holds
        Whether it holds; None where that cannot be known.
    words
        What was found, with the numbers.
    """

    cause: Cause
    points: float
    holds: Callable[[Features, ClassifySettings], bool | None]
    words: Callable[[Features, ClassifySettings], str]


def repeated(f: Features, s: ClassifySettings) -> bool:
    """Tell whether there are bursts at steady intervals with quiet between them."""
    b = f.bursts
    steady = b.irregularity <= s.regularity and b.depth <= s.blow_depth
    # The crests of a slow wave are no blows.
    return b.times_s.size >= s.blows and steady and f.shares.low < s.blow_low_share


def impulsive(f: Features, s: ClassifySettings) -> bool:
    """Tell whether it is quiet between what is loud."""
    return f.steady < s.steady


def walking(f: Features, s: ClassifySettings) -> bool:
    """Tell whether bursts come at the cadence of feet and are no larger than feet make them."""
    slow, fast = s.step_hz
    return repeated(f, s) and slow <= f.bursts.rate_hz <= fast and f.peak_ms2 <= s.feet_ms2


def alone(f: Features, s: ClassifySettings) -> bool | None:
    """Tell whether one node moves of several; None for a lone one."""
    return None if f.n_nodes == 1 else f.n_moving <= 1


def ground_still(f: Features, s: ClassifySettings) -> bool | None:
    """Tell whether the structure moves without the ground."""
    if f.ground_ratio is None or f.ground_ms2 is None:
        return None
    return f.ground_ratio <= s.still_ratio and f.ground_ms2 <= s.still_ms2


def ground_moves(f: Features, s: ClassifySettings) -> bool | None:
    """Tell whether the ground moves and nearly every node with it."""
    still = ground_still(f, s)
    return None if still is None else not still and f.n_moving >= max(2, 0.7 * f.n_nodes)


def has_coda(f: Features, s: ClassifySettings) -> bool | None:
    """Tell whether it came at once and died away slowly."""
    if f.rise_s is None or f.coda_s is None:
        return None
    return f.coda_s >= s.coda_s and f.coda_s >= s.coda_ratio * f.rise_s


def _coda(f: Features, s: ClassifySettings) -> str:
    return f"rose in {f.rise_s or 0:g} s and died away in {f.coda_s or 0:g} s"


def _shares(f: Features, s: ClassifySettings) -> str:
    return (
        f"{f.shares.low:.0%} of the energy below {s.low_hz:g} Hz, "
        f"{f.shares.high:.0%} above {s.high_hz:g} Hz"
    )


def _bursts(f: Features, s: ClassifySettings) -> str:
    b = f.bursts
    return f"{b.times_s.size} bursts, {b.rate_hz:.2f} a second, irregular by {b.irregularity:.2f}"


def _steadiness(f: Features, s: ClassifySettings) -> str:
    return f"between its peaks the power stays at {f.steady:.2f} of them"


def _nodes(f: Features, s: ClassifySettings) -> str:
    ratio = "" if f.ground_ratio is None else f", the ground {f.ground_ratio:.2f} of the structure"
    return f"{f.n_moving} of {f.n_nodes} nodes move{ratio}"


def _duration(f: Features, s: ClassifySettings) -> str:
    return f"{f.shaken_s:g} s of motion in {f.span_s:g} s"


def _tone(f: Features, s: ClassifySettings) -> str:
    return f"{f.shares.tone:.0%} of the energy near {f.shares.tone_hz:.2f} Hz"


def _peak(f: Features, s: ClassifySettings) -> str:
    return f"no more than {f.peak_ms2 / GAL_MS2:.3g} gal"


def _faults(f: Features, s: ClassifySettings) -> str:
    x = f.faults
    parts = [f"{x.stuck_share:.0%} stuck", f"{x.spike_share:.0%} of the energy in single samples"]
    parts += [] if x.axis_ratio is None else [f"loudest axis {x.axis_ratio:.3g} times the next"]
    parts += [] if x.jump_ms2 is None else [f"mean moved by {x.jump_ms2 / GAL_MS2:.3g} gal"]
    parts += [] if x.hum_ms2 is None else [f"hum {x.hum_ms2 / GAL_MS2:.2g} gal"]
    return ", ".join(parts)


E, S, C, T, F = (
    Cause.EARTHQUAKE,
    Cause.SWAY,
    Cause.CONSTRUCTION,
    Cause.TRANSIENT,
    Cause.FAULT,
)

CLUES: tuple[EvidenceRule, ...] = (
    EvidenceRule(cause=E, points=2, holds=ground_moves, words=_nodes),
    EvidenceRule(cause=E, points=-3, holds=ground_still, words=_nodes),
    EvidenceRule(cause=E, points=-2, holds=alone, words=_nodes),
    EvidenceRule(cause=E, points=2, holds=lambda f, s: not impulsive(f, s), words=_steadiness),
    EvidenceRule(
        cause=E, points=2, holds=lambda f, s: 1 - f.shares.high >= s.near_share, words=_shares
    ),
    EvidenceRule(cause=E, points=1, holds=lambda f, s: f.shares.low >= s.far_share, words=_shares),
    EvidenceRule(cause=E, points=1, holds=lambda f, s: f.shaken_s >= s.lasting_s, words=_duration),
    EvidenceRule(cause=E, points=2, holds=has_coda, words=_coda),
    EvidenceRule(cause=E, points=-3, holds=repeated, words=_bursts),
    EvidenceRule(cause=S, points=4, holds=ground_still, words=_nodes),
    EvidenceRule(
        cause=S,
        points=2,
        holds=lambda f, s: f.shares.tone >= s.narrow_share and f.shares.tone_hz <= s.sway_hz,
        words=_tone,
    ),
    EvidenceRule(cause=S, points=1, holds=lambda f, s: f.shaken_s >= s.long_s, words=_duration),
    EvidenceRule(cause=S, points=-4, holds=ground_moves, words=_nodes),
    EvidenceRule(
        cause=S, points=-3, holds=lambda f, s: f.shares.high >= s.high_share, words=_shares
    ),
    EvidenceRule(
        cause=S,
        points=-2,
        holds=lambda f, s: f.n_nodes == 1 or f.shares.tone_hz > s.sway_hz,
        words=_tone,
    ),
    EvidenceRule(
        cause=C,
        points=4,
        holds=lambda f, s: repeated(f, s) and not walking(f, s),
        words=_bursts,
    ),
    EvidenceRule(
        cause=C,
        points=3,
        holds=lambda f, s: (
            f.shares.tone >= s.narrow_share
            and f.shares.tone_hz >= s.machine_hz
            and not impulsive(f, s)
        ),
        words=_tone,
    ),
    EvidenceRule(
        cause=C, points=2, holds=lambda f, s: f.shares.high >= s.high_share, words=_shares
    ),
    EvidenceRule(cause=C, points=1, holds=lambda f, s: f.span_s > s.passing_s, words=_duration),
    EvidenceRule(
        cause=C, points=-2, holds=lambda f, s: f.shares.high < s.near_share, words=_shares
    ),
    EvidenceRule(cause=T, points=4, holds=walking, words=_bursts),
    EvidenceRule(
        cause=T, points=2, holds=lambda f, s: f.shares.high >= s.high_share, words=_shares
    ),
    EvidenceRule(cause=T, points=2, holds=lambda f, s: f.shaken_s <= s.passing_s, words=_duration),
    EvidenceRule(cause=T, points=2, holds=alone, words=_nodes),
    EvidenceRule(cause=T, points=-3, holds=ground_moves, words=_nodes),
    EvidenceRule(cause=T, points=1, holds=lambda f, s: f.peak_ms2 <= s.feet_ms2, words=_peak),
    EvidenceRule(
        cause=T, points=-3, holds=lambda f, s: f.shares.high < s.near_share, words=_shares
    ),
    EvidenceRule(
        cause=T,
        points=-3,
        holds=lambda f, s: repeated(f, s) and not walking(f, s),
        words=_bursts,
    ),
    EvidenceRule(
        cause=F, points=9, holds=lambda f, s: f.faults.stuck_share >= s.stuck_share, words=_faults
    ),
    EvidenceRule(
        cause=F, points=9, holds=lambda f, s: f.faults.spike_share >= s.spike_share, words=_faults
    ),
    EvidenceRule(
        cause=F,
        points=9,
        holds=lambda f, s: None if f.faults.hum_ms2 is None else f.faults.hum_ms2 >= s.hum_ms2,
        words=_faults,
    ),
    EvidenceRule(
        cause=F,
        points=9,
        holds=lambda f, s: (
            None
            if f.faults.jump_ms2 is None or f.faults.jump_ratio is None
            else f.faults.jump_ms2 >= max(GAL_MS2, s.jump_share * f.peak_ms2)
            and f.faults.jump_ratio >= s.jump_ratio
        ),
        words=_faults,
    ),
    EvidenceRule(
        cause=F,
        points=6,
        holds=lambda f, s: (
            None
            if f.faults.axis_ratio is None
            else f.faults.axis_ratio >= s.axis_ratio and f.n_moving <= 1
        ),
        words=_faults,
    ),
)
