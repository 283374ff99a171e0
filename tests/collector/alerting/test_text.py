"""What people read: everything they need, in their language, in two segments at most."""

from itertools import product
from zoneinfo import ZoneInfo

import pytest

from plumbline.collector.alerting.settings import Language
from plumbline.collector.alerting.store.facts import Facts
from plumbline.collector.alerting.store.notification import Purpose
from plumbline.collector.alerting.text.messages import Review, table
from plumbline.collector.alerting.text.sms_segments import Encoding, segments, size
from plumbline.collector.alerting.text.wording import Wording
from plumbline.collector.events.model import AlarmLevel, EventKind, Limit, Standing

BANGKOK = ZoneInfo("Asia/Bangkok")
ONSET_NS = 1_743_142_831_000_000_000  # 2025-03-28 13:20:31 +07:00
PAGING = (AlarmLevel.AMBER, AlarmLevel.RED, AlarmLevel.BLACK)
MESSAGES_ABOUT_EVENTS = (Purpose.ALARM, Purpose.RAISED, Purpose.LOWERED, Purpose.CLEAR)


def facts(**changes):
    given = {
        "event_id": "e",
        "kind": EventKind.SHAKING,
        "structure": "TWR01",
        "level": AlarmLevel.RED,
        "onset_ns": ONSET_NS,
        "closed_ns": None,
        "value": 12.34,
        "unit": "gal",
        "limit": Limit(value=8.0, unit="gal", source="Ed. 1", standing=Standing.PROJECT),
        "nodes": ("0A", "3A"),
    }
    return Facts(**{**given, **changes})


def wording(language, exercise=False):
    return Wording(language=language, zone=BANGKOK, exercise=exercise)


def test_an_alarm_says_everything_in_thai():
    text = wording("th").alarm(Purpose.ALARM, facts(), AlarmLevel.RED, "4711")
    assert text == (
        "แดง TWR01 4711 แรงสั่นสะเทือน 12.3 gal เกณฑ์ 8 gal (โครงการ)\n"
        "28/03 13:20:31 +07:00 จุด 0A 3A\n"
        "หยุดงาน ต้องตรวจสอบโครงสร้าง\n"
        "ตอบ 4711"
    )
    assert size(text).parts == (67, 63)


def test_an_alarm_says_everything_in_english():
    text = wording("en").alarm(Purpose.ALARM, facts(), AlarmLevel.RED, "4711")
    assert text == (
        "RED TWR01 4711 shaking 12.3 gal, limit 8 gal (project)\n"
        "2025-03-28 13:20:31 +07:00, at 0A 3A\n"
        "STOP WORK. Inspect before going on\n"
        "Reply 4711"
    )
    assert size(text).parts == (137,)


def test_an_alarm_says_everything_in_japanese():
    text = wording("ja").alarm(Purpose.ALARM, facts(), AlarmLevel.RED, "4711")
    assert text == (
        "赤 TWR01 4711 揺れ 12.3 gal 基準8 gal（現場基準）\n"
        "03/28 13:20:31 +07:00 地点0A 3A\n"
        "作業中止・要点検\n"
        "返信 4711"
    )


EXTREMES = {
    "everyday": facts(),
    "wide": facts(
        value=-12_345.6,
        unit="urad/day",
        limit=Limit(value=10_000, unit="urad/day", source="", standing=Standing.VERIFIED),
        nodes=("0A", "0B", "0C"),
    ),
    "many nodes": facts(nodes=tuple(f"{n:02d}" for n in range(40))),
    "ended": facts(closed_ns=ONSET_NS + 120_000_000_000),
    "no limit": facts(limit=None),
    "other unit": facts(limit=Limit(value=1.5, unit="mm/s", source="", standing=Standing.VERIFIED)),
}


@pytest.mark.parametrize("name", EXTREMES)
@pytest.mark.parametrize("language", Language)
def test_whatever_happens_it_takes_two_segments_at_most(name, language):
    for kind, level, purpose, exercise in product(
        EventKind, PAGING, MESSAGES_ABOUT_EVENTS, (False, True)
    ):
        given = facts(
            **{
                key: getattr(EXTREMES[name], key)
                for key in ("value", "unit", "limit", "nodes", "closed_ns")
            },
            kind=kind,
        )
        text = wording(language, exercise).alarm(purpose, given, level, "4711")
        words, first_line = table(language), text.splitlines()[0]
        assert segments(text) <= 2, text
        assert "TWR01 4711" in first_line
        assert exercise or name == "wide" or len(first_line) <= size(text).parts[0], text
        assert "+07:00" in text
        assert "13:20:31" in text
        assert (
            words.after[kind] if purpose is Purpose.CLEAR else words.action[kind][level]
        ) in text
        assert text.startswith(words.mark) == exercise
        if purpose is not Purpose.CLEAR and given.limit is not None:
            assert words.standing[given.limit.standing] in first_line


def test_shaking_without_a_limit_says_so_and_silence_needs_none():
    shaking = wording("en").alarm(Purpose.ALARM, facts(limit=None), AlarmLevel.RED, "4711")
    assert "12.3 gal, no limit set" in shaking
    silent = facts(limit=None, kind=EventKind.SILENCE, value=36.0, unit="s")
    assert (
        wording("en")
        .alarm(Purpose.ALARM, silent, AlarmLevel.AMBER, "4711")
        .startswith("AMBER TWR01 4711 no data 36 s\n")
    )


