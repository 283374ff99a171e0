"""Every message has one outcome, and what is promised is on the disk."""

import dataclasses
import errno
import os
from pathlib import Path

import numpy as np
import pytest
from blocks import HN, T0_NS, blocks_of, truth
from chunks import cuts, pieces
from hypothesis import given, settings
from intake import Intake

from plumbline.collector.ingest.recovery import retry_quarantine
from plumbline.collector.journal import JournalFull, Mark, is_future
from plumbline.wire.block import NS, Block
from plumbline.wire.identity import StreamId
from plumbline.wire.record import encode

BLOCKS = list(blocks_of(truth(3, 2000)))


def changed(block: Block) -> Block:
    return dataclasses.replace(block, counts=block.counts + np.int32(1))


def test_a_block_sent_twice_is_journaled_once(intake: Intake) -> None:
    intake.take(BLOCKS[0], BLOCKS[0])
    intake.take(BLOCKS[0])
    assert intake.journaled() == [encode(BLOCKS[0])]
    assert intake.ingest.counts["duplicate"] == 2
    assert intake.conditions_set() == []


def test_two_different_blocks_of_one_key_are_both_kept_flagged_and_reported_once(
    intake: Intake,
) -> None:
    intake.take(BLOCKS[0])
    intake.take(changed(BLOCKS[0]))
    intake.take(changed(BLOCKS[0]), BLOCKS[0])
    entries = intake.journal.read(0)
    assert [entry.mark for entry in entries] == [Mark.NONE, Mark.CONFLICT]
    assert [entry.held_out for entry in entries] == [False, True]
    assert intake.conditions_set() == ["conflict:XX.TWR01.3A.HN:0000000000000007"]
    assert "cloned" in intake.conditions.open()[0].text


def test_a_block_from_the_future_is_kept_held_out_and_reported_once(intake: Intake) -> None:
    now_ns = T0_NS - 120 * NS
    intake.ingest.take([intake.message(block, now_ns) for block in BLOCKS[:3]])
    entries = intake.journal.read(0)
    assert [entry.held_out for entry in entries] == [True] * 3
    assert is_future(BLOCKS[0], now_ns)
    assert intake.conditions_set() == ["clock:XX.TWR01.3A.HN"]
    intake.take(BLOCKS[5])
    assert intake.conditions_set() == [], "over, once the clock is right"


def test_a_minute_ahead_is_not_the_future(intake: Intake) -> None:
    received_ns = BLOCKS[0].end_ns - 60 * NS
    intake.ingest.take([intake.message(BLOCKS[0], received_ns)])
    assert not intake.journal.read(0)[0].held_out


def test_a_corrupt_block_is_kept_with_the_reason_and_asked_for_again(intake: Intake) -> None:
    payload = bytearray(encode(BLOCKS[0]))
    payload[300] ^= 4
    intake.take_raw(bytes(payload))
    (quarantined,) = intake.quarantine
    assert quarantined.payload == payload
    assert "CRC" in quarantined.reason
    assert intake.journaled() == []
    assert not intake.ledger.boots("XX.TWR01.3A.HN"), "neither held nor refused"
    intake.take(BLOCKS[0])
    assert intake.watermark(T0_NS).boots[0].held == ((0, 0),)


def test_a_block_damaged_at_the_edge_is_refused_in_the_end(intake: Intake) -> None:
    payload = bytearray(encode(BLOCKS[4]))
    payload[300] ^= 4
    for _ in range(3):
        intake.take_raw(bytes(payload))
    (mark,) = intake.watermark(10**18).boots
    assert mark.held == ()
    assert mark.refused[0][:2] == (4, 4)
    assert len(list(intake.quarantine)) == 1, "one copy is enough"


def test_bytes_that_are_no_record_go_to_quarantine_and_stop_nothing(intake: Intake) -> None:
    intake.take_raw(b"hello", b"", encode(BLOCKS[0]))
    assert [one.cause for one in intake.quarantine] == ["not_a_record", "not_a_record"]
    assert intake.journaled() == [encode(BLOCKS[0])]


def unknown(node: str = "9Z") -> StreamId:
    return dataclasses.replace(HN, node=node)


def test_an_unknown_stream_is_set_aside_refused_and_told_once(intake: Intake) -> None:
    for block in list(blocks_of(truth(3, 300), stream=unknown())):
        intake.take(block)
    assert intake.conditions_set() == ["unknown_stream:XX.TWR01.9Z.HN"]
    assert "add it and restart" in intake.conditions.open()[0].text
    topic, watermark = (intake.watermark(T0_NS), intake.published[-1])[1]
    assert topic == "plumbline/1/XX/TWR01/pi-3a/watermark/9Z.HN"
    assert watermark.boots[0].refused[0][:2] == (0, 2)
    assert intake.journaled() == []


