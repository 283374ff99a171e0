"""Validation of ``[deformation]`` against the inventory: every problem at once."""

from collections import Counter
from collections.abc import Iterator, Mapping

from plumbline.collector.stages.deformation.channel_registry import ChannelRegistry, InvalidChannel
from plumbline.collector.stages.deformation.channel_settings import AnyChannel
from plumbline.collector.stages.deformation.channels import (
    DeformationChannel,
    MeasuredChannel,
    places_of,
)
from plumbline.collector.stages.deformation.limit_settings import DeformationLimit, LimitQuantity
from plumbline.collector.stages.deformation.settings import DeformationSettings
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit
from plumbline.wire.settings import Problem


def limit_problems(settings: DeformationSettings, places: Mapping[str, Place]) -> Iterator[Problem]:
    """Yield channels that cannot be had, and limits that cannot be evaluated."""
    registry = ChannelRegistry(settings.channel, places)
    names = Counter((each.structure, each.name) for each in settings.channel)
    for number, given in enumerate(settings.channel):
        where = f"deformation.channel[{number}]"
        if names[given.structure, given.name] > 1:
            yield Problem(where=where, what=f"{given.name!r} is there twice; names must differ")
        yield from _channel(where, given, registry)
    for number, limit in enumerate(settings.limit):
        yield from _limit(f"deformation.limit[{number}]", limit, registry)


def _channel(where: str, given: AnyChannel, registry: ChannelRegistry) -> Iterator[Problem]:
    try:
        channel = registry.channel(given.structure, given.name)
    except InvalidChannel as refusal:
        # What is wrong in a member is a problem of that channel.
        if refusal.owner in (None, given.name):
            yield Problem(where=where, what=str(refusal))
        return
    yield from _zeros(where, channel)


def _limit(where: str, limit: DeformationLimit, registry: ChannelRegistry) -> Iterator[Problem]:
    try:
        channels = registry.of_limit(limit)
    except InvalidChannel as refusal:
        if refusal.owner is None:
            yield Problem(where=where, what=str(refusal))
        return
    for channel in channels:
        if (what := _unfit(limit, channel)) is not None:
            yield Problem(where=where, what=what)
        if isinstance(channel, MeasuredChannel):
            yield from _zeros(where, channel)


def _unfit(limit: DeformationLimit, channel: DeformationChannel) -> str | None:
    """Return why a quantity cannot be had from a channel."""
    tilt = isinstance(channel, MeasuredChannel) and channel.unit is Unit.TILT
    if (
        limit.of is LimitQuantity.DIFFERENTIAL_SETTLEMENT
        and tilt
        and isinstance(channel, MeasuredChannel)
    ):
        if channel.place.instrument.baseline_m is None:
            return (
                f"node {channel.place.node.code} has no baseline_m, so its tilt is no settlement; "
                "add the length to the inventory"
            )
        return None
    unit = Unit.TILT if limit.of is LimitQuantity.TILT else Unit.SETTLEMENT
    if channel.unit is not unit:
        return f"{channel.address} is in {channel.unit}, {limit.of} is in {unit}; name another"
    if limit.of is LimitQuantity.DIFFERENTIAL_SETTLEMENT and not channel.compares_points:
        return (
            f'{channel.address} is the settlement of one point; take of = "settlement", or a '
            "difference or chain of several"
        )
    return None


def _zeros(where: str, channel: DeformationChannel) -> Iterator[Problem]:
    for place in places_of([channel]):
        instrument = place.instrument
        if instrument.unit is not Unit.TEMPERATURE and not all(
            axis.zero for axis in instrument.axes
        ):
            noun = "tilt" if instrument.unit is Unit.TILT else "settlement"
            yield Problem(
                where=where,
                what=f"node {place.node.code} has no commissioning zero, so its {noun} means "
                "nothing; add zero = { value, when, who } to every axis in the inventory",
            )
