"""The triggers as they are used: armed early, deaf to blows, awake again after a quake."""

import numpy as np
import pytest
from chunks import cuts, pieces
from hypothesis import given, settings
from motions import DENSITY_MS2, GAL, ambient, blows, far, near

from plumbline.analysis.trigger.band_power import MotionBank
from plumbline.analysis.trigger.shaking import ShakingBank
from plumbline.analysis.trigger.states import TriggerStatus

RATE_HZ = 100.0


def bank(n_rows=1, rate_hz=RATE_HZ):
    return ShakingBank(rate_hz, np.full(n_rows, DENSITY_MS2))


def heard(x, rate_hz=RATE_HZ):
    x = np.atleast_2d(x)
    own = bank(len(x), rate_hz)
    return own, own.feed(x)


def spans(told, step_s):
    """Return (onset, proven, end) of each time the first row was on. [s]"""
    on = np.concatenate([[False], told.status[0] == TriggerStatus.ON, [False]])
    starts, ends = np.flatnonzero(~on[:-1] & on[1:]), np.flatnonzero(on[:-1] & ~on[1:])
    return [
        ((s + 1 - told.since[0, s]) * step_s, (s + 1) * step_s, e * step_s)
        for s, e in zip(starts, ends, strict=True)
    ]


def same(left, right):
    for name in ("peak_ms2", "low_peak_ms2", "low_power", "hum"):
        np.testing.assert_array_equal(getattr(left, name), getattr(right, name))
    for told in ("short", "long"):
        for name in ("status", "since", "ratio", "amplitude_ms2", "clean"):
            a, b = getattr(getattr(left, told), name), getattr(getattr(right, told), name)
            np.testing.assert_array_equal(a, b)


RNG = np.random.default_rng(1)
SHORT = np.stack([near(RNG, 3000, RATE_HZ, 50, 12.0), ambient(RNG, 3000, RATE_HZ)]) + 9.81


def growing(cut_s, freq_hz=3.0):
    """A motion that grows tenfold in two seconds until its reading stands still."""
    time_s = np.arange(3000) / RATE_HZ
    x = ambient(np.random.default_rng(12), 3000, RATE_HZ, 0.05)
    x += 5 * GAL * 10 ** ((time_s - cut_s) / 2.0) * np.sin(2 * np.pi * freq_hz * time_s)
    at = round(cut_s * RATE_HZ)
    x[at:] = x[at]
    return x


CUT = np.stack([growing(20.0), growing(20.7)])


@settings(max_examples=25, deadline=None)
@given(cut=cuts(SHORT.shape[1]))
def test_what_is_said_does_not_depend_on_how_the_record_arrives(cut):
    _, whole = heard(SHORT)
    own = bank(2)
    parts = [own.feed(p) for p in pieces(SHORT, cut)]
    for name in ("peak_ms2", "low_peak_ms2", "low_power", "hum"):
        joined = np.concatenate([getattr(p, name) for p in parts], axis=1)
        np.testing.assert_array_equal(joined, getattr(whole, name))
    for told in ("short", "long"):
        for name in ("status", "since", "ratio", "amplitude_ms2", "clean"):
            joined = np.concatenate([getattr(getattr(p, told), name) for p in parts], axis=1)
            np.testing.assert_array_equal(joined, getattr(getattr(whole, told), name))


@settings(max_examples=8, deadline=None)
@given(cut=cuts(CUT.shape[1]))
def test_a_motion_that_is_cut_off_is_told_alike_however_it_arrives(cut):
    _, whole = heard(CUT)
    own = bank(2)
    parts = [own.feed(p) for p in pieces(CUT, cut)]
    joined = np.concatenate([p.short.status for p in parts], axis=1)
    np.testing.assert_array_equal(joined, whole.short.status)
    assert np.all(np.any(joined == TriggerStatus.ON, axis=1))


def test_a_channel_does_not_depend_on_its_neighbours():
    _, together = heard(SHORT)
    _, alone = heard(SHORT[1:])
    np.testing.assert_array_equal(alone.short.ratio[0], together.short.ratio[1])
    np.testing.assert_array_equal(alone.long.ratio[0], together.long.ratio[1])


def test_a_snapshot_goes_on_as_if_nothing_had_happened():
    own = bank(2)
    own.feed(SHORT[:, :1733])
    kept = own.snapshot()
    expected = own.feed(SHORT[:, 1733:])
    again = bank(2)
    again.restore(kept)
    same(again.feed(SHORT[:, 1733:]), expected)


