"""The parts of a report: each a plain structure, units in its keys."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.arias import (
    arias_ms,
    cav_ms,
    cav_standardised_gs,
    significant_duration_s,
)
from plumbline.analysis.intensity import jma_intensity
from plumbline.analysis.long_period import PERIODS_S, Horizontal, at_period, lpgm_class
from plumbline.analysis.mmi import Relation, mmi
from plumbline.analysis.peaks import Peak, Peaks
from plumbline.analysis.response import ResponseSpectrum
from plumbline.records import Quantity, Record, Station
from plumbline.records.record import SI

Array = NDArray[np.float64]

MMI_PERIODS_S = (0.3, 1.0, 3.0)
"""Periods whose spectral acceleration Worden et al. (2012) use. [s]"""


def who(station: Station) -> dict[str, Any]:
    """Return who, where, when and from which files."""
    first = station.first
    start = None
    if first.start_ns is not None:
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        start = (epoch + timedelta(microseconds=first.start_ns // 1000)).isoformat()
    everything = (*station.axes, *station.given)
    return {
        "name": station.name,
        "network": first.network,
        "station": first.station,
        "location": first.location,
        "place": first.place,
        "files": [str(path) for path in station.files],
        "start_utc": start,
        "rate_hz": first.rate_hz,
        "duration_s": first.duration_s,
        "notes": list(dict.fromkeys(note for record in everything for note in record.notes)),
    }


def direction(record: Record) -> dict[str, Any]:
    """Return which axis this is."""
    return {
        "channel": record.channel,
        "vertical": record.orientation.vertical,
        "azimuth_deg": record.orientation.azimuth_deg,
    }


def given(record: Record) -> dict[str, Any]:
    """Return the peak of a series the giver computed, beside the one the header states."""
    values = record.si()
    suffix = "ms" if record.quantity is Quantity.VELOCITY else "m"
    stated = None if record.peak is None else record.peak * SI[record.unit][1]
    return {
        "channel": record.channel,
        "quantity": str(record.quantity),
        f"peak_{suffix}": float(values[np.abs(values).argmax()]),
        f"stated_peak_{suffix}": stated,
    }


def jma(accel: Array, rate_hz: float) -> dict[str, Any] | None:
    """Return the JMA intensity, or None for a record shorter than a second."""
    if accel.shape[-1] / rate_hz < 1:
        return None
    found = jma_intensity(accel, rate_hz)
    moving = np.isfinite(found.value)
    return {
        "value": found.value if moving else None,
        "reported": found.reported if moving else None,
        "scale": str(found.scale),
        "a0_gal": found.a0_gal,
        "n_axes": len(accel),
        "complete": len(accel) == 3,
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


def intensities(pga_ms2: float, pgv_ms: float, psa_ms2: Array) -> dict[str, Any]:
    """Return MMI from peaks and from pseudo-acceleration at ``MMI_PERIODS_S``."""
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


def mmi_together(station: Station, found: Peaks, mmi_psa_ms2: Array) -> dict[str, Any] | None:
    """Return intensities from the largest peaks of the axes that are not vertical."""
    level = [i for i, axis in enumerate(station.axes) if axis.orientation.vertical is not True]
    if not level:
        return None
    return intensities(
        float(np.abs(found.pga_ms2.axes[level]).max()),
        float(np.abs(found.pgv_ms.axes[level]).max()),
        mmi_psa_ms2[level].max(axis=0),
    )


def long_period(sva_ms: Array | None, own_period_s: float | None) -> dict[str, Any] | None:
    """Return the long-period class and the response behind it."""
    if sva_ms is None:
        return None
    own = None
    if own_period_s is not None and PERIODS_S[0] <= own_period_s <= PERIODS_S[-1]:
        own = float(at_period(sva_ms, own_period_s))
    return {
        "class": int(lpgm_class(sva_ms)),
        "horizontal": str(Horizontal.VECTOR),
        "periods_s": PERIODS_S.tolist(),
        "sva_ms": sva_ms.tolist(),
        "largest_at_s": float(PERIODS_S[sva_ms.argmax()]),
        "own_period_s": own_period_s,
        "own_sva_ms": own,
    }


def axes(
    station: Station,
    found: Peaks,
    accel: Array,
    spectrum: ResponseSpectrum,
    mmi_psa_ms2: Array,
    rate_hz: float,
) -> list[dict[str, Any]]:
    """Return the measures of each axis."""
    energy = {
        "arias_ms": arias_ms(accel, rate_hz),
        "cav_ms": cav_ms(accel, rate_hz),
        "cav_standardised_gs": cav_standardised_gs(accel, rate_hz),
        "d5_95_s": significant_duration_s(accel, rate_hz),
        "d5_75_s": significant_duration_s(accel, rate_hz, end=0.75),
    }
    spectra = ("sd_m", "psv_ms", "psa_ms2", "sa_ms2", "sva_ms")
    out = []
    for i, axis in enumerate(station.axes):
        stated = None if axis.peak is None else axis.peak * SI[axis.unit][1]
        out.append(
            direction(axis)
            | {
                "pga_ms2": float(found.pga_ms2.axes[i]),
                "pga_at_s": float(found.pga_ms2.at_s[i]),
                "stated_pga_ms2": stated,
                "pga_band_ms2": float(found.pga_band_ms2.axes[i]),
                "pgv_ms": float(found.pgv_ms.axes[i]),
                "pgd_m": float(found.pgd_m.axes[i]),
            }
            | {name: float(values[i]) for name, values in energy.items()}
            | {
                "mmi": intensities(
                    abs(float(found.pga_ms2.axes[i])),
                    abs(float(found.pgv_ms.axes[i])),
                    mmi_psa_ms2[i],
                ),
                "spectrum": {"periods_s": spectrum.periods_s.tolist()}
                | {name: getattr(spectrum, name)[i].tolist() for name in spectra},
            }
        )
    return out
