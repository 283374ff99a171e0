"""What is sent, in which order, and when again: a story of a line, a broker and a collector."""

import logging

import pytest
from edge_rows import STREAM, mark, row

from plumbline.edge_agent.delivery import BACKLOG_WINDOW, MOST_LIVE, NS, Delivery
from plumbline.edge_agent.spool import Row, Spool
from plumbline.edge_agent.watermarks import HeldRanges


class Story:
    """A spool, a delivery, a clock that the story moves, and what went to the broker."""

    def __init__(self, folder, backlog_per_s=1000.0):
        self.spool = Spool(folder / "spool.db", bound_mb=10)
        self.delivery = Delivery(self.spool, backlog_per_s=backlog_per_s)
        self.watermarks = HeldRanges(self.spool, self.delivery)
        self.now_ns = 0
        self.ids = {}
        self.sent = []

    def commit(self, *seqs, is_connected=True):
        new = [row(seq) for seq in seqs]
        ids = self.spool.add(new)
        self.ids.update(zip(seqs, ids, strict=True))
        if is_connected:
            self.delivery.committed(
                Row(id=row_id, stream=each.stream, boot=each.boot, seq=each.seq, message=b"m")
                for row_id, each in zip(ids, new, strict=True)
            )

    def send(self, acknowledge=True):
        """Send what is ready now and return its sequence numbers."""
        found = []
        for each, is_backlog in self.delivery.ready(self.now_ns):
            self.delivery.note_sent(each, is_backlog=is_backlog)
            found.append(each.seq)
        self.sent += found
        if acknowledge:
            self.acknowledge(*found)
        return found

    def acknowledge(self, *seqs):
        for seq in seqs:
            self.delivery.acknowledged(self.ids[seq], self.now_ns)

    def hold(self, *ranges, retained=False, **more):
        self.watermarks.take(mark(*ranges, **more), is_retained=retained, now_ns=self.now_ns)

    def drain(self, seconds):
        """Let seconds pass in small steps and return what was sent."""
        found = []
        for _ in range(round(seconds * 10)):
            self.now_ns += NS // 10
            found += self.send()
        return found


@pytest.fixture
def story(tmp_path):
    return Story(tmp_path)


def test_a_live_row_never_waits_behind_the_backlog(story):
    story.commit(*range(500), is_connected=False)
    story.delivery.connected()
    story.send(acknowledge=False)
    story.commit(1000)
    assert story.send()[0] == 1000


def test_the_backlog_goes_at_a_bounded_rate(tmp_path):
    story = Story(tmp_path, backlog_per_s=20.0)
    story.commit(*range(100), is_connected=False)
    story.delivery.connected()
    assert len(story.drain(3)) == pytest.approx(60, abs=2)


def test_unacknowledged_backlog_stops_at_its_window(story):
    story.commit(*range(100), is_connected=False)
    story.delivery.connected()
    for _ in range(5):
        story.now_ns += NS
        story.send(acknowledge=False)
    assert len(story.sent) == BACKLOG_WINDOW


def test_a_backlog_is_sent_once_and_whole(story):
    story.commit(*range(300), is_connected=False)
    story.delivery.connected()
    assert story.drain(5) == list(range(300))
    story.hold((0, 299))
    assert story.drain(3000) == []
    assert story.delivery.wait_ns(story.now_ns) is None


def test_what_was_in_flight_when_the_line_fell_goes_again(story):
    story.delivery.connected()
    story.commit(0, 1, 2)
    story.send(acknowledge=False)
    story.acknowledge(0)
    story.delivery.disconnected()
    story.commit(3, is_connected=False)
    story.delivery.connected()
    assert story.drain(2) == [1, 2, 3]


def test_a_row_in_doubt_goes_again_after_30_s_and_then_less_often(story):
    story.commit(0, 1)
    story.send()
    story.hold((0, 0))  # the collector is there, and does not have 1
    times = []
    for _ in range(3000):
        story.now_ns += NS // 10
        story.hold((0, 0))
        if story.send():
            times.append(story.now_ns / NS)
    assert times == pytest.approx([30, 90, 210], abs=0.5)


def test_a_row_below_a_later_held_one_goes_again_soon(story):
    story.commit(0, 1, 2)
    story.send()
    story.hold((0, 0), (2, 2))
    assert story.drain(1.5) == []
    assert story.drain(1) == [1]


def test_a_row_sent_after_the_held_one_is_given_its_time(story):
    story.commit(5)
    story.send()
    story.commit(0)  # backlog behind live: lower, but sent later
    story.send()
    story.hold((5, 5))
    assert story.drain(20) == []


def test_while_no_collector_speaks_only_a_probe_is_repeated(story):
    story.commit(*range(50))
    story.send()
    assert set(story.drain(200)) == {0}
    story.hold((0, 0))  # it is back, and has lost the others
    assert sorted(set(story.drain(70))) == list(range(1, 50))


@pytest.mark.logs_errors
def test_a_refused_row_is_told_once_and_never_sent_again(story, caplog):
    story.commit(0, 1)
    story.send()
    with caplog.at_level(logging.ERROR):
        story.hold((1, 1), refused=((0, 0, "unknown stream"),))
        story.hold((1, 1), refused=((0, 0, "unknown stream"),))
    assert story.drain(2000) == []
    assert caplog.text.count("unknown stream") == 1


def test_another_store_is_offered_everything_again(story):
    story.commit(*range(20))
    story.send()
    story.hold((0, 19))
    story.hold(store="00000000000000bb", sent_ns=2)
    assert sorted(story.drain(2)) == list(range(20))


def test_an_old_retained_watermark_of_another_store_changes_nothing(story):
    story.commit(*range(20))
    story.send()
    story.hold((0, 19), sent_ns=50)
    story.hold(store="00000000000000bb", sent_ns=20, retained=True)
    assert story.drain(2) == []
    story.hold(store="00000000000000bb", sent_ns=60, retained=True)
    assert sorted(story.drain(2)) == list(range(20))


def test_the_store_is_remembered_over_a_restart(story):
    story.commit(0)
    story.hold((0, 0), sent_ns=5)
    again = HeldRanges(story.spool, story.delivery)
    again.take(mark((0, 0), sent_ns=4), is_retained=True, now_ns=0)
    assert story.spool.fill().unheld == 0
    again.take(mark(store="00000000000000bb", sent_ns=6), is_retained=True, now_ns=0)
    assert story.spool.fill().unheld == 1


def test_what_the_collector_asks_for_is_sent_though_held(story):
    story.commit(*range(5))
    story.send()
    story.hold((0, 4))
    story.delivery.requested(story.spool.ids_between(STREAM, row(0).boot, 1, 3))
    assert story.drain(1) == [1, 2, 3]


def test_a_line_too_slow_for_live_rows_keeps_them_for_later(story):
    story.delivery.connected()
    for seq in range(2 * MOST_LIVE):
        story.commit(seq)
    first = story.send()
    assert first[0] == MOST_LIVE  # the older ones became backlog
    story.drain(5)
    assert sorted(set(story.sent)) == list(range(2 * MOST_LIVE))


def test_nothing_is_forgotten_when_too_much_is_in_doubt(story, monkeypatch):
    monkeypatch.setattr("plumbline.edge_agent.delivery.MOST_TRACKED", 30)
    story.delivery.connected()
    for seq in range(100):
        story.commit(seq)
        story.send()
    held = set()
    for _ in range(40):
        story.hold(*((seq, seq) for seq in sorted(held)))
        held |= set(story.drain(1))
    assert held == set(range(100))
