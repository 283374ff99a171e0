"""The inventory: what makes a reading mean anything."""

from plumbline.wire.inventory.dating import begins_ns, stage_at, zero_at, zeros_at
from plumbline.wire.inventory.load import read_inventory
from plumbline.wire.inventory.model import (
    Axis,
    ConstructionStage,
    Instrument,
    Inventory,
    Node,
    Role,
    Structure,
    Unit,
    Zero,
)

__all__ = [
    "Axis",
    "ConstructionStage",
    "Instrument",
    "Inventory",
    "Node",
    "Role",
    "Structure",
    "Unit",
    "Zero",
    "begins_ns",
    "read_inventory",
    "stage_at",
    "zero_at",
    "zeros_at",
]
