"""The small pure parts: reading answers, pauses, caps, codes, what is one cause."""

import errno
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories.alerting_story import START_NS, Story

from plumbline.collector.alerting.engine.phone_number import person_with, spellings
from plumbline.collector.alerting.engine.rate_limits import free_at_ns
from plumbline.collector.alerting.engine.reply_parser import Reply, parse_reply
from plumbline.collector.alerting.engine.retry import is_temporary, pause_ns
from plumbline.collector.alerting.errors import GatewayAway, MessageRefused
from plumbline.collector.alerting.paging_rules import (
    NotPagedReason,
    PagingRules,
    cause_of,
    paging_decision,
)
from plumbline.collector.alerting.settings import Cap, Person
from plumbline.collector.alerting.store import audit, incidents, outbox
from plumbline.collector.alerting.store.audit import AuditEntry
from plumbline.collector.alerting.store.database import AlertStore
from plumbline.collector.alerting.store.inspections import InspectionFinding
from plumbline.collector.alerting.store.notification import Purpose
from plumbline.collector.events.model import AlarmLevel, EventKind
from plumbline.collector.storage.errors import DatabaseTooNew
from plumbline.wire.block import NS


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("4711", (["4711"], False, False)),
        ("ACK 4711", (["4711"], False, False)),
        ("acknowledged: 4711", (["4711"], False, False)),
        ("4711 on my way, crane stopped", (["4711"], False, False)),
        ("รับทราบ 4711", (["4711"], False, False)),
        ("รับทราบ ๔๗๑๑ ครับ", (["4711"], False, False)),
        ("了解　４７１１", (["4711"], False, False)),
        ("#4711", (["4711"], False, False)),
        ("4711\0\0\0\0", (["4711"], False, False)),
        ("code 4711, code 4711", (["4711"], False, False)),
        ("Ok", ([], False, True)),
        ("了解です。", ([], False, True)),
        ("47111", ([], False, False)),
        ("471", ([], False, False)),
        ("not 4711", (["4711"], True, False)),
        ("I can\u2019t see 4711", (["4711"], True, False)),
        ("4711 now", (["4711"], False, False)),
        ("ไม่ใช่ 4711", (["4711"], True, False)),
        ("4711 ではなく", (["4711"], True, False)),
        ("4711 4712", (["4711", "4712"], False, False)),
        ("", ([], False, False)),
    ],
)
def test_an_answer_is_read(text, answer):
    codes, negated, seen_word = answer
    assert parse_reply(text) == Reply(codes=tuple(codes), negated=negated, seen_word=seen_word)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("INSPECTED 4711 FIT", InspectionFinding.FIT),
        ("inspected #4711: fit.", InspectionFinding.FIT),
        ("Inspected 4711 NOT FIT", InspectionFinding.NOT_FIT),
        ("Inspected 4711 not fit, crack at column B3", InspectionFinding.NOT_FIT),
        ("ตรวจแล้ว ๔๗๑๑ ใช้ได้", InspectionFinding.FIT),
        ("ตรวจแล้ว 4711 ใช้ไม่ได้", InspectionFinding.NOT_FIT),
        ("点検済 ４７１１ 使用可", InspectionFinding.FIT),
        ("点検済み4711使用不可", InspectionFinding.NOT_FIT),
        ("inspected 4711 false alarm", InspectionFinding.FALSE_ALARM),
        ("inspected 4711 instrument fault", InspectionFinding.INSTRUMENT_FAULT),
        ("inspected 4711 fit except the roof", None),
        ("inspected 4711", None),
        ("4711 fit", None),
        ("inspected 4711 4712 fit", None),
        ("4711 ok, not inspected, fit tomorrow", None),
        ("OK 4711", None),
    ],
)
def test_an_inspection_has_its_own_words(text, finding):
    assert parse_reply(text).finding is finding


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(text):
    assert isinstance(parse_reply(text), Reply)


@given(st.integers(0, 9999), st.sampled_from(["٠", "๐", "０", "०", "0"]))
def test_digits_of_every_script_are_digits(number, zero):
    digits = f"{number:04d}"
    written = "".join(chr(ord(zero) + int(digit)) for digit in digits)
    assert parse_reply(written).codes == (digits,)


def test_only_what_may_pass_is_tried_again():
    assert is_temporary(GatewayAway("away"))
    assert is_temporary(OSError(errno.ENOSPC, "disk full"))
    assert is_temporary(PermissionError(errno.EACCES, "not yet"))
    assert not is_temporary(MessageRefused("no such number"))
    assert not is_temporary(OSError(errno.ENAMETOOLONG, "name"))
    assert not is_temporary(TypeError("a fault of ours"))


def test_pauses_double_to_two_minutes_give_or_take_a_quarter():
    for attempts, pause_s in ((1, 2), (2, 4), (3, 8), (6, 64), (7, 120), (20, 120)):
        pauses = [pause_ns(attempts, f"key{n}") / NS for n in range(200)]
        assert all(0.75 * pause_s <= pause <= 1.25 * pause_s for pause in pauses)
        assert max(pauses) - min(pauses) > 0.3 * pause_s


