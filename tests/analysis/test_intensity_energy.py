"""Arias intensity, CAV and duration: closed forms, published values, an oscillator of another."""

import json

import numpy as np
import pytest
from where import shared_data

from plumbline.analysis.ground_motion.arias import Seam
from plumbline.analysis.ground_motion.jma_intensity import (
    arias_ms,
    cav_ms,
    cav_standardised_gs,
    husid,
    significant_duration_s,
)
from plumbline.records import read_records

G = 9.80665
RATE_HZ = 1000
T = np.arange(10 * RATE_HZ + 1) / RATE_HZ
SINE = np.sin(2 * np.pi * T)


def test_arias_intensity_of_a_sine_is_its_closed_form():
    # pi / (2 g) x 5 m2/s3, seismic.md 5.10.
    assert arias_ms(SINE, RATE_HZ)[0] == pytest.approx(0.800883, abs=5e-7)
    assert arias_ms(SINE, RATE_HZ)[0] * G / 9.81 == pytest.approx(0.800610, abs=5e-7)
    assert arias_ms(SINE, RATE_HZ)[0] == pytest.approx(np.pi / (2 * G) * 5, rel=1e-12)


def test_cav_of_a_sine_is_as_tabled():
    # seismic.md 5.10, in m/s and in g s.
    assert cav_ms(SINE, RATE_HZ)[0] == pytest.approx(6.366177, abs=5e-7)
    assert cav_ms(SINE, RATE_HZ)[0] / G == pytest.approx(0.649169, abs=5e-7)


def test_only_strong_seconds_count_in_the_standardised_cav():
    # seismic.md 5.10: 0.02 g for 5 s, then 0.03 g.
    accel = G * SINE * np.where(T < 5, 0.02, 0.03)
    assert cav_ms(accel, RATE_HZ)[0] / G == pytest.approx(0.159154, abs=5e-7)
    counted = cav_standardised_gs(accel, RATE_HZ, Seam.COUNTED)[0]
    assert counted == pytest.approx(0.095493, abs=5e-7)
    # Without the intervals between seconds, where the sine is near zero, a last digit less.
    assert cav_standardised_gs(accel, RATE_HZ)[0] == pytest.approx(0.095493, abs=1e-6)


def test_the_standardised_cav_of_eqsig_s_motion_is_eqsig_s():
    record = read_records(
        [shared_data("response-spectra-reference") / "eqsig_test_motion_dt0p01.txt"],
        columns=["a"], unit="m/s2",
    )[0]  # fmt: skip
    found = cav_standardised_gs(record.si(), record.rate_hz)[0]
    assert found == pytest.approx(0.81041282, rel=1e-3)
    # With its g of 9.81 the digits are the same: the record is in m/s2, the result in g s.
    assert found * G / 9.81 == pytest.approx(0.81041282, abs=5e-9)
    # What it leaves out between the seconds is one interval in a hundred.
    whole = cav_standardised_gs(record.si(), record.rate_hz, Seam.COUNTED)[0]
    assert 1.0 < whole / found < 1.02


def test_counted_seams_leave_nothing_out():
    strong = np.full(1001, 0.05 * G)
    assert cav_standardised_gs(strong, 100, Seam.COUNTED)[0] == pytest.approx(0.5)
    assert cav_standardised_gs(strong, 100, Seam.LEFT_OUT)[0] == pytest.approx(0.5 * 0.99)


def test_a_steady_sine_takes_nine_tenths_of_its_length():
    assert significant_duration_s(SINE, RATE_HZ)[0] == pytest.approx(9.0, abs=2 / RATE_HZ)


def test_the_duration_the_usgs_tests_with_is_met():
    given = json.loads(
        (shared_data("response-spectra-reference") / "duration_data.json").read_text()
    )
    rate_hz = round(1 / (given["time"][1] - given["time"][0]), 6)
    assert rate_hz == 200
    assert significant_duration_s(given["acc"], rate_hz)[0] == pytest.approx(given["d595"])


def test_a_burst_takes_only_itself():
    accel = np.zeros(6000)
    accel[2000:3000] = 1.0
    assert significant_duration_s(accel, 100)[0] == pytest.approx(9.0, abs=0.02)


def test_the_husid_curve_never_falls_and_ends_at_one():
    curve = husid(np.random.default_rng(1).normal(size=(2, 500)), 100)
    assert (np.diff(curve, axis=-1) >= 0).all()
    assert np.allclose(curve[:, -1], 1)
    assert (curve[:, 0] == 0).all()


def test_an_axis_without_motion_has_no_duration():
    assert significant_duration_s(np.zeros((2, 100)), 100).tolist() == [0, 0]
    assert not husid(np.zeros(100), 100).any()


def test_shares_out_of_order_are_refused():
    with pytest.raises(ValueError, match="shares"):
        significant_duration_s(SINE, RATE_HZ, 0.95, 0.05)
