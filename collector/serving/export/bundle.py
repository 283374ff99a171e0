"""An export bundle: one folder with waveforms, StationXML, timing statement, gaps and README."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from plumbline.collector.archive.reader import ArchiveGap, ArchiveReader, ArchiveWindow
from plumbline.collector.archive.record_check import DamagedRecord
from plumbline.collector.archive.record_packing import packed
from plumbline.collector.serving.export.csv_columns import csv_lines
from plumbline.collector.serving.export.gaps import gap_lines
from plumbline.collector.serving.export.readme import readme
from plumbline.collector.serving.export.request import ExportFormat, ExportRequest
from plumbline.collector.serving.export.timing import ChannelTiming, statement, timing_of
from plumbline.collector.serving.fdsn.stationxml import station_xml
from plumbline.wire.inventory import Inventory
from plumbline.wire.inventory.lookup import places
from plumbline.wire.timestamps import iso_nanoseconds

SUFFIX = {ExportFormat.MSEED2: "mseed", ExportFormat.MSEED3: "mseed3"}
VERSION = {ExportFormat.MSEED2: 2, ExportFormat.MSEED3: 3}


class NothingToExport(Exception):
    """No channel fits, or the window holds no sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What was written."""

    folder: Path
    waveforms: tuple[Path, ...]
    channels: tuple[ChannelTiming, ...]
    gaps: tuple[ArchiveGap, ...]
    damaged: tuple[DamagedRecord, ...] = ()

    @property
    def samples(self) -> int:
        """Samples of all channels."""
        return sum(channel.samples for channel in self.channels)


def write_bundle(
    reader: ArchiveReader,
    inventory: Inventory,
    request: ExportRequest,
    folder: Path,
    created: dt.datetime,
) -> Bundle:
    """Write a bundle into a folder.

    Raises
    ------
    NothingToExport
        If no channel fits the request, or none has a sample in the window.
    """
    streams = _streams(reader, request)
    if not streams:
        known = ", ".join(reader.channels()[:12]) or "nothing yet"
        raise NothingToExport(
            f"no channel fits {' '.join(request.channels)}; the archive holds {known}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    timings: list[ChannelTiming] = []
    gaps: list[ArchiveGap] = []
    damaged: list[DamagedRecord] = []
    files: list[Path] = []
    for channels in streams.values():
        window = _window(reader, channels, request)
        missing = window.gaps()
        gaps += missing
        damaged += window.damaged
        timings += [
            timing_of(nslc, runs, [gap for gap in missing if gap.nslc == nslc], window.hidden[nslc])
            for nslc, runs in window.channels.items()
        ]
        files += _written(folder, window, inventory, request.format)
    if not any(timing.samples for timing in timings) and not damaged:
        raise NothingToExport(
            f"no samples between {iso_nanoseconds(request.start_ns)} and "
            f"{iso_nanoseconds(request.end_ns)}; "
            "times are UTC: is the window right?"
        )
    names = {timing.channel for timing in timings}
    (folder / "stations.xml").write_bytes(station_xml(inventory, created, names))
    _write(folder / "timing.json", json.dumps(statement(timings), indent=1) + "\n")
    _write(folder / "gaps.csv", "".join(gap_lines(gaps, damaged)))
    _write(folder / "README.txt", readme(request, timings, damaged))
    return Bundle(
        folder=folder,
        waveforms=tuple(dict.fromkeys(files)),
        channels=tuple(timings),
        gaps=tuple(gaps),
        damaged=tuple(damaged),
    )


def _streams(reader: ArchiveReader, request: ExportRequest) -> dict[str, list[str]]:
    """Return the channels that fit, by stream, each once."""
    found: dict[str, list[str]] = {}
    for pattern in request.channels:
        is_stream = len(pattern.rpartition(".")[2]) == 2
        for nslc in reader.channels(pattern + "?" if is_stream else pattern):
            channels = found.setdefault(nslc[:-1], [])
            if nslc not in channels:
                channels.append(nslc)
    return found


def _window(reader: ArchiveReader, channels: list[str], request: ExportRequest) -> ArchiveWindow:
    whole = reader.read_window(channels[0][:-1], request.start_ns, request.end_ns)
    return ArchiveWindow(
        start_ns=whole.start_ns,
        end_ns=whole.end_ns,
        channels={nslc: whole.channels[nslc] for nslc in channels},
        hidden=whole.hidden,
        damaged=tuple(one for one in whole.damaged if one.nslc in channels),
    )


def _written(
    folder: Path, window: ArchiveWindow, inventory: Inventory, wanted: ExportFormat
) -> Iterator[Path]:
    """Write the waveforms of one stream; yield the files."""
    if wanted is not ExportFormat.CSV:
        path = folder / f"waveforms.{SUFFIX[wanted]}"
        with path.open("ab") as file:
            for run in window.runs:
                file.writelines(record.content for record in packed(run, VERSION[wanted]))
        yield path
        return
    key = next(iter(window.channels))[:-1]
    place = places(inventory).get(key)
    if place is None:
        raise NothingToExport(f"{key} is not in the inventory, so its unit is unknown; add it")
    path = folder / f"{key}.csv"
    with path.open("w", encoding="utf-8") as text:
        text.writelines(csv_lines(place, window.channels))
    yield path


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
