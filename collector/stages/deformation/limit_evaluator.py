"""Evaluator of one limit: its channels, its alarm state, and the event it opens."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from plumbline.analysis.thermal.model import ThermalModel
from plumbline.collector.events.model import AlarmLevel, Event, Standing, finding_id
from plumbline.collector.stages.deformation.alarm_state import AlarmState
from plumbline.collector.stages.deformation.alignment import Interval, TimeAlignment
from plumbline.collector.stages.deformation.channels import DeformationChannel, MeasuredChannel
from plumbline.collector.stages.deformation.instrument_series import InstrumentSeries
from plumbline.collector.stages.deformation.limit_rules import HOURLY_FROM_D, evaluate_rule
from plumbline.collector.stages.deformation.limit_settings import DeformationLimit, LimitRule
from plumbline.collector.stages.deformation.limit_value import LimitValue
from plumbline.collector.stages.deformation.settings import DeformationSettings

Models = Mapping[str, ThermalModel | str]


def interval_of(
    limit: DeformationLimit, channels: Sequence[DeformationChannel], back_d: float
) -> Interval:
    """Return how often a limit is evaluated."""
    hourly = limit.rule in (LimitRule.FORECAST, LimitRule.FAILURE) or back_d >= HOURLY_FROM_D
    if hourly or any(channel.hourly for channel in channels):
        return Interval.HOUR
    return Interval.WINDOW if limit.rule is LimitRule.RATE else Interval.STEP


class LimitEvaluator:
    """One limit over the instruments of its channels.

    Parameters
    ----------
    instruments
        Series of every instrument, by stream.

    Attributes
    ----------
    streams
        Instruments it depends on.
    latest
        Latest value and evidence, as they are shown; None before the first.
    """

    def __init__(
        self,
        limit: DeformationLimit,
        channels: Sequence[DeformationChannel],
        instruments: Mapping[str, InstrumentSeries],
        settings: DeformationSettings,
    ) -> None:
        self.limit = limit
        self.channels = tuple(channels)
        self.alarm = AlarmState(limit)
        self.standing = limit.standing
        self.event_id: str | None = None
        self.latest: dict[str, Any] | None = None
        self._back_d = settings.lookback_d(limit)
        self._window_s = settings.window_s
        places = dict.fromkeys(p.stream.key for each in channels for p in each.leaves)
        interval = interval_of(limit, channels, self._back_d)
        self.alignment = TimeAlignment(
            [instruments[key] for key in places], interval, wait_s=settings.wait_s
        )
        self.streams = frozenset(places)
        self._definition = limit.definition()
        self._after_ns: int | None = None
        self._forecasts = 0

    def evaluate(self, models: Models, standing: Standing) -> list[Event]:
        """Evaluate every instant that is due; return the event if that changed it."""
        changed: dict[str, Event] = {}
        for at_ns in self.alignment.due(self._after_ns):
            self._after_ns = at_ns
            if (event := self._evaluate_at(at_ns, models, standing)) is not None:
                changed[event.id] = event
        return list(changed.values())

    def restated(self, standing: Standing) -> Event | None:
        """Return the open event anew where the limit has another standing than it states."""
        if standing is self.standing or self.alarm.level is AlarmLevel.GREEN or self.latest is None:
            return None
        self.standing = standing
        return self._event(self.latest["evidence"], self.latest["at_ns"])

    def _evaluate_at(self, at_ns: int, models: Models, standing: Standing) -> Event | None:
        values = self._values(at_ns, models)
        known = [(each, found) for each, found in values if found is not None]
        if len(known) < self.limit.at_least:
            return None
        # N of M are over a bound exactly when the N-th gravest of them is.
        known.sort(key=lambda pair: pair[1].size, reverse=not self.limit.falling)
        channel, found = known[self.limit.at_least - 1]
        evidence = {**found.evidence, **self._evidence_of(values, known, channel)}
        if self.limit.rule is LimitRule.FAILURE:
            self._forecasts = self._forecasts + 1 if math.isfinite(found.size) else 0
            evidence["reforecast"] = max(self._forecasts - 1, 0)
        self.latest = {
            "at_ns": at_ns,
            "value": found.size if math.isfinite(found.size) else None,
            "channel": channel.address,
            "quality": evidence["quality"],
            "evidence": evidence,
        }
        changed = self.alarm.update(found.size, at_ns)
        restated = standing is not self.standing and self.alarm.level is not AlarmLevel.GREEN
        self.standing = standing
        return self._event(evidence, at_ns) if changed or restated else None

    def _values(
        self, at_ns: int, models: Models
    ) -> list[tuple[DeformationChannel, LimitValue | None]]:
        frame = self.alignment.frame(at_ns, self._back_d, models)
        values: list[tuple[DeformationChannel, LimitValue | None]] = []
        for channel in self.channels:
            # A compensated value needs the temperature of the hour after it.
            at = frame.time_ns.size - (2 if channel.hourly else 1)
            found = None
            if at >= 0:
                view = (channel.series(frame), frame.time_d, at)
                found = evaluate_rule(self.limit, channel, view, self._back_d)
            values.append((channel, found))
        return values

    def _evidence_of(
        self,
        values: Sequence[tuple[DeformationChannel, LimitValue | None]],
        known: Sequence[tuple[DeformationChannel, LimitValue]],
        decided: DeformationChannel,
    ) -> dict[str, object]:
        lacking = [words for _, found in known for words in found.quality]
        lacking += [f"{each.address} says nothing" for each, found in values if found is None]
        evidence: dict[str, object] = {
            "channel": decided.address,
            "limit": self.limit.id,
            "quality": list(dict.fromkeys(lacking)),
            "window_s": self._window_s,
        }
        if len(values) > 1:
            evidence["sizes"] = {
                each.address: found.size if math.isfinite(found.size) else None
                for each, found in known
            }
            evidence["at_least"] = self.limit.at_least
        return evidence

    def _event(self, evidence: Mapping[str, Any], at_ns: int) -> Event:
        limit, alarm = self.limit, self.alarm
        closed = alarm.level is AlarmLevel.GREEN
        level, bound = alarm.reported_level()
        event_id = finding_id(limit.detector, limit.id, alarm.since_ns)
        self.event_id = None if closed else event_id
        return Event(
            id=event_id,
            kind=limit.kind,
            structure=limit.structure,
            onset_ns=alarm.since_ns,
            closed_ns=at_ns if closed else None,
            detector=limit.detector,
            level=level,
            value=alarm.worst,
            unit=limit.unit,
            limit=limit.event_limit(level, bound, self.standing),
            nodes=self._nodes(),
            evidence=dict(evidence),
        )

    def _nodes(self) -> dict[str, dict[str, float | int | str]]:
        """Return the nodes concerned; a value only where it is that of the one instrument."""
        alone = len(self.channels) == 1 and isinstance(self.channels[0], MeasuredChannel)
        if alone:
            (node,) = self.channels[0].nodes
            return {node: {"value": self.alarm.worst, "unit": self.limit.unit}}
        return {node: {"channel": each.address} for each in self.channels for node in each.nodes}

    def state(self) -> dict[str, Any]:
        """Return what a restart needs and others may read, as JSON."""
        return {
            "definition": self._definition,
            "structure": self.limit.structure,
            "channels": [channel.address for channel in self.channels],
            "nodes": list(self._nodes()),
            "unit": self.limit.unit,
            "watch": self.alarm.state(),
            "after_ns": self._after_ns,
            "forecasts": self._forecasts,
            "event_id": self.event_id,
            "standing": self.standing,
            "now": self.latest,
        }

    def restore(self, state: dict[str, Any]) -> bool:
        """Go on from a state, if it is of this very limit; return whether it was."""
        if state["definition"] != self._definition:
            return False
        self.alarm.restore(state["watch"])
        self._after_ns = state["after_ns"]
        self._forecasts = state["forecasts"]
        self.event_id = state["event_id"]
        self.standing = Standing(state["standing"])
        self.latest = state["now"]
        return True
