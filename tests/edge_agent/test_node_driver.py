"""The ADXL355 node's driver against the page it was written from."""

import struct
from itertools import pairwise

import numpy as np
import pytest
from chunks import cuts, pieces
from edge_node import framed, hello_frame, sample, samples_frame
from hypothesis import given
from where import REPO

from plumbline.edge_agent.drivers import DRIVERS, DriverNotice
from plumbline.edge_agent.drivers.counter import Unwrapped
from plumbline.edge_agent.framing import Rejected
from plumbline.edge_agent.readings import Readings

ARRIVAL_NS = 5_000_000_000


def read(name, raw, rate_hz=100.0, baud=None, at_ns=ARRIVAL_NS):
    driver = DRIVERS[name].make(rate_hz, baud or DRIVERS[name].baud)
    return list(driver.feed(raw, at_ns))


def plain(items):
    """Return items in a form that compares by value."""
    return [
        (item.output, item.run, item.counter, item.counts.tolist(), item.ready_ns)
        if isinstance(item, Readings)
        else item
        for item in items
    ]


def worked_examples():
    page = (REPO / "firmware_configs/adxl355_node/README.md").read_text()
    section = page.split("## 9.")[1].split("## 10.")[0]
    rows = [line.split(maxsplit=1) for line in section.splitlines()]
    return [
        (bytes.fromhex(message[1]), bytes.fromhex(line[1]))
        for message, line in pairwise(rows)
        if message and message[0] == "message"
    ]


def test_the_worked_examples_of_the_node_page_are_read():
    examples = worked_examples()
    assert len(examples) == 4
    assert all(framed(message) == line for message, line in examples)
    items = read("adxl355_node", b"".join(line for _, line in examples))
    decimated, raw = items
    assert (decimated.output, decimated.run, decimated.counter) == ("decimated", 0x5EED1234, 1000)
    np.testing.assert_array_equal(decimated.counts, [[256, -256], [-1, 0], [256_000, 255_990]])
    assert (raw.output, raw.counter) == ("raw", 4_294_967_295)
    np.testing.assert_array_equal(raw.counts, [[524_287, 0], [-524_288, 0], [256_000, 256_000]])


def test_a_frame_that_says_clipped_is_clipped_whatever_its_counts_show():
    frame = samples_frame(1, 7, 0, 5, flags=0x11)
    assert [item.clipped for item in read("adxl355_node", frame)] == [True]
    assert [item.clipped for item in read("adxl355_node", samples_frame(1, 7, 5, 5))] == [False]


def test_delay_and_line_time_are_taken_off_the_arrival():
    """Section 6 of the page: 103 260 µs and 63 bytes of 10 bits at 460 800 baud."""
    (readings,) = read("adxl355_node", samples_frame(1, 7, 0, 5))
    assert readings.ready_ns == ARRIVAL_NS - 103_260_000 - round(63 * 10 / 460_800 * 1e9)


def test_the_delay_that_the_node_tells_replaces_the_usual_one():
    head = struct.pack("<BBIIHBB", 1, 1, 7, 1, 0x0102, 1, 1) + struct.pack(
        "<BBII", 1, 5, 100_000, 90_000
    )
    (readings,) = read("adxl355_node", framed(head) + samples_frame(1, 7, 0, 1))
    line_ns = round(27 * 10 / 460_800 * 1e9)
    assert readings.ready_ns == ARRIVAL_NS - 90_000_000 - line_ns


@pytest.mark.parametrize(("scale", "factor"), [(1, 1), (2, 2), (3, 4)])
def test_counts_mean_the_same_at_every_range(scale, factor):
    items = read("adxl355_node", samples_frame(1, 7, 100, 2, flags=scale << 4))
    readings = items[-1]
    np.testing.assert_array_equal(readings.counts[:, 1], factor * np.array(sample(101)))
    assert [item for item in items if isinstance(item, DriverNotice)] == [] or scale > 1


def test_the_counter_goes_on_over_its_wrap_and_backwards_is_old():
    counter = Unwrapped(2**32)
    assert counter.place(2**32 - 5, 5) == 2**32 - 5
    assert counter.place(0, 5) == 2**32
    assert counter.place(2**32 - 3, 5) == 2**32 - 3  # partly old
    assert counter.place(2**31 - 1, 1) == 2**32 + 2**31 - 1


def test_an_old_nonce_after_a_new_one_is_refused():
    stream = samples_frame(1, 1, 0, 5) + samples_frame(1, 2, 0, 5) + samples_frame(1, 1, 5, 5)
    items = read("adxl355_node", stream)
    assert [item.run for item in items[:2]] == [1, 2]
    assert isinstance(items[2], Rejected)


@pytest.mark.parametrize(
    "message",
    [
        struct.pack("<BBIIHBB", 2, 1, 7, 0, 0, 0x10, 0),
        struct.pack("<BBIIHBB", 2, 1, 7, 0, 0, 0x10, 27) + bytes(9 * 27)[:200],
        struct.pack("<BBIIHBB", 2, 1, 7, 0, 0, 0x10, 2) + bytes(17),
        struct.pack("<BBIIHBB", 2, 5, 7, 0, 0, 0x10, 1) + bytes(9),
        struct.pack("<BBIIHBB", 2, 1, 0, 0, 0, 0x10, 1) + bytes(9),
        struct.pack("<BBIIHBB", 2, 1, 7, 0, 0, 0x00, 1) + bytes(9),
        b"\x01\x01",
        b"\x03\x01",
        b"\x02",
    ],
    ids=["no-sample", "27", "short", "stream-5", "nonce-0", "range-0", "hello", "status", "stub"],
)
def test_a_message_that_does_not_fit_its_type_is_handed_back(message):
    (item,) = read("adxl355_node", framed(message))
    assert isinstance(item, Rejected)


def test_an_unknown_type_with_a_good_crc_is_no_error():
    assert read("adxl355_node", framed(b"\x7fwhatever")) == []


def test_a_node_that_speaks_otherwise_is_told_of_once():
    other = struct.pack("<BBIIHBB", 1, 2, 7, 1, 0x0200, 1, 0)
    half_rate = struct.pack("<BBIIHBB", 1, 1, 7, 1, 0x0200, 1, 1) + struct.pack(
        "<BBII", 1, 5, 50_000, 0
    )
    lost = samples_frame(1, 7, 0, 1, flags=0x16)
    items = read("adxl355_node", 2 * framed(other) + 2 * framed(half_rate) + 2 * lost)
    texts = [item.text for item in items if isinstance(item, DriverNotice)]
    assert len(texts) == 4
    assert "protocol 2" in texts[0]
    assert "50 Hz" in texts[1]


NODE_STREAM = b"\0" + hello_frame(7) + b"".join(
    samples_frame(1, 7 + (k > 20), 5 * k, 5) + samples_frame(0, 7 + (k > 20), 25 * k, 10)
    for k in range(40)
)  # fmt: skip


@given(cut=cuts(len(NODE_STREAM)))
def test_readings_of_the_node_do_not_depend_on_the_pieces(cut):
    driver = DRIVERS["adxl355_node"].make(100, 460_800)
    found = [item for piece in pieces(NODE_STREAM, cut) for item in driver.feed(piece, ARRIVAL_NS)]
    assert plain(found) == plain(read("adxl355_node", NODE_STREAM))
