"""The WT901 speaks its maker's frames; its clock counts milliseconds."""

import struct

import numpy as np
import pytest
from specs import START_NS, frame, instrument, rig
from where import shared_data

from plumbline.simulator.instruments.witmotion_wt901 import ACCEL, WitmotionWt901, frame_bytes
from plumbline.wire.block import STANDARD_GRAVITY_MS2


def unit(**more):
    spec = instrument("witmotion_wt901", **more)
    return WitmotionWt901(spec, rig(spec), START_NS)


def watch(it, seconds, accel_ms2=(0.0, 0.0, 0.0), start=0):
    return it.observe(frame(np.tile(np.array(accel_ms2)[:, None], (1, 500 * seconds)), start=start))


def clock_ms(payload):
    yy, mm, dd, h, m, s, ms = struct.unpack("<6BH", payload[2:10])
    assert (yy, mm, dd) == (15, 1, 1)
    return ((h * 60 + m) * 60 + s) * 1000 + ms


def test_a_frame_is_the_reference_vector():
    # az = +1.000 g, T = 25.50: the computed vector of the protocol reference.
    body = struct.pack("<4h", 0, 0, 2048, 2550)
    assert frame_bytes(ACCEL, body) == bytes.fromhex("55510000000000 08F609AD".replace(" ", ""))


def test_genuine_frames_have_the_same_checksum_rule():
    log = (shared_data("witmotion-wt901") / "example_data.TXT").read_bytes()
    for at in range(0, 11 * 400, 11):
        genuine = log[at : at + 11]
        assert frame_bytes(genuine[1], genuine[2:10]) == genuine


def test_time_and_acceleration_come_in_pairs_and_say_the_truth():
    emissions = watch(unit(), 3)
    assert len(emissions) > 240
    for emission in emissions:
        time, accel = emission.payload[:11], emission.payload[11:]
        assert (time[:2], accel[:2]) == (b"\x55\x50", b"\x55\x51")
        assert all(sum(part[:10]) & 0xFF == part[10] for part in (time, accel))
        (truth,) = emission.sent
        assert list(struct.unpack("<3h", accel[2:8])) == truth.counts[:, 0].tolist()


def test_its_clock_counts_its_samples():
    ms = [clock_ms(e.payload) for e in watch(unit(clock_ppm=300), 60)]
    np.testing.assert_array_equal(np.diff(ms), 10)


def test_after_a_power_cut_its_clock_begins_again_at_the_factory_date():
    it = unit()
    late = clock_ms(watch(it, 20)[-1].payload)
    it.restart(20.0)
    again = watch(it, 3, start=10_000)
    assert late > 15_000
    assert clock_ms(again[0].payload) < 10
    assert again[0].sent[0].nonce == 2


def test_its_clock_can_be_set():
    it = unit()
    before = clock_ms(watch(it, 2)[-1].payload)
    it.step_clock(3600.0)
    assert clock_ms(watch(it, 2, start=1000)[0].payload) - before > 3_599_000


def test_at_rest_it_reads_gravity_in_counts_of_half_a_milli_g():
    counts = np.hstack([e.sent[0].counts for e in watch(unit(), 30)])
    assert counts[2].mean() / 2048 == pytest.approx(1.0, abs=0.08)
    assert 2 < counts.std(axis=1).max() < 8  # 2 mg


def test_beyond_16_g_it_clips():
    counts = watch(unit(), 2, (200 * STANDARD_GRAVITY_MS2, 0, 0))[0].sent[0].counts
    assert counts[0, 0] == 32_767


def test_a_rate_it_does_not_have_is_refused():
    with pytest.raises(ValueError, match="rate_hz"):
        unit(options={"rate_hz": 60})
