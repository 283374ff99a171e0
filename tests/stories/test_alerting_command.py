"""``plumbline alerts`` beside a running collector: an answer typed in stops the calls."""

import json
import sqlite3

import pytest
from stories.alerting_story import Story

from plumbline.cli import main
from plumbline.collector.alerting.views import inspecting

CONFIG = """
data = "."
some_other_room = "broken"

[[alerting.person]]
name = "Somchai"
phone = "+66812345678"
language = "th"

[[alerting.person]]
name = "Mali"
phone = "+66898765432"
may_inspect = true

[[alerting.step]]
people = ["Somchai"]
delay_s = 120
repeat = 2
"""


@pytest.fixture
def story(tmp_path, monkeypatch):
    """A story whose database lies where the command looks, at the time the command reads."""
    with Story(tmp_path) as story:
        (tmp_path / "state").mkdir()
        story.path = tmp_path / "state" / "alerting.db"
        story.restart()
        monkeypatch.setattr("plumbline.commands.alerts.time.time_ns", lambda: story.now_ns)
        monkeypatch.chdir(tmp_path)
        (tmp_path / "collector.toml").write_text(CONFIG, encoding="utf-8")
        yield story


def alerts(*words):
    return main(["alerts", *words])


def test_an_answer_typed_in_stops_the_calls(story, capsys):
    story.happens()
    story.expect_sms("Somchai")
    code = story.code()
    assert alerts("ack", code, "--by", "Mali") == 0
    assert f"{code} acknowledged by Mali" in capsys.readouterr().out
    story.forward(3600, every_s=30)
    assert alerts("ack", code, "--by", "Somchai") == 0
    assert "already acknowledged by Mali" in capsys.readouterr().out


def test_a_wrong_code_names_no_right_one(story, capsys):
    story.happens()
    story.expect_sms("Somchai")
    assert alerts("ack", "47111", "--by", "Mali") == 2
    assert "expected the 4 digits" in capsys.readouterr().err
    code = story.code()
    other = "1111" if code != "1111" else "2222"
    assert alerts("ack", other, "--by", "Mali") == 2
    error = capsys.readouterr().err
    assert f"no alarm has the code {other}" in error
    assert code not in error
    assert len(error.splitlines()) == 1
    story.acknowledge()


def test_the_list_says_what_is_open_and_who_was_told(story, capsys):
    assert alerts("list") == 0
    assert "no alarm is open" in capsys.readouterr().out
    story.happens()
    story.expect_sms("Somchai")
    assert alerts("list") == 0
    out = capsys.readouterr().out
    assert "RED   TWR01 shaking 12.3 gal" in out
    assert "no answer" in out
    assert "Somchai: alarm, sent" in out
    assert alerts("list", "--json") == 0
    assert json.loads(capsys.readouterr().out)[0]["code"] == story.code()
    story.acknowledge()


def test_the_list_warns_when_no_collector_looks(story, capsys):
    story.happens()
    story.expect_sms("Somchai")
    story.acknowledge()
    story.now_ns += 3600 * 10**9
    assert alerts("list", "--all") == 0
    assert "no collector has looked at alarms since" in capsys.readouterr().out


def test_everything_about_one_alarm_is_shown(story, capsys):
    story.happens()
    story.expect_sms("Somchai")
    story.acknowledge(by="Mali")
    assert alerts("show", story.code()) == 0
    out = capsys.readouterr().out
    for words in ("8 gal, project, Site rules 3", "nodes     0A 3A", "answered  Mali", "หยุดงาน"):
        assert words in out
    for entry in ("opened", "called", "queued", "sent", "acknowledged"):
        assert f" {entry} " in out
    assert alerts("show", "0000") == 2


