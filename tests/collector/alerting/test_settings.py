"""The section of people and steps: everything wrong with it is reported at once."""

import re
from pathlib import Path

import pytest

from plumbline.collector import alerting
from plumbline.collector.alerting.settings import AlertingSettings, SenderName
from plumbline.collector.events.model import AlarmLevel, EventKind
from plumbline.wire.settings import BadSettings, Settings, read_settings

GOOD = """
[alerting]
senders = ["gammu-smsd", "outbox-folder"]

[[alerting.person]]
name = "Somchai"
phone = "+66812345678"
language = "th"

[[alerting.person]]
name = "Mali"
phone = "+66898765432"
senders = ["gammu-smsd"]

[[alerting.step]]
people = ["Somchai"]
delay_s = 60
repeat = 2

[[alerting.step]]
people = ["Somchai", "Mali"]

[alerting.rule.sway]
page_from = "red"
"""


class File(Settings):
    """A file with the section in it."""

    alerting: AlertingSettings


def read(tmp_path, text):
    path = tmp_path / "collector.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path, File).alerting


def test_a_section_is_read(tmp_path):
    settings = read(tmp_path, GOOD)
    assert settings.step[0].repeat == 2
    assert settings.rule.of(EventKind.SWAY).page_from == "red"
    assert settings.rule.of(EventKind.SWAY).late == "never"
    assert settings.answer_s.of(AlarmLevel.BLACK) == 120


def test_an_empty_section_is_good():
    settings = AlertingSettings()
    assert settings.senders == (SenderName.OUTBOX_FOLDER,)


def test_everything_wrong_is_told_at_once_with_its_place_and_what_to_do(tmp_path):
    wrong = (
        GOOD.replace("+66812345678", "0812345678")
        .replace('"gammu-smsd", "outbox-folder"', '"pigeon"')
        .replace('language = "th"', 'language = "th"\nstructures = ["TOWER01"]')
        .replace('name = "Mali"', 'name = "Somchai"')
        .replace('["Somchai", "Mali"]', '["Somchai", "Preecha"]')
        .replace("repeat = 2", "repeat = 0")
        .replace('page_from = "red"', 'page_from = "crimson"\ncolour = 1')
    )
    with pytest.raises(BadSettings) as refusal:
        read(tmp_path, wrong)
    problems = {problem.where: problem.what for problem in refusal.value.problems}
    assert "expected E.164" in problems["alerting.person[0].phone"]
    assert "as +66812345678" in problems["alerting.person[0].phone"]
    assert (
        "expected 1 to 5 capital letters or digits" in problems["alerting.person[0].structures[0]"]
    )
    assert "used twice" in problems["alerting.person[1].name"]
    assert "nobody is called 'Preecha'" in problems["alerting.step[1].people[1]"]
    assert "'gammu-smsd'" in problems["alerting.senders[0]"]
    assert "alerting.step[0].repeat" in problems
    assert "'never'" in problems["alerting.rule.sway.page_from"]
    assert "unknown key" in problems["alerting.rule.sway.colour"]
    assert len(problems) == 8


def test_two_people_cannot_have_one_number(tmp_path):
    with pytest.raises(BadSettings, match="phone.*used twice"):
        read(tmp_path, GOOD.replace("+66898765432", "+66812345678"))


def test_one_sender_is_named_once(tmp_path):
    with pytest.raises(BadSettings, match="name each once"):
        read(tmp_path, GOOD.replace('"outbox-folder"', '"gammu-smsd"'))


@pytest.mark.parametrize(
    "senders", [["gammu-smsd"], ["gammu-smsd", "terminal"], ["terminal", "outbox-folder"]]
)
def test_in_house_nothing_can_reach_a_phone(senders):
    settings = AlertingSettings.model_validate(
        {
            "senders": senders,
            "person": [{"name": "A", "phone": "+66812345678", "senders": ["gammu-smsd"]}],
        }
    ).in_house()
    senders = {*settings.senders, *(name for one in settings.person for name in one.senders)}
    assert senders
    assert SenderName.GAMMU_SMSD not in senders


def test_the_sample_is_read_and_every_default_it_prints_is_the_default(tmp_path):
    text = Path(alerting.__file__).with_name("sample.toml").read_text(encoding="utf-8")
    spelled_out = re.sub(r"(?m)^# (\w+ = )", r"\1", text)
    assert spelled_out != text
    settings = read(tmp_path, text)
    assert read(tmp_path, spelled_out) == settings
    people = {"person": settings.person, "step": settings.step}
    assert settings == AlertingSettings.model_validate(people)
