"""The ``[deformation]`` section: windows, blanking, virtual channels, limits."""

from typing import Annotated

from pydantic import Field

from plumbline.collector.events.blanking import Blanking
from plumbline.collector.events.store import EventStore
from plumbline.collector.stages.deformation.channel_settings import AnyChannel
from plumbline.collector.stages.deformation.limit_settings import (
    FORECAST_LOOKBACK_D,
    DeformationLimit,
    LimitRule,
)
from plumbline.wire.settings import Settings

Seconds = Annotated[float, Field(gt=0)]
DAY_S = 86_400.0


class DeformationSettings(Settings):
    """How tilt and settlement are averaged, blanked and compared with limits."""

    window_s: Seconds = 120.0
    """Length of the robust mean. [s]"""
    step_s: Seconds = 10.0
    """Interval between means, on whole multiples in sample time. [s]"""
    rate_window_s: Seconds = 3600.0
    """Lookback of a rate where its limit does not state it. [s]"""
    hold_before_s: Annotated[float, Field(ge=0)] = 10.0
    hold_after_s: Annotated[float, Field(ge=0)] = 120.0
    """Blanked before the onset of shaking or sway and after its end: limits and the residual
    comparison read nothing then. [s]"""
    known_after_s: Annotated[float, Field(ge=0)] = 5.0
    """How long after its onset an episode is known to this stage at the latest. [s]"""
    wait_s: Annotated[float, Field(ge=0)] = 60.0
    """How long a channel made of several waits for a member that is behind, in sample time. [s]"""
    keep_s: Seconds = 30.0
    """State is saved this often, and with every change of an event; what came after is replayed
    from the journal. [s]"""
    channel: tuple[AnyChannel, ...] = ()
    limit: tuple[DeformationLimit, ...] = ()

    @property
    def lag_s(self) -> float:
        """A window is complete this long after its end, when all blanking of it is known. [s]"""
        return self.hold_before_s + self.known_after_s

    def blanking(self, events: EventStore) -> Blanking:
        """Return the blanking of the episodes in a store."""
        return Blanking(events, before_s=self.hold_before_s, after_s=self.hold_after_s)

    def lookback_d(self, limit: DeformationLimit) -> float:
        """Return the lookback of the rule of a limit. [d]"""
        if limit.rule is LimitRule.THRESHOLD:
            return 0.0
        if limit.over_d is not None:
            return limit.over_d
        return self.rate_window_s / DAY_S if limit.rule is LimitRule.RATE else FORECAST_LOOKBACK_D
