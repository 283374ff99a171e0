"""What stays missing is asked for, seldom, boundedly, and told when nobody answers."""

from pathlib import Path

import pytest

from plumbline.collector.health.conditions import Conditions
from plumbline.collector.ingest.ledger import Ledger
from plumbline.collector.ingest.ledger_store import LedgerStore
from plumbline.collector.ingest.resend import MOST_ROWS, REPORTED_AFTER, ResendRequester
from plumbline.wire.block import NS
from plumbline.wire.messages import Command
from plumbline.wire.record_header import Key

STREAM, BOOT = "XX.TWR01.3A.HN", 7
TOPIC = "plumbline/1/XX/TWR01/pi-3a/blocks/3A.HN"


class Site:
    """A ledger with gaps, and somebody who takes commands."""

    def __init__(self, folder: Path) -> None:
        self.ledger = Ledger(LedgerStore(folder / "ledger.db", "store"))
        self.conditions = Conditions()
        self.commands: list[Command] = []
        self.now_s = 1000
        self.connected = True
        self.resend = ResendRequester(self.ledger, self.conditions, self._publish)
        self.resend.note_topic(TOPIC, STREAM)

    def _publish(self, topic: str, payload: bytes) -> bool:
        if self.connected:
            assert topic == "plumbline/1/XX/TWR01/pi-3a/command"
            self.commands.append(Command.from_json(payload))
        return self.connected

    def hold(self, *seqs: int) -> None:
        for seq in seqs:
            self.ledger.hold(Key(STREAM, BOOT, seq), 1, self.now_s * NS)

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now_s += 1
            self.resend.tick(self.now_s * NS)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_what_is_whole_is_not_asked_for(site: Site) -> None:
    site.hold(*range(100))
    site.run(600)
    assert site.commands == []


def test_a_hole_is_given_a_minute_to_fill_by_itself(site: Site) -> None:
    site.hold(0, 1, 4, 5)
    site.run(50)
    site.hold(2, 3)
    site.run(600)
    assert site.commands == []


def test_a_hole_that_stays_is_asked_for_with_growing_pauses(site: Site) -> None:
    site.hold(0, 1, 4, 5)
    site.run(90)
    assert [(c.stream, c.boot, c.first, c.last) for c in site.commands] == [
        (STREAM, f"{BOOT:016x}", 2, 3)
    ]
    site.run(3600)
    assert 4 <= len(site.commands) <= 6


def test_the_next_hole_comes_after_the_first_is_filled(site: Site) -> None:
    site.hold(0, 2, 4)
    site.run(90)
    site.hold(1)
    site.run(90)
    assert [(c.first, c.last) for c in site.commands] == [(1, 1), (3, 3)]


def test_a_wide_hole_is_asked_for_in_parts(site: Site) -> None:
    site.hold(0, 10_000)
    site.run(90)
    assert (site.commands[0].first, site.commands[0].last) == (1, MOST_ROWS)


def test_what_is_refused_is_not_asked_for(site: Site) -> None:
    site.hold(0, 2)
    site.ledger.refuse(Key(STREAM, BOOT, 1), "damaged", site.now_s * NS)
    site.run(600)
    assert site.commands == []


def test_nobody_answering_is_told_once_and_is_over_when_it_comes(site: Site) -> None:
    site.hold(0, 2)
    site.run(60 * 2**REPORTED_AFTER + 200)
    assert [n.key for n in site.conditions.open()] == [f"missing:{STREAM}:{BOOT:016x}"]
    assert "blocks 1 to 1" in site.conditions.open()[0].text
    site.hold(1)
    site.run(20)
    assert site.conditions.open() == []


def test_without_a_connection_nothing_counts_as_asked(site: Site) -> None:
    site.connected = False
    site.hold(0, 2)
    site.run(600)
    site.connected = True
    site.run(20)
    assert len(site.commands) == site.resend.requested == 1


def test_a_boot_of_which_nobody_spoke_for_a_day_is_left_alone(site: Site) -> None:
    site.hold(0, 2)
    site.now_s += 2 * 24 * 3600
    site.run(600)
    assert site.commands == []
