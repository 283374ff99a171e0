"""A small inventory and blocks of it, for tests that need some of everything."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plumbline.wire.block import Block
from plumbline.wire.inventory import Inventory, read_inventory
from plumbline.wire.inventory.lookup import Place, places

START_NS = 1_782_000_000_000_000_000
G = 9.80665

ACCELEROMETER = """
[[structure.node.instrument]]
stream = "HN"
model = "adxl355_node"
rate_hz = 100
unit = "m/s2"
sensitivity = {sensitivity}
noise_rms = 0.0022
full_scale = 20.0
axes = [
  {{ code = "Z", azimuth_deg = 0, dip_deg = -90 }},
  {{ code = "N", azimuth_deg = 0 }},
  {{ code = "E", azimuth_deg = 90 }},
]
"""
TILTMETER = """
[[structure.node.instrument]]
stream = "LA"
model = "lily"
rate_hz = 1
unit = "urad"
sensitivity = 1000
baseline_m = 12
temperature_partner = "LK"
axes = [
  { code = "1", azimuth_deg = 30, zero = { value = 12.5, when = 2026-02-01, who = "S. Chai" } },
  { code = "2", azimuth_deg = 120 },
]

[[structure.node.instrument]]
stream = "LK"
model = "lily"
rate_hz = 1
unit = "degC"
sensitivity = 100
axes = [{ code = "I", azimuth_deg = 0 }]
"""


def inventory_text(nodes: tuple[tuple[str, str], ...] = (("0A", "ground"), ("3A", "roof"))) -> str:
    """Return an inventory file: accelerometers on every node, a tiltmeter on the first."""
    text = """
[network]
code = "XX"

[[structure]]
code = "TWR01"
name = "Tower One"
latitude = 13.75
longitude = 100.5
timezone = "Asia/Bangkok"
"""
    for number, (code, role) in enumerate(nodes):
        text += f'\n[[structure.node]]\ncode = "{code}"\nname = "node {code}"\nrole = "{role}"\n'
        text += f'level = {number}\nagent = "pi-{code.lower()}"\n'
        text += ACCELEROMETER.format(sensitivity=256_000 / G)
        text += TILTMETER if number == 0 else ""
    return text


def tower(folder: Path) -> Inventory:
    """Return the inventory, read from a real file."""
    path = folder / "inventory.toml"
    path.write_text(inventory_text(), encoding="utf-8")
    return read_inventory(path)


def tower_places(folder: Path) -> dict[str, Place]:
    """Return every stream of the tower by its key."""
    return places(tower(folder))


def block_of(
    place: Place,
    physical: NDArray[np.float64],
    *,
    seq: int = 0,
    start_ns: int = START_NS,
    boot: int = 7,
) -> Block:
    """Return a block whose samples are these, in the unit of the place's instrument."""
    counts = np.rint(physical * place.instrument.sensitivity).astype(np.int32)
    return Block(
        stream=place.stream,
        boot=boot,
        seq=seq,
        start_ns=start_ns,
        rate_hz=place.instrument.rate_hz,
        counts=np.atleast_2d(counts),
        clock_error_ns=200_000,
        time_quality=100,
    )
