"""JMA long-period class: levels, resonance, seconds, and a start in the middle of shaking."""

import numpy as np
import pytest
from chunks import cuts, pieces
from hypothesis import given, settings
from where import shared_data

from plumbline.analysis.ground_motion.integration import displacement_m
from plumbline.analysis.ground_motion.long_period import (
    PERIODS_S,
    Horizontal,
    LongPeriodMeter,
    at_period,
    long_period_sva_ms,
    lpgm_class,
)
from plumbline.analysis.ground_motion.response_spectrum import response_spectrum
from plumbline.records import read_records

# seismic.md 5.3: steady ground amplitude in gal at which each class begins, by period.
CLASS_GROUND_GAL = {
    1.6: (1.954, 5.861, 19.54, 39.08),
    3.0: (1.042, 3.126, 10.42, 20.84),
    5.0: (0.625, 1.876, 6.252, 12.50),
    7.8: (0.401, 1.202, 4.008, 8.015),
}


def grown(period_s, amplitude_gal, rate_hz=100.0, cycles=60):
    """A sine that grows from nothing, so that no transient rides on the resonance."""
    t = np.arange(round(cycles * period_s * rate_hz)) / rate_hz
    ramp = np.minimum(t / (30 * period_s), 1.0)
    return amplitude_gal / 100 * ramp * np.sin(2 * np.pi * t / period_s)


def horizontals(x):
    return np.array([x, np.zeros_like(x)])


def test_the_periods_are_jmas_thirty_two():
    assert PERIODS_S.tolist() == [round(1.6 + 0.2 * i, 1) for i in range(32)]


def test_a_class_begins_at_its_level():
    levels_ms = [0.0, 0.0499, 0.05, 0.1499, 0.15, 0.4999, 0.5, 0.9999, 1.0, 9.0]
    found = lpgm_class(np.array([[0.01, level] for level in levels_ms]))
    assert found.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]


@pytest.mark.parametrize(("period_s", "levels_gal"), CLASS_GROUND_GAL.items())
def test_steady_ground_motion_has_its_tabled_class(period_s, levels_gal):
    # The high-pass takes 0.03 % at 7.8 s, sampling a little, the tabled digits the rest: 0.2 %.
    unit = long_period_sva_ms(horizontals(grown(period_s, 1.0)), 100.0)
    for number, level in enumerate(levels_gal, 1):
        assert lpgm_class(level * 1.002 * unit) == number
        assert lpgm_class(level * 0.998 * unit) == number - 1


# seismic.md 5.3: how far the ground moves where class 1 begins, cm, to two decimals.
@pytest.mark.parametrize(
    ("period_s", "moved_cm"), [(1.6, 0.13), (3.0, 0.24), (5.0, 0.40), (7.8, 0.62)]
)
def test_class_one_begins_with_millimetres_of_ground_motion(period_s, moved_cm):
    t = np.arange(round(60 * period_s * 100)) / 100
    sine = np.sin(2 * np.pi * t / period_s) * np.hanning(t.size)  # it begins and ends at rest
    ground = CLASS_GROUND_GAL[period_s][0] / 100 * sine
    found = np.abs(displacement_m(ground, 100.0)).max() * 100
    assert found == pytest.approx(moved_cm, abs=0.006)


@pytest.mark.parametrize("period_s", [1.6, 3.0, 5.0, 7.8])
def test_the_meter_reads_the_closed_form_of_resonance(period_s):
    found = long_period_sva_ms(horizontals(grown(period_s, 1.0)), 100.0)
    z = 0.05
    closed_form = 0.01 * period_s / (2 * np.pi) * np.sqrt(1 + (2 * z) ** 2) / (2 * z)
    assert found[period_s == PERIODS_S][0] == pytest.approx(closed_form, rel=1e-3)


def test_a_record_without_long_drift_reads_as_its_spectrum():
    t = np.arange(6000) / 100
    burst = np.sin(2 * np.pi * t / 2.0) * np.hanning(6000)
    metered = long_period_sva_ms(horizontals(burst), 100.0)
    spectrum = response_spectrum(burst, 100.0, PERIODS_S).sva_ms
    np.testing.assert_allclose(metered, spectrum, rtol=0.05)


def test_the_vector_of_two_axes_does_not_depend_on_how_they_are_turned():
    x = grown(3.0, 4.0)
    along = long_period_sva_ms(horizontals(x), 100.0)
    turned = long_period_sva_ms(np.array([0.6 * x, 0.8 * x]), 100.0)
    np.testing.assert_allclose(turned, along, rtol=1e-9)
    larger = long_period_sva_ms(np.array([0.6 * x, 0.8 * x]), 100.0, horizontal=Horizontal.LARGER)
    np.testing.assert_allclose(larger, 0.8 * along, rtol=1e-9)


RATE_HZ = 31.25  # a rate whose seconds end between samples
SHAKE = np.random.default_rng(8).normal(size=(3, 2, 400))


def small_meter():
    return LongPeriodMeter(RATE_HZ, 3, periods_s=[1.6, 3.0, 7.8])


def seconds_of(meter, x, cut):
    return [second for piece in pieces(x, cut) for second in meter.feed(piece)]


