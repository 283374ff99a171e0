"""From an event to a phone, and back: people are called until somebody answers."""

import pytest
from stories.alerting_story import CANDIDATE, NS, Story

from plumbline.collector.alerting.views import queries
from plumbline.collector.events.model import AlarmLevel, EventKind


def test_a_crossing_is_told_at_once_in_the_persons_language(tmp_path):
    with Story(tmp_path) as story:
        story.happens()
        code = story.code()
        story.expect_sms(
            "Somchai", "แดง", "TWR01", code, "12.3 gal", "8 gal (โครงการ)", "13:20:31 +07:00"
        )


def test_without_an_answer_the_second_person_is_told(tmp_path):
    with Story(tmp_path) as story:
        story.happens()
        code = story.code()
        story.expect_sms("Somchai", code)
        story.forward(119)
        story.expect_no_sms()
        story.forward(1)
        story.expect_sms("Mali", "RED", "12.3 gal", "limit 8 gal (project)", "STOP WORK", code)


def test_an_answer_stops_the_second_call(tmp_path):
    with Story(tmp_path) as story:
        story.happens()
        story.expect_sms("Somchai")
        story.forward(60)
        story.acknowledge(by="Somchai")
        story.forward(3600, every_s=30)


def test_a_first_step_can_be_repeated_before_the_second(tmp_path):
    steps = [{"people": ["Somchai"], "delay_s": 60, "repeat": 2}, {"people": ["Mali"]}]
    with Story(tmp_path, step=steps) as story:
        story.happens()
        story.expect_sms("Somchai")
        story.forward(60)
        story.expect_sms("Somchai")
        story.forward(60)
        story.expect_sms("Mali")


def test_when_nobody_answers_it_says_so_and_calls_everybody_again(tmp_path):
    with Story(tmp_path) as story:
        story.happens()
        story.expect_sms("Somchai")
        story.forward(240)
        story.expect_sms("Mali")
        assert "nobody_answered" in story.log()
        story.forward(1800)
        story.expect_sms("Somchai")
        story.expect_sms("Mali")
        story.acknowledge()


def test_a_quake_that_many_nodes_and_detectors_see_is_one_incident(tmp_path):
    with Story(tmp_path) as story:
        story.happens("quake")
        story.happens("nodes", kind=EventKind.THRESHOLD, nodes={"9A": {"peak_gal": 11.0}})
        story.happens("nodes2", kind=EventKind.THRESHOLD, level=AlarmLevel.AMBER)
        assert len(story.open()) == 1
        assert story.open()[0].nodes == ("0A", "3A", "9A")
        story.expect_sms("Somchai")


def test_two_structures_are_two_incidents(tmp_path):
    with Story(tmp_path) as story:
        story.happens("quake")
        story.happens("other", structure="TWR02")
        codes = [one.incident.code for one in story.open()]
        assert len(set(codes)) == 2
        story.expect_sms("Somchai", "TWR01")
        story.expect_sms("Somchai", "TWR02", "06:20:31 +00:00")


def test_a_graver_level_calls_again_even_after_an_answer(tmp_path):
    with Story(tmp_path) as story:
        quake = story.happens(level=AlarmLevel.AMBER)
        story.expect_sms("Somchai", "เหลือง")
        story.acknowledge()
        story.forward(10)
        story.revises(quake, level=AlarmLevel.BLACK, value=95.0)
        story.expect_sms("Somchai", "↑ดำ", "95 gal", "อพยพทันที")
        story.forward(120)
        story.expect_sms("Mali", "BLACK", "EVACUATE NOW")
        story.acknowledge(by="Mali")


def test_everybody_who_was_told_hears_that_it_is_graver(tmp_path):
    with Story(tmp_path) as story:
        quake = story.happens(level=AlarmLevel.AMBER)
        story.expect_sms("Somchai")
        story.forward(120)
        story.expect_sms("Mali")
        story.revises(quake, level=AlarmLevel.RED)
        story.expect_sms("Somchai", "↑แดง")
        story.expect_sms("Mali", "NOW RED")
        story.acknowledge()


def test_the_end_is_told_to_those_who_were_told(tmp_path):
    with Story(tmp_path) as story:
        quake = story.happens()
        story.expect_sms("Somchai")
        story.acknowledge()
        story.forward(95)
        story.ends(quake)
        story.expect_sms("Somchai", "สิ้นสุด", "13:20:31-13:22:06 +07:00", "รอการตรวจสอบ")
        assert story.open() == []


def test_shaking_that_ended_must_still_be_seen(tmp_path):
    with Story(tmp_path) as story:
        quake = story.happens()
        story.expect_sms("Somchai")
        story.forward(60)
        story.ends(quake)
        story.expect_sms("Somchai", "สิ้นสุด")
        story.forward(60)
        story.expect_sms("Mali", "RED", "13:20:31 to 13:21:31")
        story.acknowledge(by="Mali")
        assert story.open() == []


def test_an_instrument_that_comes_back_before_anybody_answered_needs_no_answer(tmp_path):
    with Story(tmp_path) as story:
        silence = story.happens(
            kind=EventKind.SILENCE, level=AlarmLevel.AMBER, value=65.0, unit="s"
        )
        story.expect_sms("Somchai", "ไม่มีข้อมูล", "65 s")
        story.forward(60)
        story.ends(silence)
        story.expect_sms("Somchai", "มีข้อมูลแล้ว")
        story.forward(3600, every_s=60)


