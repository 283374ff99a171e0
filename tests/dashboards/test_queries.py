"""Every query of the dashboard runs on the InfluxDB that the stage filled, and finds what is there.

Macros are put in as Grafana's own InfluxQL code does: the time filter in milliseconds, the interval
as a duration, a variable of many values as one regular expression.
"""

from typing import Any

import numpy as np
import pytest
from filled_series import Filled
from series_rig import GROUND, LILY, ROOF

from plumbline.dashboards.panels import Json
from plumbline.dashboards.structure import queries, structure_dashboard
from plumbline.wire.block import NS

pytestmark = pytest.mark.real
BOARD = structure_dashboard("XX", "TWR01", "Tower One", "plumbline")
Series = list[dict[str, Any]]


def panel(title: str) -> Json:
    return next(panel for panel in BOARD["panels"] if panel["title"].startswith(title))


def queried(filled: Filled, text: str, interval: str = "1s", nodes: str = "(0A|3A)") -> Series:
    from_ms, to_ms = filled.start_ns // 1_000_000, filled.end_ns // 1_000_000
    text = text.replace("$timeFilter", f"time >= {from_ms}ms and time <= {to_ms}ms")
    text = text.replace("$__interval", interval).replace("$node", nodes)
    assert "$" not in text.replace("$/", ""), text
    return filled.rig.influx.query(text, filled.rig.database)


def found(filled: Filled, title: str, number: int = 0) -> dict[tuple[str, str], list[Any]]:
    """Return what a query of a panel finds: points with a value, by node and channel."""
    shown = panel(title)
    series = queried(filled, shown["targets"][number]["query"], shown["interval"])
    return {
        (one["tags"]["node"], one["tags"]["channel"]): [
            v for v in one["values"] if v[1] is not None
        ]
        for one in series
    }


@pytest.mark.parametrize("text", queries(BOARD))
def test_every_query_finds_something(filled: Filled, text: str) -> None:
    series = queried(filled, text)
    assert series
    assert any(value is not None for one in series for row in one["values"] for value in row[1:])


def test_the_peaks_are_of_accelerometers_alone_and_in_gal(filled: Filled) -> None:
    peaks = found(filled, "Shaking")
    assert set(peaks) == {(n, c) for n in ("0A", "3A") for c in ("HNZ", "HNN", "HNE")}
    tower = [block for block in filled.blocks if block.stream.key == ROOF]
    values = np.hstack([filled.rig.places[ROOF].physical(block)[1] for block in tower])
    seconds = np.array([b.time_ns(i) // NS for b in tower for i in range(b.n_samples)])
    whole = [s for s in np.unique(seconds) if (seconds == s).sum() == 100]
    due = {
        int(s) * NS: np.abs(values[seconds == s] - values[seconds == s].mean()).max() for s in whole
    }
    shown_peaks = {time_ns: value for time_ns, value in peaks["3A", "HNN"] if time_ns in due}
    assert shown_peaks == {time_ns: pytest.approx(100 * peak) for time_ns, peak in due.items()}


def test_a_second_without_a_point_would_be_a_hole_and_there_is_none(filled: Filled) -> None:
    times = [time_ns for time_ns, _ in found(filled, "Shaking")["0A", "HNZ"]]
    assert set(np.diff(times)) == {NS}


def test_the_envelope_holds_every_sample(filled: Filled) -> None:
    shown = panel("Waveforms")
    aliases = [
        target["alias"].removeprefix("$tag_node $tag_channel ") for target in shown["targets"]
    ]
    assert aliases == ["x max", "x min", "y max", "y min", "z max", "z min"]
    ground = [block for block in filled.blocks if block.stream.key == GROUND]
    z = np.hstack([filled.rig.places[GROUND].physical(block)[0] for block in ground])
    high = [value for _, value in found(filled, "Waveforms", 0)["0A", "HN"]]
    low = [value for _, value in found(filled, "Waveforms", 1)["0A", "HN"]]
    assert max(high) == z.max()
    assert min(low) == z.min()
    assert len(high) == pytest.approx(z.size / 2, abs=2), "two samples in 20 ms"


def test_tilt_and_settlement_are_medians_of_what_was_measured(filled: Filled) -> None:
    lily = [block for block in filled.blocks if block.stream.key == LILY]
    place = filled.rig.places[LILY]
    tilt = np.hstack([place.physical(block)[0] for block in lily]) - 12.5
    times = np.array([b.time_ns(i) for b in lily for i in range(b.n_samples)])
    tilts = found(filled, "Tilt")
    assert set(tilts) == {("0A", "LA1")}, "an axis without a zero has no tilt to draw"
    for time_ns, value in tilts["0A", "LA1"]:
        part = tilt[(times >= time_ns) & (times < time_ns + 10 * NS)]
        assert value == pytest.approx(np.median(part))
    settled = found(filled, "Differential settlement")["0A", "LA1"]
    assert [v for _, v in settled] == pytest.approx([0.012 * v for _, v in tilts["0A", "LA1"]])


def test_the_age_of_every_stream_is_known_also_of_one_silent_for_long(filled: Filled) -> None:
    text = panel("Age of data")["targets"][0]["query"]
    assert "$timeFilter" not in text
    ages = {(s["tags"]["node"], s["tags"]["channel"]): s["values"] for s in queried(filled, text)}
    assert set(ages) == {("0A", "HN"), ("3A", "HN"), ("0A", "LA"), ("0A", "LK")}
    last = max(block.start_ns for block in filled.blocks if block.stream.key == ROOF)
    assert ages["3A", "HN"][0][0] == last


def test_an_event_is_annotated_from_onset_to_end_and_no_column_is_empty(filled: Filled) -> None:
    note = BOARD["annotations"]["list"][0]
    (series,) = queried(filled, note["query"])
    assert series["columns"] == ["time", "title", "text", "level", "ended_ms"]
    assert {note["titleColumn"], note["textColumn"], note["tagsColumn"]} < set(series["columns"])
    assert note["timeEndColumn"] == f"{series['name']}.ended_ms"
    quake, lean = series["values"]
    assert quake[:2] == [filled.start_ns + 30 * NS, "shaking red"]
    assert quake[3:] == ["red", (filled.start_ns + 60 * NS) // 1_000_000]
    assert lean[1] == "tilt amber"
    assert lean[4] == 0
    assert all(value is not None for row in series["values"] for value in row)


def test_nodes_can_be_chosen(filled: Filled) -> None:
    (series,) = queried(filled, BOARD["templating"]["list"][0]["query"])
    assert [value for _, value in series["values"]] == ["0A", "3A"]
    one = queried(filled, panel("Shaking")["targets"][0]["query"], nodes="3A")
    assert {series["tags"]["node"] for series in one} == {"3A"}
