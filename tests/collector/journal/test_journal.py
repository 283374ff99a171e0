"""The journal keeps what it synced, whole, in order, and nothing else."""

import errno
import os
import shutil
from pathlib import Path

import pytest
from chunks import cuts
from hypothesis import given, settings
from hypothesis import strategies as st

from plumbline.collector.journal import (
    Journal,
    JournalBroken,
    JournalFull,
    JournalLocked,
    JournalSettings,
    Mark,
    OffsetOutOfRange,
)

SMALL = JournalSettings(segment_mb=0.001, tail_mb=0)


def filled(folder: Path, groups: list[list[bytes]], settings: JournalSettings = SMALL) -> Journal:
    journal = Journal(folder, settings)
    for n, group in enumerate(groups):
        journal.append([(n, payload) for payload in group])
        journal.sync()
    return journal


def everything(journal: Journal, limit: int = 1000) -> list[bytes]:
    payloads, offset = [], journal.first_offset
    while entries := journal.read(offset, limit):
        payloads += [entry.payload for entry in entries]
        offset = entries[-1].next_offset
    return payloads


def test_nothing_is_visible_before_its_fsync(tmp_path: Path) -> None:
    journal = filled(tmp_path, [[b"first"]])
    journal.append([(1, b"second")])
    assert everything(journal) == [b"first"]
    assert not journal.wait(journal.end_offset, 0)
    journal.sync()
    assert everything(journal) == [b"first", b"second"]


def test_what_was_synced_is_there_after_opening_again(tmp_path: Path) -> None:
    groups = [[b"%d.%d" % (g, n) * 50 for n in range(g % 4)] for g in range(30)]
    journal = filled(tmp_path, groups)
    store, end = journal.store_id, journal.end_offset
    journal.close()
    again = Journal(tmp_path, SMALL)
    assert everything(again) == [payload for group in groups for payload in group]
    assert (again.store_id, again.end_offset) == (store, end)
    assert len(list(tmp_path.glob("*.seg"))) > 3


def test_an_entry_keeps_its_time_and_mark(tmp_path: Path) -> None:
    journal = Journal(tmp_path, SMALL)
    journal.append([(123, b"a"), (456, b"b")], marks=[Mark.NONE, Mark.CONFLICT])
    journal.sync()
    assert [(e.received_ns, e.mark) for e in journal.read(0)] == [
        (123, Mark.NONE),
        (456, Mark.CONFLICT),
    ]


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 300), min_size=1, max_size=12),
    limit=st.integers(1, 2000),
    tail=st.booleans(),
)
def test_reading_in_any_pieces_gives_the_same_entries(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], limit: int, tail: bool
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    payloads = [bytes([n]) * size for n, size in enumerate(sizes)]
    small = JournalSettings(segment_mb=0.0005, tail_mb=1 if tail else 0)
    journal = filled(folder, [[payload] for payload in payloads], small)
    assert everything(journal, limit) == payloads
    journal.close()


