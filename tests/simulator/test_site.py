"""The site: wind moves the roof alone, walks stay on their floor, gravity reads as tilt."""

import numpy as np
import pytest
from chunks import cuts, pieces
from hypothesis import given, settings
from specs import START_NS, STILL, frame

from plumbline.simulator.acts import FarQuake, Piling, Settlement, TiltRamp, Wind
from plumbline.simulator.instruments.specific_force import apparent_tilt_rad, specific_force_ms2
from plumbline.simulator.noise import BandNoise
from plumbline.simulator.passing import Passing
from plumbline.simulator.sampling import Sampler, SampleTimes
from plumbline.simulator.site import Site
from plumbline.simulator.spec import StructureSpec
from plumbline.simulator.weather import Weather
from plumbline.wire.block import STANDARD_GRAVITY_MS2

G = STANDARD_GRAVITY_MS2
WINDY = StructureSpec(storeys=10, first_period_s=(1.0, 1.0), ambient_gal=0.0, wind_roof_gal=2.0)


def levels(structure, seconds, acts=(), which=(0, 5, 10)):
    site = Site(structure, which, acts, start_ns=START_NS, frame_s=5.0)
    frames = [site.next_frame() for _ in range(round(seconds / 5))]
    return {level: np.hstack([f.accel_ms2[level] for f in frames]) for level in which}, frames


def test_wind_moves_the_roof_and_leaves_the_ground_alone():
    moved, _ = levels(WINDY, 60)
    assert np.abs(moved[0]).max() == 0.0
    assert moved[10][0].std() > moved[5][0].std() > 0


def test_the_roof_sways_as_much_as_it_was_told():
    moved, _ = levels(WINDY, 1800)
    assert moved[10][:2, 5000:].std() * 100 == pytest.approx(2.0, rel=0.15)


def test_a_windy_spell_comes_and_goes():
    moved, _ = levels(WINDY, 300, (Wind(start_s=100, seconds=100, strength=8.0),))
    roof = np.abs(moved[10][0])
    assert roof[110 * 500 : 195 * 500].max() > 3 * roof[: 95 * 500].max()


def test_a_walk_is_felt_on_one_floor_only():
    busy = STILL.model_copy(update={"walks_per_minute": 5.0})
    moved, _ = levels(busy, 300, which=(0, 3, 5))
    assert np.abs(moved[0]).max() == 0.0
    assert np.abs(moved[3][2]).max() * 100 > 0.5
    assert abs(np.corrcoef(moved[3][2], moved[5][2])[0, 1]) < 0.2


def test_a_vehicle_shakes_the_ground_at_8_to_20_hz():
    road = Passing(seed=3, per_minute=6, peak_gal=1.0, walk=False)
    motion = road.accel_ms2(0, 60_000, 500)
    spectrum = np.abs(np.fft.rfft(motion[2])) ** 2
    f = np.fft.rfftfreq(60_000, 1 / 500)
    assert spectrum[(f > 7) & (f < 21)].sum() / spectrum.sum() > 0.98
    assert 0.2 < np.abs(motion).max() * 100 <= 1.5


@given(cut=cuts(40_000))
@settings(deadline=None, max_examples=10)
def test_passers_by_do_not_depend_on_how_time_is_cut(cut):
    road = Passing(seed=4, per_minute=3, peak_gal=1.0, walk=True)
    whole = road.accel_ms2(0, 40_000, 500)
    index = np.arange(40_000)
    parts = [road.accel_ms2(int(p[0]), p.size, 500) for p in pieces(index, cut) if p.size]
    np.testing.assert_array_equal(np.hstack(parts), whole)


@given(cut=cuts(2000))
@settings(deadline=None, max_examples=20)
def test_noise_does_not_depend_on_how_it_is_asked_for(cut):
    def noise():
        return BandNoise(7, 3, band_hz=(0.5, 30), rms=2.0, rate_hz=500)

    whole, in_pieces = noise().take(2000), noise()
    np.testing.assert_array_equal(
        np.hstack([in_pieces.take(p.size) for p in pieces(np.arange(2000), cut)]), whole
    )


def test_noise_has_the_rms_it_was_told():
    quiet = BandNoise(8, 1, band_hz=(1, 20), rms=0.3, rate_hz=500).take(200_000)
    assert quiet.std() == pytest.approx(0.3, rel=0.03)


