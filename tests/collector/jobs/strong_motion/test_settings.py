"""What the configuration asks of the inventory, and which stream of a node is measured."""

from dataclasses import replace
from pathlib import Path

import pytest
from places import tower_places

from plumbline.collector.jobs.strong_motion.measurement import measured_streams
from plumbline.collector.jobs.strong_motion.settings import (
    OwnPeriod,
    StrongMotionSettings,
    episode_problems,
)


def own(structure: str) -> StrongMotionSettings:
    period = OwnPeriod(structure=structure, period_s=3.0, source="ambient survey")
    return StrongMotionSettings(own_period=(period,))


def test_a_period_of_an_unknown_structure_is_a_problem(tmp_path: Path) -> None:
    places = tower_places(tmp_path)
    assert list(episode_problems(own("TWR01"), places)) == []
    (problem,) = episode_problems(own("TWR09"), places)
    assert "it has TWR01" in problem.what


@pytest.mark.parametrize(
    ("rates_hz", "chosen_hz"),
    [((100, 500), 100), ((500, 200), 200), ((50, 20), 50), ((50, 500), 500)],
    ids=["the structure's chain", "slowest above it", "fastest below it", "one above"],
)
def test_one_stream_of_a_node_is_measured(
    tmp_path: Path, rates_hz: tuple[float, float], chosen_hz: float
) -> None:
    place = tower_places(tmp_path)["XX.TWR01.3A.HN"]
    both = {
        f"XX.TWR01.3A.{stream}": replace(
            place, instrument=place.instrument.model_copy(update={"rate_hz": rate_hz})
        )
        for stream, rate_hz in zip(("HN", "CN"), rates_hz, strict=True)
    }
    (measured,) = measured_streams(both)["TWR01"]
    assert measured.instrument.rate_hz == chosen_hz
