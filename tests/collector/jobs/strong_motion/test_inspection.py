"""Where to look first after an episode: drift by pairs of levels, and when it cannot be said."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from places import tower_places
from shaken_site import CLOSED_NS, GROUND, ONSET_NS, PERIOD_S, QUIET_S, ROOF, Site, shaking

from plumbline.collector.jobs.strong_motion.inspection import inspection_report
from plumbline.collector.jobs.strong_motion.settings import (
    ProjectDriftLimit,
    StrongMotionSettings,
    episode_problems,
)
from plumbline.collector.jobs.strong_motion.storey_drift import base_level
from plumbline.collector.jobs.strong_motion.view import EpisodeView
from plumbline.wire.block import NS
from plumbline.wire.inventory import stage_at
from plumbline.wire.inventory.model import ConstructionStage, Role, Structure

OVER_S = QUIET_S + 140
# a sine of 0.15 m/s2 between roof and ground, twice integrated
DRIFT_M = 0.15 / (2 * np.pi / PERIOD_S) ** 2
COMPLETE = (ConstructionStage(since=dt.date(2026, 1, 1), floors_cast=8, complete=True),)
RISING = (
    ConstructionStage(since=dt.date(2026, 1, 1), floors_cast=4),
    ConstructionStage(since=dt.date(2026, 6, 1), floors_cast=9),
    ConstructionStage(since=dt.date(2027, 1, 1), floors_cast=12, complete=True),
)
LIMIT = ProjectDriftLimit(
    structure="TWR01", yellow_ratio=0.002, red_ratio=0.003,
    engineer="S. Chai, PE", date=dt.date(2026, 3, 1), document="TWR01-S-01",
)  # fmt: skip


FINISHED = {"height_m": 10.0, "hazus_class": "C2.H.MC", "stage": COMPLETE}


def test_after_the_shaking_the_drift_is_the_sines_and_the_page_has_a_priority(site: Site) -> None:
    structure = site.inventory.structure[0].model_copy(update=FINISHED)
    for key in (GROUND, ROOF):
        site.record(key)
    site.start({k: replace(p, structure=structure) for k, p in site.places.items()})
    site.events.save(shaking())
    site.idle_until(QUIET_S + 40, step_s=20)
    view = EpisodeView(site.events, site.store)
    latest = view.latest(CLOSED_NS + 60 * NS)
    assert latest is not None
    assert latest["inspection"] is None  # it still shakes
    site.events.save(shaking(closed_ns=CLOSED_NS))
    site.idle_until(OVER_S + 15, step_s=5)
    latest = view.latest(CLOSED_NS + 60 * NS)
    assert latest is not None
    # 0.34 % against medians 0.20, 0.42, 1.16, 3.0 %: moderate is likelier than one in ten
    assert latest["inspection"]["priority"] == "yellow"
    assert latest["inspection"]["first"] == "roof drift, levels 0 to 1"
    whole = view.whole(shaking().id)
    assert whole is not None
    found = whole["structure_measures"]["inspection"]
    assert "C2.H.MC: slight" in found["reason"]
    assert "no colour means that a building is safe" in found["meaning"]
    north = next(drift for drift in found["drifts"] if drift["direction"] == "NS")
    assert north["displacement_m"] == pytest.approx(DRIFT_M, rel=0.02)
    assert north["ratio"] == pytest.approx(DRIFT_M / 10.0, rel=0.02)
    # the blocks carry a clock error; the roof's velocity times it is in the uncertainty
    assert 0 < north["clock_m"] < north["uncertainty_m"] < 0.1 * DRIFT_M
    assert ONSET_NS < int(north["time_ns"]) < CLOSED_NS
    east = next(drift for drift in found["drifts"] if drift["direction"] == "EW")
    assert east["displacement_m"] < 0.05 * DRIFT_M


def test_a_roof_without_a_ground_node_has_no_drift(tmp_path: Path) -> None:
    roof = [place for key, place in tower_places(tmp_path).items() if key == ROOF]
    assert base_level(roof) is None
    found = inspection_report(roof[0].structure, None, [], base=None, project=None)
    assert found["priority"] == "not applicable"
    assert "no accelerometer at the base" in found["reason"]


def test_a_free_field_is_never_the_base(tmp_path: Path) -> None:
    known = tower_places(tmp_path)
    outside = replace(
        known[GROUND], node=known[GROUND].node.model_copy(update={"role": Role.FREE_FIELD})
    )
    assert base_level([outside, known[ROOF]]) is None


def drift(upper: int, lower: int, ratio: float | None, **changed: object) -> dict[str, Any]:
    made = {
        "upper_level": upper, "lower_level": lower, "direction": "EW", "displacement_m": 0.02,
        "ratio": ratio, "ratio_uncertainty": None if ratio is None else 0.0001,
        "completeness": 1.0,
    }  # fmt: skip
    return made | changed


@pytest.fixture
def structure(tmp_path: Path) -> Structure:
    built: Structure = next(iter(tower_places(tmp_path).values())).structure
    return built.model_copy(update={"hazus_class": "C2.H.MC"})


@pytest.mark.parametrize(
    ("changed", "stages", "ratio", "reason"),
    [
        ({}, RISING, 0.0034, "this stage is '9 floors cast since 2026-06-01'"),
        ({}, (), 0.0034, "this stage is 'not declared in the inventory'"),
        ({"hazus_class": None}, COMPLETE, 0.0034, "no building class given"),
        ({}, COMPLETE, None, "no height given"),
    ],
    ids=["under construction", "no stage", "no class", "no height"],
)
def test_where_it_does_not_apply_the_reason_is_told(
    structure: Structure,
    changed: dict[str, object],
    stages: tuple[ConstructionStage, ...],
    ratio: float | None,
    reason: str,
) -> None:
    built = structure.model_copy(update={"stage": stages, **changed})
    stage = stage_at(built, ONSET_NS)
    found = inspection_report(built, stage, [drift(1, 0, ratio)], base=0, project=None)
    assert found["priority"] == "not applicable"
    assert reason in found["reason"]
    assert found["look_first"][0]["displacement_m"] == 0.02  # the measure itself stands


def test_project_limits_hold_while_it_is_built(structure: Structure) -> None:
    own = StrongMotionSettings(drift_limit=(LIMIT,)).drifts_of("TWR01")
    found = inspection_report(structure, RISING[1], [drift(1, 0, 0.0034)], base=0, project=own)
    assert found["priority"] == "red"
    assert "S. Chai, PE, TWR01-S-01" in found["reason"]
    assert StrongMotionSettings(drift_limit=(LIMIT,)).drifts_of("TWR02") is None


def test_the_pair_of_levels_that_bent_most_comes_first(structure: Structure) -> None:
    found = inspection_report(
        structure, COMPLETE[0],
        [drift(9, 0, 0.002), drift(1, 0, 0.001), drift(2, 1, 0.015), drift(9, 2, 0.001)],
        base=0, project=None,
    )  # fmt: skip
    names = [pair["levels"] for pair in found["look_first"]]
    assert names[0] == "storey, levels 1 to 2"
    assert "7 storeys together, levels 2 to 9" in names
    assert "roof drift, levels 0 to 9" in names
    assert found["priority"] == "red"
    assert found["reason"].startswith("storey, levels 1 to 2, EW 1.500%")


def test_a_gap_in_the_episode_is_part_of_the_evidence(structure: Structure) -> None:
    found = inspection_report(
        structure, COMPLETE[0], [drift(9, 0, 0.001, completeness=0.4)], base=0, project=None
    )  # fmt: skip
    assert "only 40% of the episode" in found["reason"]


def test_a_pair_without_a_height_ranks_behind_one_with(structure: Structure) -> None:
    found = inspection_report(
        structure, COMPLETE[0],
        [drift(1, 0, None, displacement_m=9.0), drift(2, 1, 0.0001), drift(2, 0, None)],
        base=0, project=None,
    )  # fmt: skip
    assert found["look_first"][0]["levels"] == "storey, levels 1 to 2"


@pytest.fixture
def problems(tmp_path: Path) -> Callable[..., list[str]]:
    def made(*limits: ProjectDriftLimit, **changed: object) -> list[str]:
        known = tower_places(tmp_path)
        structure = known[ROOF].structure.model_copy(update=changed)
        known = {key: replace(place, structure=structure) for key, place in known.items()}
        settings = StrongMotionSettings(drift_limit=limits)
        return [str(problem) for problem in episode_problems(settings, known)]

    return made


def test_limits_and_classes_nobody_knows_are_problems(
    problems: Callable[..., list[str]],
) -> None:
    assert problems(LIMIT, hazus_class="C2.H.MC") == []
    stray = LIMIT.model_copy(update={"structure": "TWR09"})
    unread, second, unknown = sorted(problems(LIMIT, LIMIT, stray, hazus_class="C1.M.LC"))
    assert "C1.M.LC" in unread
    assert "a second one of TWR01" in second
    assert "it has TWR01" in unknown


def test_drift_limits_must_rise() -> None:
    with pytest.raises(ValueError, match="yellow_ratio < red_ratio"):
        ProjectDriftLimit(**(LIMIT.model_dump() | {"red_ratio": 0.001}))
