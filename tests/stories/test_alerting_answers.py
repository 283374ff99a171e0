"""Answers by SMS: whoever is known may answer, in any script, once or twice."""

import pytest
from stories.alerting_story import Story

from plumbline.collector.alerting.errors import AnswerRefused, UnknownCode
from plumbline.collector.alerting.settings import Person
from plumbline.collector.alerting.views import queries, web

SOMCHAI, MALI = "+66812345678", "+66898765432"


@pytest.mark.parametrize(
    "answer",
    ["{code}", "ACK {code}", "ack{code}", "รับทราบ {code}", "了解 {code}", " Ack  {code}. "],
)
def test_an_sms_with_the_code_answers(tmp_path, answer):
    with Story(tmp_path) as story:
        story.happens()
        story.expect_sms("Somchai")
        code = story.code()
        story.receives_reply(SOMCHAI, answer.format(code=code))
        story.expect_sms("Somchai", code, "รับทราบแล้ว")
        assert story.open()[0].incident.answered_by == "Somchai"
        story.forward(600, every_s=20)


def test_thai_and_full_width_digits_are_digits(tmp_path):
    thai, wide = (
        str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"),
        str.maketrans("0123456789", "０１２３４５６７８９"),
    )
    for digits, word in ((thai, "รับทราบ"), (wide, "了解"), (wide, "ＡＣＫ")):
        with Story(tmp_path / word) as story:
            story.happens()
            story.expect_sms("Somchai")
            story.receives_reply(SOMCHAI, f"{word} {story.code().translate(digits)}")
            story.expect_sms("Somchai", "รับทราบแล้ว")


def test_a_word_without_a_code_answers_the_only_alarm_the_sender_was_told(tmp_path):
    with Story(tmp_path) as story:
        story.happens()
        story.expect_sms("Somchai")
        story.receives_reply(SOMCHAI, "รับทราบ")
        story.expect_sms("Somchai", "รับทราบแล้ว")


def test_a_word_without_a_code_is_unclear_while_two_alarms_wait(tmp_path):
    with Story(tmp_path) as story:
        story.happens("a")
        story.happens("b", structure="TWR02")
        story.expect_sms("Somchai")
        story.expect_sms("Somchai")
        codes = [one.incident.code for one in story.open()]
        story.receives_reply(SOMCHAI, "OK")
        story.expect_sms("Somchai", "รหัส 4 หลัก", *codes)
        for code in codes:
            story.acknowledge(code)


def test_the_second_to_answer_hears_who_was_first(tmp_path):
    with Story(tmp_path) as story:
        story.happens()
        story.expect_sms("Somchai")
        code = story.code()
        story.acknowledge(by="Somchai")
        story.receives_reply(MALI, code)
        story.expect_sms("Mali", f"{code} was already acknowledged by Somchai at 13:20:31")
        assert story.open()[0].incident.answered_by == "Somchai"


def test_the_same_sms_delivered_twice_is_taken_once(tmp_path):
    with Story(tmp_path) as story:
        story.happens()
        story.expect_sms("Somchai")
        code = story.code()
        for _ in range(2):
            story.receives_reply(SOMCHAI, code, key="same")
            story.forward(5)
        story.expect_sms("Somchai", "รับทราบแล้ว")
        assert story.log().count("received") == 1


def test_a_wrong_code_gets_one_help_in_ten_minutes(tmp_path):
    with Story(tmp_path) as story:
        story.happens()
        story.expect_sms("Somchai")
        code = story.code()
        wrong = "1111" if code != "1111" else "2222"
        for text in (wrong, "hello?", "call me"):
            story.receives_reply(SOMCHAI, text)
            story.forward(10)
        assert code not in story.expect_sms("Somchai", "ไม่เข้าใจ")
        story.acknowledge()
        story.forward(600, every_s=10)
        story.receives_reply(SOMCHAI, "hello?")
        story.expect_sms("Somchai", "ไม่เข้าใจ")


def test_a_stranger_is_written_down_and_not_answered(tmp_path):
    with Story(tmp_path) as story:
        story.happens()
        story.expect_sms("Somchai")
        story.receives_reply("+66800000000", story.code())
        assert story.open()[0].waits_for_answer
        assert "stranger" in story.log()
        story.acknowledge()


@pytest.mark.parametrize("number", ["0812345678", "0066812345678", "+66 81-234-5678"])
def test_a_number_written_the_national_way_is_the_same_person(tmp_path, number):
    with Story(tmp_path) as story:
        story.happens()
        story.expect_sms("Somchai")
        story.receives_reply(number, story.code())
        story.expect_sms("Somchai", "รับทราบแล้ว")


