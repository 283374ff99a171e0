"""What a demonstration exports when it ends: the shaking, else what came last."""

import time
from pathlib import Path

from blocks import HN, blocks_of, truth
from places import inventory_text

from plumbline.collector.archive.settings import ArchiveSettings
from plumbline.collector.archive.stage import ArchiveStage
from plumbline.collector.events.store import EventStore
from plumbline.collector.journal import Journal
from plumbline.demo.summary import summary
from plumbline.wire.block import NS
from plumbline.wire.record import encode


def ended(folder: Path, seconds: int) -> Path:
    """Leave what a demonstration leaves that was stopped before anything happened."""
    data = folder / "data"
    (folder / "inventory.toml").write_text(inventory_text())
    EventStore(data / "state" / "events.db").close()
    (folder / "truth").mkdir()
    (folder / "truth" / "streams.json").write_text("[]")
    now_ns = time.time_ns()
    journal = Journal(data / "journal")
    stage = ArchiveStage(data, journal, ArchiveSettings(), now_ns)
    blocks = list(blocks_of(truth(3, 100 * seconds), start_ns=now_ns - seconds * NS))
    for block in blocks:
        journal.append([(block.end_ns, encode(block))], [block])
    journal.sync()
    if blocks:
        stage.take(journal.read(0), now_ns)
        stage.close_all()
    stage.close()
    journal.close()
    return folder


def test_without_any_shaking_the_last_two_minutes_are_exported(tmp_path: Path) -> None:
    counted = summary(ended(tmp_path, 20))
    assert (Path(counted["export"]) / "waveforms.mseed").stat().st_size > 0
    assert HN.key in (Path(counted["export"]) / "README.txt").read_text()


def test_before_the_instruments_began_there_is_nothing_to_export(tmp_path: Path) -> None:
    assert summary(ended(tmp_path, 0))["export"] is None
