"""Comparing mode shapes and bringing them into a common form."""

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.arrays import Floats

Shapes = NDArray[np.complex128] | Floats


def mac(first: Shapes, second: Shapes) -> Floats:
    r"""Return the modal assurance criterion of every pair of shapes.

    Parameters
    ----------
    first, second
        Shapes as rows, ``(n, n_channels)`` and ``(m, n_channels)``; or one shape each.

    Returns
    -------
    ndarray
        :math:`|\phi^H\psi|^2 / (\phi^H\phi\;\psi^H\psi)`, shape ``(n, m)``; zero where a shape is
        zero.
    """
    a, b = np.atleast_2d(first), np.atleast_2d(second)
    inner = np.abs(a.conj() @ b.T) ** 2
    norms = np.outer((np.abs(a) ** 2).sum(axis=1), (np.abs(b) ** 2).sum(axis=1))
    return np.asarray(np.divide(inner, norms, out=np.zeros_like(inner), where=norms > 0))


def collinearity(shape: Shapes) -> float:
    """Return the modal phase collinearity: 1 where all channels move in or against phase.

    Parameters
    ----------
    shape
        One complex shape, ``(n_channels,)``.

    Notes
    -----
    From the eigenvalues of the scatter of real and imaginary parts,
    ``((l1 - l2) / (l1 + l2))²``. Velocity and acceleration channels side by side are a quarter
    turn apart and lower it without any fault of the mode.
    """
    s = np.asarray(shape)
    xx, yy, xy = (s.real @ s.real), (s.imag @ s.imag), (s.real @ s.imag)
    total = xx + yy
    if total == 0:
        return 0.0
    return float(((xx - yy) ** 2 + 4 * xy**2) / total**2)


def in_phase(shape: Shapes) -> NDArray[np.complex128]:
    """Return the shape turned so that it is as real as it can be, its largest part 1.

    Parameters
    ----------
    shape
        One complex shape, ``(n_channels,)``.
    """
    s = np.asarray(shape, dtype=np.complex128)
    turned = s * np.exp(-0.5j * np.angle(np.sum(s**2)))
    largest = turned[np.argmax(np.abs(turned.real))].real
    return np.asarray(turned / largest if largest else turned)
