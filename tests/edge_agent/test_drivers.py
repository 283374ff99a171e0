"""Drivers against the pages they were written from, and against real bytes."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from where import shared_data

from plumbline.edge_agent.drivers import DRIVERS, USUAL_ROWS, DriverNotice
from plumbline.edge_agent.framing import Rejected
from plumbline.edge_agent.readings import Readings

ARRIVAL_NS = 5_000_000_000


def read(name, raw, rate_hz=100.0, baud=None, at_ns=ARRIVAL_NS):
    driver = DRIVERS[name].make(rate_hz, baud or DRIVERS[name].baud)
    return list(driver.feed(raw, at_ns))


WT901_LOG = "example_data.TXT"


def wt901_frames(ms, z=2048):
    clock = bytes([0x55, 0x50, 26, 11, 22, 10, 30, ms // 1000]) + (ms % 1000).to_bytes(2, "little")
    accel = bytes([0x55, 0x51]) + struct.pack("<4h", 1, -2, z, 2550)
    return b"".join(frame + bytes([sum(frame) & 255]) for frame in (clock, accel))


def wt901_counters(clock_ms, arrivals_ns):
    driver = DRIVERS["witmotion_wt901"].make(100.0, 115_200)
    found = []
    for ms, at_ns in zip(clock_ms, arrivals_ns, strict=True):
        found += driver.feed(wt901_frames(ms), at_ns)
    # a frame comes out with the next one's head at first; the last stays in no reader
    return [(item.run, item.counter) for item in found if isinstance(item, Readings)]


def test_the_example_frames_of_the_maker_are_read():
    """``55 51 00 00 00 00 00 08 F6 09 AD``: az +1.000 g."""
    frame = bytes.fromhex("555100000000000 8F609AD".replace(" ", ""))
    items = read("witmotion_wt901", wt901_frames(0)[:11] + frame + wt901_frames(10))
    readings = [item for item in items if isinstance(item, Readings)]
    np.testing.assert_array_equal(readings[0].counts[:, 0], [0, 0, 2048])


def test_the_clock_of_the_wt901_is_its_counter():
    ms = [0, 10, 21, 29, 40, 80, 80, 90]  # a millisecond of jitter, then three lost, one repeated
    counters = wt901_counters(ms, [10_000_000 * k for k in range(len(ms))])
    assert counters == [(1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (1, 8), (1, 8), (1, 9)]


def test_a_clock_that_is_set_begins_a_new_run():
    forward = wt901_counters([0, 10, 30_020, 30_030], [0, 10**7, 2 * 10**7, 3 * 10**7])
    assert forward == [(1, 0), (1, 1), (2, 0), (2, 1)]
    back = wt901_counters([30_000, 30_010, 5_000, 5_010], [0, 10**7, 2 * 10**7, 3 * 10**7])
    assert back == [(1, 0), (1, 1), (2, 0), (2, 1)]


def test_a_pause_that_both_clocks_share_is_a_gap_and_no_new_run():
    gap = wt901_counters([0, 10, 30_020], [0, 10**7, 30_020_000_000])
    assert gap == [(1, 0), (1, 1), (1, 3002)]


def test_a_host_that_was_busy_does_not_make_a_gap():
    late = wt901_counters([0, 10, 20, 30, 40], [0, 10**7, 6 * 10**9, 6 * 10**9, 6 * 10**9])
    assert late == [(1, k) for k in range(5)]


def test_the_real_wt901_log_gives_gravity():
    """Its page: mean length of the acceleration vector 1.032 g; it holds no time frames."""
    raw = (shared_data("witmotion-wt901") / WT901_LOG).read_bytes()
    items = read("witmotion_wt901", raw)
    readings = [item for item in items if isinstance(item, Readings)]
    assert len(readings) == 2017 - 20
    assert {item.counter for item in readings} == {None}
    assert sum(isinstance(item, DriverNotice) for item in items) == 1
    g = np.concatenate([item.counts for item in readings], axis=1) / 2048
    assert np.linalg.norm(g, axis=0).mean() == pytest.approx(1.032, abs=0.001)


def test_the_real_lily_lines_are_read():
    """Its page: 59 lines, 5 well-formed samples, X -235.5 and Y 25.93 µrad at 26.04 °C."""
    raw = (shared_data("lily-tiltmeter-ascii") / "lily_botpt_lines.txt").read_bytes()
    other = next(line for line in raw.splitlines() if line.endswith(b"N9656"))
    raw = raw.replace(other, other + b"\n" + other)  # a new serial number counts when repeated
    items = read("lily", b"\n" + raw)
    tilt = [item for item in items if isinstance(item, Readings) and item.output == "tilt"]
    temperature = [item for item in items if isinstance(item, Readings)][1::2]
    assert len(tilt) == 5
    assert tilt[2].counts.tolist() == [[-235_500], [25_930]]
    assert temperature[2].counts.tolist() == [[2604]]
    assert tilt[4].counts.tolist() == [[-330_000], [-247_647]]  # at its rail
    notices = [item.text for item in items if isinstance(item, DriverNotice)]
    assert [text.split(": ")[1] for text in notices] == [
        "Leveled!",
        "Switching to Y!",
        "X Axis out of range, switching to Y!",
        "Y Axis out of range!",
    ]
    rejected = [item.raw for item in items if isinstance(item, Rejected)]
    assert rejected.count(other) == 1
    others = (b"#", b"HEAT", b"IRIS", b"NANO")
    assert all(line.startswith(others) for line in rejected if line != other)


LILY_LINE = b"-236.026,  25.666,194.25, 26.01,11.96,N9655"


def test_the_native_lily_line_is_read_too():
    (_, tilt, temperature) = read("lily", b"x\r\n" + LILY_LINE + b"\r\n")
    assert tilt.counts.tolist() == [[-236_026], [25_666]]
    assert temperature.counts.tolist() == [[2601]]


@given(at=st.integers(0, len(LILY_LINE) - 1))
def test_a_byte_lost_or_doubled_on_the_line_never_gives_another_tilt(at):
    for damaged in (
        LILY_LINE[:at] + LILY_LINE[at + 1 :],
        LILY_LINE[:at] + LILY_LINE[at : at + 1] + LILY_LINE[at:],
    ):
        items = read("lily", b"x\r\n" + damaged + b"\r\n")
        found = {str(item.counts.tolist()) for item in items if isinstance(item, Readings)}
        assert found <= {"[[-236026], [25666]]", "[[2601]]"}


def test_a_lily_that_levelled_itself_begins_a_new_run():
    levelled = b"*  -2.277,  -2.165,190.81, 25.69,,Leveled!11.87,N9655"
    lines = [b"x", LILY_LINE, b"*  14.667,  81.642,185.21, 33.67,11.59,N9655", levelled, LILY_LINE]
    items = read("lily", b"\r\n".join(lines) + b"\r\n")
    readings = [item for item in items if isinstance(item, Readings)]
    assert [item.run for item in readings if item.output == "tilt"] == [0, 1]


def tuff(*lines):
    items = read("tuff_tilt", b"\n" + b"".join(line.encode() + b"\r\n" for line in lines))
    return [item for item in items if isinstance(item, Readings) and item.output == "tilt"], items


def test_the_sentences_of_the_tuff_tilt_manual_are_read():
    tilt, _ = tuff(
        "$-00.920,-00.210,030.045,N1212",
        "$YXXDR,A,-00.920,D,N,A,-00.210,D,E,C,030.045,C,T-N1212*57",
        "$YXXDR,A,000.034,D,N,A,-00.625,D,E,C,021.651,C,T-N0000*47",
    )
    assert [item.counts[:, 0].tolist() for item in tilt] == [[-920, -210], [-210, -920], [-625, 34]]


def test_axes_go_by_their_tags_and_not_by_their_order():
    tilt, _ = tuff("$YXXDR,A,-00.210,D,E,A,-00.920,D,N,C,030.045,C,T-N1212*57")
    assert tilt[0].counts[:, 0].tolist() == [-210, -920]


def test_a_tuff_tilt_in_another_unit_is_refused_and_told_of_once():
    body = "YXXDR,A,-00.920,M,N,A,-00.210,M,E,C,030.045,C,T-N1212"
    xor = 0
    for byte in body.encode():
        xor ^= byte
    tilt, items = tuff(*[f"${body}*{xor:02X}"] * 2)
    assert tilt == []
    assert [type(item).__name__ for item in items] == ["DriverNotice", "Rejected", "Rejected"]


def test_a_changed_digit_is_seen_where_there_is_a_checksum():
    tilt, items = tuff("$YXXDR,A,-00.930,D,N,A,-00.210,D,E,C,030.045,C,T-N1212*57")
    assert tilt == []
    assert items == [
        Rejected(
            reason="XDR checksum wrong",
            raw=b"$YXXDR,A,-00.930,D,N,A,-00.210,D,E,C,030.045,C,T-N1212*57",
        )
    ]


def test_every_driver_tells_outputs_that_fit_its_readings():
    for spec in DRIVERS.values():
        for output in spec.outputs:
            assert len(output.axes) == len(output.own_axes)
            assert {USUAL_ROWS[axis] for axis in output.axes} == set(output.own_axes)
            assert output.stream[0] in output.bands_at(output.rate_hz)
