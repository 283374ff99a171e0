"""The open hour: blocks as they came, one file per stream and hour, until the hour is closed.

Not miniSEED, because it is written every second and read by the live page: a header and the raw
counts, so that taking and reading cost no coding. ``open/2025-03-28T06/XX.TWR01.3A.HN.ZNE``; the
axes are in the name. Whole blocks prove themselves by a CRC; what follows the last one is torn.
"""

import datetime as dt
import struct
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from plumbline.collector.archive.sample_run import SampleRun
from plumbline.wire.block import NS, Block

HOUR_NS = 3600 * NS
_HEAD = struct.Struct("<4sHHIqdq")
_PROOF = struct.Struct("<I")
_MAGIC = b"PLO1"
HEAD_BYTES = _HEAD.size + _PROOF.size


class OpenBlock(NamedTuple):
    """One block of an open hour; ``end`` is where it ends in the file."""

    start_ns: int
    rate_hz: float
    counts: NDArray[np.int32]
    quality: int
    error_ns: int
    end: int


class DamagedBytes(NamedTuple):
    """Bytes of an open hour that are no block, and the time they stood for as far as known."""

    first_byte: int
    end_byte: int
    start_ns: int
    end_ns: int


def hour_name(time_ns: int) -> str:
    """Return the name of the hour a time lies in, as ``2025-03-28T06``."""
    return _hour_name(time_ns // HOUR_NS)


@lru_cache(maxsize=1024)
def _hour_name(hour: int) -> str:
    return dt.datetime.fromtimestamp(hour * 3600, tz=dt.UTC).strftime("%Y-%m-%dT%H")


@lru_cache(maxsize=1024)
def hour_end_ns(name: str) -> int:
    """Return when the hour of a folder ends. [ns since 1970]"""
    hour = dt.datetime.strptime(name, "%Y-%m-%dT%H").replace(tzinfo=dt.UTC)
    return int(hour.timestamp()) * NS + HOUR_NS


def file_name(block: Block) -> str:
    """Return the path of a block's file below the folder of open hours."""
    stream = block.stream
    return f"{hour_name(block.start_ns)}/{stream.key}.{stream.axes}"


def stream_of(name: str) -> tuple[str, str]:
    """Return stream key and axes of an open file, as ``("XX.TWR01.3A.HN", "ZNE")``."""
    key, _, axes = name.rpartition(".")
    return key, axes


def framed(block: Block) -> bytes:
    """Return a block's bytes for its open file."""
    n_axes, n_samples = block.counts.shape
    head = _HEAD.pack(
        _MAGIC,
        n_axes,
        block.time_quality,
        n_samples,
        block.start_ns,
        block.rate_hz,
        block.clock_error_ns,
    )
    counts = block.counts.astype("<i4", copy=False).tobytes()
    return b"".join((head, _PROOF.pack(crc32(counts, crc32(head))), counts))


def blocks_in(
    content: bytes,
    start_ns: int = 0,
    end_ns: int = 2**63 - 1,
    damaged: list[DamagedBytes] | None = None,
) -> Iterator[OpenBlock]:
    """Yield the whole blocks that touch a span; what follows the last whole one is torn.

    Blocks outside the span are stepped over unproven; where a step leads astray, everything since
    the last block that proved itself is searched again.

    Parameters
    ----------
    damaged
        Takes the bytes between whole blocks that are none.
    """
    view = memoryview(content)
    at = proven = proven_ns = 0
    while at < len(content):
        block = _block_at(view, at, prove=False)
        if block is None:
            break
        if block.start_ns < end_ns and _end_ns(block) > start_ns:
            if _block_at(view, at, prove=True) is None:
                break
            yield block
            proven, proven_ns = block.end, _end_ns(block)
        at = block.end
    else:
        return
    for block in _searched(content, proven, proven_ns, damaged):
        if block.start_ns < end_ns and _end_ns(block) > start_ns:
            yield block


def _searched(
    content: bytes, at: int, due_ns: int, damaged: list[DamagedBytes] | None
) -> Iterator[OpenBlock]:
    """Yield every block from a byte on that proves itself."""
    view = memoryview(content)
    lost_at: int | None = None
    while at >= 0:
        block = _block_at(view, at, prove=True)
        if block is None:
            lost_at = at if lost_at is None else lost_at
            at = content.find(_MAGIC, at + 1)
            continue
        if lost_at is not None and damaged is not None:
            begin_ns = due_ns if 0 < due_ns < block.start_ns else block.start_ns
            damaged.append(DamagedBytes(lost_at, at, begin_ns, block.start_ns))
        yield block
        lost_at, at, due_ns = None, block.end, _end_ns(block)


def _block_at(view: memoryview, at: int, *, prove: bool) -> OpenBlock | None:
    """Return the block that begins at a byte; None if none does, or it is not whole."""
    body = at + HEAD_BYTES
    if body > len(view):
        return None
    magic, n_axes, quality, n_samples, begin_ns, rate_hz, error_ns = _HEAD.unpack_from(view, at)
    end = body + 4 * n_axes * n_samples
    if magic != _MAGIC or end > len(view) or not rate_hz > 0:
        return None
    if prove:
        (proof,) = _PROOF.unpack_from(view, at + _HEAD.size)
        if crc32(view[body:end], crc32(view[at : at + _HEAD.size])) != proof:
            return None
    counts = np.frombuffer(view[body:end], "<i4").reshape(n_axes, n_samples)
    counts = counts.astype(np.int32, copy=False)
    return OpenBlock(begin_ns, rate_hz, counts, quality, error_ns, end)


def _end_ns(block: OpenBlock) -> int:
    return block.start_ns + round(int(block.counts.shape[1]) * NS / block.rate_hz)


def runs_of(key: str, axes: str, blocks: list[OpenBlock]) -> list[SampleRun]:
    """Join blocks into runs, an axis after the other, dropping nothing."""
    if not blocks:
        return []
    ordered = sorted(blocks, key=lambda block: block.start_ns)
    starts_ns = np.array([block.start_ns for block in ordered], np.int64)
    sizes = np.array([block.counts.shape[1] for block in ordered], np.int64)
    rates_hz = np.array([block.rate_hz for block in ordered])
    due_ns = starts_ns + np.rint(sizes * NS / rates_hz).astype(np.int64)
    parted = np.abs(starts_ns[1:] - due_ns[:-1]) > NS / rates_hz[1:] / 2
    parted |= rates_hz[1:] != rates_hz[:-1]
    edges = [0, *(np.flatnonzero(parted) + 1).tolist(), len(ordered)]
    runs: list[SampleRun] = []
    for a, b in pairwise(edges):
        firsts = np.cumsum(sizes[a:b]) - sizes[a:b]
        counts = np.concatenate([block.counts for block in ordered[a:b]], axis=1)
        qualities = np.array([block.quality for block in ordered[a:b]], np.int64)
        errors_ns = np.array([block.error_ns for block in ordered[a:b]], np.int64)
        runs += [
            SampleRun(
                nslc=key + axis,
                rate_hz=ordered[a].rate_hz,
                counts=row,
                firsts=firsts,
                starts_ns=starts_ns[a:b],
                qualities=qualities,
                errors_ns=errors_ns,
            )
            for axis, row in zip(axes, counts, strict=True)
        ]
    return runs