@given(cut=cuts(1500))
@settings(deadline=None, max_examples=20)
def test_samples_do_not_depend_on_how_the_motion_is_cut(cut):
    motion = np.random.default_rng(1).standard_normal((2, 1500))
    ticks = SampleTimes(begin_s=0.01, rate_hz=100.0, ppm=123.0)

    def taken(parts):
        sampler, at = Sampler(ticks, 500.0), 0
        for part in parts:
            if part.shape[1]:
                yield sampler.take(at, part)
            at += part.shape[1]

    whole = list(taken([motion]))
    split = list(taken(pieces(motion, cut)))
    np.testing.assert_array_equal(np.concatenate([i for i, _ in split]), whole[0][0])
    np.testing.assert_array_equal(np.hstack([v for _, v in split]), whole[0][1])


def test_a_cubic_is_read_between_its_samples_exactly():
    t = np.arange(400) / 500
    motion = np.stack([t**3 - t, 2 * t])
    ticks = SampleTimes(begin_s=0.0071, rate_hz=77.0)
    index, values = Sampler(ticks, 500.0).take(0, motion)
    at = ticks.at_s(index)
    np.testing.assert_allclose(values, [at**3 - at, 2 * at], atol=1e-13)
    assert index[0] == 0


def test_a_leaning_accelerometer_reads_g_sin_theta_and_motion():
    still, lean = np.zeros((3, 4)), np.full((2, 4), [[0.01], [-0.02]])
    read = specific_force_ms2(frame(still, tilt=lean), 0)
    np.testing.assert_allclose(read[:2, 0], [-G * np.sin(0.01), G * np.sin(0.02)])
    np.testing.assert_allclose((read**2).sum(axis=0), G**2)  # however it leans, gravity is gravity
    moved = specific_force_ms2(frame(np.full((3, 4), 0.5)), 0)
    np.testing.assert_allclose(moved[:, 0], [0.5, 0.5, G + 0.5])


def test_a_shaken_tiltmeter_reads_a_over_g():
    push = np.zeros((3, 4))
    push[0] = 0.0032  # 0.32 gal
    read = apparent_tilt_rad(frame(push), 0)
    assert read[0, 0] * 1e6 == pytest.approx(-0.0032 / G * 1e6, rel=1e-6)
    assert abs(read[0, 0] * 1e6) == pytest.approx(326, abs=1)  # a LILY has 330
    lean = np.full((2, 4), [[0.01], [0.0]])
    np.testing.assert_allclose(apparent_tilt_rad(frame(np.zeros((3, 4)), tilt=lean), 0), lean)


def test_a_settling_edge_tilts_every_level_alike():
    act = Settlement(start_s=5, seconds=10, settlement_mm=6.0, length_m=30.0)
    lean = TiltRamp(start_s=5, seconds=10, total_urad=(0.0, 900.0), levels=(5,))
    _, frames = levels(STILL, 30, (act, lean), which=(0, 5))
    last = frames[-1].tilt_rad
    assert last[0][0, -1] == pytest.approx(200e-6, rel=1e-6)
    assert last[5][0, -1] == pytest.approx(200e-6, rel=1e-6)
    assert (last[0][1, -1], last[5][1, -1]) == (0.0, pytest.approx(900e-6))
    assert frames[0].tilt_rad[0][0, -1] == pytest.approx(0.0, abs=1e-12)


def test_the_far_earthquake_shakes_the_roof_of_a_slow_tower_most():
    tower = StructureSpec(ambient_gal=0.0)
    far = FarQuake(start_s=5, seconds=60, peak_gal=3.0)
    moved, _ = levels(tower, 80, (far,), which=(0, 30))
    assert np.abs(moved[0]).max() * 100 == pytest.approx(3.0, rel=1e-3)
    assert np.abs(moved[30]).max() > 5 * np.abs(moved[0]).max()


def test_blows_reach_every_floor_from_below():
    moved, _ = levels(StructureSpec(), 20, (Piling(start_s=5, seconds=10),), which=(0, 30))
    assert np.abs(moved[0][2]).max() * 100 > 30
    assert np.abs(moved[30][2]).max() * 100 > 30


def test_it_is_warmest_in_the_afternoon_and_repeats_every_day():
    weather, hour = Weather(), 3_600_000_000_000
    day = [weather.temp_c(START_NS - START_NS % (24 * hour) + h * hour) for h in range(48)]
    assert int(np.argmax(day[:24])) == 15 - 7  # UTC
    np.testing.assert_allclose(day[:24], day[24:], atol=1e-9)
    assert max(day) - min(day) == pytest.approx(8.0)
