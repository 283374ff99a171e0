"""Damage in the archive costs what is damaged and nothing else, and is named by file and byte."""

import random
from pathlib import Path

import numpy as np
import pytest
from archiving import NSLC, ArchiveRig
from blocks import T0_NS, blocks_of, truth

from plumbline.collector.archive.reader import ArchiveWindow
from plumbline.wire.block import NS

COUNTS = truth(3, 40_000)  # 400 s at 100 Hz
STREAM = NSLC[:-1]


def closed(folder: Path) -> ArchiveRig:
    archiving = ArchiveRig(folder)
    archiving.take(blocks_of(COUNTS))
    archiving.stage.close_all()
    return archiving


def day_path(folder: Path, axis: str = "Z") -> Path:
    (path,) = folder.glob(f"archive/*/*/*/HN{axis}.D/*")
    return path


def everything(archiving: ArchiveRig) -> ArchiveWindow:
    return archiving.reader.read_window(STREAM, T0_NS, T0_NS + 400 * NS)


def is_true(window: ArchiveWindow, nslc: str, row: int) -> bool:
    """Tell whether every sample that is delivered is one that was measured, at its time."""
    for run in window.channels[nslc]:
        at = round((run.start_ns - T0_NS) / NS * 100)
        if not np.array_equal(run.counts, COUNTS[row, at : at + run.n_samples]):
            return False
    return True


def overwrite(path: Path, at: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(content)


def test_zeros_in_a_record_cost_that_record_of_that_axis(tmp_path: Path) -> None:
    archiving = closed(tmp_path)
    overwrite(day_path(tmp_path), 700, bytes(64))
    window = everything(archiving)
    (damage,) = window.damaged
    assert (damage.nslc, damage.first_byte, damage.length) == (NSLC, 0, 4096)
    assert tmp_path / damage.name == day_path(tmp_path)
    assert damage.start_ns == T0_NS
    missing = sum(gap.end_ns - gap.start_ns for gap in window.gaps()) / NS
    assert 20 < missing < 50
    assert {gap.nslc for gap in window.gaps()} == {NSLC}
    assert is_true(window, NSLC, 0)
    for row, axis in ((1, "N"), (2, "E")):
        (run,) = window.channels[STREAM + axis]
        np.testing.assert_array_equal(run.counts, COUNTS[row])
    archiving.close()


@pytest.mark.parametrize("at", [8, 20, 26, 30, 32, 44, 54, 4096 + 54])
def test_a_damaged_head_costs_no_other_record(tmp_path: Path, at: int) -> None:
    archiving = closed(tmp_path)
    content = day_path(tmp_path).read_bytes()
    overwrite(day_path(tmp_path), at, bytes([content[at] ^ 4]))
    window = everything(archiving)
    assert [one.first_byte for one in window.damaged] == [at // 4096 * 4096]
    assert is_true(window, NSLC, 0)
    assert sum(run.n_samples for run in window.channels[NSLC]) > 34_000
    archiving.close()


def test_a_file_that_is_cut_or_gone_costs_its_end_only(tmp_path: Path) -> None:
    archiving = closed(tmp_path)
    path = day_path(tmp_path)
    with path.open("r+b") as file:
        file.truncate(9000)
    window = everything(archiving)
    assert [one.first_byte for one in window.damaged] == [8192]
    assert is_true(window, NSLC, 0)
    path.unlink()
    window = everything(archiving)
    assert [(one.first_byte, one.start_ns) for one in window.damaged] == [(0, T0_NS)]
    assert window.channels[NSLC] == []
    assert window.channels[STREAM + "N"][0].n_samples == 40_000
    archiving.close()


def test_no_flipped_bit_is_delivered_as_a_measurement(tmp_path: Path) -> None:
    """Steim-2: what differs from the checksum is found in its record, or changes no sample."""
    archiving = closed(tmp_path)
    path, rng = day_path(tmp_path), random.Random(1)
    whole = path.read_bytes()
    unnamed = 0
    for _ in range(1000):
        at = rng.randrange(len(whole))
        overwrite(path, at, bytes([whole[at] ^ 1 << rng.randrange(8)]))
        window = everything(archiving)
        (damage,) = window.damaged
        assert damage.first_byte <= at < damage.first_byte + damage.length
        unnamed += damage.length == len(whole)
        assert is_true(window, NSLC, 0), at
        overwrite(path, at, whole[at : at + 1])
    assert unnamed < 60  # padding and heads' idle bytes: the chunk is named, no record is lost
    assert everything(archiving).damaged == ()
    archiving.close()


def test_an_archive_without_checksums_is_read_record_by_record(tmp_path: Path) -> None:
    archiving = closed(tmp_path)
    archiving.stage._index._db.execute("UPDATE chunks SET crc = NULL")
    window = everything(archiving)
    assert window.damaged == ()
    assert is_true(window, NSLC, 0)
    overwrite(day_path(tmp_path), 700, bytes(64))
    assert [one.first_byte for one in everything(archiving).damaged] == [0]
    archiving.close()


def test_books_of_version_0_2_get_the_new_column(tmp_path: Path) -> None:
    archiving = closed(tmp_path)
    archiving.stage._index._db.execute("ALTER TABLE chunks DROP COLUMN crc")
    archiving.stage._index._db.execute("PRAGMA user_version = 0")
    assert is_true(everything(archiving), NSLC, 0)
    archiving.restart()
    archiving.take(blocks_of(COUNTS, T0_NS + 400 * NS, first_seq=400))
    archiving.stage.close_all()
    (before, after) = archiving.stage._index.chunks(NSLC, T0_NS, T0_NS + 800 * NS)
    assert before.crc is None
    assert after.crc is not None
    archiving.close()


def test_a_damaged_block_of_the_open_hour_costs_that_block(tmp_path: Path) -> None:
    archiving = ArchiveRig(tmp_path)
    archiving.take(blocks_of(COUNTS))
    (path,) = tmp_path.glob("open/*/*")
    size = path.stat().st_size // 400
    for at in (5, 100 * size + 200, 300 * size + 9):  # a magic, samples, a number of samples
        overwrite(path, at, b"\xff\xff\xff")
    window = everything(archiving)
    assert {one.first_byte // size for one in window.damaged} == {0, 100, 300}
    assert [run.n_samples for run in window.channels[NSLC]] == [9_900, 19_900, 9_900]
    assert is_true(window, NSLC, 0)
    archiving.stage.close_all()  # and what is whole is closed into the day file
    assert archiving.counts().size == 39_700
    archiving.close()
