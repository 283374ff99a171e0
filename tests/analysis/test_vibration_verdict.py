"""A verdict names what it rests on, or says why there is none."""

import math
from dataclasses import replace

import numpy as np
import pytest

from plumbline.analysis.limit_standing import Adoption, Standing
from plumbline.analysis.quality.finding import Defect, fault
from plumbline.analysis.vibration import (
    STANDARDS,
    Compliance,
    Location,
    VelocityPeak,
    VibrationAxis,
    assessed,
    component_peak,
    governing,
    vector_peak,
    velocity_from_accel_mms,
)
from plumbline.analysis.vibration.physics import floor_velocity_mms

DIN_2 = STANDARDS["din4150-3"].curve("2")
DIN_3 = STANDARDS["din4150-3"].curve("3")


def a_peak(ppv_mms, crossing_hz, spectral_hz=None, component="x", axis=VibrationAxis.HORIZONTAL):
    return VelocityPeak(
        component=component,
        axis=axis,
        ppv_mms=ppv_mms,
        time_s=1.0,
        zero_crossing_hz=crossing_hz,
        spectral_hz=crossing_hz if spectral_hz is None else spectral_hz,
    )


def test_4_2_mm_s_at_18_hz_in_a_dwelling_is_within_7_0():
    verdict = assessed(a_peak(4.2, 18.0), DIN_2, 1000)
    assert verdict.outcome is Compliance.WITHIN
    assert verdict.limit_mms == pytest.approx(7.0)
    assert not verdict.frequency_sensitive


def test_the_lower_limit_governs_when_the_frequencies_disagree():
    verdict = assessed(a_peak(6.0, 40.0, 12.0), DIN_2, 1000)
    assert verdict.outcome is Compliance.EXCEEDED
    assert verdict.frequency_hz == 12.0
    assert verdict.method == "spectrum"
    assert verdict.frequency_sensitive
    assert "frequency-sensitive" in verdict.reason


def test_frequencies_that_agree_on_the_outcome_are_not_called_sensitive():
    assert not assessed(a_peak(2.0, 40.0, 12.0), DIN_2, 1000).frequency_sensitive


def test_a_far_earthquake_never_exceeds_a_construction_limit():
    rate_hz = 500.0
    t = np.arange(int(60 * rate_hz)) / rate_hz
    accel_ms2 = 0.10 * np.sin(2 * np.pi * t / 3.0) * np.hanning(t.size)
    assert 0.10 / (2 * np.pi / 3) * 1000 == pytest.approx(48, abs=0.5)  # its PGV in mm/s
    velocity = velocity_from_accel_mms(accel_ms2, rate_hz)
    verdict = assessed(
        component_peak("x", velocity, rate_hz, VibrationAxis.HORIZONTAL), DIN_2, rate_hz
    )
    assert verdict.outcome is Compliance.BELOW_RANGE
    assert math.isnan(verdict.ratio)
    assert not verdict.pages


def test_a_100_hz_stream_cannot_judge():
    verdict = assessed(a_peak(30.0, 18.0), DIN_2, 100)
    assert verdict.outcome is Compliance.RATE
    assert "250" in verdict.reason


def test_noise_gets_no_frequency_and_no_limit():
    verdict = assessed(a_peak(0.3, 33.0), DIN_2, 1000)
    assert verdict.outcome is Compliance.BELOW_ASSESSMENT
    assert math.isnan(verdict.frequency_hz)


def test_a_noisy_instrument_cannot_judge_a_monument():
    floor = floor_velocity_mms(290, 1, 80)
    assert assessed(a_peak(2.0, 20), DIN_3, 1000, floor).outcome is Compliance.INSTRUMENT_FLOOR
    quiet = floor_velocity_mms(22.5, 1, 80)
    assert assessed(a_peak(2.0, 20), DIN_3, 1000, quiet).outcome is Compliance.WITHIN


def test_a_top_floor_limit_ignores_the_vertical():
    top = STANDARDS["din4150-3"].curve("2", Location.TOP_FLOOR)
    vertical = a_peak(30, 20, component="z", axis=VibrationAxis.VERTICAL)
    assert assessed(vertical, top, 1000).outcome is Compliance.COMPONENT


def test_the_component_nearest_its_own_limit_governs_not_the_fastest():
    slow = a_peak(4.8, 8.0, component="x")
    fast = a_peak(9.0, 60.0, component="y")
    assert [v.peak.component for v in governing([fast, slow], DIN_2, 1000)] == ["x", "y"]


def test_a_vector_sum_is_larger_than_its_components_and_needs_three():
    t = np.arange(2000) / 1000
    wave = np.sin(2 * np.pi * 12 * t) * np.hanning(2000)
    peak = vector_peak({"x": 3 * wave, "y": 4 * wave, "z": 12 * wave}, 1000)
    assert peak.ppv_mms == pytest.approx(13, rel=0.01)
    assert peak.zero_crossing_hz == pytest.approx(12, abs=0.1)
    sn = STANDARDS["sn640312a"].curve("normal")
    assert assessed(peak, sn, 1000).outcome is Compliance.WITHIN
    with pytest.raises(ValueError, match="three components"):
        vector_peak({"x": wave, "y": wave}, 1000)


def test_an_exceeded_candidate_is_shown_and_never_pages():
    candidate = STANDARDS["neb37"].curve("2")
    loud = a_peak(25.0, 8.0)
    shown = assessed(loud, candidate, 1000)
    assert shown.outcome is Compliance.EXCEEDED
    assert not shown.pages
    by = Adoption(engineer="S. Example, PE", date="2026-03-01", document="TWR01-VIB-004")
    whose = replace(candidate.provenance, standing=Standing.PROJECT, adoption=by)
    assert assessed(loud, replace(candidate, provenance=whose), 1000).pages
    assert assessed(loud, DIN_2, 1000).pages


CLIPPED = fault(Defect.CLIPPED, "9 samples on the largest value 4", 1.0, 2.0)


def test_a_clipped_record_may_show_a_limit_exceeded_and_never_one_kept():
    kept = assessed(a_peak(4.2, 18.0), DIN_2, 1000, fault=CLIPPED)
    assert kept.outcome is Compliance.CLIPPED
    assert math.isnan(kept.limit_mms)
    over = assessed(a_peak(9.0, 18.0), DIN_2, 1000, fault=CLIPPED)
    assert over.outcome is Compliance.EXCEEDED
    assert "largest value 4" in over.reason


def test_a_clipped_component_governs_over_one_that_kept_its_limit():
    peaks = [a_peak(4.2, 18.0, component="x"), a_peak(2.0, 18.0, component="y")]
    first, second = governing(peaks, DIN_2, 1000, faults={"y": CLIPPED})
    assert (first.peak.component, first.outcome) == ("y", Compliance.CLIPPED)
    assert second.outcome is Compliance.WITHIN


def test_a_dead_channel_is_not_called_quiet():
    dead = fault(Defect.FLAT, "one value, 1, all the time", 0.0, 8.0)
    assert assessed(a_peak(0.0, math.nan), DIN_2, 1000, fault=dead).outcome is Compliance.DEAD
