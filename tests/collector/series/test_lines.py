"""Lines say what the block said, in units, under the names of the schema."""

from pathlib import Path

import numpy as np
import pytest
from places import START_NS, block_of, tower_places

from plumbline.collector.events.model import Event, Kind, Level, Limit, Standing
from plumbline.collector.series import schema
from plumbline.collector.series.lines import event_line, line, measure_lines, waveform_lines


def test_a_waveform_is_one_line_an_instant_with_all_axes(tmp_path: Path) -> None:
    place = tower_places(tmp_path)["XX.TWR01.3A.HN"]
    wave = np.array([[0.1, 0.2], [0.3, 0.4], [9.8, 9.9]])
    first, second = waveform_lines(place, block_of(place, wave))
    head, fields, time = first.split(" ")
    assert head == "waveform,network=XX,structure=TWR01,node=3A,channel=HN"
    assert time == str(START_NS)
    assert second.endswith(str(START_NS + 10_000_000))
    values = dict(item.split("=") for item in fields.split(","))
    assert [round(float(values[name]), 3) for name in "xyz"] == [0.1, 0.3, 9.8]


def test_the_measures_of_a_second_are_about_its_own_mean(tmp_path: Path) -> None:
    place = tower_places(tmp_path)["XX.TWR01.3A.HN"]
    square = np.tile([1.0, -1.0], 50)
    wave = np.stack([9.8 + 0.5 * square, 0.1 * square, 0 * square])
    lines = list(measure_lines(place, block_of(place, wave), START_NS + 2_000_000_000))
    z = next(text for text in lines if "channel=HNZ" in text)
    values = dict(item.split("=") for item in z.split(" ")[1].split(","))
    assert float(values["peak"]) == pytest.approx(0.5, abs=1e-4)
    assert float(values["rms"]) == pytest.approx(0.5, abs=1e-4)
    assert float(values["mean"]) == pytest.approx(9.8, abs=1e-4)
    health = next(text for text in lines if text.startswith("health"))
    assert "latency_s=1.0," in health


def test_tilt_is_from_its_zero_and_settles_over_its_baseline(tmp_path: Path) -> None:
    place = tower_places(tmp_path)["XX.TWR01.0A.LA"]
    block = block_of(place, np.array([[112.5] * 10, [40.0] * 10]))
    lines = list(measure_lines(place, block, START_NS))
    first = next(text for text in lines if text.startswith("tilt") and "channel=LA1" in text)
    assert "raw=112.5,value=100.0" in first
    settled = next(text for text in lines if text.startswith("settlement"))
    assert float(settled.split("value=")[1].split(" ")[0]) == pytest.approx(1.2)  # 100 urad, 12 m


def test_a_tilt_without_a_zero_has_no_value(tmp_path: Path) -> None:
    place = tower_places(tmp_path)["XX.TWR01.0A.LA"]
    block = block_of(place, np.array([[112.5], [40.0]]))
    second = next(text for text in measure_lines(place, block, START_NS) if "LA2" in text)
    assert "raw=40.0" in second
    assert "value" not in second


def test_an_event_is_one_annotation_at_its_onset() -> None:
    limit = Limit(value=2.0, unit="gal", source="project", standing=Standing.PROJECT)
    event = Event(
        id="ab", kind=Kind.SHAKING, structure="TWR01", onset_ns=START_NS, detector="long_period",
        level=Level.RED, value=12.34, unit="gal", limit=limit,
    )  # fmt: skip
    text = event_line(event)
    assert text.startswith("event,structure=TWR01,kind=shaking,id=ab ")
    assert '"12.3 gal (limit 2 gal, project), long_period"' in text
    assert text.endswith(f" {START_NS}")


def test_what_is_not_finite_is_left_out_and_nothing_left_is_refused() -> None:
    tags = ("XX", "A", "00", "HNZ")
    text = line(schema.SECOND, tags, {"peak": float("nan"), "rms": 1.0}, 5)
    assert text == "second,network=XX,structure=A,node=00,channel=HNZ rms=1.0 5"
    with pytest.raises(ValueError, match="no field"):
        line(schema.SECOND, tags, {"peak": float("inf")}, 5)


def test_letters_with_a_meaning_are_escaped() -> None:
    tags = ("a b,c", "kind", "x=y")
    text = line(schema.EVENT, tags, {"title": 'say "stop"\\'}, 1)
    assert text.startswith(r"event,structure=a\ b\,c,kind=kind,id=x\=y ")
    assert r'title="say \"stop\"\\"' in text
