"""Covariance-driven stochastic subspace identification: modes from the response alone."""

import numpy as np
from scipy.fft import next_fast_len
from scipy.linalg import svd

from plumbline.analysis.arrays import Floats
from plumbline.analysis.modal.poles import Poles, poles_by_order


def correlations(motion: Floats, lags: int) -> Floats:
    """Return the correlation matrices of the channels.

    Parameters
    ----------
    motion
        Channels as rows, means removed, shape ``(n_channels, n)``.
    lags
        How many, from lag 0.

    Returns
    -------
    ndarray
        ``R[k, a, b] = mean of y_a(t + k) y_b(t)``, shape ``(lags, n_channels, n_channels)``;
        unbiased (each lag divided by the pairs it has).
    """
    n = motion.shape[1]
    size = next_fast_len(n + lags, real=True)
    spectrum = np.fft.rfft(motion, size)
    rows = []
    for one in spectrum:
        products = np.fft.irfft(one[None, :] * spectrum.conj(), size)
        rows.append(products[:, :lags] / (n - np.arange(lags)))
    return np.ascontiguousarray(np.stack(rows).transpose(2, 0, 1))


def ssi_cov(motion: Floats, rate_hz: float, block_rows: int, orders: range) -> list[Poles]:
    r"""Identify poles from the response alone, for every model order.

    Parameters
    ----------
    motion
        Channels as rows, of like size, shape ``(n_channels, n)``.
    rate_hz
        Sampling rate. [Hz]
    block_rows
        Blocks on a side of the Toeplitz matrix; the lags used reach twice as far.
    orders
        Model orders (numbers of states).

    Returns
    -------
    list of Poles
        One entry an order, smaller orders first.

    Raises
    ------
    ValueError
        If the record is shorter than four times the lags.

    Notes
    -----
    Block Toeplitz matrix :math:`T = [R_{i+a-b}]`, its singular value decomposition, observability
    :math:`O = U S^{1/2}`, :math:`A = O_\uparrow^{+} O_\downarrow` [1]_. The input is taken for
    white; where it is not, its own peaks may appear as modes.

    References
    ----------
    .. [1] B. Peeters and G. De Roeck, "Reference-based stochastic subspace identification for
       output-only modal analysis," Mech. Syst. Signal Process., 13(6), 855-878, 1999.
    """
    n_channels, n = motion.shape
    if n < 8 * block_rows:
        raise ValueError(f"{n} samples are too few for {block_rows} block rows")
    centred = motion - motion.mean(axis=1, keepdims=True)
    r = correlations(centred, 2 * block_rows)
    a, b = np.ogrid[:block_rows, :block_rows]
    blocks = r[block_rows + a - b]
    side = block_rows * n_channels
    toeplitz = blocks.transpose(0, 2, 1, 3).reshape(side, side)
    u, s, _ = svd(toeplitz, full_matrices=False, check_finite=False)
    most = min(orders[-1], side - n_channels)
    return poles_by_order(u[:, :most] * np.sqrt(s[:most]), n_channels, orders, rate_hz)