def test_an_answer_that_comes_as_the_next_call_falls_due_stops_it(tmp_path):
    with Story(tmp_path) as story:
        story.happens()
        story.expect_sms("Somchai")
        code = story.code()
        story.forward(119)
        story.now_ns += 1_000_000_000
        story.receives_reply(SOMCHAI, code)
        story.expect_sms("Somchai", "รับทราบแล้ว")


def test_an_answer_takes_back_what_has_not_left_yet(tmp_path):
    with Story(tmp_path) as story:
        story.happens()
        story.expect_sms("Somchai")
        story.network.away = True
        story.forward(125)  # the call to Mali waits for the gateway
        story.acknowledge()
        story.network.away = False
        story.forward(600, every_s=5)
        assert "withdrawn" in story.log()


def test_nobody_is_told_about_a_structure_that_is_not_theirs(tmp_path):
    people = [
        Person(name="Somchai", phone=SOMCHAI, structures=("TWR02",)),
        Person(name="Mali", phone=MALI, structures=("TWR01",)),
    ]
    with Story(tmp_path, person=people) as story:
        story.happens()
        story.expect_sms("Mali", "TWR01")
        story.acknowledge()


@pytest.mark.parametrize(
    "answer",
    [
        "{code} on my way, crane stopped",
        "OK {code} thanks",
        "code {code}",
        "{code} since 2025",
        "{code} ระงับงานแล้วครับ",
        "{code} 現場へ向かいます",
    ],
)
def test_whatever_stands_around_one_open_code_it_is_the_answer(tmp_path, answer):
    with Story(tmp_path) as story:
        story.happens()
        story.expect_sms("Somchai")
        code = story.code()
        story.receives_reply(SOMCHAI, answer.format(code=code))
        story.expect_sms("Somchai", code, "รับทราบแล้ว", "ยังหยุดงานจนกว่าจะตรวจสอบ")
        received = next(one for one in queries.log(story.path) if one.entry == "acknowledged")
        assert received.detail["said"] == answer.format(code=code)


@pytest.mark.parametrize(
    "answer", ["not {code}", "{code} {other}", "ไม่ใช่ {code}", "{code} ではない"]
)
def test_a_negation_or_two_codes_ask_again(tmp_path, answer):
    with Story(tmp_path) as story:
        story.happens("a")
        story.happens("b", structure="TWR02")
        story.expect_sms("Somchai")
        story.expect_sms("Somchai")
        code, other = (one.incident.code for one in story.open())
        for _ in range(2):  # each time: somebody is there, and the calls go on
            story.receives_reply(SOMCHAI, answer.format(code=code, other=other))
            story.expect_sms("Somchai", "ไม่เข้าใจ")
            story.forward(1)
        assert all(one.waits_for_answer for one in story.open())
        for one in (code, other):
            story.acknowledge(one)


@pytest.mark.parametrize("number", ["66812345678", "812345678", "+66(0)81 234 5678"])
def test_a_number_as_gateways_write_it_is_the_same_person(tmp_path, number):
    with Story(tmp_path) as story:
        story.happens()
        story.expect_sms("Somchai")
        story.receives_reply(number, story.code())
        story.expect_sms("Somchai", "รับทราบแล้ว")


def test_who_guesses_codes_by_sms_is_not_listened_to_for_a_while(tmp_path):
    with Story(tmp_path) as story:
        story.happens()
        story.expect_sms("Somchai")
        code = story.code()
        for guess in range(2000, 2010):
            story.receives_reply(MALI, str(guess + (guess == int(code)) * 1000))
        assert code not in story.expect_sms("Mali", "Not understood")
        story.receives_reply(MALI, code)
        assert story.open()[0].waits_for_answer
        story.receives_reply(SOMCHAI, code)  # others are heard
        story.expect_sms("Somchai", "รับทราบแล้ว")


def test_who_guesses_codes_on_the_page_is_refused_and_told_no_code(tmp_path):
    with Story(tmp_path) as story:
        story.happens()
        story.expect_sms("Somchai")
        code = story.code()
        for guess in range(2000, 2010):
            wrong = str(guess + (guess == int(code)) * 1000)
            with pytest.raises(UnknownCode) as refused:
                answer_on_page(story, wrong, "web 10.0.0.9")
            assert code not in str(refused.value)
        with pytest.raises(AnswerRefused, match="too many wrong codes"):
            answer_on_page(story, code, "web 10.0.0.9")
        answer_on_page(story, code, "web 10.0.0.7")


def answer_on_page(story: Story, code: str, source: str) -> str:
    return web.acknowledge_incident(story.store, code, "Mali", "web", story.now_ns, source=source)
