"""Lines say what the block said, in units, under the names of the schema."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from places import START_NS, block_of, tower_places

from plumbline.collector.events.model import AlarmLevel, Event, EventKind, Limit, Standing
from plumbline.collector.stages.influxdb import schema
from plumbline.collector.stages.influxdb.line_protocol import (
    event_line,
    line,
    sample_times_ns,
    waveform_lines,
)
from plumbline.collector.stages.influxdb.stream_lines import StreamLines, health_line
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit, Zero


@pytest.fixture
def roof(tmp_path: Path) -> Place:
    return tower_places(tmp_path)["XX.TWR01.3A.HN"]


@pytest.fixture
def lily(tmp_path: Path) -> Place:
    return tower_places(tmp_path)["XX.TWR01.0A.LA"]


def fields(text: str) -> dict[str, str]:
    return dict(item.split("=") for item in text.split(" ")[1].split(","))


def test_a_waveform_is_one_line_an_instant_with_all_axes(roof: Place) -> None:
    wave = np.array([[0.1, 0.2], [0.3, 0.4], [9.8, 9.9]])
    first, second = waveform_lines(roof, block_of(roof, wave))
    head, _, time = first.split(" ")
    assert head == "waveform,network=XX,structure=TWR01,node=3A,channel=HN"
    assert time == str(START_NS)
    assert second.endswith(str(START_NS + 10_000_000))
    assert [round(float(fields(first)[name]), 3) for name in "xyz"] == [0.1, 0.3, 9.8]


def test_a_waveform_is_cut_to_a_span_to_the_sample(roof: Place) -> None:
    block = block_of(roof, np.zeros((3, 100)))
    cut = list(waveform_lines(roof, block, START_NS + 10_000_000, START_NS + 30_000_000))
    assert [text.split(" ")[-1] for text in cut] == [
        str(START_NS + 10_000_000),
        str(START_NS + 20_000_000),
    ]


@pytest.mark.parametrize("rate_hz", [3.0, 31.25, 100.0, 500.0, 99.999])
def test_the_times_of_a_block_are_those_it_tells_one_by_one(roof: Place, rate_hz: float) -> None:
    block = replace(block_of(roof, np.zeros((3, 700))), rate_hz=rate_hz)
    assert sample_times_ns(block).tolist() == [block.time_ns(i) for i in range(700)]


def test_the_measures_of_a_second_are_about_its_own_mean(roof: Place) -> None:
    square = np.tile([1.0, -1.0], 50)
    wave = np.stack([9.8 + 0.5 * square, 0.1 * square, 0 * square])
    z, n, e = StreamLines(roof).lines(block_of(roof, wave))
    assert "channel=HNZ" in z
    assert float(fields(z)["peak"]) == pytest.approx(0.5, abs=1e-4)
    assert float(fields(z)["rms"]) == pytest.approx(0.5, abs=1e-4)
    assert float(fields(z)["mean"]) == pytest.approx(9.8, abs=1e-4)
    assert float(fields(n)["rms"]) == pytest.approx(0.1, abs=1e-4)
    assert float(fields(e)["peak"]) == 0.0


def test_health_is_measured_from_the_end_of_the_block(roof: Place) -> None:
    block = block_of(roof, np.zeros((3, 100)))
    found = fields(health_line(roof, block, START_NS + 2 * NS))
    assert found == {
        "latency_s": "1.0",
        "clock_error_ms": "0.2",
        "time_quality": "100i",
        "samples": "100i",
    }


def test_tilt_is_from_its_zero_and_settles_over_its_baseline(lily: Place) -> None:
    block = block_of(lily, np.array([[112.5] * 10, [40.0] * 10]))
    lines = list(StreamLines(lily).lines(block))
    tilts = [text for text in lines if text.startswith("tilt") and "channel=LA1" in text]
    assert [fields(text) for text in tilts] == [{"raw": "112.5", "value": "100.0"}] * 10
    settled = next(text for text in lines if text.startswith("settlement"))
    assert float(fields(settled)["value"]) == pytest.approx(1.2)  # 100 urad, 12 m


def test_a_tilt_without_a_zero_has_no_value(lily: Place) -> None:
    block = block_of(lily, np.array([[112.5], [40.0]]))
    second = next(text for text in StreamLines(lily).lines(block) if "LA2" in text)
    assert fields(second) == {"raw": "40.0"}


def test_a_tilt_is_told_from_the_zero_that_holds_at_its_sample(lily: Place) -> None:
    read = dt.datetime.fromtimestamp(START_NS // NS + 3, dt.UTC)
    (first,) = lily.instrument.axes[0].zero
    axis = lily.instrument.axes[0].model_copy(
        update={"zero": (first, Zero(value=110.0, when=read, who="P. Wong"))}
    )
    changed = {"axes": (axis, lily.instrument.axes[1])}
    place = replace(lily, instrument=lily.instrument.model_copy(update=changed))
    lines = StreamLines(place).lines(block_of(place, np.tile([[112.5], [0.0]], 5)))
    values = [fields(text)["value"] for text in lines if text.startswith("tilt") and "LA1" in text]
    assert values == ["100.0"] * 3 + ["2.5"] * 2


def test_a_settlement_cell_is_told_from_its_zero(lily: Place) -> None:
    zero = Zero(value=3.0, when="2026-02-01", who="S. Chai")
    axis = lily.instrument.axes[0].model_copy(update={"zero": (zero,), "code": "2"})
    changed = {"unit": Unit.SETTLEMENT, "axes": (lily.instrument.axes[1], axis)}
    cell = replace(lily, instrument=lily.instrument.model_copy(update=changed))
    bare, zeroed = StreamLines(cell).lines(block_of(cell, np.array([[5.0], [5.0]])))
    assert bare.startswith("settlement,")
    assert fields(bare) == {"raw": "5.0"}
    assert fields(zeroed) == {"raw": "5.0", "value": "2.0"}


def quake(**changed: object) -> Event:
    limit = Limit(value=2.0, unit="gal", source="project", standing=Standing.PROJECT)
    words = {
        "id": "ab", "kind": EventKind.SHAKING, "structure": "TWR01", "onset_ns": START_NS,
        "detector": "long_period", "level": AlarmLevel.RED, "value": 12.34, "unit": "gal",
        "limit": limit, "nodes": {"3A": {}, "0A": {}},
    }  # fmt: skip
    return Event(**words | changed)  # type: ignore[arg-type]


def test_an_event_is_one_annotation_at_its_onset() -> None:
    text = event_line(quake())
    assert text.startswith("event,structure=TWR01,kind=shaking,detector=long_period ")
    assert '"12.3 gal (limit 2 gal, project), long_period; nodes 0A, 3A"' in text
    assert ",ended_ms=0i " in text
    assert text.endswith(f" {START_NS}")


def test_an_event_has_every_field_from_its_first_revision() -> None:
    """Grafana drops an annotation of which a column is null."""
    _, rest = event_line(quake(limit=None, nodes={}, value=float(3))).split(" ", 1)
    assert all(f"{name}=" in rest for name in schema.EVENT.fields)


def test_what_came_late_is_said_to() -> None:
    assert "long_period, found late;" in event_line(quake(late=True))


def test_what_is_not_finite_is_left_out_and_nothing_left_is_refused() -> None:
    tags = ("XX", "A", "00", "HNZ")
    text = line(schema.SECOND, tags, {"peak": float("nan"), "rms": 1.0}, 5)
    assert text == "second,network=XX,structure=A,node=00,channel=HNZ rms=1.0 5"
    with pytest.raises(ValueError, match="no field"):
        line(schema.SECOND, tags, {"peak": float("inf")}, 5)


def test_what_the_schema_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="expected tags"):
        line(schema.SECOND, ("XX",), {"rms": 1.0}, 5)
    with pytest.raises(ValueError, match="loudness"):
        line(schema.SECOND, ("XX", "A", "00", "HNZ"), {"loudness": 1.0}, 5)


def test_letters_with_a_meaning_are_escaped() -> None:
    tags = ("a b,c", "kind", "x=y", "")
    text = line(schema.EVENT, tags, {"title": 'say "stop"\\'}, 1)
    assert text.startswith(r"event,structure=a\ b\,c,kind=kind,detector=x\=y ")
    assert r'title="say \"stop\"\\"' in text
