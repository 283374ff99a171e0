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


def test_without_a_known_period_the_first_guess_of_the_height_is_shown_and_said_to_be_one(
    tmp_path: Path,
) -> None:
    structure = tower_places(tmp_path)["XX.TWR01.3A.HN"].structure
    tall = structure.model_copy(update={"height_m": 137.0, "storeys": 40})
    guess = StrongMotionSettings().own_period_of(tall)
    assert guess is not None
    assert guess.period_s == pytest.approx(2.98, abs=0.005)  # 137 m: 0.336 Hz
    assert guess.source.startswith("first guess 46 / h: ISO 4866")
    assert own("TWR01").own_period_of(tall) == (3.0, "ambient survey")
    # A filter's corner goes by what is known, never by a guess.
    assert StrongMotionSettings().own_period_s("TWR01") is None
    unknown = structure.model_copy(update={"height_m": None, "storeys": None})
    assert StrongMotionSettings().own_period_of(unknown) is None


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
