"""A day of an instrument whose clock is off, through the edge's timing into exported windows."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import obspy
import pytest
from archiving import ArchiveRig
from blocks import HN, T0_NS, truth
from places import tower

from plumbline.collector.journal import Entry, Mark
from plumbline.collector.serving.export.bundle import write_bundle
from plumbline.collector.serving.export.request import ExportRequest
from plumbline.edge_agent.blocks import Gatherer
from plumbline.edge_agent.readings import Readings
from plumbline.edge_agent.timebase import ClockTraits, HostTime
from plumbline.wire.block import NS, Block

RATE_HZ = 100.0
FRAME = 50
DAY_S = 86_400
SETTLED_S = 60
TRAITS = ClockTraits(
    counted=True, max_skew=100e-6, error_ns=1_000_000, settling_error_ns=20_000_000
)


def true_ns(index: int | np.ndarray, ppm: float) -> int | np.ndarray:
    """Return when a sample was taken: the instrument's second is longer by ``ppm``."""
    return T0_NS + np.rint(np.asarray(index) * NS / RATE_HZ * (1 + ppm * 1e-6)).astype(np.int64)


def as_the_edge_times_it(counts: np.ndarray, ppm: float, seed: int) -> Iterator[Block]:
    """Yield the blocks of a day: counted frames that arrive 0 to 20 ms late."""
    gatherer = Gatherer(
        stream=HN, boot=1, rows=(0, 1, 2), rate_hz=RATE_HZ, block_s=1.0, traits=TRAITS
    )
    rng = np.random.default_rng(seed)
    firsts = np.arange(0, counts.shape[1], FRAME)
    ready_ns = true_ns(firsts + FRAME - 1, ppm) + rng.integers(0, 20_000_001, firsts.size)
    host = HostTime(offset_ns=T0_NS - 10**12, synchronised=True)
    for first, ready in zip(firsts.tolist(), (ready_ns - host.offset_ns).tolist(), strict=True):
        readings = Readings(
            output="raw",
            run=0,
            counter=first,
            counts=counts[:, first : first + FRAME],
            ready_ns=ready,
        )
        yield from gatherer.feed(readings, host)


def archived(archiving: ArchiveRig, blocks: Iterator[Block]) -> None:
    """Let the archive stage take blocks as the journal would hand them over."""
    group: list[Entry] = []
    for n, block in enumerate(blocks):
        group.append(Entry(n, n + 1, block.end_ns, b"", Mark.NONE, [block]))
        if len(group) == 60:
            archiving.stage.take(group, block.end_ns)
            archiving.stage.idle(block.end_ns)
            group.clear()
    archiving.now_ns = block.end_ns
    if group:
        archiving.stage.take(group, block.end_ns)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("ppm", [50.0, -50.0])
def test_any_window_of_a_day_is_the_truth_sample_for_sample_and_starts_on_time(
    tmp_path: Path, ppm: float
) -> None:
    counts = truth(3, int(DAY_S * RATE_HZ))
    archiving = ArchiveRig(tmp_path)
    archived(archiving, as_the_edge_times_it(counts, ppm, seed=5))
    inventory = tower(tmp_path)
    rng = np.random.default_rng(11)
    starts_s = [SETTLED_S, *rng.uniform(SETTLED_S, DAY_S - 700, 38), DAY_S - 700]
    worst_ms = 0.0
    for n, start_s in enumerate(starts_s):
        start_ns = T0_NS + round(start_s * NS)
        request = ExportRequest(
            channels=("XX.TWR01.3A.HN",),
            start_ns=start_ns,
            end_ns=start_ns + round(rng.uniform(1, 600) * NS),
        )
        bundle = write_bundle(
            archiving.reader, inventory, request, tmp_path / f"{n}", dt.datetime.now(dt.UTC)
        )
        assert bundle.gaps == ()
        stream = obspy.read(str(tmp_path / f"{n}" / "waveforms.mseed"))
        assert [trace.id for trace in stream] == sorted(HN.nslc)
        for trace in stream:
            first = round((trace.stats.starttime.ns - T0_NS) * RATE_HZ / NS / (1 + ppm * 1e-6))
            row = HN.nslc.index(trace.id)
            np.testing.assert_array_equal(trace.data, counts[row, first : first + trace.stats.npts])
            off_ms = abs(trace.stats.starttime.ns - int(true_ns(first, ppm))) / 1e6
            worst_ms = max(worst_ms, off_ms)
            due = (request.end_ns - request.start_ns) * RATE_HZ / NS / (1 + ppm * 1e-6)
            assert abs(trace.stats.npts - due) <= 1.5
    assert worst_ms <= 5, worst_ms
    print(f"{ppm:+g} ppm: starts within {worst_ms:.2f} ms of the truth")
    archiving.close()
