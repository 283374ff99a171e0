"""Encoding and decoding a record, bytes a sample on the wire and archived; JSON lines.

Run: ``python -m benchmarks.record``. Blocks of 1 s, three axes at 100 Hz, white noise of σ counts
around an offset as gravity gives it. Beside it the JSON object many send: stream, time and three
lists of counts.
"""

import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from plumbline.collector.archive.record_packing import packed
from plumbline.collector.archive.sample_run import anchored, chained
from plumbline.wire.block import NS, Block
from plumbline.wire.identity import StreamId
from plumbline.wire.record import decode, encode

STREAM = StreamId(network="XX", structure="TWR01", node="3A", band_source="HN", axes="ZNE")
BLOCKS = 1800
START_NS = 1_743_141_600 * NS
OFFSETS = np.array([[-256_000], [1500], [-700]])


def blocks(sigma: float, ppm: float) -> list[Block]:
    rng = np.random.default_rng(1)
    counts = np.rint(rng.normal(0, sigma, (3, BLOCKS * 100)) + OFFSETS).astype(np.int32)
    return [
        Block(
            stream=STREAM, boot=2**63 + 12345, seq=10_000_000 + n,
            start_ns=START_NS + round(n * NS * (1 + ppm * 1e-6)), rate_hz=100.0,
            counts=counts[:, n * 100 : (n + 1) * 100], clock_error_ns=200_000, time_quality=100,
        )
        for n in range(BLOCKS)
    ]  # fmt: skip


def as_json(block: Block) -> bytes:
    return json.dumps(
        {
            "stream": block.stream.key,
            "boot": f"{block.boot:016x}",
            "seq": block.seq,
            "time_ns": block.start_ns,
            "rate_hz": block.rate_hz,
            **{axis: row.tolist() for axis, row in zip("ZNE", block.counts, strict=True)},
        }
    ).encode()


def each_us(call: Callable[[Any], Any], things: list[Any]) -> float:
    """Return the best of three rounds, a call. [µs]"""
    rounds = []
    for _ in range(3):
        began = time.perf_counter()
        for thing in things:
            call(thing)
        rounds.append((time.perf_counter() - began) / len(things) * 1e6)
    return round(min(rounds), 1)


def archived(made: list[Block]) -> tuple[int, float]:
    """Return the bytes of the packed records, and the CPU time of packing. [B, s]"""
    size, cpu_s = 0, 0.0
    for row, nslc in enumerate(STREAM.nslc):
        (run,) = chained(
            [anchored(nslc, 100.0, b.counts[row], b.start_ns, 100, 200_000) for b in made]
        )
        began = time.process_time()
        size += sum(len(record.content) for record in packed(run))
        cpu_s += time.process_time() - began
    return size, cpu_s


def main() -> None:
    for sigma in (5, 30, 100):
        made = blocks(sigma, ppm=0)
        samples = sum(block.counts.size for block in made)
        messages = [encode(block) for block in made]
        texts = [as_json(block) for block in made]
        print(
            json.dumps(
                {
                    "what": "record, 3 x 100 samples",
                    "sigma_counts": sigma,
                    "encode_us": each_us(encode, made),
                    "decode_us": each_us(decode, messages),
                    "bytes_a_sample": round(sum(map(len, messages)) / samples, 2),
                    "json_encode_us": each_us(as_json, made),
                    "json_decode_us": each_us(json.loads, texts),
                    "json_bytes_a_sample": round(sum(map(len, texts)) / samples, 2),
                }
            )
        )
        for ppm in (0, 10, 50):
            drifting = blocks(sigma, ppm)
            size, cpu_s = archived(drifting)
            print(
                json.dumps(
                    {
                        "what": "archive after repacking",
                        "sigma_counts": sigma,
                        "clock_ppm": ppm,
                        "bytes_a_sample": round(size / samples, 3),
                        "pack_ns_a_sample": round(cpu_s / samples * 1e9, 1),
                    }
                )
            )


if __name__ == "__main__":
    main()