def test_english_stays_within_the_alphabet_that_has_160_characters():
    for kind, level, purpose in product(EventKind, PAGING, MESSAGES_ABOUT_EVENTS):
        given = facts(kind=kind, unit="µm/m²")
        text = wording("en").alarm(purpose, given, level, "4711")
        assert size(text).encoding is Encoding.GSM7, text


def test_an_alarm_of_something_that_has_ended_says_from_when_to_when():
    ended = facts(closed_ns=ONSET_NS + 95_000_000_000)
    text = wording("en").alarm(Purpose.ALARM, ended, AlarmLevel.RED, "4711")
    assert "2025-03-28 13:20:31 to 13:22:06 +07:00" in text


def test_the_end_of_shaking_never_says_that_it_is_safe_to_go_back():
    for language in Language:
        words = table(language)
        text = wording(language).alarm(Purpose.CLEAR, facts(), AlarmLevel.RED, "4711")
        assert words.after[EventKind.SHAKING] in text
    assert "Wait for inspection" in table(Language.ENGLISH).after[EventKind.SHAKING]
    assert "รอการตรวจสอบก่อนกลับเข้าอาคาร" in table(Language.THAI).after[EventKind.SHAKING]


def test_a_test_says_so_first_and_that_nothing_happened():
    marks = {"th": "ทดสอบ", "en": "TEST", "ja": "訓練"}
    for language, mark in marks.items():
        text = wording(language).test_call("TWR01", "4711", ONSET_NS)
        assert text.startswith(mark + " ")
        assert table(language).no_action in text
        assert segments(text) <= 2


def test_a_bundle_of_a_hundred_alarms_still_fits():
    codes = [str(1000 + n) for n in range(100)]
    for language in Language:
        for text in (wording(language).bundle(100, codes), wording(language).not_understood(codes)):
            assert segments(text) <= 2
            assert "1000 1001" in text


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (12.34, "gal", "12.3 gal"),
        (8.0, "gal", "8 gal"),
        (250.4, "urad", "250 urad"),
        (1234.0, "urad", "1234 urad"),
        (0.0123, "m/s²", "0.012 m/s2"),
        (-5.55, "mm", "-5.55 mm"),
        (100.0, "µrad", "100 urad"),
    ],
)
def test_numbers_show_the_digits_that_count(value, unit, shown):
    given = facts(value=value, unit=unit, limit=None)
    assert f" {shown}," in wording("en").alarm(Purpose.ALARM, given, AlarmLevel.RED, "4711")


def test_tables_nobody_who_grew_up_with_the_language_has_read_say_so():
    assert table(Language.THAI).review is Review.NEEDED
    assert table(Language.JAPANESE).review is Review.NEEDED


@pytest.mark.parametrize("language", Language)
def test_a_table_has_a_word_for_every_kind_level_and_standing(language):
    words = table(language)
    assert set(words.kind) == set(words.after) == set(words.action) == set(EventKind)
    assert set(words.level) == set(AlarmLevel)
    assert set(words.standing) == set(Standing)
    assert all(set(actions) == set(AlarmLevel) for actions in words.action.values())


OWN = ("Stop piling, call S. Chai, survey the raft and both walls now", "หยุดตอกเข็ม สำรวจฐานรากทันที")


def limited(action, **changes):
    own = Limit(
        value=8.0, unit="gal", source="Ed. 1", standing=Standing.PROJECT, action=action[:60]
    )
    return facts(limit=own, **changes)


def test_what_the_owner_of_a_limit_wants_done_is_said_in_place_of_the_tables_words():
    text = wording("en").alarm(Purpose.ALARM, limited("Survey the raft"), AlarmLevel.RED, "4711")
    assert "\nSurvey the raft\n" in text
    assert table(Language.ENGLISH).action[EventKind.SHAKING][AlarmLevel.RED] not in text


def test_at_another_level_than_the_limits_the_tables_words_are_said():
    amber = limited("Survey the raft", level=AlarmLevel.AMBER)
    text = wording("en").alarm(Purpose.RAISED, amber, AlarmLevel.RED, "4711")
    assert table(Language.ENGLISH).action[EventKind.SHAKING][AlarmLevel.RED] in text
    assert "Survey" not in text


def test_the_end_is_told_with_the_tables_words():
    over = limited("Survey the raft", closed_ns=ONSET_NS + 120_000_000_000)
    text = wording("en").alarm(Purpose.CLEAR, over, AlarmLevel.RED, "4711")
    assert table(Language.ENGLISH).after[EventKind.SHAKING] in text


@pytest.mark.parametrize("action", OWN)
@pytest.mark.parametrize("language", Language)
def test_an_action_as_long_as_allowed_never_takes_a_third_segment(language, action):
    for kind, level, nodes in product(EventKind, PAGING, (("0A",), tuple("ABCDE"))):
        given = limited(action, kind=kind, level=level, nodes=nodes, value=-1234.5)
        text = wording(language).alarm(Purpose.ALARM, given, level, "4711")
        assert segments(text) <= 2, text
        assert action[:60] in text or table(language).action[kind][level] in text
