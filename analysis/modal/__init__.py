"""Modes of a structure from its motion: frequencies, damping, shapes, and their changes."""

from plumbline.analysis.modal.covariance import ssi_cov
from plumbline.analysis.modal.driven import moesp
from plumbline.analysis.modal.fdd import Bell, Decomposition, bell_near, decomposed
from plumbline.analysis.modal.identification import Identified, Mode, identify
from plumbline.analysis.modal.poles import Poles
from plumbline.analysis.modal.rotation import (
    DifferencePeak,
    Twist,
    difference_peaks,
    shape_twist,
)
from plumbline.analysis.modal.shapes import collinearity, in_phase, mac
from plumbline.analysis.modal.stabilisation import PoleStability
from plumbline.analysis.modal.tracking import ModalBaseline, Shift, fitted_baseline, matched, shift
from plumbline.analysis.modal.transfer import (
    TransferFunction,
    TransferPeak,
    transfer_function,
    transfer_peaks,
)
from plumbline.analysis.modal.verdict import Health, ModalHealth, modal_health

__all__ = [
    "Bell",
    "Decomposition",
    "DifferencePeak",
    "Health",
    "Identified",
    "ModalBaseline",
    "ModalHealth",
    "Mode",
    "PoleStability",
    "Poles",
    "Shift",
    "TransferFunction",
    "TransferPeak",
    "Twist",
    "bell_near",
    "collinearity",
    "decomposed",
    "difference_peaks",
    "fitted_baseline",
    "identify",
    "in_phase",
    "mac",
    "matched",
    "modal_health",
    "moesp",
    "shape_twist",
    "shift",
    "ssi_cov",
    "transfer_function",
    "transfer_peaks",
]
