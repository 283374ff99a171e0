"""Replay of a collector's archive: hour by hour, in the journal's order, whatever its length."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from plumbline.analysis.classify import ClassifySettings
from plumbline.collector.archive.blocks import common_spans
from plumbline.collector.archive.index import ArchiveIndex
from plumbline.collector.archive.open_hour import HOUR_NS, hour_end_ns
from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.archive.record_check import DamagedRecord
from plumbline.collector.archive.sample_run import SampleRun
from plumbline.collector.events.model import Event
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.errors import CommandError
from plumbline.research.replay.detector_run import DetectorRun
from plumbline.research.replay.feeding import BOOT, journal_of
from plumbline.research.replay.material import ReplayNode, ReplayPiece, ReplayStructure
from plumbline.research.replay.report import report_of
from plumbline.research.replay.run import Replayed
from plumbline.wire.block import FOREVER_NS, NS, Block
from plumbline.wire.inventory import Unit
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.timestamps import iso_seconds, time_ns_of

AROUND_NS = 60 * NS
"""So much around an episode is read again, to be measured and drawn. [ns]"""

PlaybackSpan = tuple[int, int]


class ArchivePlayback:
    """Playback of an archive as blocks, in the order in which a journal had them.

    Parameters
    ----------
    data
        The collector's data folder.
    known
        Its acceleration streams by key.
    """

    def __init__(self, data: Path, known: Mapping[str, Place]) -> None:
        self._data = data
        self._known = known
        self._reader = ArchiveReader(data)
        self._next: dict[str, tuple[int, int]] = {}
        self.damaged: dict[DamagedRecord, None] = {}

    def span(self) -> PlaybackSpan | None:
        """Return the time the archive covers, whole hours at its open end; None if empty."""
        edges: list[int] = []
        folder = self._data / "open"  # before the index: an hour that closes now is in that then
        for hour in folder.iterdir() if folder.is_dir() else ():
            edges += [hour_end_ns(hour.name) - HOUR_NS, hour_end_ns(hour.name)]
        index = ArchiveIndex.to_read(self._data / "state" / "archive.db")
        if index is not None:
            for name in self._reader.channels():
                for chunk in index.chunks(name, -FOREVER_NS, FOREVER_NS):
                    edges += [chunk.start_ns, chunk.end_ns]
            index.close()
        return (min(edges), max(edges)) if edges else None

    def hour(self, start_ns: int, end_ns: int) -> list[Block]:
        """Return the blocks of a span, a second each, in the order in which they end."""
        blocks = [
            block
            for place in self._known.values()
            for block in self._blocks(place, start_ns, end_ns)
        ]
        return sorted(blocks, key=lambda block: block.end_ns)

    def pieces(self, place: Place, start_ns: int, end_ns: int) -> list[ReplayPiece]:
        """Return the motion of a stream in a span. [m/s2]"""
        found = []
        for runs in self._runs(place, start_ns, end_ns):
            block = _block(place, runs, 0, runs[0].n_samples, seq=0)
            found.append(
                ReplayPiece(
                    start_ns=block.start_ns,
                    rate_hz=block.rate_hz,
                    accel_ms2=place.physical(block),
                )
            )
        return found

    def close(self) -> None:
        """Let go of the archive."""
        self._reader.close()

    def _blocks(self, place: Place, start_ns: int, end_ns: int) -> Iterator[Block]:
        key = place.stream.key
        for runs in self._runs(place, start_ns, end_ns):
            due_ns, seq = self._next.get(key, (0, 0))
            if abs(runs[0].start_ns - due_ns) > runs[0].half_sample_ns:
                seq += 1  # what follows a gap does not follow by number
            size = max(1, round(runs[0].rate_hz))
            for first in range(0, runs[0].n_samples, size):
                yield _block(place, runs, first, min(first + size, runs[0].n_samples), seq=seq)
                seq += 1
            self._next[key] = (runs[0].end_ns, seq)

    def _runs(self, place: Place, start_ns: int, end_ns: int) -> list[tuple[SampleRun, ...]]:
        """Return the runs of all axes side by side; samples that not all have are left out."""
        window = self._reader.read_window(place.stream.key, start_ns, end_ns)
        self.damaged.update(dict.fromkeys(window.damaged))
        rows = [window.channels.get(nslc, []) for nslc in place.stream.nslc]
        found: list[tuple[SampleRun, ...]] = []
        for span_ns in common_spans(rows):
            cut = [run.trimmed(*span_ns) for row in rows for run in row]
            runs = tuple(run for run in cut if run is not None)
            if len(runs) == len(rows) and len({run.n_samples for run in runs}) == 1:
                found.append(runs)
        return found


def replayed_archive(
    data: Path,
    known: Mapping[str, Place],
    settings: DetectionSettings,
    *,
    start_ns: int | None = None,
    end_ns: int | None = None,
    classify: ClassifySettings | None = None,
) -> list[Replayed]:
    """Run the detectors over an archive and return a report a structure.

    Raises
    ------
    CommandError
        If it holds nothing of the span.
    """
    known = accelerations(known)
    playback = ArchivePlayback(data, known)
    whole = playback.span()
    if whole is None:
        raise CommandError(f"{data}: no archive here; give a collector's data folder")
    span = (
        whole[0] if start_ns is None else max(start_ns, whole[0]),
        whole[1] if end_ns is None else min(end_ns, whole[1]),
    )
    if span[0] >= span[1]:
        raise CommandError(
            f"{data}: covers {iso_seconds(whole[0])} to {iso_seconds(whole[1])}, not that span"
        )
    run = DetectorRun(settings, known)
    for begin_ns in range(span[0], span[1], HOUR_NS):
        run.feed(journal_of(playback.hour(begin_ns, min(begin_ns + HOUR_NS, span[1]))))
    detected = run.end()
    structures = structures_around(playback, known, detected.events)
    playback.close()
    damaged = tuple(
        f"{data / one.name}, byte {one.first_byte}, {one.length} bytes of {one.nslc} left out: "
        f"{one.reason}"
        for one in playback.damaged
    )
    return [
        Replayed(
            structure=structure,
            detected=detected,
            report=report_of(structure, detected, noise_before_s=0.0, span=span, classify=classify),
            damaged=damaged,
        )
        for structure in structures
    ]


def accelerations(known: Mapping[str, Place]) -> dict[str, Place]:
    """Return the streams that hold acceleration."""
    return {k: p for k, p in known.items() if p.instrument.unit is Unit.ACCELERATION}


def instant(text: str | None) -> int | None:
    """Return a UTC time as nanoseconds.

    Raises
    ------
    CommandError
        If it is not ISO 8601.
    """
    if text is None:
        return None
    try:
        return time_ns_of(text)
    except ValueError as error:
        raise CommandError(f"{text}: not a time; give 2026-03-01 or 2026-03-01T06:20:00") from error


def structures_around(
    playback: ArchivePlayback, known: Mapping[str, Place], events: Sequence[Event]
) -> list[ReplayStructure]:
    """Return the structures of the streams, with the motion around their events."""
    by_code: dict[str, list[Place]] = {}
    for place in known.values():
        by_code.setdefault(place.structure.code, []).append(place)
    return [
        ReplayStructure(
            code=code,
            name=own[0].structure.name,
            nodes=tuple(
                _node(playback, place, [e for e in events if e.structure == code]) for place in own
            ),
            timed=True,
            by_shape=False,
            files=(),
            notes=(),
        )
        for code, own in by_code.items()
    ]


def _node(playback: ArchivePlayback, place: Place, events: Sequence[Event]) -> ReplayNode:
    pieces: list[ReplayPiece] = []
    read_to_ns = 0
    for event in events:
        begin_ns = max(event.onset_ns - AROUND_NS, read_to_ns)
        read_to_ns = max(read_to_ns, (event.closed_ns or event.onset_ns) + AROUND_NS)
        if begin_ns < read_to_ns:
            pieces += playback.pieces(place, begin_ns, read_to_ns)
    axes = place.instrument.axes
    means = [np.median(piece.accel_ms2, axis=-1) for piece in pieces]
    upward = [i for i, axis in enumerate(axes) if abs(axis.dip_deg) == 90]
    return ReplayNode(
        code=place.node.code,
        name=place.node.name,
        role=place.node.role,
        level=place.node.level,
        axes=tuple(axis.code for axis in axes),
        vertical=upward[0] if upward else None,
        rate_hz=place.instrument.rate_hz,
        offset_ms2=np.median(means, axis=0) if means else np.zeros(len(axes)),
        pieces=tuple(pieces),
    )


def _block(place: Place, runs: Sequence[SampleRun], first: int, end: int, *, seq: int) -> Block:
    lead = runs[0]
    return Block(
        stream=place.stream,
        boot=BOOT,
        seq=seq,
        start_ns=lead.time_ns(first),
        rate_hz=lead.rate_hz,
        counts=np.stack([run.counts[first:end] for run in runs]),
        clock_error_ns=0,
        time_quality=100,
    )
