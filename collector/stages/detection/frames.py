"""Trigger frames: triggers and peaks of one instrument in half a second, all axes in one row."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.trigger.band_power import STEPS_A_TICK
from plumbline.analysis.trigger.shaking import TriggerFrames
from plumbline.analysis.trigger.states import TriggerStatus
from plumbline.analysis.trigger.trigger_bank import TriggerOutput
from plumbline.wire.block import NS

NEVER = np.iinfo(np.int64).max


class TriggerFrame(NamedTuple):
    """Half a second of one instrument.

    Attributes
    ----------
    end_ns
        Time of the sample after its last one. [ns since 1970]
    short_ns, long_ns
        Onset of the trigger that is on, 0 while none is. [ns since 1970]
    short_ratio, long_ratio
        Largest of any axis. [1]
    peak_ms2
        Largest distance from the mean before, of any axis. [m/s2]
    steady_ms2
        Largest value between 0.05 and 20 Hz, zero unless it is clean of blows. [m/s2]
    """

    end_ns: int
    short_ns: int
    long_ns: int
    short_ratio: float
    long_ratio: float
    peak_ms2: float
    steady_ms2: float


def node_frames(
    frames: TriggerFrames,
    n_axes: int,
    start_ns: NDArray[np.int64],
    tick_s: float,
    long_delay_s: float,
) -> list[list[TriggerFrame]]:
    """Return the trigger frames of each instrument of a group, in the order of its rows.

    Parameters
    ----------
    frames
        Output of the trigger bank, ``n_axes`` consecutive rows an instrument.
    start_ns
        Time of the first sample of each instrument's first frame. [ns since 1970]
    tick_s
        Length of a frame. [s]
    long_delay_s
        Delay of the long-period chain. [s]

    Notes
    -----
    An axis that hums while the others of its instrument do not is broken and is left
    out; when all axes hum it is a machine nearby.
    """
    n_ticks = frames.n_ticks
    hum = frames.hum.reshape(-1, n_axes, n_ticks)
    broken = hum & ~(np.all(hum, axis=1, keepdims=True) & (n_axes > 1))
    ends = start_ns[:, np.newaxis] + np.rint((np.arange(n_ticks) + 1) * (tick_s * NS)).astype(
        np.int64
    )
    short, long = _by_frame(frames.short, n_axes, STEPS_A_TICK), _by_frame(frames.long, n_axes, 1)
    step_ns = tick_s * NS / STEPS_A_TICK
    short_ns = _onsets(short, broken, start_ns, step_ns, 0.0)
    long_ns = _onsets(long, broken, start_ns, tick_s * NS, long_delay_s * NS)
    clean = np.any(short["clean"], axis=-1) | np.any(long["clean"], axis=-1)
    low = frames.low_peak_ms2.reshape(-1, n_axes, n_ticks)
    columns = (
        ends,
        short_ns,
        long_ns,
        _largest(short["ratio"].max(axis=-1), broken),
        _largest(long["ratio"].max(axis=-1), broken),
        _largest(frames.peak_ms2.reshape(-1, n_axes, n_ticks), broken),
        _largest(np.where(clean, low, 0.0), broken),
    )
    lists = [column.tolist() for column in columns]
    return [
        [TriggerFrame(*values) for values in zip(*(column[i] for column in lists), strict=True)]
        for i in range(len(start_ns))
    ]


def _by_frame(output: TriggerOutput, n_axes: int, n_steps: int) -> dict[str, NDArray[np.generic]]:
    shape = (-1, n_axes, output.status.shape[1] // n_steps, n_steps)
    names = ("status", "since", "ratio", "clean")
    return {name: getattr(output, name).reshape(shape) for name in names}


def _onsets(
    output: dict[str, NDArray[np.generic]],
    broken: NDArray[np.bool_],
    start_ns: NDArray[np.int64],
    step_ns: float,
    delay_ns: float,
) -> NDArray[np.int64]:
    """Return the earliest onset of the axes that are on in each frame, 0 where none is."""
    on = (output["status"] == TriggerStatus.ON) & ~broken[..., np.newaxis]
    n_steps = on.shape[-1]
    after = np.arange(1, on.shape[2] * n_steps + 1).reshape(1, 1, -1, n_steps)
    step = np.where(on, after - output["since"], NEVER).min(axis=(1, 3))
    time = start_ns[:, np.newaxis] + np.rint(
        np.where(step == NEVER, 0, step) * step_ns - delay_ns
    ).astype(np.int64)
    return np.asarray(np.where(step == NEVER, 0, time))


def _largest(values: NDArray[np.generic], broken: NDArray[np.bool_]) -> NDArray[np.generic]:
    return np.asarray(np.where(broken, 0.0, values).max(axis=1))
