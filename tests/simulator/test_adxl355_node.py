"""The ADXL355 node: counters, restarts, clipping, noise, and when each sample really was."""

import numpy as np
import pytest
from node_bytes import messages, samples
from specs import START_NS, frame, instrument, rig

from plumbline.simulator.instruments.adxl355_node import SimulatedAdxl355Node
from plumbline.wire.block import STANDARD_GRAVITY_MS2

G = STANDARD_GRAVITY_MS2


def node(**more):
    spec = instrument("adxl355_node", **{"options": {"streams": [0, 1]}, **more})
    return SimulatedAdxl355Node(spec, rig(spec), START_NS)


def watch(it, motion, *, chunk=100, start=0):
    out = []
    for at in range(0, motion.shape[1], chunk):
        out += it.observe(frame(motion[:, at : at + chunk], start=start + at))
    return out


def still(n):
    return np.zeros((3, n))


def sent(emissions, band):
    return [s for e in emissions for s in e.sent if s.stream.band_source == band]


def test_the_bytes_say_what_the_truth_says():
    emissions = watch(node(), still(2000))
    for emission in emissions:
        if emission.sent:
            (truth,) = emission.sent
            (message,) = messages(emission.payload)
            decoded = samples(message)
            assert (decoded.nonce, decoded.counter) == (truth.nonce, truth.counter)
            np.testing.assert_array_equal(decoded.counts, truth.counts)


def test_counters_of_both_streams_run_on_without_a_hole():
    emissions = watch(node(), still(3000))
    for band, per_frame in (("CN", 10), ("HN", 5)):
        counters = [s.counter for s in sent(emissions, band)]
        assert counters == list(range(0, per_frame * len(counters), per_frame))
        assert len(counters) > 50


def test_hello_comes_at_the_start_and_every_second_and_status_every_ten():
    kinds = [m[0] for e in watch(node(), still(500 * 21)) for m in messages(e.payload)]
    assert kinds.count(1) == 21
    assert kinds.count(3) == 3
    assert kinds[0] == 1


def test_a_restart_brings_a_new_nonce_and_counters_from_zero():
    it = node()
    before = sent(watch(it, still(1000)), "HN")
    it.restart(10.0)
    after = sent(watch(it, still(1000), start=5000), "HN")
    assert after[0].nonce not in {0, before[0].nonce}
    assert after[0].counter == 0
    # 50 ms of boot, then the middle of the first full filter.
    assert after[0].times_ns[0] == START_NS + 10_150_000_000


def test_a_lone_delimiter_ends_what_the_power_cut_left():
    assert watch(node(), still(200))[0].payload[0] == 0


def test_at_rest_it_reads_gravity_and_data_sheet_noise():
    emissions = watch(node(seed=3), still(60_000), chunk=5000)
    raw = np.hstack([s.counts for s in sent(emissions, "CN")]) / 256_000
    decimated = np.hstack([s.counts for s in sent(emissions, "HN")]) / 256_000
    assert raw[2].mean() == pytest.approx(1.0, abs=0.025)  # the data sheet allows 25 mg
    # 22.5 µg/√Hz. A digital Butterworth at a quarter of the rate mirrors itself about it, so its
    # noise bandwidth is exactly that quarter: 125 Hz; the FIR's is its corner, 50 Hz.
    np.testing.assert_allclose(raw.std(axis=1), 22.5e-6 * np.sqrt(125), rtol=0.05)
    np.testing.assert_allclose(decimated.std(axis=1), 22.5e-6 * np.sqrt(50), rtol=0.05)


@pytest.mark.parametrize(("band", "hz"), [("CN", 20.0), ("HN", 20.0), ("HN", 2.0)])
@pytest.mark.parametrize("ppm", [0.0, 50.0, -50.0])
def test_the_truth_of_time_is_the_motions_own(band, hz, ppm):
    t = np.arange(10_000) / 500
    motion = np.stack([np.sin(2 * np.pi * hz * t), 0 * t, 0 * t])
    found = sent(watch(node(clock_ppm=ppm), motion, chunk=500), band)
    seconds = (np.concatenate([s.times_ns for s in found]) - START_NS) / 1e9
    x = np.hstack([s.counts for s in found])[0] / 256_000 * G
    fit, *_ = np.linalg.lstsq(
        np.column_stack([np.sin(2 * np.pi * hz * seconds), np.cos(2 * np.pi * hz * seconds),
                         np.ones_like(seconds)]), x, rcond=None)  # fmt: skip
    late_s = -np.arctan2(fit[1], fit[0]) / (2 * np.pi * hz)
    assert late_s == pytest.approx(0.0, abs=5e-5)
    assert np.hypot(fit[0], fit[1]) == pytest.approx(1.0, rel=0.005)


def test_a_fast_clock_samples_oftener():
    spacing = np.diff(sent(watch(node(clock_ppm=50), still(2000)), "HN")[0].times_ns)
    np.testing.assert_allclose(spacing, 10_000_000 / (1 + 50e-6), atol=2)


def test_a_frame_is_sent_when_its_last_sample_is_ready():
    emissions = [e for e in watch(node(), still(2000)) if e.sent]
    for emission in emissions:
        (truth,) = emission.sent
        delay_ns = 3_260_000 if truth.stream.band_source == "CN" else 103_260_000
        assert emission.ready_ns == truth.times_ns[-1] + delay_ns


def test_beyond_the_range_it_clips_and_says_so():
    motion = still(1000)
    motion[0, 500:520] = 3 * G
    emissions = watch(node(), motion)
    decoded = [samples(m) for e in emissions for m in messages(e.payload) if m[0] == 2]
    raw = [t for t in decoded if t.stream == 0]
    assert max(t.counts[0].max() for t in raw) == 524_287
    assert all(bool(t.flags & 1) == bool((t.counts == 524_287).any()) for t in raw)
    # The filter rounds the rail off; only the flag tells.
    decimated = [t for t in decoded if t.stream == 1 and t.flags & 1]
    assert decimated
    assert all((t.counts[0] < 524_287).any() for t in decimated)
    assert not any(t.flags & 1 for t in decoded if t.stream == 1 and t.counter < 60)


def test_the_frames_do_not_depend_on_how_the_motion_is_cut():
    motion = np.random.default_rng(2).normal(0, 0.1, (3, 2000))
    long = [(e.ready_ns, e.payload) for e in watch(node(), motion, chunk=2000)]
    short = [(e.ready_ns, e.payload) for e in watch(node(), motion, chunk=50)]
    assert sorted(long)[:150] == sorted(short)[:150]


def test_tilt_reads_as_acceleration():
    tilt = np.full((2, 5000), [[1e-3], [0.0]])
    quiet = np.hstack([s.counts for s in sent(node().observe(frame(still(5000))), "HN")])
    lean = np.hstack([s.counts for s in sent(node().observe(frame(still(5000), tilt=tilt)), "HN")])
    # The top leans east by 1 mrad: x reads -g sin(theta).
    change = (lean - quiet)[0].mean() / 256_000
    assert change == pytest.approx(-np.sin(1e-3), rel=1e-3)


def test_a_clock_step_is_refused_because_there_is_no_clock():
    with pytest.raises(ValueError, match="no clock"):
        node().step_clock(1.0)


@pytest.mark.parametrize("options", [{"streams": [2]}, {"streams": []}, {"range": 4}])
def test_options_the_node_does_not_have_are_refused(options):
    with pytest.raises(ValueError, match="must be"):
        node(options=options)
