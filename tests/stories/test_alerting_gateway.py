"""Gateways fail, machines die: every message goes out once, by some way, to somebody."""

from stories.alerting_story import Story

from plumbline.collector.alerting.store.notification import NotificationState
from plumbline.collector.alerting.views import queries
from plumbline.collector.events.model import AlarmLevel, EventKind

BOTH = ["gammu-smsd", "outbox-folder"]


def states(story: Story) -> list[NotificationState]:
    return [one.state for one in reversed(queries.notifications(story.path))]


def test_a_gateway_that_is_away_for_a_moment_is_tried_again(tmp_path):
    with Story(tmp_path) as story:
        story.network.away = True
        story.happens()
        story.forward(20)
        story.network.away = False
        story.forward(40)
        story.expect_sms("Somchai")
        story.acknowledge()


def test_a_person_who_cannot_be_reached_is_passed_over_at_once(tmp_path):
    with Story(tmp_path) as story:
        story.network.refuses.add("+66812345678")
        story.happens()
        story.forward(2)
        story.expect_sms("Mali")
        story.acknowledge(by="Mali")
        assert states(story) == [NotificationState.FAILED, NotificationState.SENT]


def test_a_lost_message_goes_by_the_next_sender(tmp_path):
    with Story(tmp_path, senders=BOTH) as story:
        story.network.away = True
        story.happens()
        story.forward(110)
        story.expect_sms("Somchai", by="backup")
        assert "failed_over" in story.log()
        story.acknowledge()


def test_a_gateway_that_sits_on_a_message_is_given_up_while_there_is_another(tmp_path):
    with Story(tmp_path, senders=BOTH, confirm_s=60) as story:
        story.network.holds = True
        story.happens()
        story.forward(59)
        story.expect_no_sms()
        story.forward(2)
        story.expect_sms("Somchai", by="backup")
        story.network.deliver()  # it was taken back: nothing goes out twice
        story.acknowledge()


def test_what_a_gateway_gives_back_is_tried_again(tmp_path):
    with Story(tmp_path) as story:
        story.network.holds = True
        story.happens()
        story.network.give_back()
        story.network.holds = False
        story.forward(5)
        story.expect_sms("Somchai")
        story.acknowledge()


def test_when_nobody_can_be_reached_it_is_recorded_and_tried_until_somebody_can(tmp_path):
    with Story(tmp_path) as story:
        story.network.away = True
        story.happens()
        story.forward(1200, every_s=5)
        assert "nobody_reachable" in story.log()
        assert "nobody_answered" not in story.log()
        story.network.away = False
        story.forward(600, every_s=5)
        story.expect_sms("Somchai")
        story.expect_sms("Mali")
        story.acknowledge()


def test_without_any_person_it_is_recorded_that_nobody_was_reachable(tmp_path):
    with Story(tmp_path, person=[], step=[]) as story:
        story.happens()
        assert "nobody_reachable" in story.log()


def test_an_old_alarm_is_not_sent_when_the_gateway_comes_back_late(tmp_path):
    only = {"person": [{"name": "Mali", "phone": "+66898765432"}], "step": []}
    with Story(tmp_path, **only, max_attempts=20) as story:
        story.network.holds = True
        story.happens()
        story.forward(1801, every_s=10)
        assert NotificationState.EXPIRED in states(story)
        story.acknowledge()
        story.network.deliver()


def test_the_gravest_message_goes_first(tmp_path):
    with Story(tmp_path) as story:
        story.network.away = True
        story.happens("a", kind=EventKind.SILENCE, level=AlarmLevel.AMBER, nodes={"0A": {}})
        story.happens("b", kind=EventKind.TILT, level=AlarmLevel.RED)
        story.happens("c", level=AlarmLevel.BLACK)
        story.network.away = False
        story.forward(4, every_s=4)
        story.expect_sms("Somchai", "ดำ")
        story.expect_sms("Somchai", "แดง")
        story.expect_sms("Somchai", "เหลือง")
        for one in story.open():
            story.acknowledge(one.incident.code)


def test_a_storm_becomes_few_messages_and_one_that_counts_the_rest(tmp_path):
    with Story(tmp_path, step=[{"people": ["Somchai"]}]) as story:
        for n in range(12):
            node = f"{n:02d}"
            story.happens(node, kind=EventKind.SILENCE, level=AlarmLevel.AMBER, nodes={node: {}})
        for _ in range(5):
            story.expect_sms("Somchai", "ไม่มีข้อมูล")
        story.expect_no_sms()
        for one in story.open()[:8]:
            story.acknowledge(one.incident.code)
        story.forward(901, every_s=5)
        text = story.expect_sms("Somchai", "4 ข้อความ")
        waiting = [one.incident.code for one in story.open() if one.waits_for_answer]
        assert len(waiting) == 4
        assert all(code in text for code in waiting)
        for code in waiting:
            story.acknowledge(code)


def test_no_cap_holds_back_a_black_alarm(tmp_path):
    with Story(tmp_path, caps=[{"messages": 1, "within_s": 3600}]) as story:
        story.happens("a", kind=EventKind.SILENCE, level=AlarmLevel.AMBER)
        story.expect_sms("Somchai")
        story.happens("b", level=AlarmLevel.BLACK)
        story.expect_sms("Somchai", "ดำ", "อพยพทันที")
        for one in story.open():
            story.acknowledge(one.incident.code)


def test_a_restart_sends_nothing_twice_and_forgets_nothing(tmp_path):
    with Story(tmp_path) as story:
        story.happens()
        story.restart()
        story.forward(60)
        story.restart()
        story.expect_sms("Somchai")
        story.forward(60)
        story.restart()
        story.forward(1)
        story.expect_sms("Mali")
        story.acknowledge()
        story.restart()
        story.forward(3600, every_s=60)


def test_what_grew_graver_while_the_gateway_was_away_is_told_once(tmp_path):
    with Story(tmp_path) as story:
        story.network.away = True
        quake = story.happens(level=AlarmLevel.AMBER)
        story.forward(3)
        story.revises(quake, level=AlarmLevel.RED)
        story.network.away = False
        story.forward(10)
        assert story.expect_sms("Somchai").startswith("แดง"), "nobody was told of amber"
        story.acknowledge()


def test_what_came_back_before_the_gateway_did_is_not_told(tmp_path):
    with Story(tmp_path) as story:
        story.network.away = True
        silence = story.happens(kind=EventKind.SILENCE, level=AlarmLevel.AMBER)
        story.forward(3)
        story.ends(silence)
        story.network.away = False
        story.forward(600, every_s=5)


def test_a_gateway_whose_answer_got_lost_is_not_given_the_message_twice(tmp_path):
    with Story(tmp_path) as story:
        submit = story.network.submit

        def deaf(message, now_ns):
            submit(message, now_ns)
            raise ConnectionResetError("no answer")

        story.network.submit = deaf
        story.happens()
        story.network.submit = submit
        story.forward(10)
        story.expect_sms("Somchai")
        story.acknowledge()


def test_an_answered_alarm_does_not_look_for_another_way(tmp_path):
    with Story(tmp_path, senders=BOTH, confirm_s=60) as story:
        story.network.holds = True
        story.happens()
        story.forward(30)
        story.acknowledge(by="Mali")
        story.forward(600, every_s=5)
        assert states(story) == [NotificationState.EXPIRED]
