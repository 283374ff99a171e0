"""Blocks and streams for tests of the collector's data path."""

from collections.abc import Iterator

import numpy as np

from plumbline.wire.block import NS, Block
from plumbline.wire.identity import StreamId

T0_NS = 1_743_141_600 * NS  # 2025-03-28T06:00:00Z
HN = StreamId(network="XX", structure="TWR01", node="3A", band_source="HN", axes="ZNE")


def truth(n_axes: int, n: int, sigma: float = 30.0, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.rint(rng.normal(0, sigma, (n_axes, n))).astype(np.int32)


def blocks_of(
    counts: np.ndarray,
    start_ns: int = T0_NS,
    *,
    stream: StreamId = HN,
    rate_hz: float = 100.0,
    size: int = 100,
    ppm: float = 0.0,
    boot: int = 7,
    first_seq: int = 0,
    quality: int = 100,
) -> Iterator[Block]:
    """Cut counts into blocks whose clock runs ``ppm`` slow against the nominal rate."""
    for seq, at in enumerate(range(0, counts.shape[1], size), first_seq):
        yield Block(
            stream=stream,
            boot=boot,
            seq=seq,
            start_ns=start_ns + round(at * NS / rate_hz * (1 + ppm * 1e-6)),
            rate_hz=rate_hz,
            counts=counts[:, at : at + size],
            clock_error_ns=500_000,
            time_quality=quality,
        )
