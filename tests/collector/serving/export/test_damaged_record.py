"""One damaged record never ends an export or a replay: the rest is delivered, and it is named."""

import csv
import json
from pathlib import Path

import numpy as np
import obspy
import pytest
from blocks import HN, T0_NS, blocks_of, truth
from places import inventory_text
from replay_archive import NODES, archive_of, shaken

from plumbline.cli import main
from plumbline.collector.archive.settings import ArchiveSettings
from plumbline.collector.archive.stage import ArchiveStage
from plumbline.collector.journal import Journal
from plumbline.wire.record import encode

COUNTS = truth(3, 30_000)
SPAN = ["--start", "2025-03-28T06:00:00Z", "--end", "2025-03-28T06:05:00Z"]


def archived(folder: Path) -> Path:
    journal = Journal(folder / "journal")
    blocks = list(blocks_of(COUNTS))
    journal.append([(block.end_ns, encode(block)) for block in blocks])
    journal.sync()
    stage = ArchiveStage(folder, journal, ArchiveSettings(close_on_stop=True), T0_NS)
    stage.take(journal.read(0, 2**40), blocks[-1].end_ns)
    stage.close()
    journal.close()
    (folder / "inventory.toml").write_text(inventory_text())
    return folder


def zeroed(path: Path, seek: int = 700, count: int = 64) -> None:
    """As ``dd if=/dev/zero of=DAYFILE bs=1 seek=700 count=64 conv=notrunc``."""
    with path.open("r+b") as file:
        file.seek(seek)
        file.write(bytes(count))


@pytest.mark.parametrize("wanted", ["mseed2", "mseed3", "csv"])
def test_the_rest_is_exported_and_the_record_stands_among_the_gaps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wanted: str
) -> None:
    data = archived(tmp_path / "data")
    (path,) = data.glob("archive/*/*/*/HNZ.D/*")
    zeroed(path)
    to = tmp_path / "x"
    words = ["export", "--data", str(data), "--inventory", str(data / "inventory.toml")]
    words += ["--format", wanted, "--to", str(to), "--json", "XX.TWR01.3A.HN", *SPAN]
    assert main(words) == 1
    captured = capsys.readouterr()
    report = json.loads(captured.out)
    name = str(path.relative_to(data))
    assert report["damaged"] == [{"channel": "XX.TWR01.3A.HNZ", "file": name, "byte": 0}]
    assert f"{path}, byte 0" in captured.err
    (gap,) = csv.DictReader((to / "gaps.csv").read_text().splitlines())
    assert (gap["channel"], gap["file"], gap["byte"]) == ("XX.TWR01.3A.HNZ", name, "0")
    assert float(gap["seconds"]) > 20
    assert name in (to / "README.txt").read_text()
    assert report["samples"] == 90_000 - round(float(gap["seconds"]) * 100)
    if wanted == "mseed2":
        for trace in obspy.read(str(to / "waveforms.mseed")):
            first = round((trace.stats.starttime.ns - T0_NS) / 1e7)
            row = HN.nslc.index(trace.id)
            np.testing.assert_array_equal(trace.data, COUNTS[row, first : first + trace.stats.npts])


def test_an_archive_with_a_damaged_record_is_replayed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = archive_of(tmp_path, {name: shaken(seed) for seed, (name, _) in enumerate(NODES)})
    words = ["replay", str(data), "--inventory", str(tmp_path / "inventory.toml"), "--json"]
    assert main(words) == 0
    whole = json.loads(capsys.readouterr().out)
    path = next(iter(sorted(data.glob("archive/*/*/*/HNZ.D/*.3A.*"))))
    zeroed(path)
    assert main(words) == 1
    captured = capsys.readouterr()
    assert f"! {path}, byte 0" in captured.err
    (before,), (after,) = whole["structures"], json.loads(captured.out)["structures"]
    assert len(before["episodes"]) == len(after["episodes"]) == 1
