"""A backup is whole whenever it exists, overwrites nothing, and comes back under a new name."""

import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from blocks import blocks_of, truth
from data_folder import COUNTS, START_NS, archived, data_folder, journaled, two_minutes
from servers.programs import wait_until

from plumbline.cli import main
from plumbline.collector.app.upkeep import backup as backup_module
from plumbline.collector.app.upkeep.backup import DataBackup
from plumbline.collector.app.upkeep.copying import CannotCopy
from plumbline.collector.app.upkeep.manifest import NAME, NotABackup
from plumbline.collector.app.upkeep.restore import restore
from plumbline.collector.app.upkeep.verify import verify
from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.archive.settings import ArchiveSettings
from plumbline.collector.archive.stage import ArchiveStage
from plumbline.collector.events.store import EventStore
from plumbline.collector.ingest.recovery import opened_ledger
from plumbline.collector.journal import Journal
from plumbline.collector.journal.store_id import known_store_id
from plumbline.wire.block import NS
from plumbline.wire.record import encode


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return data_folder(tmp_path / "data")


def samples(data: Path) -> int:
    reader = ArchiveReader(data)
    window = reader.read_window("XX.TWR01.3A.HNZ", START_NS - NS, START_NS + 200 * NS)
    reader.close()
    assert window.hidden == {"XX.TWR01.3A.HNZ": 0}
    return sum(run.n_samples for run in window.runs)