def test_a_tilt_that_goes_back_is_told_only_when_it_stays_so(tmp_path):
    with Story(tmp_path) as story:
        tilt = story.happens(kind=EventKind.TILT, unit="urad", value=310.0)
        story.expect_sms("Somchai", "การเอียง", "310 urad")
        story.acknowledge()
        tilt = story.revises(tilt, level=AlarmLevel.AMBER)
        story.forward(30)
        tilt = story.revises(tilt, level=AlarmLevel.RED)
        story.forward(300)
        story.expect_no_sms()
        story.revises(tilt, level=AlarmLevel.AMBER)
        story.forward(60)
        story.expect_sms("Somchai", "↓เหลือง")


def test_a_quake_that_calms_down_keeps_its_gravest_level(tmp_path):
    with Story(tmp_path) as story:
        quake = story.happens(level=AlarmLevel.RED)
        story.expect_sms("Somchai", "แดง")
        story.revises(quake, level=AlarmLevel.AMBER)
        story.acknowledge()
        story.forward(600, every_s=10)
        assert story.open()[0].incident.level is AlarmLevel.RED


def test_an_aftershock_after_the_answer_is_a_new_alarm(tmp_path):
    with Story(tmp_path) as story:
        quake = story.happens("quake")
        story.expect_sms("Somchai")
        first = story.code()
        story.acknowledge()
        story.ends(quake)
        story.expect_sms("Somchai", "สิ้นสุด")
        story.forward(300)
        story.happens("aftershock")
        assert story.code() != first
        story.expect_sms("Somchai", story.code())


def test_an_aftershock_before_any_answer_belongs_to_the_quake(tmp_path):
    with Story(tmp_path) as story:
        quake = story.happens("quake")
        story.expect_sms("Somchai")
        code = story.code()
        story.ends(quake)
        story.expect_sms("Somchai", "สิ้นสุด")
        story.forward(60)
        story.happens("aftershock")
        assert story.code() == code
        story.acknowledge()


@pytest.mark.parametrize("kind", EventKind)
def test_a_candidate_limit_never_calls_anybody(tmp_path, kind):
    rules = {each.value: {"page_from": "amber", "late": "amber"} for each in EventKind}
    with Story(tmp_path, rule=rules) as story:
        event = story.happens(kind=kind, level=AlarmLevel.BLACK, limit=CANDIDATE)
        story.forward(3600, every_s=60)
        story.ends(event)
        assert story.open() == []
        assert story.log() == ["not_paged"]


def test_a_candidate_limit_does_not_make_an_open_incident_graver_or_milder(tmp_path):
    with Story(tmp_path) as story:
        quake = story.happens(level=AlarmLevel.AMBER)
        story.expect_sms("Somchai", "8 gal (โครงการ)")
        quake = story.revises(quake, level=AlarmLevel.BLACK, value=99.0, limit=CANDIDATE)
        story.forward(100)
        assert story.open()[0].incident.level is AlarmLevel.AMBER
        assert story.open()[0].facts.value == 12.34
        story.acknowledge()
        story.ends(quake)
        story.expect_sms("Somchai", "สิ้นสุด")


def test_sway_calls_nobody_by_default_and_health_only_when_grave(tmp_path):
    with Story(tmp_path) as story:
        story.happens("crane", kind=EventKind.SWAY, level=AlarmLevel.BLACK)
        story.happens("disk", kind=EventKind.HEALTH, level=AlarmLevel.AMBER)
        assert story.open() == []
        story.happens("disk full", kind=EventKind.HEALTH, value=0.4, unit="GB", limit=None)
        story.forward(15)
        story.expect_sms("Somchai", "ระบบขัดข้อง", "0.4 GB")


def test_what_ended_long_ago_calls_nobody(tmp_path):
    with Story(tmp_path) as story:
        long_ago = story.now_ns - 7 * 3600 * NS
        story.happens(onset_ns=long_ago, closed_ns=long_ago + 60 * NS)
        assert story.open() == []


def test_what_happened_while_the_collector_was_down_is_told(tmp_path):
    with Story(tmp_path) as story:
        onset_ns = story.now_ns - 600 * NS
        story.happens(onset_ns=onset_ns, closed_ns=onset_ns + 100 * NS)
        story.expect_sms("Somchai", "13:10:31-13:12:11 +07:00")
        story.acknowledge()


def test_an_hour_of_wind_cranes_and_weak_shaking_calls_nobody(tmp_path):
    with Story(tmp_path) as story:
        for n in range(60):
            level = AlarmLevel.BLACK if n % 2 else AlarmLevel.GREEN
            kind = EventKind.SWAY if n % 2 else EventKind.SHAKING
            event = story.happens(str(n), kind=kind, level=level)
            story.forward(60, every_s=20)
            story.ends(event)
        assert queries.summary(story.path).passed_over == 60
        assert queries.notifications(story.path) == []


def test_motion_stays_as_grave_as_its_gravest_event_though_that_one_ended(tmp_path):
    with Story(tmp_path) as story:
        story.happens("quake", level=AlarmLevel.AMBER)
        story.expect_sms("Somchai")
        peak = story.happens("peak", kind=EventKind.THRESHOLD, level=AlarmLevel.RED, value=31.0)
        story.expect_sms("Somchai", "↑แดง", "31 gal")
        story.ends(peak)
        story.acknowledge()
        story.forward(600, every_s=10)
        assert story.open()[0].incident.level is AlarmLevel.RED
        assert story.open()[0].facts.value == 31.0
