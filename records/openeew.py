"""OpenEEW (Grillo) JSON lines: one packet a line, three axes in gal.

Oddities
--------
- ``device_t`` is the device's time of the *last* sample of the packet; ``cloud_t`` is when it
  arrived. Some devices' clocks are half an hour wrong: where the two differ by more than a
  minute throughout, the device's time is moved by their median difference in whole seconds,
  and a note says so.
- ``sr`` is nominal. The true rate is 2 to 4 % lower; it is counted from the packets of each
  gap-free run.
- A run ends where two packets are more than one and a half packets apart; packets that come
  twice are taken once.
- ``x y z`` are the device's own axes; z is up when it is mounted as meant.
"""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from plumbline.records.errors import DamagedRecord
from plumbline.records.orientation import HORIZONTAL, VERTICAL
from plumbline.records.record import Record, Unit
from plumbline.records.textlines import decoded

AXES = (("X", HORIZONTAL), ("Y", HORIZONTAL), ("Z", VERTICAL))
CLOCK_WRONG_S = 60.0
GAP_PACKETS = 1.5


def sniff(head: str, path: Path) -> bool:
    """Return whether the first line is an OpenEEW packet."""
    first = head.lstrip().partition("\n")[0]
    return first.startswith("{") and '"device_t"' in first and '"sr"' in first


def read(path: Path) -> list[Record]:
    """Read the gap-free runs of a device.

    Raises
    ------
    DamagedRecord
        If a line is not a packet, or its axes differ in length.
    """
    packets = sorted(_packets(path), key=lambda packet: (packet["device_id"], packet["device_t"]))
    records: list[Record] = []
    for device in dict.fromkeys(packet["device_id"] for packet in packets):
        own = [packet for packet in packets if packet["device_id"] == device]
        late = [p["cloud_t"] - p["device_t"] for p in own if p.get("cloud_t") is not None]
        wrong_s = float(np.median(late)) if late else 0.0
        # Whole seconds, so that the files of one device are moved alike and still join.
        shift_s = float(round(wrong_s)) if abs(wrong_s) > CLOCK_WRONG_S else 0.0
        for run in _runs(own):
            records += _records(path, run, shift_s)
    return records


def _packets(path: Path) -> list[dict[str, Any]]:
    packets = []
    for number, line in enumerate(decoded(path.read_bytes(), "utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            packet = json.loads(line)
            lengths = {len(packet[axis.lower()]) for axis, _ in AXES}
            ready = {**packet, "device_t": float(packet["device_t"]), "sr": float(packet["sr"])}
            ready["device_id"] = str(packet["device_id"])
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedRecord(path, number, f"not an OpenEEW packet: {error!r}") from error
        if len(lengths) != 1 or 0 in lengths or not ready["sr"] > 0:
            raise DamagedRecord(path, number, f"axes of {sorted(lengths)} samples in one packet")
        packets.append(ready)
    return packets


def _runs(packets: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    runs = [packets[:1]]
    for before, after in pairwise(packets):
        step_s = after["device_t"] - before["device_t"]
        if step_s <= 0:
            continue
        if step_s > GAP_PACKETS * len(after["x"]) / after["sr"]:
            runs.append([])
        runs[-1].append(after)
    return runs


def _records(path: Path, run: list[dict[str, Any]], shift_s: float) -> list[Record]:
    first, last = run[0], run[-1]
    after_first = sum(len(packet["x"]) for packet in run[1:])
    span_s = last["device_t"] - first["device_t"]
    rate_hz = after_first / span_s if span_s > 0 else first["sr"]
    start_s = first["device_t"] + shift_s - (len(first["x"]) - 1) / rate_hz
    notes = [f"rate counted from the packets; {first['sr']:g} Hz is stated"]
    if shift_s:
        notes.append(f"device clock wrong by {shift_s:.0f} s: times moved by that")
    return [
        Record(
            station=first["device_id"],
            channel=axis,
            orientation=orientation,
            start_ns=round(start_s * 1e6) * 1000,
            rate_hz=rate_hz,
            values=np.concatenate(
                [np.asarray(packet[axis.lower()], dtype=np.float64) for packet in run]
            ),
            unit=Unit.GAL,
            source=path,
            notes=tuple(notes),
        )
        for axis, orientation in AXES
    ]
