"""Bundles: read by plain ObsPy, cut to the sample, honest about gaps and clocks."""

import csv
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import obspy
import pytest
from blocks import HN, T0_NS, blocks_of, truth
from places import G, inventory_text, tower
from pymseed import MS3Record

from plumbline.cli import main
from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.archive.settings import ArchiveSettings
from plumbline.collector.archive.stage import ArchiveStage
from plumbline.collector.journal import Journal
from plumbline.collector.serving.export.bundle import Bundle, NothingToExport, write_bundle
from plumbline.collector.serving.export.request import ExportFormat, ExportRequest
from plumbline.wire.block import NS
from plumbline.wire.record import encode

COUNTS = truth(3, 60_000)
PPM = 40
CREATED = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("data")
    journal = Journal(folder / "journal")
    blocks = [block for block in blocks_of(COUNTS, ppm=PPM) if not 300 <= block.seq < 310]
    journal.append([(block.end_ns, encode(block)) for block in blocks])
    journal.sync()
    stage = ArchiveStage(folder, journal, ArchiveSettings(), T0_NS)
    stage.take(journal.read(0, 2**40), blocks[-1].end_ns)
    stage.close()
    journal.close()
    (folder / "inventory.toml").write_text(inventory_text())
    yield folder


def exported(
    data: Path, to: Path, start_s: float, end_s: float, wanted: ExportFormat = ExportFormat.MSEED2
) -> Bundle:
    request = ExportRequest(
        channels=("XX.TWR01.*.HN",),
        start_ns=T0_NS + round(start_s * NS),
        end_ns=T0_NS + round(end_s * NS),
        format=wanted,
    )
    return write_bundle(ArchiveReader(data), tower(to.parent), request, to, CREATED)


def first_sample(trace: obspy.Trace) -> int:
    return round((trace.stats.starttime.ns - T0_NS) / NS * 100 / (1 + PPM * 1e-6))


def test_a_window_read_by_plain_obspy_is_the_truth(data: Path, tmp_path: Path) -> None:
    bundle = exported(data, tmp_path / "x", 20.005, 80.005)
    stream = obspy.read(str(bundle.waveforms[0]))
    assert sorted(trace.id for trace in stream) == sorted(HN.nslc)
    for trace in stream:
        first = first_sample(trace)
        assert first == 2001
        assert abs(trace.stats.npts - 6000 / (1 + PPM * 1e-6)) < 1
        row = HN.nslc.index(trace.id)
        np.testing.assert_array_equal(trace.data, COUNTS[row, first : first + trace.stats.npts])


def test_gaps_are_listed_and_never_filled(data: Path, tmp_path: Path) -> None:
    bundle = exported(data, tmp_path / "x", 290, 320)
    stream = obspy.read(str(bundle.waveforms[0]))
    assert len(stream) == 6
    rows = list(csv.DictReader((tmp_path / "x" / "gaps.csv").read_text().splitlines()))
    assert len(rows) == 3
    assert all(abs(float(row["seconds"]) - 10) < 0.01 for row in rows)
    assert {row["channel"] for row in rows} == set(HN.nslc)


def test_version_3_holds_the_same_samples_and_the_clock_error(data: Path, tmp_path: Path) -> None:
    bundle = exported(data, tmp_path / "x", 20, 80, ExportFormat.MSEED3)
    parts: dict[str, list[np.ndarray]] = {}
    for msr in MS3Record.from_file(str(bundle.waveforms[0]), unpack_data=True):
        assert msr.formatversion == 3
        assert msr.get_extra_header("/FDSN/Time/MaxEstimatedError") == 0.0005
        parts.setdefault(msr.sourceid, []).append(np.array(msr.np_datasamples))
    assert len(parts) == 3
    for row, axis in enumerate("ZNE"):
        samples = np.concatenate(parts[HN.source_id(axis)])
        np.testing.assert_array_equal(samples, COUNTS[row, 2000 : 2000 + samples.size])


def test_columns_are_in_the_unit_of_the_header(data: Path, tmp_path: Path) -> None:
    bundle = exported(data, tmp_path / "x", 20.005, 22.005, ExportFormat.CSV)
    (path,) = bundle.waveforms
    rows = list(csv.reader(path.read_text().splitlines()))
    assert rows[0] == ["time_utc", "HNZ [m/s2]", "HNN [m/s2]", "HNE [m/s2]"]
    values = np.array([[float(cell) for cell in row[1:]] for row in rows[1:]])
    expected = COUNTS[:, 2001 : 2001 + len(values)].T / (256_000 / G)
    np.testing.assert_allclose(values, expected, atol=0.5e-6)
    moment = dt.datetime.fromisoformat(rows[1][0][:26] + "+00:00")
    assert abs(moment.timestamp() - T0_NS / NS - 20.01 * (1 + PPM * 1e-6)) < 0.001


def test_the_timing_statement_tells_the_clock(data: Path, tmp_path: Path) -> None:
    exported(data, tmp_path / "x", 310, 600)
    statement = json.loads((tmp_path / "x" / "timing.json").read_text())
    (one, *_) = statement["channels"]
    assert one["worst_clock_error_s"] == 0.0005
    assert one["worst_quality"] == 100
    assert abs(one["measured_rate_hz"] - 100 * (1 - PPM * 1e-6)) < 0.0005
    assert "0.5 ms" in statement["how"]


def test_an_export_of_nothing_says_what_there_is(data: Path, tmp_path: Path) -> None:
    with pytest.raises(NothingToExport, match=r"the archive holds XX\.TWR01\.3A\.HNE"):
        request = ExportRequest(channels=("YY.*.HN",), start_ns=0, end_ns=1)
        write_bundle(ArchiveReader(data), tower(tmp_path), request, tmp_path / "x", CREATED)
    with pytest.raises(NothingToExport, match="times are UTC"):
        exported(data, tmp_path / "y", -20, -10)


def command(data: Path, to: Path, *more: str) -> int:
    return main(
        ["export", "--data", str(data), "--inventory", str(data / "inventory.toml"),
         "--to", str(to), "XX.TWR01.3A.HN", *more]
    )  # fmt: skip


def test_the_command_writes_a_bundle(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    span = ["--start", "2025-03-28T06:01:00Z", "--end", "2025-03-28T13:02:00+07:00", "--json"]
    assert command(data, tmp_path / "x", *span) == 0
    text = json.loads(capsys.readouterr().out)
    assert text["samples"] == 3 * 6000
    assert {path.name for path in (tmp_path / "x").iterdir()} == {
        "waveforms.mseed", "stations.xml", "timing.json", "gaps.csv", "README.txt",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("more", "text"),
    [
        (["--start", "yesterday", "--end", "2025-03-28"], "expected a time as"),
        (["--start", "2025-03-28T07:00", "--end", "2025-03-28T06:00"], "not after its start"),
        (["--start", "2020-01-01", "--end", "2020-01-02"], "is the window right?"),
    ],
)
def test_the_command_says_what_to_mend(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], text: str
) -> None:
    assert command(data, tmp_path / "x", *more) == 2
    assert text in capsys.readouterr().err
