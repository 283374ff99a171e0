"""The hours read back from a real archive are those the stage would have lived through."""

from pathlib import Path

import numpy as np
from deformation_rig import HOUR_NS, fed, known, limit, settings, stage

from plumbline.collector.archive.blocks import archived_blocks
from plumbline.collector.archive.reader import ArchiveReader
from plumbline.collector.archive.settings import ArchiveSettings
from plumbline.collector.archive.stage import ArchiveStage
from plumbline.collector.events.store import EventStore
from plumbline.collector.journal import Journal
from plumbline.collector.stages.checkpointer import StateRows
from plumbline.collector.stages.deformation.array_codec import decode_array
from plumbline.collector.stages.deformation.state_keys import HOURS, PREFIX
from plumbline.wire.record import encode

AT = known(1 / 60)
SETTINGS = {"window_s": 1200, "step_s": 600, "wait_s": 1200, "keep_s": 1}
RATE = limit("0T.LA", rule="rate", per="day", over_d=3, amber=50.0)


def test_hours_from_day_files_and_open_hours_are_those_lived_through(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    whole = fed(AT, {"0T.LA": rng.normal(50, 20, (2, 60 * 60))}, size=60)  # sixty hours
    journal = Journal(tmp_path / "journal")
    blocks = [entry.block() for entry in whole[:40]]
    last_ns = blocks[-1].end_ns
    archive = ArchiveStage(tmp_path, journal, ArchiveSettings(), last_ns)
    journal.append([(each.end_ns, encode(each)) for each in blocks], blocks)
    journal.sync()
    archive.take(journal.read(0), last_ns)
    for _ in range(20):
        archive.idle(last_ns)  # closes the hours that are over; the last stays open
    reader = ArchiveReader(tmp_path)

    def window(key, start_ns, end_ns):
        return archived_blocks(reader, AT[key], start_ns, end_ns, slice_ns=6 * HOUR_NS)

    found = []
    for name, first in (("lived", 0), ("read", 39)):
        opened = EventStore(tmp_path / f"{name}.db")
        running = stage(opened, settings(RATE, **SETTINGS), AT, window=window)
        running.take(whole[first:41], 0)
        for number in range(50):
            running.idle(number)
        running.take(whole[41:], 0)
        running.close()
        state = StateRows(opened, PREFIX).get(HOURS + "XX.TWR01.0T.LA")
        hours = decode_array(state["hours"], np.int64).tolist()
        values = decode_array(state["values"], np.float64).reshape(-1, 2).tolist()
        found.append(dict(zip(hours, values, strict=True)))
        opened.close()
    archive.close()
    reader.close()
    journal.close()
    lived, read = found
    assert len(lived) >= 59
    assert read == lived
