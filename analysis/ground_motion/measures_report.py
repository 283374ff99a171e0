"""Measures as plain structures, units in their keys: what is stored, shown and printed as JSON."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from plumbline.analysis.arrays import Floats
from plumbline.analysis.ground_motion.jma_intensity import JmaIntensity
from plumbline.analysis.ground_motion.long_period import (
    PERIODS_S,
    Horizontal,
    at_period,
    lpgm_class,
)
from plumbline.analysis.ground_motion.measures import Measures
from plumbline.analysis.ground_motion.mmi import Relation, mmi
from plumbline.analysis.ground_motion.peaks import Peak, Peaks

SPECTRA = ("sd_m", "psv_ms", "psa_ms2", "sa_ms2", "sva_ms")


class KnownPeriod(NamedTuple):
    """Period of a building's first mode, and how it is known.

    Attributes
    ----------
    period_s
        The period. [s]
    source
        Who says so: a survey, or a first guess from the size.
    """

    period_s: float
    source: str


def measures_report(
    measured: Measures, *, level_axes: Sequence[int], own_period: KnownPeriod | None
) -> dict[str, Any]:
    """Return everything but the axes: rules, intensities, peaks over the axes, long periods.

    Parameters
    ----------
    level_axes
        Axes that are not vertical: Mercalli intensity follows from their largest peaks.
    own_period
        The building's own period, if known.
    """
    return {
        "rules": rules(measured),
        "jma": jma(measured.intensity, len(measured.accel_ms2)),
        "peaks": together(measured.found),
        "mmi": mmi_together(measured, level_axes),
        "long_period": long_period(measured.sva_ms, own_period),
    }


def rules(measured: Measures) -> dict[str, Any]:
    """Return by which rules it was measured."""
    found = measured.found
    return {
        "baseline": str(found.offset.baseline),
        "baseline_window_s": found.offset.window_s,
        "velocity_high_pass_hz": found.corner_hz,
        "band_hz": list(found.band_hz),
        "spectrum_damping": measured.spectrum.damping,
    }


def jma(found: JmaIntensity | None, n_axes: int) -> dict[str, Any] | None:
    """Return the JMA intensity; of fewer than three axes it is a lower bound and says so."""
    if found is None:
        return None
    moving = np.isfinite(found.value)
    return {
        "value": found.value if moving else None,
        "reported": found.reported if moving else None,
        "scale": str(found.scale),
        "a0_gal": found.a0_gal,
        "n_axes": n_axes,
        "complete": n_axes == 3,
    }


def together(found: Peaks) -> dict[str, Any]:
    """Return peaks over the axes: vector and RotD."""

    def three(peak: Peak, name: str, unit: str) -> dict[str, Any]:
        return {
            f"{name}_vector_{unit}": peak.vector,
            f"{name}_rotd50_{unit}": peak.rotd50,
            f"{name}_rotd100_{unit}": peak.rotd100,
        }

    return (
        three(found.pga_ms2, "pga", "ms2")
        | three(found.pga_band_ms2, "pga_band", "ms2")
        | three(found.pgv_ms, "pgv", "ms")
        | three(found.pgd_m, "pgd", "m")
    )


def intensities(pga_ms2: float, pgv_ms: float, psa_ms2: Floats) -> dict[str, Any]:
    """Return MMI from peaks and from pseudo-acceleration at `MMI_PERIODS_S`."""
    sa_03, sa_10, sa_30 = (float(value) for value in psa_ms2)
    worden = mmi(pga_ms2=pga_ms2, pgv_ms=pgv_ms, sa_03_ms2=sa_03, sa_10_ms2=sa_10, sa_30_ms2=sa_30)
    wald = mmi(pga_ms2=pga_ms2, pgv_ms=pgv_ms, relation=Relation.WALD_1999)
    return {
        "worden2012": {
            "from_pga": worden.pga,
            "from_pgv": worden.pgv,
            "from_sa_0.3s": worden.sa_03,
            "from_sa_1.0s": worden.sa_10,
            "from_sa_3.0s": worden.sa_30,
        },
        "wald1999": {"from_pga": wald.pga, "from_pgv": wald.pgv, "blended": wald.blended},
    }


def mmi_together(measured: Measures, level_axes: Sequence[int]) -> dict[str, Any] | None:
    """Return intensities from the largest peaks of the axes that are not vertical."""
    level = list(level_axes)
    if not level:
        return None
    return intensities(
        float(np.abs(measured.found.pga_ms2.axes[level]).max()),
        float(np.abs(measured.found.pgv_ms.axes[level]).max()),
        measured.mmi_psa_ms2[level].max(axis=0),
    )


def long_period(sva_ms: Floats | None, own_period: KnownPeriod | None) -> dict[str, Any] | None:
    """Return the long-period class and the response behind it."""
    if sva_ms is None:
        return None
    own = None
    if own_period is not None and PERIODS_S[0] <= own_period.period_s <= PERIODS_S[-1]:
        own = float(at_period(sva_ms, own_period.period_s))
    return {
        "class": int(lpgm_class(sva_ms)),
        "horizontal": str(Horizontal.VECTOR),
        "periods_s": PERIODS_S.tolist(),
        "sva_ms": sva_ms.tolist(),
        "largest_at_s": float(PERIODS_S[sva_ms.argmax()]),
        "own_period_s": None if own_period is None else own_period.period_s,
        "own_period_source": None if own_period is None else own_period.source,
        "own_sva_ms": own,
    }


def axis(measured: Measures, i: int, spectra: Sequence[str] = SPECTRA) -> dict[str, Any]:
    """Return the measures of one axis, with the named spectra."""
    found, spectrum = measured.found, measured.spectrum
    pga_ms2, pgv_ms = float(found.pga_ms2.axes[i]), float(found.pgv_ms.axes[i])
    return {
        "pga_ms2": pga_ms2,
        "pga_at_s": float(found.pga_ms2.at_s[i]),
        "pga_band_ms2": float(found.pga_band_ms2.axes[i]),
        "pgv_ms": pgv_ms,
        "pgd_m": float(found.pgd_m.axes[i]),
        "arias_ms": float(measured.arias_ms[i]),
        "cav_ms": float(measured.cav_ms[i]),
        "cav_standardised_gs": float(measured.cav_standardised_gs[i]),
        "d5_95_s": float(measured.d5_95_s[i]),
        "d5_75_s": float(measured.d5_75_s[i]),
        "mmi": intensities(abs(pga_ms2), abs(pgv_ms), measured.mmi_psa_ms2[i]),
        "spectrum": {"periods_s": spectrum.periods_s.tolist()}
        | {name: getattr(spectrum, name)[i].tolist() for name in spectra},
    }
