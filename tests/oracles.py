"""Slow reference methods: plain loops, written from the formula, never from our code."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import brentq


def sos_loop(sos, x):
    """Run second-order sections over one record, sample by sample, from rest."""
    y = [float(v) for v in x]
    for b0, b1, b2, _, a1, a2 in sos:
        w1 = w2 = 0.0
        out = []
        for v in y:
            w0 = v - a1 * w1 - a2 * w2
            out.append(b0 * w0 + b1 * w1 + b2 * w2)
            w1, w2 = w0, w1
        y = out
    return np.array(y)


def fir_loop(taps, x, factor):
    """Convolve with the first sample as history and keep every ``factor``-th."""
    kept = []
    for i in range(factor - 1, len(x), factor):
        total = 0.0
        for k, tap in enumerate(taps):
            total += tap * x[max(i - k, 0)]
        kept.append(total)
    return np.array(kept)


def sta_lta_loop(power, c_short, c_long, sta, lta):
    """Recursive averages of power from given seeds; the ratio at each step."""
    ratios = []
    for p in power:
        sta = c_short * p + (1 - c_short) * sta
        lta = c_long * p + (1 - c_long) * lta
        ratios.append(sta / lta)
    return np.array(ratios)


def aic_loop(x: Sequence[float]):
    """``k ln var(x[:k]) + (N - k - 1) ln var(x[k:])`` for every k."""
    n = len(x)
    values = []
    for k in range(1, n):
        left = k * np.log(np.var(x[:k])) if k > 1 else 0.0
        right = (n - k - 1) * np.log(np.var(x[k:])) if n - k - 1 else 0.0
        values.append(left + right)
    return np.array([*values, values[-1]])


def periodogram_loop(x, rate_hz):
    """One-sided density of a Hann-tapered, demeaned segment by the definition of the DFT."""
    n = len(x)
    taper = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)
    y = (np.asarray(x) - np.mean(x)) * taper
    density = []
    for k in range(n // 2 + 1):
        transform = np.sum(y * np.exp(-2j * np.pi * k * np.arange(n) / n))
        sides = 1 if k in (0, n / 2) else 2
        density.append(sides * abs(transform) ** 2 / (rate_hz * np.sum(taper**2)))
    return np.array(density)


def voight(time_d, *, a, failure_d, alpha=2.0):
    """Velocity of Voight's law (1989), ``[A (alpha - 1)(t_f - t)]^(-1 / (alpha - 1))``."""
    left = failure_d - np.asarray(time_d, dtype=float)
    return (a * (alpha - 1) * left) ** (-1 / (alpha - 1))


def degree_of_consolidation(time_factor, terms=2000):
    """Terzaghi's ``U(T) = 1 - sum 2 / M^2 exp(-M^2 T)``, ``M = pi (2m + 1) / 2``; 0 at T = 0."""
    factor = np.asarray(time_factor, dtype=float)
    left = np.zeros(factor.shape)
    for m in np.pi / 2 * (2 * np.arange(terms) + 1):
        left += 2 / m**2 * np.exp(-(m**2) * factor)
    return np.where(factor == 0, 0.0, 1 - left)


def time_factor(degree):
    """Time factor at which Terzaghi's series reaches a degree."""
    return float(brentq(lambda t: degree_of_consolidation(t) - degree, 0.0, 20.0, xtol=1e-12))


def sinusoid_accel_ms2(velocity_mms, frequency_hz):
    """Peak acceleration of a sinusoid of this peak velocity: ``2 pi f v``."""
    return 2 * np.pi * frequency_hz * velocity_mms / 1000
