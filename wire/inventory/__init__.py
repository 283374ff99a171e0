"""The inventory: what makes a reading mean anything."""

from plumbline.wire.inventory.load import read_inventory
from plumbline.wire.inventory.model import (
    Axis,
    Instrument,
    Inventory,
    Node,
    Role,
    Stage,
    Structure,
    Unit,
    Zero,
)

__all__ = [
    "Axis",
    "Instrument",
    "Inventory",
    "Node",
    "Role",
    "Stage",
    "Structure",
    "Unit",
    "Zero",
    "read_inventory",
]
