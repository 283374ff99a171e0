"""The archive stage: each block once, day files that only grow, and exactness after a crash."""

import dataclasses
import os
from pathlib import Path

import numpy as np
import pytest
from archiving import NSLC, ArchiveRig
from blocks import T0_NS, blocks_of, truth
from chunks import cuts, pieces
from hypothesis import given, settings

from plumbline.collector.archive.settings import ArchiveSettings
from plumbline.collector.archive.stage import ArchiveLost
from plumbline.wire.block import FOREVER_NS, NS, Block

MINUTE = 300  # samples of a block at 5 Hz


def minutes(n: int, start_ns: int = T0_NS, **how: int) -> list[Block]:
    return list(
        blocks_of(truth(3, n * MINUTE), start_ns, rate_hz=5.0, size=MINUTE, **how)  # type: ignore[arg-type]
    )


def test_an_hour_is_closed_after_its_end_and_its_open_file_goes(archiving: ArchiveRig) -> None:
    blocks = minutes(90)
    archiving.take(blocks, group=5)
    np.testing.assert_array_equal(archiving.counts(), truth(3, 90 * MINUTE)[0, : 60 * MINUTE])
    assert [path.parent.name for path in archiving.folder.glob("open/*/*")] == ["2025-03-28T07"]
    archiving.wait(3600)
    np.testing.assert_array_equal(archiving.counts(), truth(3, 90 * MINUTE)[0])
    assert not list(archiving.folder.glob("open/*"))


def test_the_names_are_those_of_sds(archiving: ArchiveRig) -> None:
    archiving.take(minutes(61))
    archiving.wait(120)
    path = archiving.folder / "archive/2025/XX/TWR01/HNZ.D/XX.TWR01.3A.HNZ.D.2025.087"
    assert path.is_file()


def test_midnight_parts_two_day_files_to_the_sample(archiving: ArchiveRig) -> None:
    start_ns = T0_NS + 18 * 3600 * NS - 30 * NS  # 23:59:30, so a block lies across midnight
    archiving.take(minutes(3, start_ns))
    archiving.wait(7200)
    files = sorted(archiving.day_files())
    assert [name[-8:] for name in files if name.startswith(NSLC)] == ["2025.087", "2025.088"]
    one = archiving.reader.read_window(NSLC, 0, start_ns + 30 * NS)
    two = archiving.reader.read_window(NSLC, start_ns + 30 * NS, FOREVER_NS)
    assert [one.runs[0].n_samples, two.runs[0].n_samples] == [150, 750]
    np.testing.assert_array_equal(archiving.counts(), truth(3, 3 * MINUTE)[0])


def test_late_blocks_are_appended_and_nothing_before_them_changes(archiving: ArchiveRig) -> None:
    blocks = minutes(130)
    late = blocks[20:30]
    archiving.take(blocks[:20] + blocks[30:])
    archiving.wait(3600)
    before = archiving.day_files()
    archiving.take(late)
    archiving.wait(3600)
    after = archiving.day_files()
    assert all(after[name].startswith(content) for name, content in before.items())
    assert all(len(after[name]) > len(content) for name, content in before.items())
    np.testing.assert_array_equal(archiving.counts(), truth(3, 130 * MINUTE)[0])


def test_a_block_of_the_future_waits_in_its_own_hour(archiving: ArchiveRig) -> None:
    archiving.take(minutes(1, T0_NS + 86400 * NS)[:1])
    archiving.now_ns = T0_NS
    archiving.follow()
    assert archiving.day_files() == {}
    (run,) = archiving.reader.read_window(NSLC, 0, FOREVER_NS).runs
    assert run.n_samples == MINUTE


def test_two_blocks_of_one_instant_are_both_archived(archiving: ArchiveRig) -> None:
    (block,) = minutes(1)
    other = dataclasses.replace(block, counts=block.counts + np.int32(1))
    archiving.take([block, other])
    archiving.wait(7200)
    assert archiving.counts().size == 2 * MINUTE
    window = archiving.reader.read_window(NSLC, 0, FOREVER_NS)
    assert window.hidden[NSLC] == MINUTE
    np.testing.assert_array_equal(window.runs[0].counts, block.counts[0])