def test_a_backup_is_whole_and_restored_as_it_was_under_another_name(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "summaries").mkdir()
    (data / "summaries" / "day.json").write_text("{}")
    assert main(["backup", str(data), str(tmp_path / "copy")]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "whole"
    assert main(["verify", str(tmp_path / "copy")]) == 0
    assert main(["restore", str(tmp_path / "copy"), str(tmp_path / "back")]) == 0
    back = tmp_path / "back"
    assert verify(back).whole, verify(back).findings
    before, after = known_store_id(data / "journal"), known_store_id(back / "journal")
    assert after is not None
    assert after != before
    journal = Journal(back / "journal")
    assert journal.store_id == after
    ledger = opened_ledger(back / "state" / "ledger.db", journal)
    assert list(ledger.boots("XX.TWR01.3A.HN")[7].held) == [(0, 119)]
    ledger.close()
    journal.close()
    archived(back)  # the cursor is of this journal: nothing is taken twice
    assert samples(back) == 12_000
    assert (back / "summaries" / "day.json").read_text() == "{}"
    events = EventStore(back / "state" / "events.db")
    assert [event.id for event in events.open()] == ["quake"]
    events.close()


def test_any_changed_byte_of_a_backup_is_found_and_nothing_is_restored_from_it(
    data: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    DataBackup(data, copy).run()
    rng = random.Random(3)
    paths = sorted(path for path in copy.rglob("*") if path.is_file() and path.name != NAME)
    for _ in range(150):
        path = rng.choice([path for path in paths if path.stat().st_size])
        whole = path.read_bytes()
        at = rng.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ rng.randrange(1, 256)]) + whole[at + 1 :])
        assert str(path.relative_to(copy)) in {f.file for f in verify(copy).findings if f.wrong}
        path.write_bytes(whole)
    assert verify(copy).whole
    paths[3].unlink()
    with pytest.raises(NotABackup, match="nothing is restored from a damaged backup"):
        restore(copy, tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_nothing_is_overwritten(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy"
    DataBackup(data, copy).run()
    assert main(["backup", str(data), str(copy)]) == 2
    assert "exists; nothing is overwritten" in capsys.readouterr().err
    assert main(["backup", str(data), str(data / "copy")]) == 2
    assert main(["restore", str(copy), str(data)]) == 2
    assert "not empty; nothing is overwritten" in capsys.readouterr().err
    assert main(["restore", str(data), str(tmp_path / "back")]) == 2
    assert "no backup.json" in capsys.readouterr().err
    assert verify(data).whole


def test_a_full_disk_leaves_no_half_backup(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(
        "plumbline.collector.app.upkeep.copying.shutil.disk_usage",
        lambda _: usage._replace(free=1000),
    )
    with pytest.raises(CannotCopy, match="0 MB are free and"):
        DataBackup(data, tmp_path / "to" / "copy").run()
    assert list((tmp_path / "to").iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ended_in_the_middle_it_leaves_nothing_and_harms_nothing(
    data: Path, tmp_path: Path, number: int
) -> None:
    code = (
        "import sys, time; import plumbline.collector.app.upkeep.copying as c\n"
        "import plumbline.collector.app.upkeep.backup as b\n"
        "import plumbline.collector.app.upkeep.restore as r\n"
        "slow = lambda *a: (time.sleep(0.2), c.copied_file(*a))[1]\n"
        "b.copied_file = r.copied_file = slow\n"
        "from plumbline.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    place = tmp_path / "place"
    DataBackup(data, tmp_path / "good").run()
    for words in (["backup", data, place / "x"], ["restore", tmp_path / "good", place / "y"]):
        process = subprocess.Popen([sys.executable, "-c", code, *map(str, words)])
        wait_until(lambda: any(place.rglob("*.db")), 60)
        process.send_signal(number)
        assert process.wait(60) in (130, 143)
        assert list(place.iterdir()) == []
    assert verify(data).whole


def test_a_backup_amid_closing_hours_and_new_blocks_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer takes blocks and closes hours all the time; twenty backups are all whole."""
    data = data_folder(tmp_path / "data")
    journal = Journal(data / "journal")
    stop = threading.Event()
    counts = truth(3, 100)

    def write() -> None:
        ledger = opened_ledger(data / "state" / "ledger.db", journal)
        stage = ArchiveStage(data, journal, ArchiveSettings(commit_s=0.01), START_NS)
        seq = 0
        while not stop.is_set():
            (block,) = blocks_of(counts, START_NS + (200 + seq) * NS, boot=9, first_seq=seq)
            journal.append([(block.end_ns, encode(block))], [block])
            journal.sync()
            stage.take(journal.read(stage._position), block.end_ns)
            stage.commit()
            if seq % 7 == 0:
                stage.close_all()
            seq += 1
        ledger.close()
        stage.close()

    monkeypatch.setattr(backup_module, "collector_runs", lambda _: True)
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(20):
            DataBackup(data, tmp_path / f"copy{n}").run()
    finally:
        stop.set()
        writer.join()
        journal.close()
    for n in range(20):
        report = verify(tmp_path / f"copy{n}")
        assert report.whole, report.findings
        assert report.counts["entries"] > 120


def test_a_copied_folder_told_again_from_its_begin_archives_nothing_twice(data: Path) -> None:
    """By plain ``cp``: another store, the cursor begins anew, the open hour comes twice."""
    copy = data.parent / "copied"
    shutil.copytree(data, copy)
    journal = Journal(copy / "journal")
    stage = ArchiveStage(copy, journal, ArchiveSettings(), START_NS)
    while entries := journal.read(stage._position):
        stage.take(entries, START_NS)
    stage.close_all()
    stage.close()
    journal.close()
    with closing(sqlite3.connect(copy / "state" / "archive.db")) as db:
        (total,) = db.execute("SELECT sum(samples) FROM chunks").fetchone()
    assert total == 3 * 12_000


def test_the_json_of_both_commands(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", str(data), str(tmp_path / "c"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["whole"] is True
    assert told["journal_end"] == 94_752
    (tmp_path / "d").mkdir()
    assert main(["restore", str(tmp_path / "c"), str(tmp_path / "d"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"] == told["files"]


def test_blocks_after_the_backup_are_unheld_in_the_restored_ledger(
    data: Path, tmp_path: Path
) -> None:
    DataBackup(data, tmp_path / "copy").run()
    journaled(data, two_minutes(COUNTS, boot=8))
    restore(tmp_path / "copy", tmp_path / "back")
    journal = Journal(tmp_path / "back" / "journal")
    ledger = opened_ledger(tmp_path / "back" / "state" / "ledger.db", journal)
    assert sorted(ledger.boots("XX.TWR01.3A.HN")) == [7]
    ledger.close()
    journal.close()
