"""The demonstration's timeline, the load generator, and what a description may not say."""

from itertools import pairwise

import numpy as np
import pytest
from specs import START_NS, instrument

from plumbline.simulator.generator import Burst, Load
from plumbline.simulator.scenario import Settling, rows, timeline
from plumbline.simulator.spec import FaultSpec, RigSpec
from plumbline.wire.record import decode, encode


def test_the_acts_follow_each_other_in_the_order_of_the_story(tmp_path):
    acts = timeline(
        record=tmp_path / "quake.npz", record_s=40.0, settling=Settling(floors=(15, 30))
    )
    table = rows(acts)
    assert [kind for _, _, kind in table] == [
        "piling", "earthquake", "far_earthquake", "settlement", "tilt",
    ]  # fmt: skip
    assert all(end < start for (_, end, _), (start, _, _) in pairwise(table[:4]))
    assert table[0][1] - table[0][0] >= 10
    assert table[0][0] >= 20  # detectors are armed
    assert table[-1][1] < 240


def test_a_record_too_long_for_the_time_says_how_long_it_takes(tmp_path):
    with pytest.raises(ValueError, match="needs a demonstration of 302 s"):
        timeline(record=tmp_path / "q.npz", record_s=120.0)


def test_two_instruments_cannot_share_a_port():
    with pytest.raises(ValueError, match="port of its own"):
        RigSpec(instrument=(instrument("lily"), instrument("lily", node="01")))


def test_a_fault_needs_a_port_that_is_there():
    fault = FaultSpec(kind="drop", port="ttyX", start_s=0)
    with pytest.raises(ValueError, match="ttyX"):
        RigSpec(instrument=(instrument("lily"),), fault=(fault,))


def test_load_is_what_many_agents_would_publish():
    load = Load(nodes=40, sigma_counts=30)
    blocks = list(load.blocks(START_NS, 5))
    assert len(blocks) == 200
    assert len({b.stream.key for b in blocks}) == 40
    assert len({b.stream.structure for b in blocks}) == 2
    one = [b for b in blocks if b.stream == blocks[0].stream]
    assert [b.seq for b in one] == [0, 1, 2, 3, 4]
    assert all(b.end_ns == after.start_ns for b, after in pairwise(one))
    assert np.std([b.counts for b in blocks]) == pytest.approx(30, rel=0.05)
    assert decode(encode(blocks[0])).same_as(blocks[0])


def test_load_can_hold_something_to_decide_upon():
    load = Load(nodes=2, bursts=(Burst(second=3, seconds=2, hz=1.0, counts=5000),))
    peaks = [np.abs(b.counts).max() for b in load.blocks(0, 6) if b.stream.node == "N0"]
    assert [peak > 4000 for peak in peaks] == [False, False, False, True, True, False]


def test_the_same_seed_gives_the_same_load():
    first, again = (list(Load(nodes=3).second(7, START_NS)) for _ in range(2))
    assert all(a.same_as(b) for a, b in zip(first, again, strict=True))
