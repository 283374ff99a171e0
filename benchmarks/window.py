"""A window of 10 min × 30 channels, trimmed to the sample, beside ObsPy's SDS client; JSON lines.

Run: ``python -m benchmarks.window``. A day of ten nodes is archived by the archive stage itself (it
takes a minute or two), then both read the same windows of the same day files.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from obspy import UTCDateTime
from obspy.clients.filesystem.sds import Client

from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.archive.settings import ArchiveSettings
from plumbline.collector.archive.stage import ArchiveStage
from plumbline.collector.journal import Entry, Journal, Mark
from plumbline.wire.block import NS, Block
from plumbline.wire.identity import StreamId

NODES, WINDOW_S = 10, 600
START_NS = 1_743_120_000 * NS  # 2025-03-28T00:00:00Z


def archive(folder: Path, hours: int) -> None:
    """Let the stage write a day of ten nodes, sigma 30 counts, 20 ppm."""
    journal = Journal(folder / "journal")
    stage = ArchiveStage(folder, journal, ArchiveSettings(commit_s=60), START_NS)
    rng = np.random.default_rng(1)
    minute = np.rint(rng.normal(0, 30, (3, 6000 + NODES * 100))).astype(np.int32)
    streams = [
        StreamId(network="XX", structure="TWR01", node=f"{n:02d}", band_source="HN", axes="ZNE")
        for n in range(NODES)
    ]
    for second in range(hours * 3600):
        at = START_NS + round(second * NS * (1 + 20e-6))
        first = second % 60 * 100
        entries = []
        for n, stream in enumerate(streams):
            counts = minute[:, first + n * 100 : first + n * 100 + 100]
            block = Block(
                stream=stream, boot=1, seq=second, start_ns=at, rate_hz=100.0, counts=counts,
                clock_error_ns=1000, time_quality=100,
            )  # fmt: skip
            entries.append(Entry(0, 0, at + NS, b"", Mark.NONE, [block]))
        stage.take(entries, at + NS)
        if second % 10 == 0:
            stage.idle(at + NS)
    stage.close_all()
    stage.close()
    journal.close()


def main() -> None:
    hours = int(sys.argv[1]) if len(sys.argv) > 1 else 24
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive(folder, hours)
        size = sum(path.stat().st_size for path in folder.glob("archive/*/*/*/*/*"))
        reader = ArchiveReader(folder)
        client = Client(str(folder / "archive"))
        starts_s = np.random.default_rng(2).uniform(0, hours * 3600 - WINDOW_S, 9)
        ours, theirs = [], []
        for start_s in starts_s:
            start_ns = START_NS + round(start_s * NS)
            end_ns = start_ns + WINDOW_S * NS
            began = time.perf_counter()
            window = reader.read_window("XX.TWR01.*.HN", start_ns, end_ns)
            ours.append(time.perf_counter() - began)
            began = time.perf_counter()
            stream = client.get_waveforms(
                "XX", "TWR01", "*", "HN?", UTCDateTime(ns=start_ns), UTCDateTime(ns=end_ns)
            )
            theirs.append(time.perf_counter() - began)
            assert len(window.runs) == len(stream) == 3 * NODES
            counted = sum(run.n_samples for run in window.runs), sum(map(len, stream))
            # ObsPy takes the end too, and counts on at the nominal rate from the first record
            assert 0 <= counted[1] - counted[0] <= 4 * 3 * NODES
        print(
            json.dumps(
                {
                    "what": f"window of {WINDOW_S // 60} min x {3 * NODES} channels",
                    "archive_mb": round(size / 1e6),
                    "median_s": round(float(np.median(ours)), 4),
                    "worst_s": round(max(ours), 4),
                    "obspy_sds_median_s": round(float(np.median(theirs)), 4),
                    "times_faster": round(float(np.median(theirs) / np.median(ours)), 1),
                }
            )
        )
        reader.close()


if __name__ == "__main__":
    main()
