"""Which limits are drawn on the page."""

from plumbline.collector.stages.deformation.limit_settings import Quantity, Rule
from plumbline.collector.stages.deformation.settings import SlowSettings


def drawn_limits_urad(settings: SlowSettings) -> dict[str, float]:
    """Return the tilt limits that are drawn, by level: the lowest of each. [urad]"""
    drawn: dict[str, float] = {}
    for limit in settings.limit:
        if limit.of is Quantity.TILT and limit.rule is Rule.THRESHOLD:
            for level, bound in limit.bounds():
                drawn[level] = min(bound, drawn.get(level, bound))
    return drawn