def test_a_thousand_cold_starts_trigger_nothing():
    rng = np.random.default_rng(2)
    n = round(30 * RATE_HZ)
    for _ in range(5):
        offset = rng.normal(size=(200, 1)) * 9.81
        rms_gal = rng.uniform(0, 1.0, size=(200, 1))
        x = offset + np.stack([ambient(rng, n, RATE_HZ, r[0]) for r in rms_gal])
        _, ticks = heard(x)
        assert np.max(ticks.short.status) <= TriggerStatus.ARMED
        assert np.max(ticks.long.status) <= TriggerStatus.ARMED


def test_both_are_armed_within_twenty_seconds():
    _, ticks = heard(ambient(np.random.default_rng(3), 2000, RATE_HZ))
    assert ticks.short.status[0, -1] == TriggerStatus.ARMED
    assert ticks.long.status[0, -1] == TriggerStatus.ARMED


@pytest.mark.parametrize("noise_before_s", [30.0, 120.0])
@pytest.mark.parametrize(
    ("period_s", "peak_gal"), [(2, 3), (2, 10), (3, 3), (3, 10), (5, 3), (5, 10)]
)
def test_far_shaking_is_seen_within_five_seconds_of_one_gal(period_s, peak_gal, noise_before_s):
    time_s = np.arange(round((noise_before_s + 60) * RATE_HZ)) / RATE_HZ
    x = ambient(np.random.default_rng(1), len(time_s), RATE_HZ)
    x += far(time_s, period_s, peak_gal, noise_before_s)
    own, ticks = heard(x + 9.81)
    found = spans(ticks.long, own.tick_s)
    passes_1_gal_s = noise_before_s + 60 / peak_gal
    assert len(found) == 1
    assert noise_before_s < found[0][1] <= passes_1_gal_s + 5
    assert spans(ticks.short, own.step_s) == []


def test_a_near_quake_is_seen_by_the_short_period_trigger_within_seconds():
    rng = np.random.default_rng(4)
    x = ambient(rng, 6000, RATE_HZ) + near(rng, 6000, RATE_HZ, 30, 40.0)
    own, ticks = heard(x)
    (found,) = spans(ticks.short, own.step_s)
    assert 40.0 < found[0] < 41.0
    assert found[1] < 44.0


def test_a_far_quake_half_a_minute_after_a_strong_one_is_seen_again():
    rng = np.random.default_rng(5)
    n = round(160 * RATE_HZ)
    time_s = np.arange(n) / RATE_HZ
    strong = near(rng, n, RATE_HZ, 200, 40.0, seconds=30.0)
    strong += far(time_s, 2.0, 60.0, 42.0, 5.0, 15.0, 8.0)
    x = ambient(rng, n, RATE_HZ) + strong + far(time_s, 3.0, 4.0, 97.0, 22.0, 30.0, 10.0)
    own, ticks = heard(x)
    first, second = spans(ticks.long, own.tick_s)
    assert first[2] <= 70.0 + 15.0
    assert 97.0 < second[0] < second[1] < 97.0 + 15.0


def test_a_start_inside_strong_shaking_is_still_seen():
    rng = np.random.default_rng(6)
    time_s = np.arange(6000) / RATE_HZ
    _, ticks = heard(ambient(rng, 6000, RATE_HZ) + far(time_s, 2.0, 40.0, -10, 1.0, 200.0, 1.0))
    assert ticks.long.status[0, -1] == TriggerStatus.ON


@pytest.mark.parametrize("freq_hz", [5.0, 8.0, 12.0, 20.0, 30.0])
@pytest.mark.parametrize("per_s", [0.7, 1.0, 1.6])
def test_blows_open_nothing(freq_hz, per_s):
    rng = np.random.default_rng(7)
    n = round(120 * RATE_HZ)
    x = ambient(rng, n, RATE_HZ)
    x[3000:9000] += blows(rng, 6000, RATE_HZ, 60, per_s, freq_hz)
    _, ticks = heard(x)
    assert np.max(ticks.short.status) < TriggerStatus.ON
    assert np.max(ticks.long.status) < TriggerStatus.ON


def test_a_motion_cut_off_while_it_grows_is_shaking_once_the_reading_stood_still():
    own, ticks = heard(growing(20.0))
    (found,) = spans(ticks.short, own.step_s)
    assert 20.5 <= found[1] <= 20.7


