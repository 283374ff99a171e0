"""The reader on a real pseudo-terminal: what it makes of bytes that waited for it."""

import threading
import time

from edge_node import Node, altered, samples_frame
from edge_rows import NODE

from plumbline.edge_agent.blocks import Gatherer
from plumbline.edge_agent.clock import HostClock
from plumbline.edge_agent.drivers import DRIVERS
from plumbline.edge_agent.merge_readings import merged_readings
from plumbline.edge_agent.reader import Reader
from plumbline.edge_agent.serial_port import SerialPort
from plumbline.wire.block import NS

SPEC = DRIVERS["adxl355_node"]
DELAY_NS = 103_260_000  # of the decimated output, by the node's page


def test_a_first_block_that_waited_for_its_reader_has_its_own_time(tmp_path):
    """On a busy machine the first read brings seconds at once: no block may be late by them."""
    node = Node(tmp_path / "node")  # never started: the test writes its bytes
    clock = HostClock()
    port = SerialPort(str(node.port), baud=SPEC.baud, monotonic_ns=clock.monotonic_ns)
    gatherer = Gatherer(
        stream=NODE, boot=9, rows=(2, 0, 1), rate_hz=100.0, block_s=1.0, traits=SPEC.clock
    )
    blocks = []
    reader = Reader(
        port=port, driver=SPEC.make(100, SPEC.baud), gatherers={"decimated": gatherer},
        clock=clock, reject=lambda *_: None, emit=blocks.append,
    )  # fmt: skip
    port.open()
    for first in range(0, 300, 5):
        node.write(samples_frame(1, node.nonce, first, 5))
    begun_ns = time.time_ns()
    thread = threading.Thread(target=reader.run)
    thread.start()
    deadline = time.monotonic() + 30
    while len(blocks) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    read_by_ns = time.time_ns()
    reader.stop()
    thread.join()
    node.unplug()
    assert [block.n_samples for block in blocks] == [100, 100, 100]
    assert not any(altered(block) for block in blocks)
    assert gatherer.steps == 0
    last_ns = blocks[0].start_ns + round(2.99 * NS) + DELAY_NS
    assert begun_ns - 0.1 * NS < last_ns < read_by_ns


def test_samples_are_joined_only_where_they_follow_and_are_not_counted_as_clipped():
    raw = b"".join(
        samples_frame(1, 7, first, 5, flags)
        for first, flags in [(0, 0x10), (5, 0x10), (10, 0x11), (15, 0x10), (30, 0x10), (35, 0x10)]
    )
    pieces = list(merged_readings(SPEC.make(100, SPEC.baud).feed(raw, NS)))
    assert [(piece.counter, piece.counts.shape[1], piece.clipped) for piece in pieces] == [
        (0, 10, False), (10, 5, True), (15, 5, False), (30, 10, False),
    ]  # fmt: skip
