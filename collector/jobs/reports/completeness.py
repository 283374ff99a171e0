"""Data completeness of each stream over a period, from the archive's index alone."""

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from plumbline.collector.archive.index import ArchiveIndex, IndexedChunk
from plumbline.collector.archive.open_hour import HOUR_NS, blocks_in, hour_end_ns
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place

ATTEMPTS = 20


def completeness(
    data: Path, places: Sequence[Place], begin_ns: int, end_ns: int
) -> list[dict[str, Any]]:
    """Return how much of each stream is held, and how well its time is known.

    Parameters
    ----------
    data
        The collector's data folder.
    begin_ns, end_ns
        The span; what an hour that lies across its edge holds counts by its share. [ns since 1970]

    Returns
    -------
    list of dict
        ``held`` is the share of the samples due [1]; ``clock_error_ms`` the worst stated,
        ``time_quality`` the lowest (0 to 100); None where nothing is held.
    """
    index = ArchiveIndex.to_read(data / "state" / "archive.db")
    try:
        return [_stream_row(data, index, place, begin_ns, end_ns) for place in places]
    finally:
        if index is not None:
            index.close()


def _stream_row(
    data: Path, index: ArchiveIndex | None, place: Place, begin_ns: int, end_ns: int
) -> dict[str, Any]:
    chunks = _closed(index, place, begin_ns, end_ns)
    for _ in range(ATTEMPTS):  # again if an hour was closed meanwhile
        before = chunks
        still_open = _still_open(data, place, begin_ns, end_ns)
        chunks = _closed(index, place, begin_ns, end_ns)
        if chunks == before:
            break
    samples, errors_ns, qualities = 0.0, [], []
    for chunk in chunks:
        samples += chunk.samples * _share(chunk, begin_ns, end_ns)
        errors_ns.append(chunk.error_ns)
        qualities.append(chunk.quality)
    for block_samples, error_ns, quality in still_open:
        samples += block_samples
        errors_ns.append(error_ns)
        qualities.append(quality)
    due = (end_ns - begin_ns) / NS * place.instrument.rate_hz
    return {
        "stream": place.stream.key,
        "name": place.node.name,
        "unit": place.instrument.unit.value,
        "held": min(samples / due, 1.0) if due > 0 else 0.0,
        "clock_error_ms": max(errors_ns) / 1e6 if errors_ns else None,
        "time_quality": min(qualities) if qualities else None,
    }


def _closed(
    index: ArchiveIndex | None, place: Place, begin_ns: int, end_ns: int
) -> list[IndexedChunk]:
    return [] if index is None else index.chunks(place.stream.nslc[0], begin_ns, end_ns)


def _share(chunk: IndexedChunk, begin_ns: int, end_ns: int) -> float:
    inside = min(chunk.end_ns, end_ns) - max(chunk.start_ns, begin_ns)
    return max(inside, 0) / max(chunk.end_ns - chunk.start_ns, 1)


def _still_open(
    data: Path, place: Place, begin_ns: int, end_ns: int
) -> list[tuple[float, int, int]]:
    """Return samples, clock error and time quality of every block in hours not closed yet."""
    found: list[tuple[float, int, int]] = []
    folder = data / "open"
    for hour in sorted(folder.iterdir()) if folder.is_dir() else ():
        ends_ns = hour_end_ns(hour.name)
        if begin_ns >= ends_ns + HOUR_NS or end_ns <= ends_ns - HOUR_NS:
            continue
        with contextlib.suppress(FileNotFoundError):  # closed now: the index will say so
            for path in hour.glob(f"{place.stream.key}.*"):  # one, or none
                for block in blocks_in(path.read_bytes(), begin_ns, end_ns):
                    found.append((block.counts.shape[1], block.error_ns, block.quality))
    return found