def test_a_silence_is_set_listed_and_ended(story, capsys):
    words = ("--structure", "TWR01", "--for", "2h", "--reason", "crane works", "--by", "Mali")
    assert alerts("silence", *words) == 0
    assert "crane works (Mali)" in capsys.readouterr().out
    story.happens()
    story.expect_no_sms()
    assert alerts("silence") == 0
    assert "1  TWR01 up to red" in capsys.readouterr().out
    assert alerts("silence", "--end", "1", "--by", "Mali") == 0
    story.forward(1)
    story.expect_sms("Somchai")
    story.acknowledge()
    assert alerts("silence", "--end", "1") == 2
    capsys.readouterr()
    assert alerts("silence") == 0
    assert "no silence holds" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--for", "soon", "--reason", "r", "--by", "b"), "expected a number and s, m, h or d"),
        (("--for", "2h", "--by", "b"), "a silence needs a reason"),
        (("--for", "90d", "--reason", "r", "--by", "b"), "at most 14 days"),
    ],
)
def test_a_silence_that_cannot_be_says_what_to_do(story, capsys, words, what):
    assert alerts("silence", *words) == 2
    assert what in capsys.readouterr().err


def test_a_test_reaches_one_person(story, capsys):
    assert alerts("test", "--person", "Mali", "--by", "Somchai") == 0
    story.forward(1)
    story.expect_sms("Mali", "TEST")
    story.acknowledge()
    capsys.readouterr()
    assert alerts("test", "--person", "Nobody", "--by", "Somchai") == 2
    assert "the configuration has Somchai, Mali" in capsys.readouterr().err


def test_people_and_policy_are_listed(story, capsys):
    assert alerts("people") == 0
    out = capsys.readouterr().out
    assert "Somchai          +66812345678     th" in out
    assert "step 1: Somchai, 2 times, then 120 s for an answer" in out


def test_nobody_to_call_and_no_gateway_are_said_before_it_matters(story, tmp_path, capsys):
    text = '[alerting]\nsenders = ["gammu-smsd"]\n[alerting.gammu]\nspool = "/nowhere"\n'
    (tmp_path / "collector.toml").write_text(text, encoding="utf-8")
    assert alerts("people") == 1
    out = capsys.readouterr().out
    assert "! alerting.person: nobody is called" in out
    assert "/nowhere/outbox: no such folder; install gammu-smsd" in out


def test_a_database_that_cannot_be_written_is_one_line(story, capsys, monkeypatch):
    def refused(*_):
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr("plumbline.collector.alerting.views.web.acknowledge_incident", refused)
    assert alerts("ack", "4711", "--by", "Mali") == 2
    error = capsys.readouterr().err
    assert "readonly database; try again, or as the user the collector runs as" in error
    assert len(error.splitlines()) == 1


def test_without_a_database_it_says_where_it_looked(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert alerts("ack", "4711", "--by", "Mali") == 2
    assert "give the collector's data folder with --data" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_an_answer_does_not_wait_for_a_broken_configuration(story, tmp_path, capsys):
    (tmp_path / "collector.toml").write_text("alerting = 3", encoding="utf-8")
    story.happens()
    story.expect_sms("Somchai")
    assert alerts("ack", story.code(), "--by", "Mali", "--data", str(tmp_path)) == 0
    assert alerts("people") == 2
    assert "alerting" in capsys.readouterr().err


def test_an_inspection_typed_in_is_recorded_by_who_may(story, capsys):
    quake = story.happens()
    story.expect_sms("Somchai")
    code = story.code()
    words = ("inspect", code, "--finding", "fit", "--text", "no cracks")
    assert alerts(*words, "--by", "Somchai") == 2
    assert "may not record an inspection; these may: Mali" in capsys.readouterr().err
    assert alerts(*words, "--by", "Mali") == 0
    assert f"{code} TWR01: fit, by Mali; no cracks" in capsys.readouterr().out
    assert inspecting.standing(story.path, "TWR01", [quake]).stop == ()
    assert alerts("note", "--structure", "TWR01", "--by", "Somchai", "--text", "looked") == 0
    assert alerts("note", "--by", "Somchai", "--text", "looked") == 2
