"""Small physics of vibration: sinusoids, an instrument's floor, stress in a floor slab."""

import math

from plumbline.analysis.constants import STANDARD_GRAVITY_MS2

UG = STANDARD_GRAVITY_MS2 * 1e-6  # one micro-g [m/s²]
MM_PER_M = 1000.0
BENDING_FACTOR = 1.73  # sqrt(3): rectangular cross section


def sinusoid_accel_ms2(velocity_mms: float, frequency_hz: float) -> float:
    """Return the peak acceleration of a sinusoid of this peak velocity. [m/s²]"""
    return 2 * math.pi * frequency_hz * velocity_mms / MM_PER_M


def floor_velocity_mms(noise_ug: float, low_hz: float, high_hz: float) -> float:
    r"""Return the r.m.s. velocity that white sensor noise makes in a band.

    Parameters
    ----------
    noise_ug
        Noise density. [µg/√Hz]
    low_hz, high_hz
        Ends of the band. [Hz]

    Notes
    -----
    :math:`\frac{n g}{2\pi}\sqrt{1/f_1 - 1/f_2}`, sharp band edges; in mm/s.
    """
    return MM_PER_M * noise_ug * UG / (2 * math.pi) * math.sqrt(1 / low_hz - 1 / high_hz)  # [mm/s]


def floor_displacement_mm(noise_ug: float, low_hz: float, high_hz: float) -> float:
    r"""Return the r.m.s. displacement that white sensor noise makes in a band. [mm]

    Notes
    -----
    :math:`\frac{n g}{(2\pi)^2}\sqrt{(f_1^{-3} - f_2^{-3})/3}`, sharp band edges.
    """
    spread = math.sqrt((low_hz**-3 - high_hz**-3) / 3)
    return MM_PER_M * noise_ug * UG / (2 * math.pi) ** 2 * spread


def bending_stress_mpa(
    velocity_mms: float,
    modulus_gpa: float,
    density_kgm3: float,
    load_ratio: float = 1.0,
    mode_factor: float = 1.0,
) -> float:
    r"""Return the dynamic bending stress of a vibrating beam or slab. [MPa]

    Parameters
    ----------
    velocity_mms
        Peak velocity at mid-span. [mm/s]
    modulus_gpa
        Young's modulus. [GPa]
    density_kgm3
        Density. [kg/m³]
    load_ratio
        Total load over the beam's own weight, ``G_tot / G_beam``.
    mode_factor
        ``k_n``, set by mode and supports; 1 to 1.33.

    Notes
    -----
    :math:`\sigma = 1.73 \sqrt{E \rho\, G_{tot}/G_{beam}}\; k_n v`, DIN 4150-3's estimate.
    """
    impedance = math.sqrt(modulus_gpa * 1e9 * density_kgm3 * load_ratio)
    return BENDING_FACTOR * impedance * mode_factor * velocity_mms / MM_PER_M / 1e6
