"""What the slow stage works with, built from the configuration and what was kept."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from plumbline.analysis.thermal.model import ThermalModel
from plumbline.collector.stages.checkpointer import StateRows
from plumbline.collector.stages.deformation import state_keys
from plumbline.collector.stages.deformation.alignment import Interval, TimeAlignment
from plumbline.collector.stages.deformation.channel_registry import ChannelRegistry
from plumbline.collector.stages.deformation.channel_settings import CompensatedChannelSettings
from plumbline.collector.stages.deformation.channels import (
    DeformationChannel,
    TemperatureCompensatedChannel,
)
from plumbline.collector.stages.deformation.instrument_series import InstrumentSeries
from plumbline.collector.stages.deformation.limit_evaluator import LimitEvaluator, pace_of
from plumbline.collector.stages.deformation.limit_settings import DeformationLimit
from plumbline.collector.stages.deformation.settings import DAY_S, DeformationSettings
from plumbline.collector.stages.deformation.thermal_models import ThermalModels
from plumbline.wire.inventory.lookup import Place

SPARE_HOURS = 50  # beyond what is looked back on: lags, daily means, and the hour itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything the stage holds.

    Attributes
    ----------
    gauges
        Instruments that a limit or a virtual channel needs, by stream.
    by_stream
        Limits that depend on a stream.
    joins
        What each virtual channel is made of, for showing it.
    """

    gauges: Mapping[str, InstrumentSeries]
    judges: tuple[LimitEvaluator, ...]
    by_stream: Mapping[str, tuple[LimitEvaluator, ...]]
    joins: tuple[tuple[DeformationChannel, TimeAlignment], ...]
    models: ThermalModels

    def shown(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what every virtual channel says now, with what it lacks, by its name."""
        for channel, join in self.joins:
            yield f"{channel.structure}/{channel.address}", self._shown(channel, join)

    def _shown(self, channel: DeformationChannel, join: TimeAlignment) -> dict[str, Any]:
        nothing = {"unit": channel.unit, "at_ns": None, "values": None, "quality": ["no data yet"]}
        instants = join.due(None)
        if not instants:
            return nothing
        frame = join.frame(instants[-1], 0.0, self.models.by_key)
        series = channel.series(frame)
        at = frame.time_ns.size - (2 if channel.hourly else 1)
        if at < 0:
            return nothing
        told = {
            "unit": channel.unit,
            "at_ns": int(frame.time_ns[at]),
            "values": _by_part(channel, series.values[:, at]),
            "quality": list(series.quality(at)),
        }
        if isinstance(channel, TemperatureCompensatedChannel):
            model = self.models.by_key.get(channel.key)
            raw = channel.raw.series(frame).values[:, at]
            told["raw"] = _by_part(channel.raw, raw)
            told["version"] = model.version if isinstance(model, ThermalModel) else None
        return told


def assembled(
    settings: DeformationSettings,
    places: Mapping[str, Place],
    kept: StateRows,
    tell: Callable[[str, str], None],
) -> Parts:
    """Return the parts as the configuration asks for them, going on from what was kept."""
    catalogue = ChannelRegistry(settings.channel, places)
    watched = [(limit, catalogue.of_limit(limit)) for limit in settings.limit]
    virtual = list(catalogue.virtual())
    gauges = _gauges(settings, watched, virtual)
    for key, gauge in gauges.items():
        if (state := kept.get(state_keys.STREAM + key)) is not None:
            gauge.restore(state, kept.get(state_keys.HOURS + key))
    judges = tuple(LimitEvaluator(limit, channels, gauges, settings) for limit, channels in watched)
    for judge in judges:
        if (state := kept.get(state_keys.LIMIT + judge.limit.id)) is not None:
            judge.restore(state)
    made = {(each.structure, each.address): each for each in virtual}
    compensated = (
        (given, channel)
        for given in settings.channel
        if isinstance(given, CompensatedChannelSettings)
        and isinstance(channel := made[given.structure, given.name], TemperatureCompensatedChannel)
    )
    return Parts(
        gauges=gauges,
        judges=judges,
        by_stream={key: tuple(j for j in judges if key in j.streams) for key in gauges},
        joins=tuple((each, _join(each, gauges, settings)) for each in virtual),
        models=ThermalModels(compensated, dict(kept.under(state_keys.MODEL)), tell),
    )


def _gauges(
    settings: DeformationSettings,
    watched: list[tuple[DeformationLimit, tuple[DeformationChannel, ...]]],
    virtual: list[DeformationChannel],
) -> dict[str, InstrumentSeries]:
    places: dict[str, Place] = {}
    spaced_s: dict[str, float] = {}
    hours: dict[str, int] = {}
    for limit, channels in watched:
        back_d = settings.looked_back_d(limit)
        pace = pace_of(limit, channels, back_d)
        for place in (place for channel in channels for place in channel.leaves):
            key = place.stream.key
            places[key] = place
            if pace is Interval.WINDOW:
                spaced_s[key] = max(spaced_s.get(key, 0.0), back_d * DAY_S + settings.wait_s)
            elif pace is Interval.HOUR:
                hours[key] = max(hours.get(key, 0), math.ceil(back_d * 24) + SPARE_HOURS)
    for channel in virtual:
        for place in channel.leaves:
            places[place.stream.key] = place
            if channel.hourly:
                hours[place.stream.key] = max(hours.get(place.stream.key, 0), SPARE_HOURS)
    return {
        key: InstrumentSeries(
            place, settings, spaced_s=spaced_s.get(key, 0.0), hours=hours.get(key, 0)
        )
        for key, place in places.items()
    }


def _join(
    channel: DeformationChannel,
    gauges: Mapping[str, InstrumentSeries],
    settings: DeformationSettings,
) -> TimeAlignment:
    leaves = [gauges[place.stream.key] for place in channel.leaves]
    pace = Interval.HOUR if channel.hourly else Interval.STEP
    return TimeAlignment(leaves, pace, wait_s=settings.wait_s)


def _by_part(
    channel: DeformationChannel, values: "np.ndarray[Any, np.dtype[np.float64]]"
) -> dict[str, Any]:
    return {
        part: value if math.isfinite(value) else None
        for part, value in zip(channel.parts, values.tolist(), strict=True)
    }
