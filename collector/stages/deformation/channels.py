"""Channels of deformation, measured or virtual; each value names what it lacks."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from plumbline.analysis.arrays import Floats
from plumbline.analysis.thermal.model import ThermalModel, compensated
from plumbline.analysis.tilt import chain_settlement_mm
from plumbline.collector.stages.deformation.channel_frame import (
    ChannelFrame,
    ChannelValues,
    Flags,
    merged,
)
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class DeformationChannel(ABC):
    """One channel of one structure.

    Attributes
    ----------
    address
        Name in the configuration: ``0A.LA``, ``0A.LA1``, ``raft``, ``raft.2``.
    unit
        Tilt or settlement since commissioning, or temperature.
    parts
        Names of its rows: axes, joints; one empty name where there is only one.
    leaves
        Places of all instruments it is made of.
    hourly
        Whether it is made of hourly values only.
    """

    structure: str
    address: str
    unit: Unit
    parts: tuple[str, ...]
    leaves: tuple[Place, ...]
    hourly: bool = False

    @abstractmethod
    def series(self, frame: ChannelFrame) -> ChannelValues:
        """Return its values at the times of a frame."""

    @property
    def nodes(self) -> tuple[str, ...]:
        """Nodes of its instruments, in order, each once."""
        return tuple(dict.fromkeys(place.node.code for place in self.leaves))

    @property
    def compares_points(self) -> bool:
        """True: a difference of points, so it may be judged as differential settlement."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredChannel(DeformationChannel):
    """A stream, or the one axis of it at ``row``."""

    row: int | None = None

    @property
    def place(self) -> Place:
        """Where its instrument is."""
        return self.leaves[0]

    def series(self, frame: ChannelFrame) -> ChannelValues:
        """Return the readings of the instrument."""
        rows = frame.measured[self.place.stream.key]
        values = rows if self.row is None else rows[self.row : self.row + 1]
        absent = np.asarray(np.isnan(values).any(axis=0))
        return ChannelValues(values=values, lacking={f"{self.address} missing": absent})


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceChannel(DeformationChannel):
    """Difference of two channels."""

    first: DeformationChannel
    second: DeformationChannel

    def series(self, frame: ChannelFrame) -> ChannelValues:
        """Return the difference, NaN where one of the two is missing."""
        first, second = self.first.series(frame), self.second.series(frame)
        return ChannelValues(
            values=first.values - second.values, lacking=merged(first.lacking, second.lacking)
        )

    @property
    def compares_points(self) -> bool:
        """True: a difference compares two points."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain(DeformationChannel):
    """Beams in a line: settlement of every joint beyond the reference."""

    beams: tuple[DeformationChannel, ...]
    length_m: tuple[float, ...]
    start: DeformationChannel | None

    def series(self, frame: ChannelFrame) -> ChannelValues:
        """Return the joints; those beyond a missing beam, or without the start, are NaN."""
        beams = [beam.series(frame) for beam in self.beams]
        lacking = [beam.lacking for beam in beams]
        tilt_urad = np.concatenate([beam.values for beam in beams])
        start_mm: Floats = np.zeros(frame.time_ns.size)
        if self.start is not None:
            known = self.start.series(frame)
            start_mm, lacking = known.values[0], [*lacking, known.lacking]
        joints = [
            chain_settlement_mm(tilt_urad[:, at], self.length_m, start_mm=float(start_mm[at]))
            for at in range(frame.time_ns.size)
        ]
        values = np.array([each.settlement_mm[1:] for each in joints]).reshape(-1, len(beams)).T
        return ChannelValues(values=values, lacking=merged(*lacking))

    @property
    def compares_points(self) -> bool:
        """True: every joint is relative to the reference."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint(DeformationChannel):
    """One joint of a chain: the end of the chain as far as there."""

    chain: Chain

    def series(self, frame: ChannelFrame) -> ChannelValues:
        """Return its settlement; beams beyond it do not matter."""
        whole = self.chain.series(frame)
        return ChannelValues(values=whole.values[-1:], lacking=whole.lacking)

    @property
    def compares_points(self) -> bool:
        """True: the joint is relative to the reference."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMean(DeformationChannel):
    """Mean of those members that have a value, if they are enough."""

    members: tuple[DeformationChannel, ...]
    fewest: int

    def series(self, frame: ChannelFrame) -> ChannelValues:
        """Return the mean; a member without a value is left out, and named."""
        members = [member.series(frame) for member in self.members]
        rows = np.concatenate([member.values for member in members])
        known = np.isfinite(rows)
        count = known.sum(axis=0)
        total = np.where(known, rows, 0.0).sum(axis=0)
        enough = count >= self.fewest
        mean = np.where(enough, total / np.maximum(count, 1), np.nan)
        return ChannelValues(
            values=mean[np.newaxis], lacking=merged(*(member.lacking for member in members))
        )

    @property
    def compares_points(self) -> bool:
        """True if a member compares points."""
        return any(member.compares_points for member in self.members)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemperatureCompensatedChannel(DeformationChannel):
    """Copy of a channel with the thermal part taken off, by the model saved under its name."""

    raw: DeformationChannel
    temperature: DeformationChannel

    @property
    def key(self) -> str:
        """Name its model is saved under."""
        return f"{self.structure}/{self.address}"

    def series(self, frame: ChannelFrame) -> ChannelValues:
        """Return the compensated copy, NaN without a model or without the temperature it needs."""
        raw, temperature = self.raw.series(frame), self.temperature.series(frame)
        model = frame.models.get(self.key, "not fitted yet")
        n = frame.time_ns.size
        temp_c, at_d = temperature.values[0], frame.time_d
        known = np.flatnonzero(np.isfinite(temp_c))
        lacking = merged(raw.lacking, temperature.lacking)
        if not isinstance(model, ThermalModel):
            nothing = np.full((1, n), np.nan)
            return ChannelValues(values=nothing, lacking={**lacking, f"no model: {model}": _all(n)})
        if known.size < 2:
            return ChannelValues(values=np.full((1, n), np.nan), lacking=lacking)
        made = compensated(model, at_d, raw.values[0], at_d, temp_c)
        # The rate of change is read an hour later than the lag: until then it is a guess.
        known_temperature = at_d - (model.lag_h - 1.0) / 24.0 <= at_d[known[-1]] + 1e-9
        outside = {"temperature outside the range the model was fitted on": made.extrapolated}
        values = np.where(known_temperature, made.values, np.nan)
        return ChannelValues(values=values[np.newaxis], lacking=merged(lacking, outside))

    @property
    def compares_points(self) -> bool:
        """True if the raw channel compares points."""
        return self.raw.compares_points


def _all(n: int) -> Flags:
    return np.ones(n, dtype=bool)


def places_of(channels: Sequence[DeformationChannel]) -> tuple[Place, ...]:
    """Return the instruments of several channels, each once."""
    by_key = {place.stream.key: place for channel in channels for place in channel.leaves}
    return tuple(by_key.values())