@given(cut=cuts(400))
@settings(max_examples=40, deadline=None)
def test_every_second_is_the_same_however_the_record_arrives(cut):
    whole = seconds_of(small_meter(), SHAKE, [])
    part = seconds_of(small_meter(), SHAKE, cut)
    assert [s.second for s in part] == [s.second for s in whole] == list(range(12))
    for ours, theirs in zip(part, whole, strict=True):
        np.testing.assert_array_equal(ours.sva_ms, theirs.sva_ms)
        np.testing.assert_array_equal(ours.lpgm_class, theirs.lpgm_class)


@given(cut=cuts(400, most=2))
@settings(max_examples=20, deadline=None)
def test_a_meter_put_away_and_taken_out_again_goes_on_as_before(cut):
    whole = seconds_of(small_meter(), SHAKE, cut)
    meter, found = small_meter(), []
    for piece in pieces(SHAKE, cut):
        found += meter.feed(piece)
        kept = meter.snapshot()
        meter = small_meter()
        meter.restore(kept)
    for ours, theirs in zip(found, whole, strict=True):
        np.testing.assert_array_equal(ours.sva_ms, theirs.sva_ms)


def test_the_largest_second_is_the_record_s_value():
    x = grown(3.0, 4.0)[:6000]
    found = long_period_sva_ms(horizontals(x), 100.0)
    meter = LongPeriodMeter(100.0, 1)
    seconds = seconds_of(meter, horizontals(x)[np.newaxis], [999, 2345])
    assert len(seconds) == 60
    largest = np.max([s.sva_ms[0] for s in seconds], axis=0)
    np.testing.assert_array_equal(largest, found)


def test_rows_that_began_later_count_their_own_seconds():
    meter = LongPeriodMeter(100.0, 2)
    x = np.random.default_rng(1).normal(size=(2, 2, 250))
    meter.feed(x[:1, :, :130], np.array([0]))
    found = meter.feed(x[:, :, 130:], np.array([0, 1]))
    assert [(s.rows.tolist(), s.second) for s in found] == [([1], 0), ([0], 1)]


def test_a_gap_makes_only_its_own_row_start_afresh():
    x = np.random.default_rng(1).normal(size=(2, 2, 300))
    meter = LongPeriodMeter(100.0, 2)
    meter.feed(x)
    meter.reseed(np.array([1]))
    again = meter.feed(x)
    fresh = LongPeriodMeter(100.0, 2).feed(x)
    assert [s.second for s in again if 1 in s.rows] == [0, 1, 2]
    for ours, theirs in zip([s for s in again if 1 in s.rows], fresh, strict=True):
        np.testing.assert_array_equal(ours.sva_ms[-1], theirs.sva_ms[1])


def test_gravity_on_an_axis_is_no_motion():
    still = np.full((1, 2, 500), 9.81)
    for second in LongPeriodMeter(100.0, 1).feed(still):
        assert second.sva_ms.max() < 1e-9


def test_a_start_in_the_middle_of_shaking_needs_the_known_offset():
    shaking = horizontals(grown(3.0, 8.0)[9_075:])[np.newaxis] + 0.5  # starts on a crest
    told, untold = LongPeriodMeter(100.0, 1), LongPeriodMeter(100.0, 1)
    told.seed(np.full((1, 2), 0.5))
    # Taken for an offset, the crest is a step of 8 gal to the slowest oscillators.
    reads = [
        max(s.sva_ms[0, -1] for s in meter.feed(shaking[..., :1500])) for meter in (told, untold)
    ]
    assert reads[0] < 0.6 * reads[1]


def test_the_first_minute_says_it_is_not_settled():
    found = LongPeriodMeter(10.0, 1).feed(np.zeros((1, 2, 700)))
    assert [s.settled for s in found] == [second >= 60 for second in range(70)]


def test_the_building_s_own_period_is_read_between_its_neighbours():
    sva = np.linspace(0.1, 0.41, 32)
    assert at_period(sva, 1.6) == pytest.approx(0.1)
    assert at_period(sva, 7.8) == pytest.approx(0.41)
    assert at_period(sva, 2.7) == pytest.approx(np.interp(2.7, PERIODS_S, sva))
    with pytest.raises(ValueError, match="outside"):
        at_period(sva, 0.9)


def test_mexico_city_was_class_four_at_two_seconds():
    records = read_records(
        [shared_data("sct-1985-mexico") / "sct190985.txt"],
        columns=["t", "NS", "EW", "UD"], unit="g",
    )  # fmt: skip
    accel = np.array([record.si() for record in records[:2]])
    found = long_period_sva_ms(accel, 50.0)
    assert lpgm_class(found) == 4
    assert PERIODS_S[found.argmax()] == 2.0


def test_a_piece_of_the_wrong_shape_is_refused():
    with pytest.raises(ValueError, match="two axes"):
        LongPeriodMeter(100.0, 2).feed(np.zeros((2, 3, 10)))


def test_an_empty_piece_is_no_event():
    assert LongPeriodMeter(100.0, 2).feed(np.zeros((2, 2, 0))) == []
