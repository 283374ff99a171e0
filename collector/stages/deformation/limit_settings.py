"""``[[deformation.limit]]``: one limit of tilt or settlement, and the rule it is evaluated by."""

import datetime as dt
import json
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, model_validator

from plumbline.analysis.tilt.single import NO_DISTORTION
from plumbline.collector.events.model import AlarmLevel, EventKind
from plumbline.collector.limits.bounds import Bounds
from plumbline.collector.stages.deformation.channel_settings import Address

Seconds = Annotated[float, Field(gt=0)]
Days = Annotated[float, Field(gt=0, le=400)]
FORECAST_LOOKBACK_D = 14.0
"""Lookback of a forecast where a limit does not state it. [d]"""
AHEAD_D = 30.0
"""How far ahead a trend is carried where a limit does not state it. [d]"""


class LimitQuantity(StrEnum):
    """Quantity that a limit is of."""

    TILT = "tilt"
    SETTLEMENT = "settlement"
    DIFFERENTIAL_SETTLEMENT = "differential_settlement"


class LimitRule(StrEnum):
    """Rule by which a limit is evaluated."""

    THRESHOLD = "threshold"
    """The size itself."""
    RATE = "rate"
    """The slope of a robust line, where its 95 % interval leaves out zero."""
    FORECAST = "forecast"
    """The size that the trend reaches in so many days."""
    FAILURE = "failure"
    """Days until the window of the inverse-velocity forecast begins; less is graver."""


class ForecastCurve(StrEnum):
    """How a forecast carries a settlement on."""

    LINE = "line"
    """By the robust line of the lookback."""
    CONSOLIDATION = "consolidation"
    """By the exponential approach of consolidation; by the line where none is found."""


