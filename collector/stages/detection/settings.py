"""The ``[detection]`` section: triggers, coincidence, episodes, limits and thresholds."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from plumbline.analysis.constants import GAL_MS2
from plumbline.analysis.trigger.settings import TriggerSettings
from plumbline.analysis.trigger.shaking import LONG_PERIOD, SHORT_PERIOD, ShakingSettings
from plumbline.collector.events.model import AlarmLevel
from plumbline.collector.limits.bounds import Bounds
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit
from plumbline.wire.settings import Problem, Settings

Seconds = Annotated[float, Field(gt=0)]
Gal = Annotated[float, Field(gt=0)]


class ShakingBounds(Bounds):
    """Bounds of a structure's acceleration. [gal]"""

    @property
    def subject(self) -> str:
        """What it is of."""
        return "shaking"

    def crossed(self, peak_gal: float) -> tuple[AlarmLevel, float] | None:
        """Return the highest level a peak reaches and its bound, or None below all. [gal]."""
        over = [(level, bound) for level, bound in self.bounds() if peak_gal >= bound]
        return over[-1] if over else None


class ThresholdRule(ShakingBounds):
    """Acceleration between 0.05 and 20 Hz over a bound on several nodes, for a while."""

    nodes: Annotated[int, Field(ge=1)] = 2
    """How many nodes must be over at the same time."""
    dwell_s: Seconds = 2.0
    """How long each of them, out of twice that time. [s]"""

    @property
    def subject(self) -> str:
        """What it is of."""
        return "acceleration"


class DetectionSettings(Settings):
    """Triggers, coincidence of nodes, and episodes."""

    short_period: bool = True
    """Whether the 1-5 Hz trigger may open an episode."""
    long_period: bool = True
    """Whether the 0.1-1 Hz trigger may open an episode."""
    short_ratio: Annotated[float, Field(gt=2)] = SHORT_PERIOD.on_ratio
    short_gal: Gal = SHORT_PERIOD.gates.amplitude_ms2 / GAL_MS2
    """Least amplitude between 1 and 5 Hz. [gal]"""
    long_ratio: Annotated[float, Field(gt=2)] = LONG_PERIOD.on_ratio
    long_gal: Gal = LONG_PERIOD.gates.amplitude_ms2 / GAL_MS2
    """Least amplitude between 0.1 and 1 Hz. [gal]"""
    coincidence_s: Annotated[float, Field(ge=0)] = 5.0
    """Triggers of two nodes belong together when no more than this lies between them. [s]"""
    straggler_s: Annotated[float, Field(ge=0)] = 2.0
    """How long the ground node is waited for before the roof counts as moving alone. [s]"""
    sway_s: Seconds = 30.0
    """How long the structure must move without the ground to be sway. [s]"""
    sway_gal: Gal = 3.0
    """How large that motion must become. [gal]"""
    quiet_s: Seconds = 15.0
    """An episode closes after this long without a trigger; a trigger before that belongs to
    it, a later one opens the next. [s]"""
    longest_s: Seconds = 3600.0
    """An episode is closed after this long; what goes on opens the next. [s]"""
    stale_s: Seconds = 120.0
    """An episode closes when no sample has come for so long. [s]"""
    snapshot_s: Seconds = 10.0
    """State is saved this often; what came after is replayed from the journal. [s]"""
    limit: tuple[ShakingBounds, ...] = ()
    """Levels of shaking and sway, by the largest acceleration at the ground node."""
    threshold: tuple[ThresholdRule, ...] = ()

    def shaking(self) -> ShakingSettings:
        """Return the settings of the triggers."""
        return ShakingSettings(
            short=_changed(SHORT_PERIOD, self.short_ratio, self.short_gal),
            long=_changed(LONG_PERIOD, self.long_ratio, self.long_gal),
        )


def detect_problems(settings: DetectionSettings, places: Mapping[str, Place]) -> Iterator[Problem]:
    """Yield what the inventory lacks for the limits and thresholds."""
    nodes: dict[str, set[str]] = {}
    for place in places.values():
        if place.instrument.unit is Unit.ACCELERATION:
            nodes.setdefault(place.structure.code, set()).add(place.node.code)
    for table, rules in (("limit", settings.limit), ("threshold", settings.threshold)):
        for number, rule in enumerate(rules):
            here = nodes.get(rule.structure, set())
            needed = rule.nodes if isinstance(rule, ThresholdRule) else 1
            if len(here) < needed:
                yield Problem(
                    where=f"detection.{table}[{number}]",
                    what=f"structure {rule.structure!r} has {len(here)} accelerometer nodes, this "
                    f"needs {needed}; check the inventory",
                )


def _changed(trigger: TriggerSettings, ratio: float, gal: float) -> TriggerSettings:
    gates = replace(trigger.gates, amplitude_ms2=gal * GAL_MS2)
    return replace(trigger, on_ratio=ratio, gates=gates)
