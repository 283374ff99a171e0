"""One instrument with its line and everything that goes wrong between them."""

from plumbline.simulator.emission import Emission, SimulatedInstrument
from plumbline.simulator.instruments import BAUD, INSTRUMENTS
from plumbline.simulator.line import LineDelivery, SerialLine
from plumbline.simulator.site import MotionFrame
from plumbline.simulator.spec import FaultSpec, InstrumentSpec, RigSpec
from plumbline.simulator.staging import SITE_RATE_HZ
from plumbline.wire.block import NS


class Feed:
    """Turns frames of the site into deliveries at one port.

    Power cuts and clock steps take effect at the next frame.

    Parameters
    ----------
    spec, rig
        The instrument and the rig it belongs to.
    start_ns
        True UTC time of second 0 of the site. [ns since 1970]
    """

    def __init__(self, spec: InstrumentSpec, rig: RigSpec, start_ns: int) -> None:
        self.port = spec.port
        self.instrument: SimulatedInstrument = INSTRUMENTS[spec.kind](spec, rig, start_ns)
        faults = [fault for fault in rig.fault if fault.port == spec.port]
        self._line = SerialLine(
            baud=spec.baud or BAUD[spec.kind],
            jitter_ms=spec.jitter_ms,
            start_ns=start_ns,
            faults=faults,
            seed=spec.seed,
        )
        self._start_ns = start_ns
        self._cuts = [fault for fault in faults if fault.kind == "power_cut"]
        self._steps = [fault for fault in faults if fault.kind == "clock_step"]
        self._pulls = [fault for fault in faults if fault.kind == "unplug"]
        self._powered = True

    def take(self, frame: MotionFrame) -> list[LineDelivery]:
        """Return what the instrument sends because of one more frame."""
        at_s = frame.start / SITE_RATE_HZ
        if any(_active(cut, at_s) for cut in self._cuts):
            self._powered = False
            return []
        if not self._powered:
            self._powered = True
            self.instrument.restart(at_s)
        for step in [step for step in self._steps if step.start_s <= at_s]:
            self._steps.remove(step)
            self.instrument.step_clock(step.step_s)
        return self._carried(self.instrument.observe(frame))

    def receive(self, received: bytes, at_ns: int) -> list[LineDelivery]:
        """Pass on what the host wrote; return the answer."""
        return self._carried(self.instrument.receive(received, at_ns) if self._powered else [])

    def unplugged(self, at_ns: int) -> bool:
        """Return whether the cable is out at a true time."""
        return any(_active(pull, (at_ns - self._start_ns) / NS) for pull in self._pulls)

    def _carried(self, emissions: list[Emission]) -> list[LineDelivery]:
        return [self._line.carry(emission) for emission in emissions]


def _active(fault: FaultSpec, at_s: float) -> bool:
    return fault.start_s <= at_s < fault.start_s + fault.seconds
