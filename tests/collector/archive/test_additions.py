"""What came into the archive is told once, late data too, wherever it lies by then."""

from archiving import ArchiveRig
from blocks import T0_NS, blocks_of, truth

from plumbline.collector.archive.additions import AddedSpan, ArchiveAdditions
from plumbline.wire.block import NS

STREAM = "XX.TWR01.3A.HN"
BLOCKS = list(blocks_of(truth(3, 75 * 300), rate_hz=5.0, size=300))  # 75 minutes, a minute each


def spans(first: int, last: int) -> list[AddedSpan]:
    return [AddedSpan(STREAM, b.start_ns, b.end_ns) for b in BLOCKS[first:last]]


def test_each_block_is_added_once(archiving: ArchiveRig) -> None:
    additions = ArchiveAdditions(archiving.folder)
    archiving.take(BLOCKS[:2])
    archiving.stage.commit()
    assert additions.poll([STREAM]) == spans(0, 2)
    assert additions.poll([STREAM]) == []
    archiving.take(BLOCKS[3:4])
    archiving.stage.commit()
    assert additions.poll([STREAM]) == spans(3, 4)
    additions.close()


def test_what_was_there_before_is_not_added(archiving: ArchiveRig) -> None:
    archiving.take(BLOCKS[:2])
    archiving.stage.commit()
    additions = ArchiveAdditions(archiving.folder)
    assert additions.poll([STREAM]) == []
    additions.close()


def test_another_streams_blocks_are_passed_by(archiving: ArchiveRig) -> None:
    additions = ArchiveAdditions(archiving.folder)
    archiving.take(BLOCKS[:2])
    archiving.stage.commit()
    assert additions.poll(["XX.TWR01.0A.HN"]) == []
    assert additions.poll([STREAM]) == []
    additions.close()


def test_what_came_and_was_closed_between_two_polls_is_added(archiving: ArchiveRig) -> None:
    additions = ArchiveAdditions(archiving.folder)
    archiving.take(BLOCKS[:60])
    archiving.wait(3600 + 61)
    assert not list(archiving.folder.glob("open/*/*"))
    added = additions.poll([STREAM])
    assert {each.stream for each in added} == {STREAM}
    assert min(each.start_ns for each in added) == T0_NS
    assert max(each.end_ns for each in added) >= BLOCKS[59].end_ns - NS
    archiving.take(BLOCKS[5:6])  # late, into an hour that is closed
    archiving.stage.commit()
    assert additions.poll([STREAM]) == spans(5, 6)
    additions.close()
