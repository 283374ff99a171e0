"""Seen is not inspected: STOP stands until a named person has recorded what they found."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from stories.alerting_story import CANDIDATE, TWO_PEOPLE, Story

from plumbline.collector.alerting.engine.alarm_test import start_test
from plumbline.collector.alerting.engine.inspecting import InspectionReport
from plumbline.collector.alerting.errors import AnswerRefused
from plumbline.collector.alerting.store import incidents, inspections
from plumbline.collector.alerting.store.database import AlertStore
from plumbline.collector.alerting.store.inspections import InspectionFinding
from plumbline.collector.alerting.store.standing import StandingEvents
from plumbline.collector.alerting.views import inspecting
from plumbline.collector.events.model import AlarmLevel, Event, EventKind

SOMCHAI, MALI = "+66812345678", "+66898765432"
PEOPLE: dict[str, Any] = {
    "person": [{**TWO_PEOPLE["person"][0]}, {**TWO_PEOPLE["person"][1], "may_inspect": True}],
}


def standing(story: Story, *events: Event) -> StandingEvents:
    return inspecting.standing(story.path, "TWR01", events)


def word(story: Story, *events: Event) -> str:
    """Return the word of the page, of what stands alone."""
    stands = standing(story, *events)
    if stands.stop:
        return "stop"
    return "look" if stands.look else "still above" if stands.still_above else "-"


def inspect(
    story: Story, finding: InspectionFinding, code: str, by: str = "Mali", text: str = "seen"
) -> str:
    report = InspectionReport(finding=finding, by=by, via="web", text=text)
    return inspecting.record(story.store, story.settings, code, report, story.now_ns)


def answered_quake(story: Story, **changes: Any) -> tuple[Event, str]:
    quake = story.happens(**changes)
    story.expect_sms("Somchai")
    code = story.code()
    story.acknowledge(code)
    quake = story.ends(quake)
    story.expect_sms("Somchai")
    return quake, code


def test_an_answer_leaves_stop_standing_however_long(tmp_path):
    with Story(tmp_path, **PEOPLE) as story:
        quake, _ = answered_quake(story)
        assert story.open() == []
        story.forward(30 * 86_400, every_s=3_600)
        story.restart()
        assert word(story, quake) == "stop"


@pytest.mark.parametrize("finding", sorted(inspections.RELEASING))
def test_a_finding_of_who_may_inspect_releases_stop(tmp_path, finding):
    with Story(tmp_path, **PEOPLE) as story:
        quake, code = answered_quake(story)
        inspect(story, finding, code)
        story.restart()
        assert word(story, quake) == "-"
        (stored,) = inspecting.inspections_of(story.path, "TWR01")
        assert (stored.finding, stored.person, stored.code) == (finding, "Mali", code)
        assert story.log().count("inspected") == 1


def test_not_fit_keeps_stop_until_fit(tmp_path):
    with Story(tmp_path, **PEOPLE) as story:
        quake, code = answered_quake(story)
        inspect(story, InspectionFinding.FIT, code)
        inspect(story, InspectionFinding.NOT_FIT, code)
        assert word(story, quake) == "stop"
        assert standing(story, quake).stop[0].inspection.finding is InspectionFinding.NOT_FIT
        inspect(story, InspectionFinding.NOTE, code)
        assert word(story, quake) == "stop"
        inspect(story, InspectionFinding.FIT, code)
        assert word(story, quake) == "-"


def test_what_is_graver_or_newer_puts_stop_back(tmp_path):
    with Story(tmp_path, **PEOPLE) as story:
        tilt = story.happens(kind=EventKind.TILT, unit="urad", value=310.0)
        story.expect_sms("Somchai")
        code = story.code()
        inspect(story, InspectionFinding.FIT, code)
        assert word(story, tilt) == "still above"
        tilt = story.revises(tilt, value=320.0)
        assert word(story, tilt) == "still above"
        worse = story.revises(tilt, value=420.0)
        assert word(story, worse) == "stop"
        inspect(story, InspectionFinding.FIT, code)
        black = story.revises(worse, level=AlarmLevel.BLACK)
        story.expect_sms("Somchai")
        assert word(story, black) == "stop"
        inspect(story, InspectionFinding.FIT, code)
        another = story.happens("another", kind=EventKind.TILT, level=AlarmLevel.RED)
        assert word(story, black, another) == "stop"


def test_an_inspection_of_one_alarm_releases_no_other(tmp_path):
    with Story(tmp_path, **PEOPLE) as story:
        quake, code = answered_quake(story)
        story.forward(3600, every_s=60)
        after, second = answered_quake(story, name="aftershock")
        inspect(story, InspectionFinding.FIT, code)
        assert [one.event.id for one in standing(story, quake, after).stop] == [after.id]
        inspect(story, InspectionFinding.FIT, second)
        assert word(story, quake, after) == "-"


def test_what_called_nobody_is_released_with_its_structure(tmp_path):
    rule = {"shaking": {"page_from": "never", "late": "never"}}
    with Story(tmp_path, **PEOPLE, rule=rule) as story:
        quake = story.happens()
        assert word(story, quake) == "stop"
        report = InspectionReport(finding=InspectionFinding.FIT, by="Mali", via="web")
        inspecting.record_structure(story.store, story.settings, "TWR02", report, story.now_ns)
        assert word(story, quake) == "stop"
        inspecting.record_structure(story.store, story.settings, "TWR01", report, story.now_ns)
        assert word(story, story.ends(quake)) == "-"


def test_an_inspection_before_a_late_finding_does_not_release_it(tmp_path):
    with Story(tmp_path, **PEOPLE) as story:
        onset_ns = story.now_ns
        story.forward(600, every_s=60)
        report = InspectionReport(finding=InspectionFinding.FIT, by="Mali", via="web")
        inspecting.record_structure(story.store, story.settings, "TWR01", report, story.now_ns)
        late = story.event("late", onset_ns=onset_ns, closed_ns=onset_ns + 1, late=True)
        assert word(story, late) == "stop"  # not even taken yet


def test_a_clock_that_steps_releases_nothing(tmp_path):
    with Story(tmp_path, **PEOPLE) as story:
        quake, code = answered_quake(story)
        inspect(story, InspectionFinding.FIT, code)
        story.now_ns -= 3_600 * 10**9
        worse = story.revises(quake, level=AlarmLevel.BLACK)
        story.expect_sms("Somchai")
        assert word(story, worse) == "stop"
        story.acknowledge(code)


def test_amber_stands_as_look_until_somebodys_note(tmp_path):
    with Story(tmp_path, **PEOPLE) as story:
        quake, code = answered_quake(story, level=AlarmLevel.AMBER)
        story.forward(86_400 * 3, every_s=3_600)
        assert word(story, quake) == "look"
        with pytest.raises(AnswerRefused, match="needs a text"):
            inspect(story, InspectionFinding.NOTE, code, by="Somchai", text="")
        inspect(story, InspectionFinding.NOTE, code, by="Somchai")
        assert word(story, quake) == "-"


def test_a_note_releases_no_stop(tmp_path):
    with Story(tmp_path, **PEOPLE) as story:
        quake, code = answered_quake(story)
        inspect(story, InspectionFinding.NOTE, code)
        assert word(story, quake) == "stop"


def test_only_known_people_of_that_role_inspect(tmp_path):
    with Story(tmp_path, **PEOPLE) as story:
        quake, code = answered_quake(story)
        for by, why in (("Somchai", "may not"), ("Nobody", "nobody is called"), ("", "nobody")):
            with pytest.raises(AnswerRefused, match=why):
                inspect(story, InspectionFinding.FIT, code, by=by)
        assert word(story, quake) == "stop"


def test_tests_candidates_and_other_kinds_leave_nothing_standing(tmp_path):
    with Story(tmp_path, **PEOPLE) as story:
        with story.store.transaction() as tx:
            test = start_test(tx, structure="TWR01", by="Mali", only="Mali", now_ns=story.now_ns)
        story.forward(0)
        story.expect_sms("Mali", "TEST")
        with pytest.raises(AnswerRefused, match="is a test"):
            inspect(story, InspectionFinding.FIT, test.code)
        story.acknowledge(test.code)
        candidate = story.happens("candidate", limit=CANDIDATE)
        silent = story.happens("silent", kind=EventKind.SILENCE, limit=None)
        story.expect_sms("Somchai")
        assert word(story, candidate, silent) == "-"


@pytest.mark.parametrize(
    ("text", "reply", "after"),
    [
        ("INSPECTED {code} FIT", "inspected, FIT, recorded by Mali", "-"),
        ("ตรวจแล้ว {code} ใช้ได้", "inspected, FIT", "-"),
        ("点検済 {code} 使用可", "inspected, FIT", "-"),
        ("Inspected {code} NOT FIT", "NOT FIT, STOP stays", "stop"),
        ("Inspected {code} false alarm", "inspected, false alarm", "-"),
        ("OK {code}", "already acknowledged", "stop"),
        ("{code} fit", "already acknowledged", "stop"),
        ("inspected {code} fit but for the roof", "already acknowledged", "stop"),
    ],
)
def test_an_inspection_by_sms_has_its_own_word_and_a_reply(tmp_path, text, reply, after):
    with Story(tmp_path, **PEOPLE) as story:
        quake, code = answered_quake(story)
        story.receives_reply(MALI, text.format(code=code))
        story.expect_sms("Mali", code, reply)
        assert word(story, quake) == after


def test_an_inspection_by_sms_of_who_may_not_is_seen_only(tmp_path):
    with Story(tmp_path, **PEOPLE) as story:
        quake = story.happens()
        story.expect_sms("Somchai")
        code = story.code()
        story.receives_reply(SOMCHAI, f"INSPECTED {code} FIT")
        story.expect_sms("Somchai", code, "รับทราบเท่านั้น")
        assert story.open()[0].incident.answered_by == "Somchai"
        story.receives_reply("+66800000000", f"INSPECTED {code} FIT")
        assert word(story, quake) == "stop"


def test_an_inspection_of_an_alarm_nobody_answered_answers_it(tmp_path):
    with Story(tmp_path, **PEOPLE) as story:
        story.happens()
        story.expect_sms("Somchai")
        story.receives_reply(MALI, f"INSPECTED {story.code()} NOT FIT crack at B3")
        story.expect_sms("Mali", "NOT FIT")
        story.forward(3600, every_s=30)


def test_no_code_is_given_again_while_its_stop_stands(tmp_path, monkeypatch):
    monkeypatch.setattr(incidents, "_CODES_RESERVED", 1)
    with Story(tmp_path, **PEOPLE) as story:
        quake, code = answered_quake(story)
        monkeypatch.setattr(incidents, "_codes_from", lambda seed: iter([code, "1111", "2222"]))
        story.forward(3600, every_s=60)
        small, second = answered_quake(story, name="small", level=AlarmLevel.AMBER)
        assert second != code
        inspect(story, InspectionFinding.FIT, code)
        story.forward(3600, every_s=60)
        assert answered_quake(story, name="next")[1] == code
        assert word(story, quake, small) == "look"


def test_a_database_without_inspections_is_brought_up_to_date(tmp_path):
    with Story(tmp_path, **PEOPLE) as story:
        quake, code = answered_quake(story)
        passed = story.happens("passed", level=AlarmLevel.AMBER, onset_ns=0, closed_ns=1)
        story.store.close()
        with closing(sqlite3.connect(story.path)) as old:
            old.executescript(
                "DROP TABLE inspection; DROP TABLE worsening; DROP INDEX audit_of_wrong_codes;"
                " DELETE FROM mark WHERE name IN ('last place', 'worsenings noted');"
                " ALTER TABLE incident DROP COLUMN quiet;"
                " ALTER TABLE incident DROP COLUMN well_since_ns; PRAGMA user_version = 1"
            )
        assert word(story, quake) == "stop"
        story.restart()
        story.forward(1)
        inspect(story, InspectionFinding.FIT, code)
        assert word(story, quake) == "-"
        assert word(story, passed) == "look"
        AlertStore(story.path).close()