def test_a_cap_frees_when_the_oldest_message_leaves_its_window():
    caps = (Cap(messages=2, within_s=10), Cap(messages=3, within_s=100))
    assert free_at_ns([], caps, 5 * NS) == 5 * NS
    assert free_at_ns([1 * NS, 4 * NS], caps, 5 * NS) == 11 * NS
    assert free_at_ns([1 * NS, 4 * NS], caps, 12 * NS) == 12 * NS
    assert free_at_ns([1 * NS, 4 * NS, 6 * NS], caps, 50 * NS) == 101 * NS


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+66812345678", "+66812345678"),
        ("0066812345678", "+66812345678"),
        ("081-234-5678", "+66812345678"),
        ("AIS", "AIS"),
    ],
)
def test_numbers_are_compared_in_one_form(written, number):
    assert number in spellings(written, "66")


@pytest.mark.parametrize(
    "written",
    [
        "66812345678",
        "812345678",
        "0812345678",
        "0066812345678",
        "+66 81-234 5678",
        "+66(0)812345678",
    ],
)
def test_whoever_has_a_number_is_known_in_all_its_spellings(written):
    other = Person(name="Mali", phone="+66898765432")
    somchai = Person(name="Somchai", phone="+66812345678")
    assert person_with(written, [other, somchai], "66") is somchai
    assert person_with("811111111", [other, somchai], "66") is None


def test_no_code_comes_again_soon_though_all_open_at_one_moment(tmp_path):
    with AlertStore(tmp_path / "a.db").transaction() as tx:
        codes = [opened(tx, n).code for n in range(300)]
    assert len(set(codes)) == 300
    assert all(len(code) == 4 and code.isdecimal() and code[0] != "0" for code in codes)


def opened(tx, n):
    return incidents.add(
        tx,
        cause=str(n),
        structure="TWR01",
        kind=EventKind.TILT,
        level=AlarmLevel.RED,
        opened_ns=START_NS,
        next_ns=None,
    )


def test_a_message_of_one_key_is_queued_once(tmp_path):
    store = AlertStore(tmp_path / "a.db")
    columns = {
        "key": "1/0.0/alarm/Mali",
        "incident_id": None,
        "person": "Mali",
        "phone": "+66898765432",
        "sender": "terminal",
        "purpose": Purpose.ALARM,
        "level": AlarmLevel.RED,
        "text": "t",
        "segments": 1,
        "call": "0.0",
        "created_ns": START_NS,
        "expires_ns": START_NS + NS,
    }
    with store.transaction() as tx:
        assert outbox.queue(tx, **columns)
        assert not outbox.queue(tx, **columns)
        assert len(outbox.latest(tx, 10)) == 1
    store.close()


def test_the_log_can_only_be_added_to(tmp_path):
    store = AlertStore(tmp_path / "a.db")
    with store.transaction() as tx:
        audit.write(tx, 1, AuditEntry.OPENED, why="a test")
    for change in ("UPDATE audit SET person = 'x'", "DELETE FROM audit"):
        with (
            pytest.raises(sqlite3.IntegrityError, match="only added to"),
            store.transaction() as tx,
        ):
            tx.execute(change)
    with store.transaction() as tx:
        assert [line.detail for line in audit.lines(tx)] == [{"why": "a test"}]
    store.close()


def test_a_database_of_another_version_is_left_alone(tmp_path):
    store = AlertStore(tmp_path / "a.db")
    with store.transaction() as tx:
        tx.execute("PRAGMA user_version = 99")
    store.close()
    with pytest.raises(DatabaseTooNew, match=r"a\.db.*version 99.*run that Plumbline.*backup"):
        AlertStore(tmp_path / "a.db")


def test_one_cause_has_one_incident_that_is_not_closed(tmp_path):
    store = AlertStore(tmp_path / "a.db")
    with pytest.raises(sqlite3.IntegrityError), store.transaction() as tx:
        opened(tx, 1)
        opened(tx, 1)
    store.close()


def test_what_is_one_cause(tmp_path):
    with Story(tmp_path) as story:
        causes = {kind: cause_of(story.event(kind=kind)) for kind in EventKind}
        assert causes[EventKind.SHAKING] == causes[EventKind.THRESHOLD] == "TWR01/motion"
        assert causes[EventKind.TILT] != causes[EventKind.DIFFERENTIAL_SETTLEMENT]
        one, other = (
            cause_of(story.event(kind=EventKind.SILENCE, nodes={node: {}})) for node in ("0A", "3A")
        )
        assert one != other
        named = story.event(kind=EventKind.SILENCE, evidence={"key": "link:XX.TWR01/pi-roof"})
        assert cause_of(named) == "TWR01/silence/link:XX.TWR01/pi-roof"


@pytest.mark.parametrize("kind", EventKind)
def test_the_rule_table_decides_who_is_called(tmp_path, kind):
    lowest = {
        EventKind.SWAY: None,
        EventKind.CONSTRUCTION_STAGE: None,
        EventKind.HEALTH: AlarmLevel.RED,
    }.get(kind, AlarmLevel.AMBER)
    with Story(tmp_path) as story:
        for level in AlarmLevel:
            decision = paging_decision(story.event(kind=kind, level=level), PagingRules())
            calls = lowest is not None and list(AlarmLevel).index(level) >= list(AlarmLevel).index(
                lowest
            )
            assert decision == (level if calls else NotPagedReason.BELOW)
            late = paging_decision(story.event(kind=kind, level=level, late=True), PagingRules())
            structural = PagingRules().of(kind).must_be_seen
            grave = level in (AlarmLevel.RED, AlarmLevel.BLACK)
            assert late == (level if structural and grave else NotPagedReason.LATE)
