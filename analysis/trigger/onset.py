"""Onset refinement: the sample where noise ends, by Akaike's information criterion."""

import numpy as np

from plumbline.analysis.arrays import Floats


def aic(x: Floats) -> Floats:
    r"""Return the AIC of splitting a record after each of its samples.

    :math:`\mathrm{AIC}(k) = k \ln \mathrm{var}(x_{1..k})
    + (N - k - 1) \ln \mathrm{var}(x_{k+1..N})` [1]_; the onset is at its minimum.

    Parameters
    ----------
    x
        A window that holds noise and then signal, shape ``(n_samples,)``.

    Returns
    -------
    Shape ``(n_samples,)``. Where a side is constant its logarithm is minus
    infinity. The last split has no second side; its value is repeated.

    Notes
    -----
    Variances come from running sums of the demeaned record, so the cost is
    linear; for records of 10 000 samples the rounding stays below 1e-9 of the
    record's own variance. A side of one sample has no variance and counts as
    nothing.

    References
    ----------
    .. [1] N. Maeda, "A method for reading and checking phase times in
       autoprocessing system of seismic wave data," Zisin, 38, 365-379, 1985.
    """
    n = len(x)
    if n <= 2:
        return np.zeros(n)
    k = np.arange(1, n)
    before = _running_log_variance(x)[:-1]
    after = _running_log_variance(x[::-1])[-2::-1]
    curve = _weighted(np.where(k > 1, k, 0), before) + _weighted(n - k - 1, after)
    return np.concatenate([curve, curve[-1:]])


def onset(x: Floats) -> int:
    """Return the index of the first sample of the signal: the minimum of :func:`aic`.

    Raises
    ------
    ValueError
        If there are fewer than eight samples.
    """
    if len(x) < 8:
        raise ValueError(f"{len(x)} samples are too few for an onset")
    # A side of one or two samples has hardly a variance; its logarithm proves nothing.
    return int(np.argmin(aic(x)[2:-3])) + 3


def _running_log_variance(x: Floats) -> Floats:
    """Return the logarithm of the variance of the first 1, 2, ... samples."""
    away = x - x[0]
    n = np.arange(1, len(x) + 1)
    mean = np.cumsum(away) / n
    variance = np.cumsum(np.square(away)) / n - np.square(mean)
    changed = np.maximum.accumulate(away != 0)
    tiny = np.finfo(np.float64).tiny
    logarithm = np.log(np.maximum(variance, tiny))
    return np.asarray(np.where(changed, logarithm, -np.inf))


def _weighted(n: np.ndarray[tuple[int], np.dtype[np.int64]], logarithm: Floats) -> Floats:
    return np.asarray(n * np.where(n == 0, 0.0, logarithm))
