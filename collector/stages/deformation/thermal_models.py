"""Temperature models of compensated channels: fitted once, saved by version, or refused."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from plumbline.analysis.thermal.model import ThermalModel, ThermalRefused, fit_thermal
from plumbline.collector.events.blanking import Blanking
from plumbline.collector.stages.deformation.backfill import Task, Window, archived_hours
from plumbline.collector.stages.deformation.channel_frame import ChannelFrame
from plumbline.collector.stages.deformation.channel_settings import CompensatedChannelSettings
from plumbline.collector.stages.deformation.channels import TemperatureCompensatedChannel
from plumbline.collector.stages.deformation.hourly_medians import HOUR_NS
from plumbline.collector.stages.deformation.settings import DeformationSettings
from plumbline.wire.timestamps import midnight_ns

BEFORE_NS = 30 * HOUR_NS  # of temperature before the window: a lag, and the mean of a day


class ThermalModels:
    """The models there are, and those that are still to be fitted.

    Parameters
    ----------
    saved
        Models of earlier runs by ``structure/name/version``.
    report_problem
        Called with the key of what has no model, and why.

    Attributes
    ----------
    by_key
        Model by structure and name of the channel, or why there is none.
    """

    def __init__(
        self,
        channels: Iterator[tuple[CompensatedChannelSettings, TemperatureCompensatedChannel]],
        saved: Mapping[str, Mapping[str, Any]],
        report_problem: Callable[[str, str], None],
    ) -> None:
        self.by_key: dict[str, ThermalModel | str] = {}
        self.unsaved: dict[str, dict[str, Any]] = {}
        self._report_problem = report_problem
        self._missing: list[tuple[CompensatedChannelSettings, TemperatureCompensatedChannel]] = []
        for given, channel in channels:
            self._load(given, channel, saved.get(f"{channel.key}/{given.version}"))

    def _load(
        self,
        given: CompensatedChannelSettings,
        channel: TemperatureCompensatedChannel,
        saved: Mapping[str, Any] | None,
    ) -> None:
        if saved is None or (saved["definition"] == _definition(given) and saved["model"] is None):
            self.by_key[channel.key] = "not fitted yet"
            self._missing.append((given, channel))
        elif saved["definition"] != _definition(given):
            self._refuse(
                channel.key,
                f"version {given.version!r} was fitted on another window or channel; give this "
                "fit a version of its own",
            )
        else:
            self.by_key[channel.key] = ThermalModel(**saved["model"])

    def due(
        self,
        newest_ns: int,
        settings: DeformationSettings,
        window: Window | None,
        blanking: Blanking,
    ) -> Iterator[tuple[TemperatureCompensatedChannel, Task]]:
        """Yield a task for every model whose window is over, each once."""
        for given, channel in list(self._missing):
            zone = channel.leaves[0].structure.timezone
            span_ns = midnight_ns(given.fit_from, zone), midnight_ns(given.fit_to, zone)
            if newest_ns < span_ns[1]:
                continue
            self._missing.remove((given, channel))
            if window is not None:
                yield channel, self._fit(given, channel, settings, window, blanking, span_ns)

    def _fit(
        self,
        given: CompensatedChannelSettings,
        channel: TemperatureCompensatedChannel,
        settings: DeformationSettings,
        window: Window,
        blanking: Blanking,
        span_ns: tuple[int, int],
    ) -> Task:
        first, last = (span_ns[0] - BEFORE_NS) // HOUR_NS, span_ns[1] // HOUR_NS
        grid = np.arange(first, last, dtype=np.int64)
        measured = {}
        for place in channel.leaves:
            read_ns = (int(first) * HOUR_NS, int(last) * HOUR_NS)
            hours = yield from archived_hours(place, settings, window, blanking, read_ns)
            measured[place.stream.key] = hours.at(grid)
        frame = ChannelFrame(
            time_ns=grid * HOUR_NS + HOUR_NS // 2, measured=measured, models=self.by_key
        )
        raw = channel.raw.series(frame).values[0]
        temperature = channel.temperature.series(frame).values[0]
        inside = frame.time_ns >= span_ns[0]
        at_d = frame.time_d
        try:
            model = fit_thermal(at_d[inside], raw[inside], at_d, temperature, version=given.version)
        except ThermalRefused as refusal:
            self._save(given, channel.key, None, str(refusal))
            self._refuse(channel.key, str(refusal))
        else:
            self._save(given, channel.key, model, "")
            self.by_key[channel.key] = model

    def _save(
        self, given: CompensatedChannelSettings, key: str, model: ThermalModel | None, refused: str
    ) -> None:
        self.unsaved[f"{key}/{given.version}"] = {
            "definition": _definition(given),
            "model": None if model is None else asdict(model),
            "refused": refused,
        }

    def _refuse(self, key: str, reason: str) -> None:
        self.by_key[key] = reason
        self._report_problem(key, f"{key} is not compensated for temperature: {reason}")


def _definition(given: CompensatedChannelSettings) -> dict[str, Any]:
    return given.model_dump(mode="json", exclude={"structure", "name"})
