"""Transfer peaks stand where the structure amplifies; a beat between translations is no torsion."""

import numpy as np
import pytest
from scipy import signal
from where import shared_data

from plumbline.analysis.modal import (
    Twist,
    difference_peaks,
    identify,
    shape_twist,
    transfer_function,
    transfer_peaks,
)
from plumbline.records import read_records

RATE_HZ = 50.0


def oscillator(frequency_hz, damping):
    """Absolute acceleration of an oscillator on a moving base, as a digital filter."""
    omega = 2 * RATE_HZ * np.tan(np.pi * frequency_hz / RATE_HZ)
    top, bottom = [2 * damping * omega, omega**2], [1, 2 * damping * omega, omega**2]
    return signal.bilinear(top, bottom, RATE_HZ)


def shaken(frequency_hz, damping, ground):
    b, a = oscillator(frequency_hz, damping)
    return signal.lfilter(b, a, ground)


def test_the_peak_of_an_oscillator_is_its_frequency_and_half_over_damping():
    ground = np.random.default_rng(1).normal(size=200_000)
    roof = shaken(0.8, 0.05, ground)
    function = transfer_function(ground, roof, RATE_HZ, 200.0)
    (peak,) = [p for p in transfer_peaks(function, 0.2, 5) if p.gain > 3]
    assert peak.frequency_hz == pytest.approx(0.8, rel=0.01)
    assert peak.gain == pytest.approx(np.sqrt(1 + 4 * 0.05**2) / (2 * 0.05), rel=0.03)
    assert peak.coherence > 0.98


def test_noise_in_the_response_lowers_coherence_and_not_the_gain():
    rng = np.random.default_rng(2)
    ground = rng.normal(size=200_000)
    roof = 3 * ground + 3 * rng.normal(size=ground.size)
    function = transfer_function(ground, roof, RATE_HZ, 20.0)
    assert np.median(function.gain) == pytest.approx(3, rel=0.03)
    assert np.median(function.coherence) == pytest.approx(0.5, abs=0.05)


def test_a_base_that_does_not_move_is_refused():
    with pytest.raises(ValueError, match="does not move"):
        transfer_function(np.ones(100), np.ones(100), RATE_HZ)
    with pytest.raises(ValueError, match="samples"):
        transfer_function(np.ones(100), np.ones(99), RATE_HZ)


def test_a_twisting_floor_is_torsional_and_an_eccentric_one_coupled():
    rng = np.random.default_rng(3)
    ground_ns, ground_ew, spin = rng.normal(size=(3, 100_000))
    ns, ew = shaken(0.45, 0.02, ground_ns), shaken(0.38, 0.02, ground_ew)
    twist = 0.1 * shaken(1.1, 0.02, spin)
    east, west = ns * 1.05 + twist, ns * 0.95 - twist
    peaks = difference_peaks(east, west, ew, RATE_HZ, 0.2, 2.0)
    twisting = max(peaks, key=lambda p: p.rotation_share)
    assert twisting.twist is Twist.TORSIONAL
    assert twisting.frequency_hz == pytest.approx(1.1, abs=0.02)
    coupled = max(peaks, key=lambda p: p.coherence)
    assert coupled.twist is Twist.COUPLED
    assert coupled.frequency_hz == pytest.approx(0.45, abs=0.02)
    assert coupled.rotation_share == pytest.approx(0.05, abs=0.01)


def test_a_shape_twists_when_its_sensors_move_against_each_other():
    assert shape_twist(1.0, -1.0, np.array([0.1]))[0] is Twist.TORSIONAL
    assert shape_twist(1.0, 0.8, np.array([0.1]))[0] is Twist.COUPLED
    kind, share = shape_twist(0.2, -0.2, np.array([1.0]))
    assert (kind, share) == (Twist.COUPLED, pytest.approx(0.2))


@pytest.fixture(scope="module")
def atwood():
    folder = shared_data("atwood-2018-anchorage")
    records = read_records(sorted(folder.glob("*.V1c")))
    rate_hz = records[0].rate_hz
    accel = {r.source.name.split(".")[-2]: r.si() - r.si()[:1000].mean() for r in records}
    return accel, rate_hz


@pytest.mark.parametrize(("base", "roof", "peak_hz"), [("01", "32", 0.375), ("02", "31", 0.45)])
def test_atwoods_first_transfer_peaks(atwood, base, roof, peak_hz):
    accel, rate_hz = atwood
    function = transfer_function(accel[base], accel[roof], rate_hz)
    highest = max(transfer_peaks(function, 0.1, 5.0), key=lambda peak: peak.gain)
    assert highest.frequency_hz == pytest.approx(peak_hz, abs=0.015)


def test_atwoods_east_minus_west_peak_is_coupled_not_torsional(atwood):
    accel, rate_hz = atwood
    peaks = difference_peaks(accel["31"], accel["30"], accel["32"], rate_hz, 0.1, 1.0)
    lowest = max(peaks, key=lambda peak: peak.coherence)
    assert lowest.frequency_hz == pytest.approx(0.43, abs=0.015)
    assert lowest.twist is Twist.COUPLED
    assert not [peak for peak in peaks if peak.twist is Twist.TORSIONAL]


def test_atwoods_modes_driven_by_its_basement(atwood):
    accel, rate_hz = atwood
    floors = [k for k in accel if k not in ("01", "02", "03", "D0")]
    base = np.stack([accel["01"], accel["02"]])
    modes = identify(np.stack([accel[k] for k in floors]), rate_hz, base).modes
    first, second = modes[:2]
    assert first.frequency_hz == pytest.approx(0.375, abs=0.015)
    assert second.frequency_hz == pytest.approx(0.45, abs=0.015)
    east = [floors.index(k) for k in ("14", "20", "26", "32")]
    north = [floors.index(k) for k in ("13", "19", "25", "31")]
    assert np.all(np.abs(first.shape[east]) > 3 * np.abs(first.shape[north]))
    assert np.all(np.abs(second.shape[north]) > 3 * np.abs(second.shape[east]))
