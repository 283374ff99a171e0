"""Another process reads what is durable, all of it, in order, and never more."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from shutil import rmtree

import pytest

from plumbline.collector.journal import Journal, JournalSettings, OffsetOutOfRange
from plumbline.collector.journal.segment_reader import DurableEnd, SegmentReader

SMALL = JournalSettings(segment_mb=0.002)

READS = """
import sys
from pathlib import Path
from plumbline.collector.journal.segment_reader import SegmentReader
reader, at, seen = SegmentReader(Path(sys.argv[1])), 0, 0
while seen < int(sys.argv[2]):
    if not reader.wait(at, 10.0):
        break
    for entry in reader.read(at):
        assert int(entry.payload) == seen, (entry.payload, seen)
        at, seen = entry.next_offset, seen + 1
print(seen)
"""


def test_a_reader_in_another_process_sees_every_entry_once_and_in_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path, SMALL)
    words = [sys.executable, "-c", READS, str(tmp_path), "2000"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as reading:
        for group in range(200):
            numbers = range(10 * group, 10 * group + 10)
            journal.append([(1, str(number).encode()) for number in numbers])
            journal.sync()
        out, _ = reading.communicate(timeout=30)
    journal.close()
    assert out.strip() == "2000"


def test_what_is_not_durable_yet_is_not_read(tmp_path: Path) -> None:
    journal, reader = Journal(tmp_path), SegmentReader(tmp_path)
    journal.append([(1, b"seen")])
    journal.sync()
    journal.append([(1, b"unseen")])
    assert [entry.payload for entry in reader.read(0)] == [b"seen"]
    assert not reader.wait(reader.end_offset, 0.05)
    journal.sync()
    assert [entry.payload for entry in reader.read(0)] == [b"seen", b"unseen"]
    reader.close()
    journal.close()


def test_a_released_offset_is_out_of_range_and_the_first_there_is_is_named(tmp_path: Path) -> None:
    journal = Journal(tmp_path, JournalSettings(segment_mb=0.0001, bound_mb=16, keep_hours=1e-9))
    for number in range(20):
        journal.append([(1, str(number).encode() * 50)])
        journal.sync()
    reader = SegmentReader(tmp_path)
    journal.release(journal.end_offset)
    with pytest.raises(OffsetOutOfRange) as caught:
        reader.read(0)
    assert caught.value.first_offset == journal.first_offset == reader.first_offset > 0
    assert reader.read(reader.first_offset)
    reader.close()
    journal.close()


def test_a_reader_outlives_its_writer_and_follows_the_next_one(tmp_path: Path) -> None:
    reader = SegmentReader(tmp_path)
    writes = (
        "import os, sys, time; from pathlib import Path; "
        "from plumbline.collector.journal import Journal; journal = Journal(Path(sys.argv[1])); "
        "journal.append([(1, b'first')]); journal.sync(); print(flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", writes, str(tmp_path)], stdout=subprocess.PIPE
    ) as writing:
        assert writing.stdout is not None
        writing.stdout.readline()
        os.kill(writing.pid, signal.SIGKILL)
    (first,) = reader.read(0)
    journal = Journal(tmp_path)
    assert reader.store_id == journal.store_id
    journal.append([(1, b"second")])
    journal.sync()
    assert reader.wait(first.next_offset, 1.0)
    assert [entry.payload for entry in reader.read(first.next_offset)] == [b"second"]
    reader.close()
    journal.close()


def test_an_opened_journal_states_the_end_that_is_really_there(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([(1, b"a"), (1, b"b")])
    end = journal.sync()
    journal.close()
    (segment,) = tmp_path.glob("*.seg")
    os.truncate(segment, end - 1)
    Journal(tmp_path).close()
    durable = DurableEnd(tmp_path)
    assert 0 < durable.get() < end
    durable.close()


def test_a_reader_follows_a_journal_that_was_deleted_and_begun_anew(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.append([(1, b"old"), (1, b"older")])
    journal.sync()
    reader = SegmentReader(tmp_path / "journal")
    old = reader.store_id, reader.end_offset
    journal.close()
    rmtree(tmp_path / "journal")
    again = Journal(tmp_path / "journal")
    again.append([(1, b"new")])
    again.sync()
    assert reader.store_id not in ("", old[0])
    assert 0 < reader.end_offset < old[1]
    assert [entry.payload for entry in reader.read(0)] == [b"new"]
    again.close()
