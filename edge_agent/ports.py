"""Serial ports of this machine, and the instrument that seems to be on each."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from serial.tools import list_ports

from plumbline.edge_agent.drivers import DRIVERS
from plumbline.edge_agent.errors import PortTrouble
from plumbline.edge_agent.framing import Rejected
from plumbline.edge_agent.readings import Readings
from plumbline.edge_agent.serial_port import SerialPort
from plumbline.edge_agent.wakeup_pipe import WakeupPipe
from plumbline.wire.block import NS

BY_ID = Path("/dev/serial/by-id")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPort:
    """A port of this machine.

    Attributes
    ----------
    device
        Its name now, as ``/dev/ttyUSB0``.
    lasting
        The name to configure: it stays with the instrument when others are plugged in.
    description
        What the system knows of it.
    """

    device: str
    lasting: str
    description: str


def found_ports(by_id: Path = BY_ID) -> list[FoundPort]:
    """Return the serial ports of this machine with their lasting names."""
    lasting = {}
    if by_id.is_dir():
        lasting = {str(link.resolve()): str(link) for link in sorted(by_id.iterdir())}
    return [
        FoundPort(
            device=port.device,
            lasting=lasting.get(str(Path(port.device).resolve()), port.device),
            description=port.description or "",
        )
        for port in sorted(list_ports.comports())
    ]


def guessed_driver(port: str, *, read_s: float) -> str:
    """Return the driver that understands what a port sends, tried at the usual speeds.

    Returns
    -------
    str
        ``"adxl355_node, serial 355001"``, or why no driver is known.
    """
    n_bytes = 0
    for baud in sorted({spec.baud for spec in DRIVERS.values()}, reverse=True):
        try:
            pieces = list(_read_for(port, baud, read_s))
        except PortTrouble as trouble:
            return str(trouble).removeprefix(f"port {port} ")
        n_bytes += sum(len(piece) for piece, _ in pieces)
        for name, spec in DRIVERS.items():
            driver = spec.make(spec.usual.rate_hz, baud)
            items = [item for piece, at_ns in pieces for item in driver.feed(piece, at_ns)]
            readings = sum(isinstance(item, Readings) for item in items)
            rejected = sum(isinstance(item, Rejected) for item in items)
            if readings > rejected:
                serial = f", serial {driver.serial}" if driver.serial else ""
                return f"{name} at {baud} baud{serial}"
    if not n_bytes:
        return "silent: no byte arrived; is the instrument on, and set to send by itself?"
    return f"{n_bytes} bytes that no driver understands"


def _read_for(port: str, baud: int, read_s: float) -> Iterator[tuple[bytes, int]]:
    line = SerialPort(port, baud=baud, monotonic_ns=time.monotonic_ns)
    line.open()
    quiet = WakeupPipe()
    give_up_ns = time.monotonic_ns() + round(read_s * NS)
    try:
        while (left_ns := give_up_ns - time.monotonic_ns()) > 0:
            piece, at_ns = line.read(left_ns / NS, quiet.fd)
            if piece:
                yield piece, at_ns
    finally:
        line.close()
        quiet.close()
