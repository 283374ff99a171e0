"""A uniform shear frame with a closed-form answer, and its exact response: an oracle for modes."""

import numpy as np
from scipy import signal
from scipy.linalg import expm

OVERSAMPLED = 4


def frequencies_hz(storeys, first_hz=None, k_over_m=None):
    """Closed form: f_n = sqrt(k/m) / pi * sin((2n-1) pi / (2 (2N+1)))."""
    n = np.arange(1, storeys + 1)
    sines = np.sin((2 * n - 1) * np.pi / (2 * (2 * storeys + 1)))
    if k_over_m is None:
        return first_hz * sines / sines[0]
    return np.sqrt(k_over_m) / np.pi * sines


def shapes(storeys):
    """Closed form, modes as rows, floors 1..N: sin((2n-1) pi j / (2N+1))."""
    n, floor = np.ogrid[1 : storeys + 1, 1 : storeys + 1]
    return np.sin((2 * n - 1) * np.pi * floor / (2 * storeys + 1))


def response(storeys, first_hz, damping, rate_hz, seconds, rng, *, base=False, noise=0.0):
    """Absolute floor accelerations (and base acceleration) under white forces or a white base.

    Each mode is stepped by its exact matrix exponential at four times the rate.
    """
    f = frequencies_hz(storeys, first_hz)
    phi = shapes(storeys)
    phi = phi / np.linalg.norm(phi, axis=1, keepdims=True)
    n = int(seconds * rate_hz * OVERSAMPLED)
    step = 1 / (rate_hz * OVERSAMPLED)
    ground = rng.normal(size=n) if base else np.zeros(n)
    forces = -phi.sum(axis=1)[:, None] * ground if base else phi @ rng.normal(size=(storeys, n))
    rows = []
    for omega, force in zip(2 * np.pi * f, forces, strict=True):
        a = np.array([[0, 1], [-(omega**2), -2 * damping * omega]])
        stepped = expm(a * step)
        pushed = np.linalg.solve(a, (stepped - np.eye(2)) @ np.array([[0.0], [1.0]]))
        b, den = signal.ss2tf(stepped, pushed, a[1:], np.ones((1, 1)))
        rows.append(signal.lfilter(b[0], den, force))
    floors = phi.T @ np.array(rows) + ground
    floors = signal.decimate(floors, OVERSAMPLED, ftype="fir", axis=1)
    ground = signal.decimate(ground, OVERSAMPLED, ftype="fir")
    floors = floors + noise * floors.std(axis=1, keepdims=True) * rng.normal(size=floors.shape)
    return (floors, ground) if base else floors


def newmark_free_decay(omega, damping, step_s, n):
    """Displacement of one oscillator released from 1, by Newmark's average acceleration."""
    u, v = 1.0, 0.0
    a = -2 * damping * omega * v - omega**2 * u
    out = np.empty(n)
    for k in range(n):
        out[k] = u
        # average acceleration: u1 = u + v dt + (a + a1) dt^2/4, v1 = v + (a + a1) dt/2
        free_u = u + v * step_s + a * step_s**2 / 4
        free_v = v + a * step_s / 2
        a1 = -(omega**2 * free_u + 2 * damping * omega * free_v) / (
            1 + damping * omega * step_s + omega**2 * step_s**2 / 4
        )
        u, v, a = free_u + a1 * step_s**2 / 4, free_v + a1 * step_s / 2, a1
    return out
