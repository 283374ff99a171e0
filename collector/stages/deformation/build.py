"""Parts of the deformation stage, built from the configuration and the saved state."""

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
from plumbline.collector.stages.deformation.limit_evaluator import LimitEvaluator, interval_of
from plumbline.collector.stages.deformation.limit_settings import DeformationLimit
from plumbline.collector.stages.deformation.settings import DAY_S, DeformationSettings
from plumbline.collector.stages.deformation.thermal_models import ThermalModels
from plumbline.wire.inventory.lookup import Place

SPARE_HOURS = 50  # beyond the lookback: lags, daily means, and the hour itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Instruments, limits and channels of the stage.

    Attributes
    ----------
    instruments
        Instruments that a limit or a virtual channel needs, by stream.
    by_stream
        Limits that depend on a stream.
    channel_alignments
        Virtual channels with the instruments they are made of, for their reports.
    """

    instruments: Mapping[str, InstrumentSeries]
    evaluators: tuple[LimitEvaluator, ...]
    by_stream: Mapping[str, tuple[LimitEvaluator, ...]]
    channel_alignments: tuple[tuple[DeformationChannel, TimeAlignment], ...]
    models: ThermalModels

    def channel_reports(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the values of every virtual channel now, with what they lack, by its name."""
        for channel, alignment in self.channel_alignments:
            yield f"{channel.structure}/{channel.address}", self._channel_report(channel, alignment)

    def _channel_report(
        self, channel: DeformationChannel, alignment: TimeAlignment
    ) -> dict[str, Any]:
        nothing = {"unit": channel.unit, "at_ns": None, "values": None, "quality": ["no data yet"]}
        instants = alignment.due(None)
        if not instants:
            return nothing
        frame = alignment.frame(instants[-1], 0.0, self.models.by_key)
        series = channel.series(frame)
        at = frame.time_ns.size - (2 if channel.hourly else 1)
        if at < 0:
            return nothing
        report = {
            "unit": channel.unit,
            "at_ns": int(frame.time_ns[at]),
            "values": _by_part(channel, series.values[:, at]),
            "quality": list(series.quality(at)),
        }
        if isinstance(channel, TemperatureCompensatedChannel):
            model = self.models.by_key.get(channel.key)
            raw = channel.raw.series(frame).values[:, at]
            report["raw"] = _by_part(channel.raw, raw)
            report["version"] = model.version if isinstance(model, ThermalModel) else None
        return report


def build_parts(
    settings: DeformationSettings,
    places: Mapping[str, Place],
    saved: StateRows,
    report_problem: Callable[[str, str], None],
) -> Parts:
    """Return the parts that the configuration names, going on from the saved state."""
    registry = ChannelRegistry(settings.channel, places)
    limit_channels = [(limit, registry.of_limit(limit)) for limit in settings.limit]
    virtual = list(registry.virtual())
    instruments = _instruments(settings, limit_channels, virtual)
    for key, instrument in instruments.items():
        if (state := saved.get(state_keys.STREAM + key)) is not None:
            instrument.restore(state, saved.get(state_keys.HOURS + key))
    evaluators = tuple(
        LimitEvaluator(limit, channels, instruments, settings) for limit, channels in limit_channels
    )
    for evaluator in evaluators:
        if (state := saved.get(state_keys.LIMIT + evaluator.limit.id)) is not None:
            evaluator.restore(state)
    made = {(each.structure, each.address): each for each in virtual}
    compensated = (
        (given, channel)
        for given in settings.channel
        if isinstance(given, CompensatedChannelSettings)
        and isinstance(channel := made[given.structure, given.name], TemperatureCompensatedChannel)
    )
    return Parts(
        instruments=instruments,
        evaluators=evaluators,
        by_stream={key: tuple(j for j in evaluators if key in j.streams) for key in instruments},
        channel_alignments=tuple(
            (each, _alignment(each, instruments, settings)) for each in virtual
        ),
        models=ThermalModels(compensated, dict(saved.under(state_keys.MODEL)), report_problem),
    )


def _instruments(
    settings: DeformationSettings,
    limit_channels: list[tuple[DeformationLimit, tuple[DeformationChannel, ...]]],
    virtual: list[DeformationChannel],
) -> dict[str, InstrumentSeries]:
    places: dict[str, Place] = {}
    spaced_s: dict[str, float] = {}
    hours: dict[str, int] = {}
    for limit, channels in limit_channels:
        back_d = settings.lookback_d(limit)
        interval = interval_of(limit, channels, back_d)
        for place in (place for channel in channels for place in channel.leaves):
            key = place.stream.key
            places[key] = place
            if interval is Interval.WINDOW:
                spaced_s[key] = max(spaced_s.get(key, 0.0), back_d * DAY_S + settings.wait_s)
            elif interval is Interval.HOUR:
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


def _alignment(
    channel: DeformationChannel,
    instruments: Mapping[str, InstrumentSeries],
    settings: DeformationSettings,
) -> TimeAlignment:
    leaves = [instruments[place.stream.key] for place in channel.leaves]
    interval = Interval.HOUR if channel.hourly else Interval.STEP
    return TimeAlignment(leaves, interval, wait_s=settings.wait_s)


def _by_part(
    channel: DeformationChannel, values: "np.ndarray[Any, np.dtype[np.float64]]"
) -> dict[str, Any]:
    return {
        part: value if math.isfinite(value) else None
        for part, value in zip(channel.parts, values.tolist(), strict=True)
    }
