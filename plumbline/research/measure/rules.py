"""What the user of a measurement may choose, and what comes out of one."""

from dataclasses import dataclass
from typing import Any

from plumbline.analysis.arrays import Floats
from plumbline.analysis.dsp.spectra import HorizontalToVertical
from plumbline.analysis.ground_motion.baseline import Baseline
from plumbline.analysis.ground_motion.integration import LOW_CORNER_HZ
from plumbline.analysis.ground_motion.measures_report import KnownPeriod
from plumbline.analysis.ground_motion.response_spectrum import ResponseSpectrum
from plumbline.records import Station

SPECTRUM_PERIODS_S: tuple[float, ...] = (
    *(0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1, 0.12, 0.14, 0.16),
    *(0.18, 0.2, 0.22, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65),
    *(0.7, 0.75, 0.8, 0.85, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6),
    *(1.7, 1.8, 1.9, 2.0, 2.2, 2.4, 2.6, 2.8, 3.0, 3.2, 3.4, 3.6),
    *(3.8, 4.0, 4.4, 4.8, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 7.8, 8.0),
    *(9.0, 10.0),
)
"""Periods of the spectra, with those of MMI and of long-period buildings among them. [s]"""


SLOWEST_HZ = 1.0
"""Slower series are no motion of the ground: what shakes is between their samples. [Hz]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureOptions:
    """What the user may choose.

    Attributes
    ----------
    baseline
        Rule for the offset; None takes each record as its header demands.
    pre_event_s
        Length of the pre-event stretch, if known. [s]
    corner_hz
        High-pass corner of velocity and displacement; None integrates plainly. [Hz]
    damping
        Of the spectra. [1]
    periods_s
        Of the spectra. [s]
    own_period
        The building's own period, if known.
    hvsr_window_s
        Length of the windows of H/V; None leaves it out. [s]
    """

    baseline: Baseline | None = None
    pre_event_s: float | None = None
    corner_hz: float | None = LOW_CORNER_HZ
    damping: float = 0.05
    periods_s: tuple[float, ...] = SPECTRUM_PERIODS_S
    own_period: KnownPeriod | None = None
    hvsr_window_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredRecord:
    """A station's measures, with the motion they come from, for plots.

    Attributes
    ----------
    report
        The plain structure: what ``--json`` prints.
    accel_ms2
        Acceleration without its offset, ``(n_axes, n_samples)``; None without a unit. [m/s2]
    spectrum
        Response spectra of each axis; None without a unit.
    sva_ms
        Absolute velocity response of the horizontal axes together, at the periods of JMA's
        class; None without two of them. [m/s]
    hvsr
        H/V of ambient vibration, where it is wanted and can be had.
    """

    station: Station
    report: dict[str, Any]
    accel_ms2: Floats | None = None
    spectrum: ResponseSpectrum | None = None
    sva_ms: Floats | None = None
    hvsr: HorizontalToVertical | None = None
