"""What is in a real InfluxDB is what the blocks said, whichever way it went in."""

from collections.abc import Iterator

import numpy as np
import pytest
from places import START_NS
from series_rig import GROUND, LILY, ROOF, WARMTH, Rig
from servers.influx import Influx, V2Proxy

from plumbline.collector.events.model import AlarmLevel, Event, EventKind, Limit, Standing
from plumbline.collector.stages.influxdb import schema
from plumbline.wire.block import NS, Block

pytestmark = pytest.mark.real


@pytest.fixture
def proxy(influx: Influx) -> Iterator[V2Proxy]:
    server = V2Proxy(influx)
    yield server
    server.stop()


@pytest.fixture
def blocks(rig: Rig) -> list[Block]:
    return [*rig.shaken(ROOF, 12), *rig.shaken(GROUND, 12, seed=4), *rig.tilted(20), *rig.warm(20)]


@pytest.fixture(params=["v1", "v2"])
def filled(rig: Rig, blocks: list[Block], request: pytest.FixtureRequest) -> Rig:
    """Return a rig whose InfluxDB holds the blocks, written straight or by influxdb-client."""
    url = rig.influx.url
    if request.param == "v2":
        proxy: V2Proxy = request.getfixturevalue("proxy")
        rig.influx.query(f'CREATE DATABASE "{rig.database}"')
        url = proxy.url
    rig.put(*blocks)
    stage = rig.stage(api=request.param, url=url)
    rig.follow(stage)
    stage.close()
    if request.param == "v2":
        assert proxy.requests
        assert all(path.startswith("/api/v2/write?") for path in proxy.requests)
    return rig


