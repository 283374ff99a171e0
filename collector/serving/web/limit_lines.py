"""Limit lines of the page's tilt chart."""

from plumbline.collector.stages.deformation.limit_settings import LimitQuantity, LimitRule
from plumbline.collector.stages.deformation.settings import DeformationSettings


def drawn_limits_urad(settings: DeformationSettings) -> dict[str, float]:
    """Return the tilt limits that are drawn, by level: the lowest of each. [urad]"""
    drawn: dict[str, float] = {}
    for limit in settings.limit:
        if limit.of is LimitQuantity.TILT and limit.rule is LimitRule.THRESHOLD:
            for level, bound in limit.bounds():
                drawn[level] = min(bound, drawn.get(level, bound))
    return drawn
