"""The watermarks of the collector: complete, in time, and never ahead of the disk."""

import dataclasses
from itertools import pairwise
from pathlib import Path

from blocks import HN, T0_NS, blocks_of, truth
from intake import Intake

from plumbline.wire.block import NS

BLOCKS = list(blocks_of(truth(3, 1000)))


def test_a_watermark_lists_ranges_by_boot_and_the_store(intake: Intake) -> None:
    intake.take(*BLOCKS[:3], *BLOCKS[5:7])
    intake.take(*(dataclasses.replace(block, boot=9) for block in BLOCKS[:2]))
    watermark = intake.watermark(T0_NS)
    assert watermark.store == intake.journal.store_id
    assert {mark.boot: mark.held for mark in watermark.boots} == {
        f"{7:016x}": ((0, 2), (5, 6)),
        f"{9:016x}": ((0, 1),),
    }


def test_a_stream_that_speaks_gets_a_word_within_a_second_and_then_every_five(
    intake: Intake,
) -> None:
    published_s: list[float] = []
    for tenth in range(200):
        now_ns = T0_NS + tenth * NS // 10
        intake.take(BLOCKS[tenth % 10])
        intake.watermarks.tick(now_ns)
        if len(intake.published) > len(published_s):
            published_s.append(tenth / 10)
    assert published_s[0] == 0
    assert max(b - a for a, b in pairwise(published_s)) <= 5


def test_many_streams_are_answered_in_turn_each_within_five_seconds(intake: Intake) -> None:
    topic = intake.message(BLOCKS[0]).topic
    last: dict[str, float] = {}
    worst = 0.0
    for tenth in range(300):
        for n in range(2000):
            intake.watermarks.note_topic(topic, f"XX.TWR01.{n:04d}.HN")
        before = len(intake.published)
        intake.watermarks.tick(T0_NS + tenth * NS // 10)
        for _, watermark in intake.published[before:]:
            if watermark.stream in last:
                worst = max(worst, tenth / 10 - last[watermark.stream])
            last[watermark.stream] = tenth / 10
    assert len(last) == 2000
    assert worst <= 5


def test_a_word_that_could_not_be_sent_is_sent_later(intake: Intake) -> None:
    intake.connected = False
    intake.take(BLOCKS[0])
    intake.watermarks.tick(T0_NS)
    assert intake.published == []
    intake.connected = True
    intake.watermarks.tick(T0_NS + NS)
    assert intake.published[-1][1].boots[0].held == ((0, 0),)


def test_a_boot_nobody_asked_about_for_a_week_is_left_out_until_it_is_asked_about(
    tmp_path: Path,
) -> None:
    intake = Intake(tmp_path)
    intake.take(BLOCKS[0])
    much_later_ns = T0_NS + 8 * 86400 * NS
    new = dataclasses.replace(BLOCKS[0], boot=9, start_ns=much_later_ns)
    intake.take(new)
    assert [mark.boot for mark in intake.watermark(new.end_ns).boots] == [f"{9:016x}"]
    intake.ingest.take([intake.message(BLOCKS[0], new.end_ns)])
    assert len(intake.watermark(new.end_ns).boots) == 2
    assert HN.key in intake.published[-1][1].stream
    intake.crash()
