"""Instruments that speak real bytes, each written from its data sheet."""

from collections.abc import Callable

from plumbline.simulator.emission import SimulatedInstrument
from plumbline.simulator.instruments.adxl355_node import SimulatedAdxl355Node
from plumbline.simulator.instruments.lily import SimulatedLily
from plumbline.simulator.instruments.tuff_tilt import SimulatedTuffTilt
from plumbline.simulator.instruments.witmotion_wt901 import WitmotionWt901
from plumbline.simulator.spec import InstrumentSpec, RigSpec

INSTRUMENTS: dict[str, Callable[[InstrumentSpec, RigSpec, int], SimulatedInstrument]] = {
    "adxl355_node": SimulatedAdxl355Node,
    "witmotion_wt901": WitmotionWt901,
    "lily": SimulatedLily,
    "tuff_tilt": SimulatedTuffTilt,
}
"""By kind: made from its own description, the rig's, and the true time of second 0 [ns]."""

BAUD = {"adxl355_node": 460_800, "witmotion_wt901": 115_200, "lily": 19_200, "tuff_tilt": 19_200}
"""Speed of the line when the description names none. [bit/s]"""
