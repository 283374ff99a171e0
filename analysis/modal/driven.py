"""Subspace identification with a measured input: modes of a structure shaken at its base."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import svd

from plumbline.analysis.modal.poles import Poles, poles_by_order

Floats = NDArray[np.float64]


def _hankel(rows: Floats, first: int, blocks: int, columns: int) -> Floats:
    return np.concatenate([rows[:, first + k : first + k + columns] for k in range(blocks)])


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
    past_u, future_u = (_hankel(u, at, block_rows, columns) for at in (0, block_rows))
    past_y, future_y = (_hankel(y, at, block_rows, columns) for at in (0, block_rows))
    stacked = np.concatenate([future_u, past_u, past_y, future_y])
    lower = np.asarray(np.linalg.qr(stacked.T, mode="r")).T
    rows_u, rows_y = block_rows * n_inputs, block_rows * n_channels
    explained = lower[-rows_y:, rows_u : 2 * rows_u + rows_y]
    left, s, _ = svd(explained, full_matrices=False, check_finite=False)
    most = min(orders[-1], rows_y - n_channels)
    weighted = left[:, :most] * np.sqrt(s[:most])
    return poles_by_order(weighted, n_channels, orders, rate_hz)
