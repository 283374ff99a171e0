"""``plumbline rebuild-series`` makes a span of InfluxDB what the archive says."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from places import START_NS
from series_rig import GROUND, ROOF, Rig
from servers.influx import V2Proxy
from servers.programs import free_port

from plumbline.cli import main
from plumbline.collector.events.model import AlarmLevel, Event, EventKind
from plumbline.collector.stages.influxdb import schema
from plumbline.collector.stages.influxdb.sink import sink_for
from plumbline.wire.block import NS
from plumbline.wire.timestamps import iso_seconds

pytestmark = pytest.mark.real
FIRST, LAST = iso_seconds(START_NS), iso_seconds(START_NS + 150 * NS)
JUNK_NS = START_NS + 100 * NS + 17


@pytest.fixture
def proxy(rig: Rig) -> Iterator[V2Proxy]:
    server = V2Proxy(rig.influx)
    yield server
    server.stop()


def quake() -> Event:
    return Event(
        id="quake", kind=EventKind.SHAKING, structure="TWR01", onset_ns=START_NS + 60 * NS,
        detector="long_period", level=AlarmLevel.RED, value=23.4, unit="gal",
        closed_ns=START_NS + 90 * NS, nodes={"3A": {}},
    )  # fmt: skip


@pytest.fixture
def lived(rig: Rig) -> Rig:
    """Return two minutes that were written as they came, and are packed in the archive since."""
    blocks = [*rig.shaken(ROOF, 140), *rig.shaken(GROUND, 140, seed=4), *rig.tilted(140)]
    blocks.sort(key=lambda block: block.end_ns)
    rig.put(*blocks)
    rig.events.save(quake())
    stage = rig.stage()
    rig.follow(stage)
    stage.close()
    rig.archive(repacked=True)
    return rig


def config(rig: Rig, **changed: str) -> Path:
    words = {"url": rig.influx.url, "api": "v1", "database": rig.database} | changed
    path = rig.folder / "collector.toml"
    lines = [f'{name} = "{value}"' for name, value in words.items()]
    path.write_text('data = "."\n[influxdb]\n' + "\n".join(lines) + "\n")
    return path


def rebuild(rig: Rig, *more: str, **changed: str) -> int:
    words = ["--from", FIRST, "--to", LAST, *more]
    return main(["rebuild-series", str(config(rig, **changed)), *words])


def sizes(rig: Rig) -> dict[str, int]:
    return {m: sum(len(p) for p in found.values()) for m, found in rig.everything().items()}


def same_but_for_packing(found: dict[str, Any], before: dict[str, Any]) -> None:
    """Compare sample for sample; packed, a time may be off by half a millisecond and its step."""
    for name, series in found.items():
        assert set(series) == set(before[name])
        for tags, points in series.items():
            assert [point[1:] for point in points] == [point[1:] for point in before[name][tags]]
            pairs = zip(points, before[name][tags], strict=True)
            assert max(abs(here[0] - there[0]) for here, there in pairs) <= 600_000


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_a_database_that_was_lost_is_written_again(
    lived: Rig, api: str, proxy: V2Proxy, capsys: pytest.CaptureFixture[str]
) -> None:
    before = lived.everything()
    lived.influx.query(f'DROP DATABASE "{lived.database}"')
    lived.influx.query(f'CREATE DATABASE "{lived.database}"')
    url = proxy.url if api == "v2" else lived.influx.url
    assert rebuild(lived, "--json", api=api, url=url) == 0
    after = lived.everything()
    assert after.pop("health") == {}, "how it arrived is not in the archive"
    same_but_for_packing(after, before)
    result = json.loads(capsys.readouterr().out)
    assert result["lines"] >= sum(sizes(lived).values())
    assert result["refused"] == 0


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_what_is_not_in_the_archive_goes_and_the_rest_stays(
    lived: Rig, api: str, proxy: V2Proxy
) -> None:
    before = lived.everything()
    sink = sink_for(lived.settings())
    tags = "network=XX,structure=TWR01,node=3A"
    sink.write(
        [
            f"waveform,{tags},channel=HN x=99,y=99,z=99 {JUNK_NS}",
            f"second,{tags},channel=HNZ peak=99 {JUNK_NS}",
            f"second,{tags},channel=HNZ peak=99 {START_NS - 5}",
            f"second,network=XX,structure=OTHER,node=3A,channel=HNZ peak=99 {JUNK_NS}",
        ]
    )
    sink.close()
    assert rebuild(lived, api=api, url=proxy.url if api == "v2" else lived.influx.url) == 0
    after = lived.everything()
    elsewhere = after["second"].pop(("XX", "OTHER", "3A", "HNZ"))
    assert [point[0] for point in elsewhere] == [JUNK_NS]
    earlier = after["second"]["XX", "TWR01", "3A", "HNZ"].pop(0)
    assert earlier[0] == START_NS - 5
    same_but_for_packing(after, before)


def test_rebuilding_twice_changes_nothing(lived: Rig) -> None:
    assert rebuild(lived) == 0
    before = lived.everything()
    assert rebuild(lived) == 0
    assert lived.everything() == before


def test_only_the_named_streams_are_written(lived: Rig) -> None:
    lived.influx.query(f'DROP DATABASE "{lived.database}"')
    assert rebuild(lived, "--stream", "XX.TWR01.3A.*") == 0
    found = lived.everything()
    assert {tags[2] for tags in [*found["waveform"], *found["second"]]} == {"3A"}
    assert found["tilt"] == {}


def test_a_span_the_archive_has_nothing_of_is_left_as_it_is(rig: Rig) -> None:
    rig.put(*rig.shaken(ROOF, 5))
    stage = rig.stage()
    rig.follow(stage)
    stage.close()
    before = rig.everything()
    assert rebuild(rig) == 0
    assert rig.everything() == before


def test_of_episodes_only_the_windows_are_written_at_full_rate(lived: Rig) -> None:
    lived.influx.query(f'DROP DATABASE "{lived.database}"')
    assert rebuild(lived, waveforms="episodes") == 0
    points = lived.points(schema.WAVEFORM)["XX", "TWR01", "3A", "HN"]
    assert points[0][0] == pytest.approx(START_NS + 50 * NS, abs=NS // 100)
    assert points[-1][0] == pytest.approx(START_NS + 90 * NS, abs=NS // 100)
    assert len(points) == 4000


def test_an_influxdb_that_cannot_delete_is_told_with_what_to_do(
    lived: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    third = V2Proxy(lived.influx, deletes=False)
    assert rebuild(lived, api="v2", url=third.url) == 2
    assert "with --add" in capsys.readouterr().err
    lived.influx.query(f'DROP DATABASE "{lived.database}"')
    lived.influx.query(f'CREATE DATABASE "{lived.database}"')
    assert rebuild(lived, "--add", api="v2", url=third.url) == 0
    third.stop()
    assert sizes(lived)["waveform"] == 2 * 14_000


def test_stopped_it_says_from_where_to_go_on(
    lived: Rig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from plumbline.collector.stages.influxdb.v1 import V1Sink

    write = V1Sink.write
    batches = iter(range(100))

    def stopped(self: V1Sink, lines: list[str]) -> None:
        if next(batches) == 3:
            raise KeyboardInterrupt
        write(self, lines)

    monkeypatch.setattr(V1Sink, "write", stopped)
    assert rebuild(lived) == 130
    assert capsys.readouterr().err == f"stopped; go on with --from {FIRST}\n"
    monkeypatch.undo()
    assert rebuild(lived) == 0
    assert sizes(lived)["waveform"] == 2 * 14_000


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["--from", "yesterday"], "--from 'yesterday': expected a time as"),
        (["--from", LAST, "--to", FIRST], "nothing lies between"),
        (["--from", FIRST, "--stream", "XX.NOWHERE.*"], "no such stream; there are XX.TWR01.0A.HN"),
    ],
)
def test_a_wrong_word_is_told(
    rig: Rig, words: list[str], answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rebuild-series", str(config(rig)), *words]) == 2
    assert answer in capsys.readouterr().err


def test_a_dead_influxdb_is_told(lived: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    assert rebuild(lived, url=f"http://127.0.0.1:{free_port()}") == 2
    assert "nothing listens there; is InfluxDB running?" in capsys.readouterr().err


def test_without_an_influxdb_there_is_nothing_to_rebuild(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    (rig.folder / "collector.toml").write_text("")
    assert main(["rebuild-series", str(rig.folder / "collector.toml"), "--from", FIRST]) == 2
    assert "[influxdb] has no url" in capsys.readouterr().err
