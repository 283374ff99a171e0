"""Reading the inventory file: what the model cannot see in one place alone is checked here."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from plumbline.wire.inventory.dating import begins_ns
from plumbline.wire.inventory.model import Axis, Inventory, Node, Structure, Unit
from plumbline.wire.settings import BadSettings, Problem, read_settings


def read_inventory(path: Path) -> Inventory:
    """Read and check an inventory.

    Raises
    ------
    BadSettings
        With every problem of the file.
    """
    inventory = read_settings(path, Inventory)
    if problems := list(inconsistencies(inventory)):
        raise BadSettings(path, problems)
    return inventory


def inconsistencies(inventory: Inventory) -> Iterator[Problem]:
    """Yield what contradicts itself: names used twice, partners that are not there."""
    yield from _twice("structure", [structure.code for structure in inventory.structure])
    for s, structure in enumerate(inventory.structure):
        where = f"structure[{s}]"
        yield from _twice(f"{where}.node", [node.code for node in structure.node])
        yield from _stages(where, structure)
        for n, node in enumerate(structure.node):
            yield from _instruments(f"{where}.node[{n}]", node)
            for i, instrument in enumerate(node.instrument):
                for a, axis in enumerate(instrument.axes):
                    yield from _zeros(
                        f"{where}.node[{n}].instrument[{i}].axes[{a}].zero", axis, structure
                    )


def _instruments(where: str, node: Node) -> Iterator[Problem]:
    streams = [instrument.stream for instrument in node.instrument]
    yield from _twice(f"{where}.instrument", streams)
    for i, instrument in enumerate(node.instrument):
        here = f"{where}.instrument[{i}]"
        yield from _twice(f"{here}.axes", [axis.code for axis in instrument.axes])
        partner = instrument.temperature_partner
        if partner is not None and partner not in streams:
            yield Problem(
                where=f"{here}.temperature_partner",
                what=f"no stream {partner!r} on node {node.code}; this node has {streams}",
            )
        if instrument.baseline_m is not None and instrument.unit is not Unit.TILT:
            yield Problem(where=f"{here}.baseline_m", what="only a tilt instrument has a baseline")


def _stages(where: str, structure: Structure) -> Iterator[Problem]:
    dates = [begins_ns(stage.since, structure.timezone) for stage in structure.stage]
    if dates != sorted(dates):
        yield Problem(where=f"{where}.stage", what="stages must be in the order of their dates")
    for s, stage in enumerate(structure.stage):
        here = f"{where}.stage[{s}]"
        if dates.count(dates[s]) > 1 and dates.index(dates[s]) == s:
            yield Problem(where=here, what=f"another stage begins on {stage.name} too; keep one")
        if s and stage.floors_cast < structure.stage[s - 1].floors_cast:
            yield Problem(
                where=f"{here}.floors_cast",
                what=f"{stage.floors_cast}, and the stage before had "
                f"{structure.stage[s - 1].floors_cast}; floors are not taken away",
            )
        if structure.storeys is not None and stage.floors_cast > structure.storeys:
            yield Problem(
                where=f"{here}.floors_cast",
                what=f"{stage.floors_cast} floors cast of {structure.storeys} storeys",
            )


def _zeros(where: str, axis: Axis, structure: Structure) -> Iterator[Problem]:
    dates = [begins_ns(zero.when, structure.timezone) for zero in axis.zero]
    if any(later <= earlier for earlier, later in pairwise(dates)):
        yield Problem(
            where=where, what="zeros must be in the order they were read, each at its own time"
        )
    if not structure.stage:
        return
    first = min(structure.stage, key=lambda stage: begins_ns(stage.since, structure.timezone))
    for z, read_ns in enumerate(dates):
        if read_ns < begins_ns(first.since, structure.timezone):
            yield Problem(
                where=f"{where}[{z}]",
                what=f"read on {axis.zero[z].when.isoformat()}, before the first construction "
                f"stage ({first.name}); correct one of the two dates",
            )


def _twice(where: str, codes: list[str]) -> Iterator[Problem]:
    for code, times in Counter(codes).items():
        if times > 1:
            yield Problem(
                where=where, what=f"code {code!r} is used {times} times; each must differ"
            )