def test_the_same_motion_proves_itself_in_the_ordinary_way_where_it_goes_on():
    # At its height from 20 s on, instead of cut off: two seconds above the gate, no sooner.
    x = growing(20.0)
    time_s = np.arange(1000) / RATE_HZ
    x[2000:] = 5 * GAL * np.sin(2 * np.pi * 3.0 * time_s)
    own, ticks = heard(x)
    (found,) = spans(ticks.short, own.step_s)
    assert found[1] - found[0] >= 2.0


@pytest.mark.parametrize("freq_hz", [4.0, 8.0, 15.0])
@pytest.mark.parametrize("cut_s", [0.02, 0.1, 0.3, 0.6])
def test_an_instrument_that_dies_of_a_blow_has_not_felt_shaking(freq_hz, cut_s):
    rng = np.random.default_rng(13)
    x = ambient(rng, 6000, RATE_HZ)
    x[2000:] += blows(rng, 4000, RATE_HZ, 60, 0.7, freq_hz, decay_s=0.2)
    loud = np.flatnonzero(np.abs(x[3500:]) > 20 * GAL)[0] + 3500
    at = loud + round(cut_s * RATE_HZ)
    x[at:] = x[at]
    _, ticks = heard(x)
    assert np.max(ticks.short.status) < TriggerStatus.ON


def test_a_coarse_instrument_that_stands_still_between_blows_opens_nothing():
    rng = np.random.default_rng(14)
    x = blows(rng, 9000, RATE_HZ, 60, 0.7, 8.0, decay_s=0.2)
    _, ticks = heard(np.stack([np.rint(x / (c * GAL)) * c * GAL for c in (0.06, 0.3, 1.0)]))
    assert np.max(ticks.short.status) < TriggerStatus.ON


def test_a_bumped_sensor_opens_nothing():
    x = ambient(np.random.default_rng(8), 6000, RATE_HZ)
    x[3000:] += 11 * GAL
    _, ticks = heard(x)
    assert np.max(ticks.short.status) < TriggerStatus.ON
    assert np.max(ticks.long.status) < TriggerStatus.ON


def test_what_never_ends_becomes_ambient_within_half_an_hour():
    time_s = np.arange(round(1500 * 20.0)) / 20.0
    x = ambient(np.random.default_rng(9), len(time_s), 20.0)
    x += far(time_s, 3.0, 5.0, 60.0, 10.0, 2000.0, 1.0)
    own, ticks = heard(x, 20.0)
    (found,) = spans(ticks.long, own.tick_s)
    assert 1200 - 1 <= found[2] - found[0] <= 1200 + 1
    assert ticks.long.status[0, -1] == TriggerStatus.ARMED


def test_after_a_long_gap_a_channel_arms_anew():
    own = bank(2)
    own.feed(SHORT)
    own.reseed(np.array([0]))
    ticks = own.feed(SHORT[:, :500])
    assert ticks.short.status[0, 0] == TriggerStatus.ARMING
    assert ticks.short.status[1, 0] == TriggerStatus.ARMED


def test_peaks_are_measured_from_the_mean_before():
    x = np.full(6000, 9.81) + ambient(np.random.default_rng(10), 6000, RATE_HZ, 0.1)
    x[4000] += 0.5
    _, ticks = heard(x)
    # Instrument and ambient noise on top: 0.2 gal rms.
    assert np.max(ticks.peak_ms2) == pytest.approx(0.5, abs=0.008)
    assert np.max(ticks.low_peak_ms2) < 0.4


def test_a_humming_channel_says_so_and_a_clean_one_does_not():
    time_s = np.arange(6000) / RATE_HZ
    rng = np.random.default_rng(11)
    hum = ambient(rng, 6000, RATE_HZ, 0.02) + 0.04 * np.sin(2 * np.pi * 40.0 * time_s)
    _, ticks = heard(np.stack([hum, ambient(rng, 6000, RATE_HZ)]))
    assert ticks.hum[0, -1]
    assert not np.any(ticks.hum[1])


def test_the_bands_are_stated():
    stated = MotionBank(31.25, 1).stated
    assert stated == {"short": "1-5 Hz", "long": "0.1-1 Hz", "low": "0.05-12.5 Hz"}


def test_a_rate_too_low_to_judge_motion_is_refused():
    with pytest.raises(ValueError, match="from 10 Hz on"):
        MotionBank(1.0, 3)