class Per(StrEnum):
    """The time of a rate."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


DAYS = {Per.HOUR: 1 / 24, Per.DAY: 1.0, Per.MONTH: 365.25 / 12}
UNITS = {
    LimitQuantity.TILT: "µrad",
    LimitQuantity.SETTLEMENT: "mm",
    LimitQuantity.DIFFERENTIAL_SETTLEMENT: "mm",
}
SHORT = {Per.HOUR: "h", Per.DAY: "d", Per.MONTH: "month"}
KINDS = {
    LimitQuantity.TILT: EventKind.TILT,
    LimitQuantity.SETTLEMENT: EventKind.SETTLEMENT,
    LimitQuantity.DIFFERENTIAL_SETTLEMENT: EventKind.DIFFERENTIAL_SETTLEMENT,
}


class DeformationLimit(Bounds):
    """One limit of one channel, or of so many out of several.

    ``node`` stands for the tiltmeter of a node, ``channel`` for any address, ``channels`` with
    ``at_least`` for so many out of several: N of M.
    """

    node: str | None = None
    channel: Address | None = None
    channels: tuple[Address, ...] = ()
    at_least: Annotated[int, Field(ge=1)] = 1
    """How many of ``channels`` must be over it."""
    of: LimitQuantity
    rule: LimitRule = LimitRule.THRESHOLD
    per: Per = Per.HOUR
    """The time of a rate."""
    over_d: Days | None = None
    """Lookback of a rate or a forecast; not given, ``rate_window_s`` of the section for a
    rate and 14 days for a forecast. [d]"""
    within_d: Days = AHEAD_D
    """How far ahead a forecast carries the trend. [d]"""
    curve: ForecastCurve = ForecastCurve.LINE
    """How a forecast of a settlement carries it on."""
    load_changed: tuple[dt.date, ...] = ()
    """Days on which the load changed: consolidation goes by what was read after the last."""
    dwell_s: Annotated[float, Field(ge=0)] = 0.0
    """How long it must be over before the level rises. [s]"""
    clear_s: Seconds = 60.0
    """How long it must be under, by ``hysteresis``, before the level falls. [s]"""
    hysteresis: Annotated[float, Field(ge=0, lt=1)] = 0.1

    @model_validator(mode="before")
    @classmethod
    def _spelled_out(cls, raw: Any) -> Any:
        """Refuse a distortion with the reason; ``tilt_rate`` stands for the rate of a tilt."""
        of = raw.get("of") if isinstance(raw, dict) else None
        if of == "angular_distortion":
            raise ValueError(f"of: angular_distortion is not judged here: {NO_DISTORTION}")
        if isinstance(of, str) and of.endswith("_rate") and "rule" not in raw:
            return {**raw, "of": of.removesuffix("_rate"), "rule": LimitRule.RATE}
        return raw

    @model_validator(mode="after")
    def _of_something(self) -> "DeformationLimit":
        if [bool(self.node), bool(self.channel), bool(self.channels)].count(True) != 1:
            raise ValueError("expected one of node, channel, channels")
        if len(set(self.channels)) != len(self.channels):
            raise ValueError("channels: one is named twice; name each once")
        if self.at_least > max(len(self.channels), 1):
            raise ValueError(f"at_least {self.at_least} of {max(len(self.channels), 1)} channels")
        consolidates = self.rule is LimitRule.FORECAST and self.of is not LimitQuantity.TILT
        if self.curve is not ForecastCurve.LINE and not consolidates:
            raise ValueError(f"curve {self.curve}: only a forecast of a settlement has one")
        if self.load_changed and self.curve is ForecastCurve.LINE:
            raise ValueError('load_changed: goes with curve = "consolidation"')
        return self

    def definition(self) -> str:
        """Return everything that makes it this limit, without what 0.2.0 had not and is not set."""
        written = json.loads(super().definition())
        if self.curve is ForecastCurve.LINE:
            del written["curve"], written["load_changed"]
        return json.dumps(written, sort_keys=True)

    @property
    def falling(self) -> bool:
        """Whether less is graver: days that are left."""
        return self.rule is LimitRule.FAILURE

    @property
    def unit(self) -> str:
        """Unit of the bounds, as a message states it: of a forecast, also when."""
        unit = UNITS[self.of]
        if self.rule is LimitRule.FAILURE:
            return "d to failure window"
        if self.rule is LimitRule.FORECAST:
            return f"{unit} in {self.within_d:g} d"
        return f"{unit}/{SHORT[self.per]}" if self.rule is LimitRule.RATE else unit

    @property
    def addresses(self) -> tuple[str, ...]:
        """Addresses of its channels; a node by its two letters."""
        return self.channels or (self.channel or self.node or "",)

    @property
    def subject(self) -> str:
        """What it is of, as ``0T/tilt`` or ``raft/settlement/rate``."""
        of = "+".join(self.addresses)
        return f"{of}/{self.of}" + ("" if self.rule is LimitRule.THRESHOLD else f"/{self.rule}")

    @property
    def kind(self) -> EventKind:
        """Kind of the events it opens."""
        return KINDS[self.of]

    @property
    def detector(self) -> str:
        """Name of what opens its events."""
        return f"{self.of}_{'level' if self.rule is LimitRule.THRESHOLD else self.rule}"

    def reached(self, size: float, slack: float = 0.0) -> AlarmLevel:
        """Return the highest level whose bound, eased by a share of it, a size reaches."""
        level = AlarmLevel.GREEN
        for candidate, bound in self.bounds():
            eased = bound * (1.0 + slack if self.falling else 1.0 - slack)
            if size <= eased if self.falling else size >= eased:
                level = candidate
        return level

    def graver(self, one: float, other: float) -> float:
        """Return the graver of two sizes."""
        return min(one, other) if self.falling else max(one, other)


DETECTORS = frozenset(
    f"{of}_{'level' if rule is LimitRule.THRESHOLD else rule}"
    for of in LimitQuantity
    for rule in LimitRule
)
"""Names of everything here that opens events."""
