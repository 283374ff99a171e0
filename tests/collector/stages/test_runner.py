"""Stages go on from where they were, whatever happens to them."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from servers.programs import wait_until

from plumbline.collector.health import supervisor
from plumbline.collector.health.conditions import Conditions
from plumbline.collector.journal import Entry, Journal, JournalSettings
from plumbline.collector.stages import runner as stages
from plumbline.collector.stages.runner import StageRunner


class Collecting:
    """A stage that persists its cursor with what it took."""

    name = "collecting"
    backfills = False

    def __init__(self, saved: dict[str, int], taken: list[bytes]) -> None:
        self.saved, self.taken = saved, taken
        self.journal: str | None = None
        self.idled = 0

    def cursor(self) -> int:
        return self.saved.get("cursor", 0)

    def journal_id(self) -> str | None:
        return self.journal

    def resume_at(self, first_offset: int, now_ns: int) -> None:
        self.saved["cursor"] = first_offset
        self.journal = None

    def take(self, entries: Sequence[Entry], now_ns: int) -> None:
        for entry in entries:
            if entry.payload == b"poison" and "cured" not in self.saved:
                raise ValueError("cannot swallow this")
            self.taken.append(entry.payload)
            self.saved["cursor"] = entry.next_offset

    def idle(self, now_ns: int) -> None:
        self.idled += 1
        self.saved["idled"] = self.saved.get("idled", 0) + 1

    def close(self) -> None:
        self.saved["closed"] = self.saved.get("closed", 0) + 1


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE_S", 0.05)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path / "journal")
    yield made
    made.close()


def put(journal: Journal, *payloads: bytes) -> None:
    journal.append([(1, payload) for payload in payloads])
    journal.sync()


def runner(
    journal: Journal, build: Callable[[], stages.Stage], conditions: Conditions
) -> StageRunner:
    made = StageRunner("collecting", build, journal, conditions, lambda: 1)
    made.start()
    return made


def test_a_stage_takes_everything_in_order_and_idles_meanwhile(journal: Journal) -> None:
    saved: dict[str, int] = {}
    taken: list[bytes] = []
    running = runner(journal, lambda: Collecting(saved, taken), Conditions())
    for n in range(50):
        put(journal, b"%d" % n)
    wait_until(lambda: len(taken) == 50 and saved.get("idled", 0) >= 2)
    running.stop()
    assert taken == [b"%d" % n for n in range(50)]
    assert (running.health().cursor, running.health().behind_bytes) == (journal.end_offset, 0)
    assert saved["closed"] == 1


@pytest.mark.logs_errors
def test_a_stage_that_dies_is_built_again_says_so_once_and_loses_nothing(
    journal: Journal, caplog: pytest.LogCaptureFixture
) -> None:
    saved: dict[str, int] = {}
    taken: list[bytes] = []
    conditions = Conditions()
    running = runner(journal, lambda: Collecting(saved, taken), conditions)
    put(journal, b"a", b"poison", b"b")
    wait_until(lambda: running.health().restarts >= 3)
    assert [condition.key for condition in conditions.open()] == ["stage:collecting"]
    assert "cannot swallow this" in conditions.open()[0].text
    put(journal, b"c")  # ingest goes on
    saved["cured"] = 1
    wait_until(lambda: taken == [b"a", b"poison", b"b", b"c"])
    wait_until(lambda: conditions.open() == [])
    running.stop()
    assert sum(record.levelname == "ERROR" for record in caplog.records) == 1
    assert running.health().error is None


@pytest.mark.logs_errors
def test_a_stage_that_cannot_be_built_is_tried_again(journal: Journal) -> None:
    saved: dict[str, int] = {}
    taken: list[bytes] = []
    ready = threading.Event()

    def build() -> Collecting:
        if not ready.is_set():
            raise OSError("database is locked")
        return Collecting(saved, taken)

    conditions = Conditions()
    running = runner(journal, build, conditions)
    put(journal, b"a")
    wait_until(lambda: bool(conditions.open()))
    ready.set()
    wait_until(lambda: taken == [b"a"])
    running.stop()


def test_stopping_takes_what_is_durable_first(journal: Journal) -> None:
    saved: dict[str, int] = {}
    taken: list[bytes] = []
    running = runner(journal, lambda: Collecting(saved, taken), Conditions())
    put(journal, *[b"%d" % n for n in range(1000)])
    running.stop()
    assert len(taken) == 1000


class Refilling(Collecting):
    """A stage the journal does not wait for."""

    def resume_at(self, first_offset: int, now_ns: int) -> None:
        self.saved["refilled_to"] = first_offset


@pytest.mark.parametrize("refills", [True, False])
@pytest.mark.logs_errors
def test_who_fell_off_refills_or_says_so(tmp_path: Path, refills: bool) -> None:
    settings = JournalSettings(segment_mb=0.0001, tail_mb=0, keep_hours=1e-9)
    journal = Journal(tmp_path / "journal", settings, now_ns=lambda: 4 * 10**18)
    for n in range(20):
        put(journal, b"%d" % n * 100)
    journal.release(journal.end_offset)
    saved: dict[str, int] = {}
    taken: list[bytes] = []
    conditions = Conditions()
    kind = Refilling if refills else Collecting
    running = runner(journal, lambda: kind(saved, taken), conditions)
    if refills:
        wait_until(lambda: bool(taken))
        assert saved["refilled_to"] == journal.first_offset
    else:
        wait_until(lambda: bool(conditions.open()))
        assert "was released" in conditions.open()[0].text
    running.stop()
    journal.close()


@pytest.mark.parametrize("case", ["beyond the end", "another journal"])
def test_a_cursor_that_is_not_of_this_journal_begins_at_the_first_offset_and_is_told(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.setattr(stages, "BEYOND_S", 0.1)
    put(journal, b"a", b"b")
    saved = {"cursor": journal.end_offset + (10_000_000 if case == "beyond the end" else 0)}
    taken: list[bytes] = []

    def build() -> Collecting:
        made = Collecting(saved, taken)
        made.journal = "0123456789abcdef" if case == "another journal" else None
        return made

    conditions = Conditions()
    running = runner(journal, build, conditions)
    wait_until(lambda: taken == [b"a", b"b"])
    put(journal, b"c")
    wait_until(lambda: taken == [b"a", b"b", b"c"])
    running.stop()
    (found,) = conditions.open()
    assert found.key == "cursor:collecting"
    assert case in found.text or "beyond" in found.text


def test_a_cursor_within_the_journal_that_states_no_journal_goes_on(journal: Journal) -> None:
    put(journal, b"a", b"b")
    saved = {"cursor": journal.read(0)[1].offset}
    taken: list[bytes] = []
    conditions = Conditions()
    running = runner(journal, lambda: Collecting(saved, taken), conditions)
    wait_until(lambda: taken == [b"b"])
    running.stop()
    assert conditions.open() == []
