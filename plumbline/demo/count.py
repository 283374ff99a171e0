"""Counting what the archive holds against what the instruments emitted, sample by sample."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DELIVERED = (0, 4)  # fates of the truth: delivered, delivered twice
Rows = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Samples of all channels.

    Attributes
    ----------
    generated
        Emitted by the instruments and heard by somebody.
    lost, duplicates, altered
        Not in the archive; more than once in it; in it with another value.
    """

    generated: int
    archived: int
    lost: int
    duplicates: int
    altered: int


def counted(truth: Path, archive: Path) -> Count:
    """Compare a truth folder with an archive of closed hours, read by ObsPy as it lies there."""
    totals = np.zeros(5, dtype=np.int64)
    for emitted, channels in _emitted(truth):
        for column, nslc in enumerate(channels):
            totals += _compared(emitted[:, column], _archived(archive, nslc))
    names = ("generated", "archived", "lost", "duplicates", "altered")
    return Count(**dict(zip(names, (int(total) for total in totals), strict=True)))


def _archived(archive: Path, nslc: str) -> list[Rows]:
    """Return the traces of a channel's day files in the order of time."""
    import obspy

    network, station, _, channel = nslc.split(".")
    paths = sorted(archive.glob(f"*/{network}/{station}/{channel}.D/{nslc}.D.*"))
    traces = [trace for path in paths for trace in obspy.read(str(path))]
    return [trace.data for trace in sorted(traces, key=lambda trace: trace.stats.starttime.ns)]


def _emitted(truth: Path) -> Iterator[tuple[Rows, list[str]]]:
    for entry in json.loads((truth / "streams.json").read_text(encoding="utf-8")):
        row = np.dtype([tuple(_field(field)) for field in entry["dtype"]])
        content = (truth / entry["file"]).read_bytes()
        rows = np.frombuffer(content[: len(content) // row.itemsize * row.itemsize], dtype=row)
        yield rows["counts"][np.isin(rows["fate"], DELIVERED)], entry["nslc"]


def _field(field: list[object]) -> list[object]:
    return [tuple(part) if isinstance(part, list) else part for part in field]


def _compared(emitted: Rows, runs: list[Rows]) -> NDArray[np.int64]:
    """Lay each run on the truth where it fits, going forward; count what is left over."""
    seen = np.zeros(emitted.size, dtype=np.int64)
    altered = 0
    at = 0
    for run in runs:
        at = _fit(emitted, run, at)
        span = seen[at : at + run.size]
        span += 1
        altered += int((emitted[at : at + span.size] != run[: span.size]).sum())
        altered += run.size - span.size
        at += span.size
    twice = int((seen - 1).clip(0).sum())
    return np.array(
        [emitted.size, sum(run.size for run in runs), (seen == 0).sum(), twice, altered]
    )


def _fit(emitted: Rows, run: Rows, expected: int) -> int:
    """Return where a run begins in the truth: where it is due, or the next place it fits."""
    head = run[:50]
    if np.array_equal(emitted[expected : expected + head.size], head):
        return expected
    body, wanted = emitted.tobytes(), head.tobytes()
    found = body.find(wanted, expected * emitted.itemsize)
    while found >= 0 and found % emitted.itemsize:
        found = body.find(wanted, found + 1)
    return found // emitted.itemsize if found >= 0 else expected
