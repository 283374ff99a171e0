"""The standards we know, each a table of curves; SBR-A is built from a value the user brings."""

from plumbline.analysis.vibration.curves import Standard
from plumbline.analysis.vibration.standards.bs7385 import BS_7385_2
from plumbline.analysis.vibration.standards.din4150 import DIN_4150_3
from plumbline.analysis.vibration.standards.neb37 import NEB_37
from plumbline.analysis.vibration.standards.sbr_a import sbr_a
from plumbline.analysis.vibration.standards.sn640312a import SN_640_312A

STANDARDS: dict[str, Standard] = {
    standard.name: standard for standard in (DIN_4150_3, BS_7385_2, SN_640_312A, NEB_37)
}

__all__ = ["STANDARDS", "sbr_a"]