def test_what_comes_again_after_its_hour_was_closed_is_not_archived_twice(
    archiving: ArchiveRig,
) -> None:
    blocks = minutes(70)
    archiving.take(blocks)
    archiving.wait(3600)
    before = archiving.day_files()
    archiving.take(blocks[10:40])
    archiving.wait(3600)
    assert archiving.day_files() == before


@settings(max_examples=25, deadline=None)
@given(cut=cuts(75))
def test_how_entries_are_grouped_changes_no_byte(
    tmp_path_factory: pytest.TempPathFactory, cut: list[int]
) -> None:
    blocks = minutes(75)
    folder = tmp_path_factory.mktemp("archive")
    whole, split = ArchiveRig(folder / "whole"), ArchiveRig(folder / "split")
    whole.take(blocks, group=75)
    for group in pieces(blocks, cut):
        split.take(group, group=75)
    for archiving in (whole, split):
        archiving.wait(7200)
    assert split.day_files() == whole.day_files()
    whole.close()
    split.close()


def test_after_a_crash_files_are_cut_and_the_journal_is_replayed(archiving: ArchiveRig) -> None:
    blocks = minutes(59)
    archiving.take(blocks[:30])
    archiving.stage.commit()
    archiving.take(blocks[30:45])
    archiving.crash()
    archiving.take(blocks[45:])
    archiving.wait(7200)
    np.testing.assert_array_equal(archiving.counts(), truth(3, 59 * MINUTE)[0])


def test_a_restart_goes_on_where_it_was(archiving: ArchiveRig) -> None:
    for block in minutes(130):
        archiving.take([block])
        archiving.restart()
    archiving.wait(7200)
    np.testing.assert_array_equal(archiving.counts(), truth(3, 130 * MINUTE)[0])


def test_after_an_error_in_the_middle_nothing_is_committed(
    archiving: ArchiveRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = minutes(20)
    archiving.take(blocks[:5])
    archiving.stage.commit()
    real = os.write

    def torn(fd: int, content: memoryview) -> int:
        if "/open/" in str(Path(f"/proc/self/fd/{fd}").readlink()):
            real(fd, content[:100])
            raise OSError(28, "No space left on device")
        return real(fd, content)

    monkeypatch.setattr(os, "write", torn)
    with pytest.raises(OSError, match="No space"):
        archiving.take(blocks[5:10])
    monkeypatch.undo()
    archiving.restart()
    archiving.follow()
    archiving.take(blocks[10:])
    archiving.wait(7200)
    np.testing.assert_array_equal(archiving.counts(), truth(3, 20 * MINUTE)[0])


@pytest.mark.logs_errors
def test_an_open_file_the_disk_lost_part_of_does_not_stop_the_archive(
    archiving: ArchiveRig, caplog: pytest.LogCaptureFixture
) -> None:
    blocks = minutes(20)
    archiving.take(blocks[:10], group=1)
    archiving.stage.commit()
    (path,) = archiving.folder.glob("open/*/*")
    os.truncate(path, path.stat().st_size - 100)
    archiving.crash()
    archiving.take(blocks[10:])
    archiving.wait(7200)
    expected = np.delete(truth(3, 20 * MINUTE)[0], slice(9 * MINUTE, 10 * MINUTE))
    np.testing.assert_array_equal(archiving.counts(), expected)
    assert "missing from the archive" in caplog.text


def test_closing_at_the_stop_leaves_everything_in_day_files(tmp_path: Path) -> None:
    archiving = ArchiveRig(tmp_path, ArchiveSettings(close_on_stop=True))
    archiving.take(minutes(5))
    archiving.restart()
    np.testing.assert_array_equal(archiving.counts(), truth(3, 5 * MINUTE)[0])
    archiving.close()


def test_day_files_without_their_books_are_not_touched(archiving: ArchiveRig) -> None:
    archiving.take(minutes(61))
    archiving.wait(7200)
    before = archiving.day_files()
    archiving.stage.close()
    (archiving.folder / "state" / "archive.db").unlink()
    with pytest.raises(ArchiveLost, match=r"bring archive\.db back"):
        archiving._built()
    assert archiving.day_files() == before