def test_what_waited_in_quarantine_is_taken_once_the_inventory_knows_it(tmp_path: Path) -> None:
    intake = Intake(tmp_path)
    blocks = list(blocks_of(truth(3, 300)))
    place = intake.places.pop("XX.TWR01.3A.HN")
    intake.take(*blocks)
    assert intake.journaled() == []
    intake.places["XX.TWR01.3A.HN"] = place
    taken = retry_quarantine(intake.quarantine, intake.ingest, intake.places, T0_NS)
    assert taken == 3
    assert intake.journaled() == [encode(block) for block in blocks]
    assert list(intake.quarantine) == []
    (mark,) = intake.watermark(T0_NS).boots
    assert (mark.held, mark.refused) == (((0, 2),), ())
    intake.crash()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"stream": dataclasses.replace(HN, axes="ENZ")}, "axes ENZ, the inventory says ZNE"),
        ({"rate_hz": 200.0}, "runs at 200 Hz, the inventory says 100 Hz"),
    ],
)
def test_a_stream_unlike_its_inventory_is_set_aside(
    intake: Intake, change: dict[str, object], expected: str
) -> None:
    intake.take(dataclasses.replace(BLOCKS[0], **change))
    assert expected in intake.conditions.open()[0].text
    assert intake.journaled() == []


def test_a_block_on_another_streams_topic_is_set_aside(intake: Intake) -> None:
    intake.take_raw(encode(BLOCKS[0]), topic="plumbline/1/XX/TWR01/pi-3a/blocks/0A.HN")
    (quarantined,) = intake.quarantine
    assert quarantined.cause == "wrong_place"


def test_two_agents_of_one_name_are_reported_once(intake: Intake) -> None:
    ours = list(blocks_of(truth(3, 6000), boot=1))
    theirs = list(blocks_of(truth(3, 6000, seed=2), boot=2, start_ns=T0_NS + 5_000_000))
    for mine, other in zip(ours, theirs, strict=True):
        intake.take(mine, other)
    assert intake.conditions_set() == ["rivals:XX.TWR01/pi-3a"]
    assert "another name" in intake.conditions.open()[0].text
    assert len(intake.journaled()) == 120, "all of it is kept"


def test_a_restart_with_its_backlog_is_not_two_agents(intake: Intake) -> None:
    before = list(blocks_of(truth(3, 20_000), boot=1))
    after = list(blocks_of(truth(3, 10_000), boot=2, start_ns=before[-1].end_ns + 5 * NS))
    intake.take(*before[:50], *after[:10], *before[50:150], *after[10:], *before[150:])
    assert intake.conditions_set() == []


def test_a_full_disk_takes_nothing_and_promises_nothing(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake.take(BLOCKS[0])

    def full(fd: int, content: memoryview) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(JournalFull):
        intake.take(BLOCKS[1])
    monkeypatch.undo()
    assert intake.watermark(T0_NS).boots[0].held == ((0, 0),)
    intake.take(BLOCKS[1])
    assert intake.watermark(T0_NS).boots[0].held == ((0, 1),)


@settings(max_examples=25, deadline=None)
@given(cut=cuts(len(BLOCKS)))
def test_how_messages_are_grouped_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, cut: list[int]
) -> None:
    intake = Intake(tmp_path_factory.mktemp("intake"))
    sent = [*BLOCKS[:12], BLOCKS[3], changed(BLOCKS[5]), *BLOCKS[12:18], BLOCKS[3]]
    for group in pieces(sent, cut):
        if group:
            intake.take(*group)
    assert intake.journaled() == [
        encode(block) for block in [*BLOCKS[:12], changed(BLOCKS[5]), *BLOCKS[12:18]]
    ]
    assert intake.watermark(T0_NS).boots[0].held == ((0, 17),)
    intake.crash()


def test_after_a_crash_the_ledger_is_what_the_journal_holds(tmp_path: Path) -> None:
    first = Intake(tmp_path)
    first.take(*BLOCKS[:5])
    first.ledger.save(first.journal.end_offset)
    first.take(*BLOCKS[7:10], changed(BLOCKS[2]))
    first.crash()
    second = Intake(tmp_path)
    second.take(*BLOCKS[:12], changed(BLOCKS[2]))
    assert second.ingest.counts == {"taken": 4, "duplicate": 9}
    assert second.watermark(T0_NS).boots[0].held == ((0, 11),)
    assert second.conditions_set() == []
    second.crash()


def test_a_stream_of_another_agent_than_the_inventory_names_is_taken_and_told(
    tmp_path: Path,
) -> None:
    intake = Intake(tmp_path, agent="pi-stranger")
    intake.take(*BLOCKS[:2])
    assert len(intake.journaled()) == 2
    assert intake.conditions_set() == ["agent:XX.TWR01.3A.HN"]
    assert "pi-3a" in intake.conditions.open()[0].text
    intake.crash()
