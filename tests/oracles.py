"""Slow reference methods: plain loops, written from the formula, never from our code."""

from collections.abc import Sequence

import numpy as np


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
