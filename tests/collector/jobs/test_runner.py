"""Jobs rest after they work, and go on whatever happens to them."""

from collections.abc import Iterator

import pytest
from servers.programs import wait_until

from plumbline.collector.health import supervisor
from plumbline.collector.health.conditions import Conditions
from plumbline.collector.jobs import runner as jobs
from plumbline.collector.jobs.runner import REST, JobPacer, JobRunner, Pause
from plumbline.wire.block import NS


class Counting:
    """A job with some pieces of work, each of which takes one second of processor time."""

    name = "counting"

    def __init__(self, pieces: int = 1_000_000, poison: int | None = None) -> None:
        self.left, self.poison = pieces, poison
        self.done = self.refreshed = self.closed = 0
        self.spent_s = 0.0

    def refresh(self, now_ns: int) -> None:
        self.refreshed += 1

    def step(self, now_ns: int) -> float | None:
        if self.done == self.poison:
            raise ValueError("cannot swallow this")
        if not self.left:
            return None
        self.left, self.done = self.left - 1, self.done + 1
        self.spent_s += 1.0
        return REST

    def close(self) -> None:
        self.closed += 1


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE_S", 0.05)
    monkeypatch.setattr(jobs, "PAUSE_S", 0.01)
    yield


def paced(job: Counting) -> JobPacer:
    return JobPacer(job, cpu_s=lambda: job.spent_s)


def test_a_job_rests_a_multiple_of_what_it_worked_and_is_refreshed_meanwhile() -> None:
    job = Counting()
    pacer = paced(job)
    for second in range(60):
        pacer.turn(second * NS)
    assert (job.done, job.refreshed) == (60 / REST, 60)


def test_a_clock_that_is_set_back_ends_the_rest() -> None:
    job = Counting()
    pacer = paced(job)
    pacer.turn(10**9 * NS)
    pacer.turn(1 * NS)
    assert job.done == 2
    pacer.turn(2 * NS)
    assert job.done == 2


def test_what_costs_nothing_goes_on_for_one_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "SLICE_S", 0.02)
    job = Counting()
    JobPacer(job, cpu_s=lambda: 0.0).turn(0)
    assert 1 < job.done < 1_000_000


def test_nothing_due_ends_the_turn_without_a_rest() -> None:
    job = Counting(pieces=0)
    pacer = paced(job)
    pacer.turn(0)
    job.left = 1
    pacer.turn(0)
    assert job.done == 1


def test_a_pause_that_never_began_is_over() -> None:
    pause = Pause()
    assert pause.over(0)
    pause.begin(5, 10)
    assert [pause.over(now) for now in (4, 5, 14, 15)] == [True, False, False, True]


@pytest.mark.logs_errors
def test_a_job_that_dies_is_built_again_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    conditions = Conditions()
    built: list[Counting] = []
    cured: list[bool] = []

    def build() -> Counting:
        built.append(Counting(pieces=3, poison=None if cured else 0))
        return built[-1]

    running = JobRunner("counting", build, conditions, lambda: 1)
    running.start()
    wait_until(lambda: running.health().restarts >= 2)
    assert [each.key for each in conditions.open()] == ["stage:counting"]
    assert "the counting job stopped (ValueError: cannot swallow" in conditions.open()[0].text
    cured.append(True)
    wait_until(lambda: conditions.open() == [])
    wait_until(lambda: built[-1].done > 0)
    running.stop()
    assert all(job.closed == 1 for job in built)
    assert sum(record.levelname == "ERROR" for record in caplog.records) == 1
    health = running.health()
    assert (health.name, health.cursor, health.behind_bytes, health.error) == (
        "counting", None, 0, None,
    )  # fmt: skip


def test_stopping_ends_a_job_that_has_much_to_do() -> None:
    job = Counting()
    running = JobRunner("counting", lambda: job, Conditions(), lambda: 1)
    running.start()
    wait_until(lambda: job.done > 0)
    running.stop()
    assert job.closed == 1
