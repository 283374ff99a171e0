"""The poles of one fitted model: frequency, damping and shape of each candidate mode."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.arrays import Bools, Floats

Complexes = NDArray[np.complex128]


@dataclass(frozen=True, slots=True, kw_only=True)
class Poles:
    """The oscillating poles of one state-space model.

    Attributes
    ----------
    order
        Number of states of the model.
    frequency_hz
        Undamped frequency of each pole, shape ``(n,)``. [Hz]
    damping
        Damping ratio of each, shape ``(n,)``; negative where the model is unstable there.
    shapes
        Mode shape of each as a row, shape ``(n, n_channels)``, in the units of the channels.
    """

    order: int
    frequency_hz: Floats
    damping: Floats
    shapes: Complexes

    def selected(self, wanted: Bools) -> "Poles":
        """Return the poles marked True."""
        return Poles(
            order=self.order,
            frequency_hz=self.frequency_hz[wanted],
            damping=self.damping[wanted],
            shapes=self.shapes[wanted],
        )


def poles_of(transition: Floats, output: Floats, rate_hz: float) -> Poles:
    r"""Return the oscillating poles of ``x' = A x``, ``y = C x``.

    Parameters
    ----------
    transition
        ``A`` for one sampling step, shape ``(n, n)``.
    output
        ``C``, shape ``(n_channels, n)``.
    rate_hz
        Sampling rate. [Hz]

    Notes
    -----
    :math:`\lambda = f_s \ln\mu`, :math:`f = |\lambda|/2\pi`, :math:`\zeta = -\Re\lambda/|\lambda|`.
    Of each conjugate pair the pole above the real axis is kept.
    """
    mu, vectors = np.linalg.eig(transition)
    upper = mu.imag > 0
    eigenvalues = np.log(mu[upper].astype(np.complex128)) * rate_hz
    size = np.abs(eigenvalues)
    shapes = (output @ vectors[:, upper]).T
    return Poles(
        order=transition.shape[0],
        frequency_hz=size / (2 * np.pi),
        damping=-eigenvalues.real / size,
        shapes=np.asarray(shapes, dtype=np.complex128),
    )


def poles_by_order(
    observability: Floats, n_channels: int, orders: range, rate_hz: float
) -> list[Poles]:
    """Return the poles of every model order from one observability matrix.

    Parameters
    ----------
    observability
        ``[C; C A; C A²; ...]``, shape ``(n_channels * n_rows, n_most)``, its columns in order of
        falling weight.
    n_channels
        Rows of a block.
    orders
        Model orders wanted; those the matrix cannot carry are left out.
    rate_hz
        Sampling rate. [Hz]

    Notes
    -----
    Shift invariance by least squares. One QR serves every order: the leading columns of Q and R
    are those of the smaller problem.
    """
    carried = [n for n in orders if n <= observability.shape[1]]
    if not carried:
        return []
    most = carried[-1]
    upper, lower = observability[:-n_channels, :most], observability[n_channels:, :most]
    q, r = np.linalg.qr(upper)
    shifted = q.T @ lower
    return [
        poles_of(
            np.linalg.solve(r[:n, :n], shifted[:n, :n]),
            observability[:n_channels, :n],
            rate_hz,
        )
        for n in carried
        if np.min(np.abs(np.diag(r)[:n])) > 0
    ]
