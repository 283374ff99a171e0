"""The tower of the demonstration: its instruments, and every file that describes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from plumbline.analysis.constants import STANDARD_GRAVITY_MS2

URAD_A_DEGREE = 17453.292519943295
STRUCTURE = "TWR01"
STOREYS = 30
STOREY_M = 3.6
DEGREES_COUNTS = {"lily": 100.0, "tuff_tilt": 1000.0}
"""Counts for one degree Celsius: the last printed digit of each tiltmeter's temperature."""
BASELINE_M = 30.0  # length of the raft over which the LILY's tilt is a differential settlement


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One instrument: where it is, what it is, which agent reads it."""

    node: str
    name: str
    role: str
    level: int
    kind: str
    agent: str
    stream: str
    axes: str
    map: str
    rate_hz: float
    unit: str
    sensitivity: float
    noise_rms: float
    full_scale: float
    baud: int
    clock_ppm: float = 0.0

    @property
    def port(self) -> str:
        """Name of its port."""
        return f"tty{self.node}{self.stream}"


def accelerometer(
    node: str, name: str, role: str, level: int, agent: str, ppm: float = 0.0
) -> Spot:
    """Return an ADXL355 node at 100 Hz."""
    return Spot(
        node=node, name=name, role=role, level=level, kind="adxl355_node", agent=agent,
        stream="HN", axes="ZNE", map="zyx", rate_hz=100.0, unit="m/s2",
        sensitivity=256_000 / STANDARD_GRAVITY_MS2, noise_rms=0.0015602, full_scale=20.08,
        baud=460_800, clock_ppm=ppm,
    )  # fmt: skip


def tuff_tilt(node: str, name: str, level: int, agent: str) -> Spot:
    """Return a Tuff Tilt on a floor."""
    return Spot(
        node=node, name=name, role="structure", level=level, kind="tuff_tilt", agent=agent,
        stream="LA", axes="NE", map="yx", rate_hz=1.0, unit="urad",
        sensitivity=1000 / URAD_A_DEGREE, noise_rms=9.0, full_scale=52_000.0, baud=19_200,
    )  # fmt: skip


def lily(node: str, name: str, agent: str) -> Spot:
    """Return a borehole tiltmeter in the raft."""
    return Spot(
        node=node, name=name, role="ground", level=0, kind="lily", agent=agent,
        stream="LA", axes="NE", map="yx", rate_hz=1.0, unit="urad", sensitivity=1000.0,
        noise_rms=0.5, full_scale=330.0, baud=19_200,
    )  # fmt: skip


SPOTS = (
    accelerometer("0A", "ground, beside the raft", "ground", 0, "pi-ground", 18.0),
    accelerometer("1A", "level 15, core", "structure", 15, "pi-middle", -31.0),
    accelerometer("3A", "level 30, roof", "roof", 30, "pi-roof", 7.0),
    lily("0T", "raft, borehole", "pi-ground"),
    tuff_tilt("1T", "level 10, column C4", 10, "pi-middle"),
    tuff_tilt("2T", "level 20, column C4", 20, "pi-roof"),
)
AGENTS = tuple(dict.fromkeys(spot.agent for spot in SPOTS))


def inventory_text(spots: Sequence[Spot] = SPOTS) -> str:
    """Return the inventory file."""
    text = f"""# The tower of the demonstration. XX is the FDSN's test network.
[network]
code = "XX"
name = "Plumbline demonstration"

[[structure]]
code = "{STRUCTURE}"
name = "Demonstration tower, 30 storeys"
latitude = 13.80
longitude = 100.55
height_m = {STOREYS * STOREY_M:.0f}
storeys = {STOREYS}
timezone = "Asia/Bangkok"

[[structure.stage]]
since = 2026-01-05
floors_cast = {STOREYS}
"""
    for spot in spots:
        text += f"""
[[structure.node]]
code = "{spot.node}"
name = "{spot.name}"
role = "{spot.role}"
level = {spot.level}
z_m = {spot.level * STOREY_M:.1f}
agent = "{spot.agent}"

[[structure.node.instrument]]
stream = "{spot.stream}"
model = "{spot.kind}"
rate_hz = {spot.rate_hz}
unit = "{spot.unit}"
sensitivity = {spot.sensitivity!r}
noise_rms = {spot.noise_rms}
full_scale = {spot.full_scale}
"""
        if spot.kind == "lily":
            text += f"baseline_m = {BASELINE_M}\n"
        text += "axes = [\n" + "".join(_axis(spot, axis) for axis in spot.axes) + "]\n"
        if spot.kind in DEGREES_COUNTS:
            text += _temperature(spot)
    return text


def _axis(spot: Spot, axis: str) -> str:
    turned = {
        "Z": "azimuth_deg = 0, dip_deg = -90",
        "N": "azimuth_deg = 0",
        "E": "azimuth_deg = 90",
    }
    zero = ', zero = { value = 0.0, when = 2026-02-01, who = "demonstration" }'
    return f'  {{ code = "{axis}", {turned[axis]}{zero if spot.unit == "urad" else ""} }},\n'


def _temperature(spot: Spot) -> str:
    return f"""
[[structure.node.instrument]]
stream = "LK"
model = "{spot.kind}"
rate_hz = {spot.rate_hz}
unit = "degC"
sensitivity = {DEGREES_COUNTS[spot.kind]}
axes = [{{ code = "I", azimuth_deg = 0 }}]
"""


def edge_text(
    agent: str, *, ports: Path, spool: Path, broker_port: int, spots: Sequence[Spot] = SPOTS
) -> str:
    """Return the configuration of one agent."""
    text = f"""agent = "{agent}"
network = "XX"
structure = "{STRUCTURE}"

[broker]
host = "127.0.0.1"
port = {broker_port}

[spool]
path = "{spool}"
"""
    for spot in spots:
        if spot.agent == agent:
            text += f"""
[[instrument]]
driver = "{spot.kind}"
port = "{ports / spot.port}"
node = "{spot.node}"
stream = "{spot.stream}"
axes = "{spot.axes}"
map = "{spot.map}"
baud = {spot.baud}
block_s = {1 if spot.rate_hz > 1 else 2}
"""
    return text


def rig_text(
    acts: Sequence[str],
    *,
    ports: Path,
    truth: Path,
    seconds: float,
    spots: Sequence[Spot] = SPOTS,
) -> str:
    """Return the description of the simulated site."""
    text = f"""ports = "{ports}"
truth = "{truth}"
wait_s = 60
seconds = {seconds}

[structure]
code = "{STRUCTURE}"
storeys = {STOREYS}
damping = 0.02
"""
    for number, spot in enumerate(spots):
        text += f"""
[[instrument]]
port = "{spot.port}"
kind = "{spot.kind}"
node = "{spot.node}"
level = {spot.level}
baud = {spot.baud}
jitter_ms = 2.0
clock_ppm = {spot.clock_ppm}
seed = {number + 1}
"""
        if spot.kind == "tuff_tilt":  # the inventory says that its zero is 0
            text += "options = { mount_urad = 0 }\n"
    return text + "".join(f"\n[[act]]\n{act}" for act in acts)
