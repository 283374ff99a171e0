"""Subspace identification with a measured input: modes of a structure shaken at its base."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import svd

from plumbline.analysis.arrays import Floats
from plumbline.analysis.modal.poles import Poles, poles_by_order

RIDGE = 1e-13
"""Added to the Gram matrix, as a share of its mean diagonal: a record that was filtered before it
was sampled leaves it singular to the last digits."""


def hankel_gram(rows: Floats, blocks: int) -> Floats:
    """Return ``H H^T`` of a block Hankel matrix without building the matrix.

    Parameters
    ----------
    rows
        Signals as rows, shape ``(n_rows, n)``.
    blocks
        Block rows of ``H``; block ``k`` is ``rows[:, k : k + n - blocks + 1]``.

    Returns
    -------
    ndarray
        Shape ``(blocks, n_rows, blocks, n_rows)``.

    Notes
    -----
    The first block row is computed; along each diagonal a block follows from the one before by
    the products that enter and leave the sum.
    """
    width, n = rows.shape
    columns = n - blocks + 1
    gram = np.zeros((blocks, width, blocks, width))
    head = rows[:, :columns]
    begin, end = rows[:, :blocks].T, rows[:, columns : columns + blocks].T
    for lag in range(blocks):
        first = head @ rows[:, lag : lag + columns].T
        steps = blocks - lag - 1
        entering = end[:steps, :, None] * end[lag : lag + steps, None, :]
        leaving = begin[:steps, :, None] * begin[lag : lag + steps, None, :]
        change = np.cumsum(entering - leaving, axis=0)
        diagonal = np.concatenate([first[None], first + change])
        at = np.arange(steps + 1)
        gram[at, :, at + lag, :] = diagonal
        gram[at + lag, :, at, :] = diagonal.transpose(0, 2, 1)
    return gram


def moesp(
    base: Floats, motion: Floats, rate_hz: float, block_rows: int, orders: range
) -> list[Poles]:
    """Identify poles from base and response, for every model order.

    Parameters
    ----------
    base
        Motion of the base, shape ``(n_inputs, n)``.
    motion
        Response, channels of like size, shape ``(n_channels, n)``.
    rate_hz
        Sampling rate. [Hz]
    block_rows
        Block rows of past and of future.
    orders
        Model orders (numbers of states).

    Returns
    -------
    list of Poles
        One entry an order, smaller orders first.

    Raises
    ------
    ValueError
        If the record has fewer columns than the Hankel matrices have rows.

    Notes
    -----
    PO-MOESP [1]_: past input and past output serve as instruments, so that noise in the output
    does not bias the poles. The peaks of an earthquake's own spectrum are explained by the input
    and do not turn into modes, as they do for methods that see the response alone. A constant
    delay between base and response clocks moves zeros, not poles.

    References
    ----------
    .. [1] M. Verhaegen, "Identification of the deterministic part of MIMO state space models given
       in innovations form from input-output data," Automatica, 30(1), 61-74, 1994.
    """
    n_inputs, n_channels = base.shape[0], motion.shape[0]
    columns = motion.shape[1] - 2 * block_rows + 1
    if columns < 2 * block_rows * (n_inputs + n_channels):
        raise ValueError(f"{motion.shape[1]} samples are too few for {block_rows} block rows")
    u = base - base.mean(axis=1, keepdims=True)
    y = motion - motion.mean(axis=1, keepdims=True)
    blocks = 2 * block_rows
    gram = hankel_gram(np.concatenate([u, y]), blocks).reshape(blocks * (n_inputs + n_channels), -1)
    order = _future_past_order(n_inputs, n_channels, block_rows)
    gram = gram[np.ix_(order, order)]
    gram[np.diag_indices_from(gram)] += RIDGE * np.trace(gram) / len(gram)
    lower = np.linalg.cholesky(gram)
    rows_u, rows_y = block_rows * n_inputs, block_rows * n_channels
    explained = lower[-rows_y:, rows_u : 2 * rows_u + rows_y]
    left, s, _ = svd(explained, full_matrices=False, check_finite=False)
    most = min(orders[-1], rows_y - n_channels)
    weighted = left[:, :most] * np.sqrt(s[:most])
    return poles_by_order(weighted, n_channels, orders, rate_hz)


def _future_past_order(n_inputs: int, n_channels: int, block_rows: int) -> NDArray[np.intp]:
    """Return the rows of the Gram matrix as future input, past input, past and future output."""
    width = n_inputs + n_channels
    rows = np.arange(2 * block_rows * width).reshape(2 * block_rows, width)
    past, future = rows[:block_rows], rows[block_rows:]
    parts = (future[:, :n_inputs], past[:, :n_inputs], past[:, n_inputs:], future[:, n_inputs:])
    return np.concatenate([part.ravel() for part in parts])
