"""Short descriptions of rigs for the tests."""

import json
from pathlib import Path

import numpy as np

from plumbline.simulator.acts import AnyAct
from plumbline.simulator.offline import deliveries
from plumbline.simulator.site import MotionFrame
from plumbline.simulator.spec import FaultSpec, InstrumentSpec, RigSpec, StructureSpec

START_NS = 1_743_142_800_000_000_000
STILL = StructureSpec(storeys=5, first_period_s=(1.0, 0.9), ambient_gal=0.0, wind_roof_gal=1e-6,
                      thermal_urad_c=0.0)  # fmt: skip


def instrument(kind: str, *, port: str = "ttyA", **more: object) -> InstrumentSpec:
    return InstrumentSpec(**{"port": port, "kind": kind, "node": "00", **more})


def rig(
    *instruments: InstrumentSpec,
    acts: tuple[AnyAct, ...] = (),
    faults: tuple[FaultSpec, ...] = (),
    structure: StructureSpec = STILL,
) -> RigSpec:
    return RigSpec(structure=structure, instrument=instruments, act=acts, fault=faults)


def frame(motion: np.ndarray, *, start: int = 0, tilt: np.ndarray | None = None) -> MotionFrame:
    """Return one frame of level 0."""
    lean = np.zeros((2, motion.shape[1])) if tilt is None else tilt
    return MotionFrame(start=start, start_ns=START_NS + start * 2_000_000, accel_ms2={0: motion},
                 tilt_rad={0: lean}, temp_c=29.0)  # fmt: skip


def run(spec: RigSpec, seconds: float, truth: Path | None = None, frame_s: float = 1.0) -> list:
    return list(deliveries(spec, start_ns=START_NS, seconds=seconds, truth=truth, frame_s=frame_s))


def read_truth(folder: Path) -> dict[str, np.ndarray]:
    """Read a truth as its description says, with nothing of ours."""

    def hashable(part: object) -> object:
        return tuple(hashable(p) for p in part) if isinstance(part, list) else part

    found = {}
    for entry in json.loads((folder / "streams.json").read_text()):
        row = np.dtype([hashable(field) for field in entry["dtype"]])
        held = (folder / entry["file"]).read_bytes()
        found[entry["key"]] = np.frombuffer(held[: len(held) // row.itemsize * row.itemsize], row)
    return found


def read_events(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
