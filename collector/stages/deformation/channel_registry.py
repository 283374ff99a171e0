"""Registry of channels: the address a configuration names, found or refused with the reason."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from plumbline.collector.stages.deformation.channel_settings import (
    AnyChannel,
    ChainChannelSettings,
    DifferenceChannelSettings,
    MeanChannelSettings,
)
from plumbline.collector.stages.deformation.channels import (
    Chain,
    DeformationChannel,
    DifferenceChannel,
    GroupMean,
    Joint,
    MeasuredChannel,
    TemperatureCompensatedChannel,
    places_of,
)
from plumbline.collector.stages.deformation.limit_settings import DeformationLimit, LimitQuantity
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Unit

CHANNEL_UNITS = (Unit.TILT, Unit.SETTLEMENT, Unit.TEMPERATURE)
NOUNS = {Unit.TILT: "tiltmeter", Unit.SETTLEMENT: "settlement instrument"}


class InvalidChannel(ValueError):
    """An address that names nothing usable.

    Attributes
    ----------
    owner
        Name of the virtual channel at fault; None where the address itself is.
    """

    def __init__(self, what: str, owner: str | None = None) -> None:
        super().__init__(what)
        self.owner = owner


class ChannelRegistry:
    """Every channel that can be named.

    Parameters
    ----------
    virtual
        The virtual channels of the configuration.
    places
        Streams of the inventory by key.
    """

    def __init__(self, virtual: Sequence[AnyChannel], places: Mapping[str, Place]) -> None:
        self._virtual = {(each.structure, each.name): each for each in virtual}
        self._places = {
            (place.structure.code, f"{place.node.code}.{place.instrument.stream}"): place
            for place in places.values()
            if place.instrument.unit in CHANNEL_UNITS
        }

    def of_limit(self, limit: DeformationLimit) -> tuple[DeformationChannel, ...]:
        """Return the channels a limit is of.

        Raises
        ------
        InvalidChannel
            If one cannot be had.
        """
        if limit.node is not None:
            return (self._of_node(limit.structure, limit.node, limit.of),)
        return tuple(self.channel(limit.structure, each) for each in limit.addresses)

    def virtual(self) -> Iterator[DeformationChannel]:
        """Yield the virtual channels that can be had."""
        for structure, name in self._virtual:
            yield self.channel(structure, name)

    def channel(
        self, structure: str, address: str, within: tuple[str, ...] = ()
    ) -> DeformationChannel:
        """Return a channel by its address.

        Raises
        ------
        InvalidChannel
            If there is none, or it is made of what does not fit.
        """
        owner = within[-1] if within else None
        name, _, part = address.partition(".")
        if address[0].islower():
            found = self._virtual.get((structure, name))
            if found is None:
                raise InvalidChannel(self._unknown(structure, address), owner)
            if name in within:
                path = " -> ".join([*within[within.index(name) :], name])
                raise InvalidChannel(f"it is made of itself: {path}", name)
            whole = self._made(found, (*within, name))
            return self._joint(whole, part, owner) if part else whole
        return self._measured(structure, address, owner)

    def _of_node(self, structure: str, node: str, of: LimitQuantity) -> DeformationChannel:
        unit = Unit.SETTLEMENT if of is LimitQuantity.SETTLEMENT else Unit.TILT
        streams = [
            address
            for (code, address), place in self._places.items()
            if (code, place.node.code) == (structure, node) and place.instrument.unit is unit
        ]
        if not streams:
            what = f"no {NOUNS[unit]} at node {node!r} of structure {structure!r}"
            raise InvalidChannel(what + "; check the inventory")
        if len(streams) > 1:
            raise InvalidChannel(f"node {node} has {' and '.join(streams)}; name one as channel")
        return self._measured(structure, streams[0], None)

    def _measured(self, structure: str, address: str, owner: str | None) -> MeasuredChannel:
        place = self._places.get((structure, address))
        axis = ""
        if place is None:
            place, axis = self._places.get((structure, address[:-1])), address[-1]
        codes = place.instrument.axis_codes if place else ""
        if place is None or (axis and axis not in codes):
            raise InvalidChannel(self._unknown(structure, address), owner)
        whole = not axis or len(codes) == 1
        return MeasuredChannel(
            structure=structure,
            address=address,
            unit=place.instrument.unit,
            parts=tuple(codes) if whole else (axis,),
            leaves=(place,),
            row=None if whole else codes.index(axis),
        )

    def _made(self, given: AnyChannel, within: tuple[str, ...]) -> DeformationChannel:
        def member(address: str, *units: Unit) -> DeformationChannel:
            return _single(self.channel(given.structure, address, within), given.name, units)

        if isinstance(given, DifferenceChannelSettings):
            first = member(given.of, Unit.TILT, Unit.SETTLEMENT)
            second = member(given.minus, first.unit)
            facts = _facts(given, first.unit, first, second)
            return DifferenceChannel(first=first, second=second, **facts)
        if isinstance(given, ChainChannelSettings):
            beams = tuple(member(each, Unit.TILT) for each in given.of)
            start = member(given.start, Unit.SETTLEMENT) if given.start else None
            facts = _facts(given, Unit.SETTLEMENT, *beams, *([start] if start else []))
            facts["parts"] = tuple(str(joint) for joint in range(1, len(beams) + 1))
            lengths = given.length_m or tuple(_baseline_m(beam, given.name) for beam in beams)
            return Chain(beams=beams, length_m=lengths, start=start, **facts)
        if isinstance(given, MeanChannelSettings):
            lead = member(given.of[0], Unit.TILT, Unit.SETTLEMENT)
            rest = [member(each, lead.unit) for each in given.of[1:]]
            facts = _facts(given, lead.unit, lead, *rest)
            return GroupMean(members=(lead, *rest), fewest=given.fewest, **facts)
        raw = member(given.of, Unit.TILT, Unit.SETTLEMENT)
        temperature = member(given.temperature or _partner(raw, given.name), Unit.TEMPERATURE)
        facts = _facts(given, raw.unit, raw, temperature) | {"hourly": True}
        return TemperatureCompensatedChannel(raw=raw, temperature=temperature, **facts)

    def _joint(self, whole: DeformationChannel, part: str, owner: str | None) -> DeformationChannel:
        if not isinstance(whole, Chain) or part not in whole.parts:
            parts = (
                f"the joints {', '.join(whole.parts)}" if isinstance(whole, Chain) else "no part"
            )
            raise InvalidChannel(f"{whole.address} has {parts}, not {part!r}", owner)
        beams = whole.beams[: whole.parts.index(part) + 1]
        facts: dict[str, Any] = {
            "structure": whole.structure,
            "unit": whole.unit,
            "leaves": places_of([*beams, *([whole.start] if whole.start else [])]),
            "hourly": whole.hourly,
        }
        shorter = Chain(
            address=whole.address, parts=whole.parts[: len(beams)], beams=beams,
            length_m=whole.length_m[: len(beams)], start=whole.start, **facts,
        )  # fmt: skip
        return Joint(address=f"{whole.address}.{part}", parts=(part,), chain=shorter, **facts)

    def _unknown(self, structure: str, address: str) -> str:
        known = [each for code, each in (*self._places, *self._virtual) if code == structure]
        known += [
            name + axis
            for (code, name), place in self._places.items()
            if code == structure
            for axis in place.instrument.axis_codes
        ]
        close = difflib.get_close_matches(address, known, n=1)
        hint = (
            f"did you mean {close[0]!r}?"
            if close
            else "check the inventory and [[deformation.channel]]"
        )
        return f"no channel {address!r} in structure {structure!r}; {hint}"


def _single(found: DeformationChannel, owner: str, units: tuple[Unit, ...]) -> DeformationChannel:
    """Return a channel that may be a member: of one part, in one of the units."""
    if len(found.parts) != 1:
        joined = "" if isinstance(found, MeasuredChannel) else "."
        raise InvalidChannel(
            f"{found.address} has the parts {', '.join(found.parts)}; name one, as "
            f"{found.address}{joined}{found.parts[0]}",
            owner,
        )
    if found.unit not in units:
        wanted = " or ".join(unit.value for unit in units)
        raise InvalidChannel(f"{found.address} is in {found.unit}; expected {wanted}", owner)
    return found


def _facts(given: AnyChannel, unit: Unit, *members: DeformationChannel) -> dict[str, Any]:
    return {
        "structure": given.structure,
        "address": given.name,
        "unit": unit,
        "parts": ("",),
        "leaves": places_of(members),
        "hourly": any(member.hourly for member in members),
    }


def _baseline_m(beam: DeformationChannel, owner: str) -> float:
    baseline_m = beam.place.instrument.baseline_m if isinstance(beam, MeasuredChannel) else None
    if baseline_m is None:
        what = f"{beam.address} has no baseline_m in the inventory; give length_m"
        raise InvalidChannel(what, owner)
    return baseline_m


def _partner(raw: DeformationChannel, owner: str) -> str:
    if isinstance(raw, MeasuredChannel) and raw.place.instrument.temperature_partner is not None:
        return f"{raw.place.node.code}.{raw.place.instrument.temperature_partner}"
    what = f"{raw.address} has no temperature_partner in the inventory; give temperature"
    raise InvalidChannel(what, owner)
