"""Lines a second of our line protocol beside influxdb-client's ``Point``; JSON lines.

Run: ``python -m benchmarks.influxdb``. The same waveform blocks (100 samples of three axes) are
turned into the same lines both ways, and the lines are compared; then everything the series stage
writes of a block is timed. Where influxd is installed, lines are also handed to a real one in the
stage's own batches.
"""

import json
import math
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from influxdb_client.client.write.point import Point

from plumbline.analysis.constants import STANDARD_GRAVITY_MS2
from plumbline.collector.stages.influxdb.batch_writer import BatchWriter
from plumbline.collector.stages.influxdb.line_protocol import waveform_lines
from plumbline.collector.stages.influxdb.settings import InfluxSettings
from plumbline.collector.stages.influxdb.stream_lines import StreamLines, health_line
from plumbline.collector.stages.influxdb.v1 import V1Sink
from plumbline.wire.block import NS, Block
from plumbline.wire.inventory.lookup import Place, places
from plumbline.wire.inventory.model import Inventory

BLOCKS = 200
START_NS = 1_782_000_000 * NS
INVENTORY = {
    "network": {"code": "XX"},
    "structure": [
        {
            "code": "TWR01",
            "name": "tower",
            "latitude": 13.75,
            "longitude": 100.5,
            "node": [
                {
                    "code": "3A",
                    "name": "roof",
                    "role": "roof",
                    "instrument": [
                        {
                            "stream": "HN",
                            "model": "adxl355_node",
                            "rate_hz": 100,
                            "unit": "m/s2",
                            "sensitivity": 256_000 / STANDARD_GRAVITY_MS2,
                            "axes": [
                                {"code": "Z", "azimuth_deg": 0, "dip_deg": -90},
                                {"code": "N", "azimuth_deg": 0},
                                {"code": "E", "azimuth_deg": 90},
                            ],
                        }
                    ],
                }
            ],
        }
    ],
}


def roof() -> tuple[Place, list[Block]]:
    """Return a stream and blocks of it, at an odd part of the second as instruments send them."""
    (place,) = places(Inventory.model_validate(INVENTORY)).values()
    rng = np.random.default_rng(1)
    return place, [
        Block(
            stream=place.stream,
            boot=7,
            seq=n,
            start_ns=START_NS + 370_000_123 + n * NS,
            rate_hz=100.0,
            counts=np.rint(rng.normal([[256_000], [0], [0]], 30, (3, 100))).astype(np.int32),
            clock_error_ns=200_000,
            time_quality=100,
        )
        for n in range(BLOCKS)
    ]


def ours(place: Place, block: Block) -> list[str]:
    """Return the waveform lines of a block."""
    return list(waveform_lines(place, block))


def theirs(place: Place, block: Block) -> list[str]:
    """Return the same lines, each from influxdb-client's Point."""
    stream = block.stream
    made = []
    for index, (x, y, z) in enumerate(place.physical(block).T.tolist()):
        point = Point("waveform").tag("network", stream.network)
        point.tag("structure", stream.structure).tag("node", stream.node)
        point.tag("channel", stream.band_source)
        point.field("x", x).field("y", y).field("z", z).time(block.time_ns(index))
        made.append(point.to_line_protocol())
    return made


def read(text: str) -> tuple[frozenset[str], dict[str, float], int]:
    """Return the point of a line, whatever the order of tags and the spelling of numbers."""
    head, fields, time_ns = text.split(" ")
    pairs = (pair.split("=") for pair in fields.split(","))
    return frozenset(head.split(",")), {name: float(value) for name, value in pairs}, int(time_ns)


def same(mine: str, other: str) -> bool:
    """Return whether two lines are the same point."""
    (tags, fields, time_ns), (tags_2, fields_2, time_ns_2) = read(mine), read(other)
    close = all(math.isclose(fields[name], fields_2[name], rel_tol=1e-14) for name in fields)
    return (tags, time_ns, set(fields)) == (tags_2, time_ns_2, set(fields_2)) and close


def rate(make: Callable[[Block], list[str]], blocks: list[Block]) -> float:
    """Return lines a second of CPU time."""
    begin = time.process_time()
    lines = sum(len(make(block)) for block in blocks)
    return lines / (time.process_time() - begin)


@contextmanager
def influxd() -> Iterator[str | None]:
    """Run an InfluxDB on free ports and yield its address; None where it is not installed."""
    program = shutil.which("influxd")
    if program is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        ports = []
        for _ in range(2):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                ports.append(probe.getsockname()[1])
        config = Path(folder) / "influxdb.conf"
        config.write_text(
            f'reporting-disabled = true\nbind-address = "127.0.0.1:{ports[0]}"\n'
            f'[meta]\ndir = "{folder}/meta"\n'
            f'[data]\ndir = "{folder}/data"\nwal-dir = "{folder}/wal"\n'
            f'[http]\nbind-address = "127.0.0.1:{ports[1]}"\nlog-enabled = false\n'
            "[monitor]\nstore-enabled = false\n"
        )
        with (Path(folder) / "log").open("wb") as log:
            server = subprocess.Popen([program, "-config", str(config)], stdout=log, stderr=log)
        try:
            for _ in range(600):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", ports[1])) == 0:
                        break
                time.sleep(0.05)
            yield f"http://127.0.0.1:{ports[1]}"
        finally:
            server.terminate()
            server.wait(20)


def handed_over(url: str, place: Place, blocks: list[Block]) -> float:
    """Return lines a second of wall time that the stage's hand-over puts into InfluxDB."""
    sink = V1Sink(InfluxSettings(url=url, api="v1", database="bench"))
    out = BatchWriter(sink, batch_lines=5_000)
    out.write(ours(place, blocks[0]))
    begin = time.perf_counter()
    lines = out.write(text for block in blocks for text in waveform_lines(place, block))
    took_s = time.perf_counter() - begin
    sink.close()
    return lines / took_s


def main() -> None:
    """Print one JSON object for each figure."""
    place, blocks = roof()
    for mine, other in zip(ours(place, blocks[0]), theirs(place, blocks[0]), strict=True):
        assert same(mine, other), (mine, other)
    measures = StreamLines(place)

    def everything(block: Block) -> list[str]:
        return [
            *waveform_lines(place, block),
            *measures.lines(block),
            health_line(place, block, block.end_ns),
        ]

    own = rate(lambda block: ours(place, block), blocks)
    peer = rate(lambda block: theirs(place, block), blocks[: BLOCKS // 4])
    print_figures(what="waveform lines, ours", lines_a_second_of_cpu=own)
    print_figures(what="waveform lines, influxdb-client Point", lines_a_second_of_cpu=peer)
    print_figures(what="ours over influxdb-client", ratio=own / peer)
    whole = rate(everything, blocks)
    print_figures(
        what="waveform, seconds and health of a block",
        lines_a_second_of_cpu=whole,
        cpu_of_50_nodes=50 * 107 / whole,
    )
    with influxd() as url:
        if url is None:
            print_figures(
                what="into InfluxDB", skipped="influxd is not installed: apt-get install influxdb"
            )
        else:
            print_figures(what="into InfluxDB 1.x", lines_a_second=handed_over(url, place, blocks))


def print_figures(**figures: object) -> None:
    """Print figures as one JSON line."""
    rounded = {
        key: float(f"{value:.4g}") if isinstance(value, float) else value
        for key, value in figures.items()
    }
    print(json.dumps(rounded), flush=True)


if __name__ == "__main__":
    main()
