"""The line: bytes take time, stay in order, come late but never early; and its faults."""

import numpy as np
import pytest
from specs import START_NS, instrument, read_truth, rig, run

from plumbline.simulator.emission import Emission
from plumbline.simulator.line import Fate, SerialLine
from plumbline.simulator.spec import FaultSpec

MS = 1_000_000


def sent(n, every_ms=20):
    return [Emission(ready_ns=START_NS + k * every_ms * MS, payload=bytes(108)) for k in range(n)]


def line(**more):
    return SerialLine(**{"baud": 460_800, "jitter_ms": 0.0, "start_ns": START_NS, **more})


def test_a_frame_takes_ten_bits_a_byte():
    arrival = line(baud=115_200).carry(sent(1)[0]).arrival_ns
    assert arrival - START_NS == pytest.approx(108 * 10 / 115_200 * 1e9, abs=2)


def test_a_busy_line_makes_the_next_frame_wait():
    thin = line(baud=9600)
    one, two = (thin.carry(e).arrival_ns for e in sent(2))
    assert two - one == pytest.approx(108 * 10 / 9600 * 1e9, abs=2)


def test_arrival_is_late_by_up_to_the_jitter_and_never_early_or_out_of_order():
    late = line(jitter_ms=20.0)
    arrivals = np.array([late.carry(e).arrival_ns for e in sent(2000)])
    wire_ns = round(108 * 10 / 460_800 * 1e9)
    delay = arrivals - np.array([e.ready_ns for e in sent(2000)]) - wire_ns
    assert delay.min() >= 0
    assert delay.max() <= 20 * MS
    assert delay.mean() == pytest.approx(10 * MS, rel=0.1)
    assert (np.diff(arrivals) >= 0).all()


@pytest.mark.parametrize(
    ("kind", "fate", "length"),
    [("drop", Fate.DROPPED, 0), ("duplicate", Fate.TWICE, 216), ("corrupt", Fate.CORRUPTED, 108)],
)
def test_a_fault_acts_in_its_time_only_and_is_confessed(kind, fate, length):
    fault = FaultSpec(kind=kind, port="ttyA", start_s=1.0, seconds=1.0)
    faulty = line(faults=(fault,))
    deliveries = [faulty.carry(e) for e in sent(150)]
    hurt = [d for d in deliveries if d.fate != Fate.DELIVERED]
    assert len(hurt) == 50
    assert {d.fate for d in hurt} == {fate}
    assert {len(d.payload) for d in hurt} == {length}
    if kind == "corrupt":
        assert all(bin(int.from_bytes(d.payload, "big")).count("1") == 1 for d in hurt)


def test_a_share_of_the_frames_is_hurt():
    some = line(faults=(FaultSpec(kind="drop", port="a", start_s=0, seconds=1e6, share=0.1),))
    lost = sum(some.carry(e).fate is Fate.DROPPED for e in sent(5000))
    assert lost == pytest.approx(500, rel=0.2)


def test_a_power_cut_is_a_silence_and_then_another_nonce(tmp_path):
    cut = FaultSpec(kind="power_cut", port="ttyA", start_s=5, seconds=3)
    run(rig(instrument("adxl355_node"), faults=(cut,)), 12, tmp_path, frame_s=0.1)
    rows = read_truth(tmp_path)["XX.TWR01.00.HN"]
    before, after = (rows[rows["nonce"] == n] for n in dict.fromkeys(rows["nonce"].tolist()))
    assert before["time_ns"].max() < START_NS + 5_000 * MS
    assert after["time_ns"].min() >= START_NS + 8_000 * MS
    assert before["counter"].tolist() == list(range(len(before)))
    assert after["counter"].tolist() == list(range(len(after)))


def test_what_a_pulled_cable_loses_is_in_the_truth_as_unheard(tmp_path):
    pull = FaultSpec(kind="unplug", port="ttyA", start_s=4, seconds=2)
    found = run(rig(instrument("adxl355_node"), faults=(pull,)), 10, tmp_path)
    rows = read_truth(tmp_path)["XX.TWR01.00.HN"]
    arrived = sum(s.counts.shape[1] for _, d in found for s in d.sent)
    assert (rows["fate"] == Fate.UNHEARD).sum() == pytest.approx(200, abs=10)
    assert (rows["fate"] == Fate.DELIVERED).sum() == arrived
    assert np.diff(rows["counter"].astype(int)).tolist() == [1] * (len(rows) - 1)


def test_a_clock_step_reaches_the_instruments_that_have_a_clock():
    step = FaultSpec(kind="clock_step", port="ttyA", start_s=5, step_s=-7200)
    spec = rig(instrument("lily", options={"style": "botpt"}), faults=(step,))
    hours = [d.payload[16:18] for _, d in run(spec, 12)]
    assert hours[0] == b"06"
    assert hours[-1] == b"04"
