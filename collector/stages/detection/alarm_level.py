"""Alarm level of a peak acceleration: adopted limits decide, candidates are only shown."""

from typing import Any

from plumbline.collector.events.model import AlarmLevel, Limit, Standing
from plumbline.collector.stages.detection.settings import DetectionSettings


def alarm_level_of(
    value_gal: float, structure: str, settings: DetectionSettings
) -> tuple[AlarmLevel, Limit | None, list[dict[str, Any]]]:
    """Return level and limit of a size, and the candidate limits it crosses.

    Notes
    -----
    Limits somebody answers for decide; below all of them it is green. Where a structure has
    none, whatever a detector finds is amber. Candidates are shown beside and change nothing.
    """
    level, limit = AlarmLevel.AMBER, None
    shown: list[dict[str, Any]] = []
    answered = [
        rule
        for rule in settings.limit
        if rule.structure == structure and rule.standing is not Standing.CANDIDATE
    ]
    for rule in settings.limit:
        if rule.structure != structure or (crossed := rule.crossed(value_gal)) is None:
            continue
        if rule.standing is Standing.CANDIDATE:
            shown.append({"level": str(crossed[0]), "gal": crossed[1], "source": rule.source})
        elif limit is None or crossed[1] > limit.value:
            level = crossed[0]
            limit = rule.event_limit(*crossed)
    if answered and limit is None:
        level = AlarmLevel.GREEN
    return level, limit, shown