def of(rig: Rig, blocks: list[Block], key: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the times and values of a stream as the blocks hold them."""
    mine = [block for block in blocks if block.stream.key == key]
    times = [block.time_ns(i) for block in mine for i in range(block.n_samples)]
    return np.array(times), np.hstack([rig.places[key].physical(block) for block in mine])


@pytest.mark.parametrize("key", [ROOF, GROUND])
def test_every_sample_of_a_waveform_is_there(filled: Rig, blocks: list[Block], key: str) -> None:
    times, values = of(filled, blocks, key)
    points = filled.points(schema.WAVEFORM)["XX", "TWR01", key.split(".")[2], "HN"]
    np.testing.assert_array_equal([point[0] for point in points], times)
    np.testing.assert_array_equal(np.array([point[1:] for point in points]).T, values)


def test_each_second_is_measured_about_its_own_mean(filled: Rig, blocks: list[Block]) -> None:
    times, values = of(filled, blocks, ROOF)
    points = filled.points(schema.SECOND)["XX", "TWR01", "3A", "HNE"]
    seconds = np.unique(times // NS)
    assert [point[0] for point in points] == (seconds * NS).tolist()
    for second, (_, peak, rms, mean, samples) in zip(seconds, points, strict=True):
        part = values[2, times // NS == second]
        assert samples == part.size
        assert mean == pytest.approx(part.mean(), abs=1e-12)
        assert rms == pytest.approx(part.std(), rel=1e-9)
        assert peak == pytest.approx(np.abs(part - part.mean()).max(), rel=1e-9)


def test_tilt_settlement_and_temperature_are_there_sample_for_sample(
    filled: Rig, blocks: list[Block]
) -> None:
    times, tilt = of(filled, blocks, LILY)
    with_zero = filled.points(schema.TILT)["XX", "TWR01", "0A", "LA1"]
    assert [point[0] for point in with_zero] == times.tolist()
    np.testing.assert_array_equal([point[1] for point in with_zero], tilt[0])
    np.testing.assert_array_equal([point[2] for point in with_zero], tilt[0] - 12.5)
    without = filled.points(schema.TILT)["XX", "TWR01", "0A", "LA2"]
    assert [point[2] for point in without] == [None] * times.size
    settled = filled.points(schema.SETTLEMENT)["XX", "TWR01", "0A", "LA1"]
    expected = 12.0 * 1e-3 * (tilt[0] - 12.5)  # 12 m: 1 urad is 12 um
    np.testing.assert_allclose([point[2] for point in settled], expected, rtol=1e-6)
    warm_times, warm = of(filled, blocks, WARMTH)
    warmth = filled.points(schema.SECOND)["XX", "TWR01", "0A", "LKI"]
    assert [point[0] for point in warmth] == warm_times.tolist()
    np.testing.assert_array_equal([point[3] for point in warmth], warm[0])


def test_tilt_and_temperature_are_not_there_a_second_time(filled: Rig) -> None:
    assert {tags[3] for tags in filled.points(schema.WAVEFORM)} == {"HN"}


def test_health_says_how_each_block_arrived(filled: Rig, blocks: list[Block]) -> None:
    roof = [block for block in blocks if block.stream.key == ROOF]
    points = filled.points(schema.HEALTH)["XX", "TWR01", "3A", "HN"]
    assert points == [[block.start_ns, 0.2, 0.2, 100, 100] for block in roof]


def test_writing_everything_again_changes_nothing(filled: Rig) -> None:
    before = filled.everything()
    (filled.folder / "state" / "series.db").unlink()
    stage = filled.stage()
    filled.follow(stage)
    stage.close()
    assert filled.everything() == before


def test_where_the_readings_were_cut_makes_no_difference(rig: Rig, blocks: list[Block]) -> None:
    rig.put(*blocks)
    stage = rig.stage()
    rig.follow(stage)
    stage.close()
    pieces, rig.database = rig.everything(), rig.database + "_whole"
    (rig.folder / "state" / "series.db").unlink()
    stage = rig.stage()
    stage.take(rig.journal.read(0), START_NS)
    stage.close()
    assert rig.everything() == pieces


def event(**changed: object) -> Event:
    limit = Limit(value=20.0, unit="gal", source="project", standing=Standing.PROJECT)
    words = {
        "id": "quake", "kind": EventKind.SHAKING, "structure": "TWR01", "onset_ns": START_NS,
        "detector": "long_period", "level": AlarmLevel.RED, "value": 23.4, "unit": "gal",
        "limit": limit,
        "nodes": {"0A": {"peak_gal": 2.0}, "3A": {"peak_gal": 23.4}},
    }  # fmt: skip
    return Event(**words | changed)  # type: ignore[arg-type]


def test_a_revised_event_is_one_annotation_with_its_newest_words(rig: Rig) -> None:
    stage = rig.stage()
    rig.events.save(event())
    stage.idle(START_NS)
    rig.events.save(event(value=31.0, level=AlarmLevel.BLACK, closed_ns=START_NS + 60 * NS))
    stage.idle(START_NS)
    stage.close()
    (tags, points), *others = rig.points(schema.EVENT).items()
    assert not others
    assert tags == ("TWR01", "shaking", "long_period", "")
    text = "31 gal (limit 20 gal, project), long_period; nodes 0A, 3A"
    ended_ms = START_NS // 1_000_000 + 60_000
    assert points == [
        [START_NS, "quake", "shaking black", text, "black", 31.0, "gal", False, ended_ms]
    ]


def test_two_tiltmeters_over_their_limit_at_one_instant_are_two_annotations(rig: Rig) -> None:
    stage = rig.stage()
    tilt = {"kind": EventKind.TILT, "detector": "tilt_level", "unit": "µrad"}
    rig.events.save(
        event(id="a", nodes={"1A": {"value": 1.0}}, **tilt),
        event(id="b", nodes={"2A": {"value": 1.0}}, **tilt),
    )
    stage.idle(START_NS)
    stage.close()
    found = rig.points(schema.EVENT)
    assert {tags[3]: points[0][1] for tags, points in found.items()} == {"1A": "a", "2A": "b"}


def test_the_types_of_the_schema_are_those_the_engine_took(filled: Rig) -> None:
    filled.events.save(event())
    stage = filled.stage()
    stage.idle(START_NS)
    stage.close()
    found = filled.influx.query("SHOW FIELD KEYS", filled.database)
    kinds = {series["name"]: dict(series["values"]) for series in found}
    for name, fields in kinds.items():
        declared = schema.MEASUREMENTS[name].fields
        assert fields == {field: str(declared[field][0]) for field in fields}
    assert set(kinds) == set(schema.MEASUREMENTS)