@settings(max_examples=80, deadline=None)
@given(cut=cuts(3 * 40 + 60, most=1))
def test_a_file_torn_at_any_byte_keeps_every_whole_entry_and_goes_on(
    tmp_path_factory: pytest.TempPathFactory, cut: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    payloads = [b"x" * 10, b"y" * 20, b"z" * 30]
    journal = filled(folder, [[payload] for payload in payloads], JournalSettings())
    ends = [entry.next_offset for entry in journal.read(0)]
    journal.close()
    (path,) = folder.glob("*.seg")
    length = min(cut[0] if cut else 0, ends[-1])
    os.truncate(path, length)
    again = Journal(folder)
    whole = [payload for payload, end in zip(payloads, ends, strict=True) if end <= length]
    assert everything(again) == whole
    again.append([(9, b"after")])
    again.sync()
    assert everything(again) == [*whole, b"after"]
    again.close()


def test_a_rotten_entry_is_skipped_and_the_ones_behind_it_are_read(tmp_path: Path) -> None:
    journal = filled(tmp_path, [[b"one" * 9], [b"two" * 9], [b"three" * 9]], JournalSettings())
    second = journal.read(0)[1]
    journal.close()
    (path,) = tmp_path.glob("*.seg")
    content = bytearray(path.read_bytes())
    content[second.next_offset - 3] ^= 1
    path.write_bytes(content)
    assert everything(Journal(tmp_path)) == [b"one" * 9, b"three" * 9]


def test_two_collectors_cannot_share_a_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    with pytest.raises(JournalLocked, match="another collector"):
        Journal(tmp_path)
    journal.close()
    Journal(tmp_path).close()


def test_a_copied_journal_speaks_with_another_identity(tmp_path: Path) -> None:
    journal = filled(tmp_path / "a", [[b"x"]])
    store = journal.store_id
    journal.close()
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    copy = Journal(tmp_path / "b", SMALL)
    assert copy.store_id != store
    assert everything(copy) == [b"x"]


def test_segments_go_only_when_passed_and_old_or_too_many(tmp_path: Path) -> None:
    clock = 10**18
    one_hour = JournalSettings(segment_mb=0.001, tail_mb=0, keep_hours=1)
    journal = Journal(tmp_path, one_hour, now_ns=lambda: clock)
    for n in range(40):
        journal.append([(n, b"%03d" % n * 60)])
        journal.sync()
    for path in tmp_path.glob("*.seg"):
        os.utime(path, ns=(clock, clock))
    journal.release(journal.end_offset)
    assert journal.first_offset == 0, "passed, but neither old nor too many"
    clock += 2 * 3600 * 10**9
    passed = journal.read(0, 1)[0].next_offset * 15
    journal.release(passed)
    assert 0 < journal.first_offset <= passed, "old, and not passed by all"
    journal.release(journal.end_offset)
    assert everything(journal)[-1] == b"039" * 60, "the segment being written stays"


def test_what_the_ledger_has_not_saved_stays_whoever_asks(tmp_path: Path) -> None:
    journal = Journal(tmp_path, SMALL, now_ns=lambda: 4 * 10**18)
    for n in range(40):
        journal.append([(n, b"%03d" % n * 60)])
        journal.sync()
    journal.pin(0)
    journal.release(journal.end_offset)
    assert journal.first_offset == 0
    journal.pin(journal.end_offset)
    journal.release(journal.end_offset)
    assert journal.first_offset > 0


def test_a_reader_that_fell_off_is_told_where_the_journal_begins(tmp_path: Path) -> None:
    clock = 10**18
    journal = Journal(tmp_path, SMALL, now_ns=lambda: 2 * clock)
    for n in range(40):
        journal.append([(n, b"%03d" % n * 60)])
        journal.sync()
    journal.release(journal.end_offset)
    with pytest.raises(OffsetOutOfRange) as caught:
        journal.read(0)
    assert caught.value.first_offset == journal.first_offset > 0


def test_a_full_disk_adds_nothing_and_the_same_group_can_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = filled(tmp_path, [[b"before"]], JournalSettings())
    real = os.write

    def half(fd: int, content: memoryview) -> int:
        monkeypatch.setattr(os, "write", full)
        return real(fd, content[: len(content) // 2])

    def full(fd: int, content: memoryview) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(JournalFull, match="free disk space"):
        journal.append([(1, b"group" * 20)])
    monkeypatch.setattr(os, "write", real)
    journal.append([(1, b"group" * 20)])
    journal.sync()
    assert everything(journal) == [b"before", b"group" * 20]


def test_after_a_failed_fsync_nothing_is_promised_and_the_group_is_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = filled(tmp_path, [[b"before"]], JournalSettings())
    end = journal.end_offset

    def broken(fd: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", broken)
    journal.append([(1, b"lost?")])
    with pytest.raises(JournalBroken):
        journal.sync()
    assert everything(journal) == [b"before"]
    with pytest.raises(JournalBroken):
        journal.sync()
    monkeypatch.undo()
    assert journal.end_offset == end
    journal.append([(1, b"written anew")])
    journal.sync()
    assert everything(journal) == [b"before", b"written anew"]
    journal.close()
    assert everything(Journal(tmp_path)) == [b"before", b"written anew"]


def test_stages_near_the_end_share_one_decoding(tmp_path: Path) -> None:
    journal = filled(tmp_path, [[b"a"], [b"b"]], JournalSettings())
    assert journal.read(0)[0] is journal.read(0)[0]
