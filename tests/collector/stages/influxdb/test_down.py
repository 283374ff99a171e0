"""An InfluxDB that is dead, or refuses, delays a chart and nothing else."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from places import START_NS
from series_rig import ROOF, Rig
from servers.influx import Influx, V2Proxy
from servers.programs import free_port, wait_until

from plumbline.collector.health.conditions import Conditions
from plumbline.collector.journal import Entry
from plumbline.collector.stages.influxdb import schema
from plumbline.collector.stages.influxdb.errors import SeriesUnavailable
from plumbline.collector.stages.influxdb.sink import sink_for
from plumbline.collector.stages.runner import StageRunner

pytestmark = [pytest.mark.real, pytest.mark.logs_errors]
CONDITION = "stage:series"


class Counting:
    """Another stage of the same journal."""

    name = "archive"
    backfills = False

    def __init__(self) -> None:
        self.taken = 0
        self._cursor = 0

    def cursor(self) -> int:
        return self._cursor

    def journal_id(self) -> str | None:
        return None

    def resume_at(self, first_offset: int, now_ns: int) -> None:
        raise AssertionError("not here")

    def take(self, entries: Sequence[Entry], now_ns: int) -> None:
        self.taken += len(entries)
        self._cursor = entries[-1].next_offset

    def idle(self, now_ns: int) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to let go of."""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Influx]:
    """Return an InfluxDB of this test alone, which it may stop."""
    server = Influx(tmp_path / "influx").start()
    yield server
    server.stop()


@pytest.fixture
def conditions() -> Conditions:
    return Conditions()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plumbline.collector.health.supervisor.LONGEST_PAUSE_S", 0.5)


def runner(rig: Rig, conditions: Conditions, **changed: object) -> StageRunner:
    return StageRunner(
        "series", lambda: rig.stage(**changed), rig.journal, conditions, lambda: START_NS
    )


def samples(rig: Rig) -> int:
    return sum(len(points) for points in rig.points(schema.WAVEFORM).values())


def test_an_influxdb_that_stops_and_comes_back_misses_nothing(
    tmp_path: Path, own: Influx, conditions: Conditions
) -> None:
    rig = Rig(tmp_path, own)
    series, other = runner(rig, conditions), Counting()
    beside = StageRunner("archive", lambda: other, rig.journal, conditions, lambda: START_NS)
    series.start()
    beside.start()
    rig.put(*rig.shaken(ROOF, 5))
    wait_until(lambda: series.health().behind_bytes == 0)

    own.stop()
    rig.put(*rig.shaken(ROOF, 5, first=5))
    wait_until(lambda: series.health().restarts >= 2)
    rig.put(*rig.shaken(ROOF, 5, first=10))
    raised = [condition for condition in conditions.open() if condition.key == CONDITION]
    assert len(raised) == 1
    assert "nothing listens there; is InfluxDB running?" in raised[0].text
    wait_until(lambda: other.taken == 15)
    assert beside.health().error is None

    own.start()
    wait_until(lambda: conditions.open() == [])
    wait_until(lambda: series.health().behind_bytes == 0)
    assert samples(rig) == 1500
    assert [condition.key for condition in conditions.ended()] == [CONDITION]
    series.stop()
    beside.stop()
    rig.close()


def test_an_outage_longer_than_the_journal_keeps_misses_nothing_either(
    tmp_path: Path, own: Influx, conditions: Conditions
) -> None:
    rig = Rig(tmp_path, own)
    series = runner(rig, conditions)
    series.start()
    rig.put(*rig.shaken(ROOF, 5))
    wait_until(lambda: series.health().behind_bytes == 0)
    own.stop()
    for n in range(5, 200):
        rig.put(*rig.shaken(ROOF, 1, first=n))
    wait_until(lambda: conditions.open() != [])
    rig.archive()
    rig.journal.release(rig.journal.end_offset)
    assert rig.journal.first_offset > series.health().cursor
    own.start()
    rig.put(*rig.shaken(ROOF, 5, first=200))
    wait_until(lambda: samples(rig) == 20_500)
    assert conditions.open() == []
    series.stop()
    rig.close()


def test_the_log_has_a_long_outage_once(
    rig: Rig, conditions: Conditions, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    series = runner(rig, conditions, url=url)
    series.start()
    rig.put(*rig.shaken(ROOF, 3))
    wait_until(lambda: series.health().restarts >= 3)
    series.stop()
    assert series.health().behind_bytes > 0
    assert [r.message for r in caplog.records if r.levelno >= logging.ERROR] == [
        "stage series stopped"
    ]
    stage = rig.stage()
    assert stage.cursor() == 0
    stage.close()


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_a_port_nobody_listens_on_is_told_with_what_to_do(rig: Rig, api: str) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    sink = sink_for(rig.settings(url=url, api=api))
    with pytest.raises(SeriesUnavailable) as raised:
        sink.write(["second,channel=HNZ mean=1 1"])
    assert str(raised.value) == f"{url}: nothing listens there; is InfluxDB running?"
    sink.close()


def test_an_influxdb_without_a_v2_api_is_told_with_what_to_set(rig: Rig) -> None:
    sink = sink_for(rig.settings(api="v2"))
    with pytest.raises(SeriesUnavailable, match='set api = "v1"'):
        sink.write(["second,channel=HNZ mean=1 1"])
    sink.close()


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_refused_lines_are_logged_and_the_stage_goes_on(
    rig: Rig, api: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody else wrote the field as text: InfluxDB refuses our numbers in that shard."""
    rig.influx.query(f'CREATE DATABASE "{rig.database}"')
    strange = sink_for(rig.settings())
    strange.write([f'second,channel=HNZ rms="loud" {START_NS}'])
    strange.close()
    proxy = V2Proxy(rig.influx)
    stage = rig.stage(api=api, url=proxy.url if api == "v2" else rig.influx.url)
    rig.put(*rig.shaken(ROOF, 30))
    rig.follow(stage)
    assert stage.cursor() == rig.journal.end_offset
    stage.close()
    proxy.stop()
    assert samples(rig) == 3000
    refusals = [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]
    assert len(refusals) == 1, "one a minute, however many batches"
    assert "field type conflict" in refusals[0]
    assert "rebuild-series" in refusals[0]


def test_a_database_that_was_dropped_is_made_again(rig: Rig) -> None:
    stage = rig.stage()
    rig.put(*rig.shaken(ROOF, 2))
    rig.follow(stage)
    rig.influx.query(f'DROP DATABASE "{rig.database}"')
    rig.put(*rig.shaken(ROOF, 2, first=2))
    rig.follow(stage)
    stage.close()
    assert samples(rig) == 200
