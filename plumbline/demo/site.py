"""The files of one demonstration: configurations of every process, and the timeline."""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from plumbline.demo.motion import GroundMotion
from plumbline.demo.tower import AGENTS, BASELINE_M, edge_text, inventory_text, rig_text
from plumbline.simulator import scenario
from plumbline.simulator.acts import AnyAct

SETTLED_MM = 6.0
SETTLING_S = scenario.SETTLING_S
DAYS = 20  # what the settling of the last act stands for
PEOPLE = """
[[alerting.person]]
name = "Somchai"
phone = "+66810000001"
language = "th"

[[alerting.person]]
name = "Alice"
phone = "+66810000002"
language = "en"

[[alerting.person]]
name = "Kenji"
phone = "+66810000003"
language = "ja"

[[alerting.step]]
people = ["Somchai"]
delay_s = 15

[[alerting.step]]
people = ["Alice"]
delay_s = 30

[[alerting.step]]
people = ["Kenji"]
delay_s = 60
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSite:
    """One demonstration on disk.

    Attributes
    ----------
    acts
        What the simulator will do.
    seconds
        How long it runs. [s]
    """

    folder: Path
    acts: tuple[AnyAct, ...]
    seconds: float
    broker_port: int

    def config(self, name: str) -> Path:
        """Return the path of a configuration."""
        return self.folder / f"{name}.toml"

    def commands(self) -> dict[str, list[str]]:
        """Return the command of every process but the broker, in the order of starting."""
        ours = [sys.executable, "-P", "-m", "plumbline.cli"]
        rig = [sys.executable, "-P", "-m", "plumbline.simulator.rig", str(self.config("rig"))]
        edges = {
            agent: [*ours, "edge", "run", "--config", str(self.config(agent))] for agent in AGENTS
        }
        collector = [*ours, "collector", "run", str(self.config("collector"))]
        return {"collector": collector, "rig": rig, **edges}


def prepared(
    folder: Path,
    motion: GroundMotion,
    *,
    seconds: float,
    broker_port: int,
    web_port: int,
    detect: str = "",
) -> DemoSite:
    """Write everything a demonstration needs; a long record makes it longer than ``seconds``."""
    record = folder / "record.npz"
    np.savez(record, accel_ms2=motion.accel_ms2, rate_hz=motion.rate_hz)
    needed = motion.seconds + _rest_s()
    longer = max(seconds, np.ceil(needed))
    acts = scenario.timeline(
        record=record,
        record_s=motion.seconds,
        seconds=longer,
        settling=scenario.Settling(settlement_mm=SETTLED_MM, length_m=BASELINE_M, floors=(10, 20)),
    )
    site = DemoSite(folder=folder, acts=acts, seconds=longer, broker_port=broker_port)
    ports = folder / "ports"
    site.config("inventory").write_text(inventory_text(), encoding="utf-8")
    site.config("collector").write_text(
        _collector_text(broker_port, web_port, detect), encoding="utf-8"
    )
    rig = rig_text(
        [_act_text(act) for act in acts], ports=ports, truth=folder / "truth", seconds=longer
    )
    site.config("rig").write_text(rig, encoding="utf-8")
    for agent in AGENTS:
        text = edge_text(agent, ports=ports, spool=folder / f"{agent}.db", broker_port=broker_port)
        site.config(agent).write_text(text, encoding="utf-8")
    return site


def _rest_s() -> float:
    """Return how long a demonstration is without its record. [s]"""
    return (
        scenario.AMBIENT_S
        + scenario.PILING_S
        + scenario.AFTER_PILING_S
        + scenario.AFTER_QUAKE_S
        + scenario.FAR_S
        + scenario.AFTER_FAR_S
        + scenario.SETTLING_S
        + scenario.LEFT_AT_END_S
    )


def _act_text(act: AnyAct) -> str:
    """Return an act as the body of a TOML table."""
    lines = []
    for name, value in act.model_dump(mode="json").items():
        shown = f'"{value}"' if isinstance(value, str) else str(value)
        lines.append(f"{name} = {shown}\n")
    return "".join(lines)


def _collector_text(broker_port: int, web_port: int, detect: str) -> str:
    """Return the collector's configuration: windows and holds scaled to the timeline."""
    source = "demonstration, scaled with the process"
    return f"""processes = "few"

[broker]
port = {broker_port}

[archive]
close_on_stop = true

[web]
port = {web_port}

{detect}
[[detection.limit]]
structure = "TWR01"
amber = 1
red = 20
source = "{source}"
standing = "project"

[deformation]
window_s = 6
step_s = 2
rate_window_s = 36
hold_before_s = 10
known_after_s = 3
hold_after_s = 4

[[deformation.limit]]
structure = "TWR01"
node = "0T"
of = "tilt"
amber = 80
red = 150
source = "{source}"
standing = "project"
clear_s = 10

[[deformation.limit]]
structure = "TWR01"
node = "0T"
of = "differential_settlement"
amber = 2.5
red = 4.5
source = "{source}"
standing = "project"
clear_s = 10

[alerting]
senders = ["outbox-folder"]
exercise = true
join_s = 5
caps = []
{PEOPLE}"""


def scaling() -> str:
    """Return one line on how the settlement is compressed in time."""
    times = DAYS * 86400 / SETTLING_S
    return (
        f"settlement of {SETTLED_MM:g} mm in {SETTLING_S:g} s stands for {SETTLED_MM:g} mm in "
        f"{DAYS} days: the process is compressed {times:,.0f} times, the clock is not; the "
        "averaging window (6 s for 120 s) and the hold after shaking (4 s for 120 s) are scaled "
        "with it, the hold before is not: shaking swells as slowly as ever"
    )
