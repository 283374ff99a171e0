"""Base and roof are told by role and level, and a free field is never the base."""

import pytest

from plumbline.collector.jobs.strong_motion.floor_response import base_and_roof
from plumbline.wire.inventory.model import Axis, Instrument, Node, Role, Unit

INSTRUMENT = Instrument(
    stream="HN", model="adxl355_node", rate_hz=100, unit=Unit.ACCELERATION, sensitivity=1,
    axes=(Axis(code="N", azimuth_deg=0),),
)  # fmt: skip


def node(code: str, role: Role, level: int) -> Node:
    return Node(code=code, name=code, role=role, level=level, instrument=(INSTRUMENT,))


FIELD = node("FF", Role.FREE_FIELD, -2)
RAFT, BESIDE = node("0A", Role.GROUND, -1), node("0B", Role.GROUND, 0)
LOW, HIGH = node("1A", Role.STRUCTURE, 3), node("2A", Role.STRUCTURE, 20)
CORNER, TOP = node("3A", Role.ROOF, 30), node("3B", Role.ROOF, 30)


@pytest.mark.parametrize(
    ("nodes", "base", "roof"),
    [
        ((FIELD, BESIDE, RAFT, LOW, HIGH, TOP, CORNER), "0A", "3A"),
        ((FIELD, LOW, HIGH), "1A", "2A"),
        ((FIELD, TOP), None, "3B"),
        ((RAFT, HIGH), "0A", "2A"),
        ((RAFT,), "0A", None),
        ((FIELD,), None, None),
        ((LOW,), None, "1A"),
    ],
    ids=["all", "no ground", "roof alone", "no roof", "ground alone", "field alone", "one floor"],
)
def test_base_and_roof(nodes: tuple[Node, ...], base: str | None, roof: str | None) -> None:
    found = base_and_roof(nodes)
    assert tuple(one and one.code for one in found) == (base, roof)
