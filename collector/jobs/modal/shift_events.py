"""Events of modes and of construction stages."""

from collections.abc import Mapping
from typing import Any

from plumbline.analysis.modal.tracking import LEAST_GUARD, SIGMAS
from plumbline.collector.events.model import (
    AlarmLevel,
    Event,
    EventKind,
    Limit,
    Standing,
    finding_id,
)
from plumbline.collector.jobs.modal.settings import ModalAlarm
from plumbline.wire.inventory.dating import begins_ns
from plumbline.wire.inventory.model import ConstructionStage, Structure

DETECTOR = "modal_shift"
STAGE_DETECTOR = "inventory"
RULE = f"larger of {SIGMAS:g} sigma and {100 * LEAST_GUARD:g} % on two modes"


def shift_event(
    structure: str,
    onset_ns: int,
    body: Mapping[str, Any],
    adopted: ModalAlarm | None,
) -> Event | None:
    """Return the event of modes that moved; None if none is beyond its guard.

    Parameters
    ----------
    onset_ns
        Beginning of the first record that showed it. [ns since 1970]
    body
        The window that shows it now.
    adopted
        Who answers for the alarm; without anybody it is a candidate and calls nobody.
    """
    moved = [(k, one) for k, one in enumerate(body["tracked"], 1) if one and one["beyond"]]
    if not moved:
        return None
    _, worst = max(moved, key=lambda pair: abs(pair[1]["change"]))
    source, standing = RULE, Standing.CANDIDATE
    if adopted is not None:
        source = f"{RULE}; {adopted.engineer} {adopted.date.isoformat()}, {adopted.document}"
        standing = Standing.PROJECT
    return Event(
        id=finding_id(DETECTOR, structure, onset_ns),
        kind=EventKind.MODAL_SHIFT,
        structure=structure,
        onset_ns=onset_ns,
        detector=DETECTOR,
        level=AlarmLevel.AMBER if adopted is None else AlarmLevel(adopted.level),
        value=100 * abs(worst["change"]),
        unit="%",
        limit=Limit(value=100 * worst["guard"], unit="%", source=source, standing=standing),
        evidence={
            "stage": body["stage"],
            "temperature_c": body["temperature_c"],
            "modes": [
                {
                    "mode": k,
                    "found_hz": one["found_hz"],
                    "expected_hz": one["expected_hz"],
                    "change_percent": 100 * one["change"],
                    "outside_the_baselines_temperatures": one["extrapolated"],
                }
                for k, one in moved
            ],
        },
    )


def stage_event(structure: Structure, stage: ConstructionStage) -> Event:
    """Return the event of a construction stage that began: an annotation, it calls nobody."""
    onset_ns = begins_ns(stage.since, structure.timezone)
    return Event(
        id=finding_id(STAGE_DETECTOR, structure.code, onset_ns),
        kind=EventKind.CONSTRUCTION_STAGE,
        structure=structure.code,
        onset_ns=onset_ns,
        closed_ns=onset_ns,
        detector=STAGE_DETECTOR,
        level=AlarmLevel.GREEN,
        value=float(stage.floors_cast),
        unit="floors",
        evidence={
            "complete": stage.complete,
            "note": stage.note,
            "says": "modes are compared again once the baseline of this stage is learned",
        },
    )
