"""One trigger a channel: averages, gates and status, a step at a time."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from plumbline.analysis.arrays import Bools, Floats
from plumbline.analysis.dsp.bank_state import ALL, Rows, RowState
from plumbline.analysis.trigger.gates import persistence, quieter, share, sine_amplitude, standing
from plumbline.analysis.trigger.settings import TriggerSettings
from plumbline.analysis.trigger.stalta import StaLtaBank
from plumbline.analysis.trigger.states import FROZEN, TriggerEvent, TriggerStatus, following

FADING = 0.25
"""A rising trigger whose last seconds hold less than this share of its short average lives
on what is over: a blow that echoes in the average. [1]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerInput:
    """What a trigger is given, every array of shape ``(n_rows, n_steps)``.

    Attributes
    ----------
    power
        Mean square in its band. [(m/s2) squared]
    whole
        Mean square of all the channel hears. [(m/s2) squared]
    low
        Mean square between 0.05 and 20 Hz, whose persistence is looked at.
        [(m/s2) squared]
    stepped
        Whether the mean has jumped.
    flat
        Whether the reading did not change by one count.
    """

    power: Floats
    whole: Floats
    low: Floats
    stepped: Bools
    flat: Bools


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerOutput:
    """What a trigger said at each step, shape ``(n_rows, n_steps)``.

    Attributes
    ----------
    status
        After the step: a :class:`~plumbline.analysis.trigger.states.TriggerStatus`.
    since
        Steps in that status, this one included; while RISING and ON counted
        from the step that first went above.
    ratio
        Power of the short over the long average. [1]
    amplitude_ms2
        Of the sine with the power of the short average. [m/s2]
    clean
        Whether share, persistence and step allow it to be shaking.
    """

    status: NDArray[np.int8]
    since: NDArray[np.int64]
    ratio: Floats
    amplitude_ms2: Floats
    clean: Bools


class TriggerBank:
    """Triggers of one chain over many channels.

    Parameters
    ----------
    settings
        When they go on and off.
    step_s
        Time between steps. [s]
    floor
        Noise power of each instrument in the band. [(m/s2) squared]

    Notes
    -----
    A recursive short average forgets a strong quake so slowly (17 averaging
    times for 200 gal) that a second one half a minute later would go unseen.
    So a trigger goes off by the plain mean over ``quiet_s``, and the short
    average is then put at that mean. The share of the band in the whole is
    that of plain means over ``sta_s``, for the same reason.

    An instrument that falls silent within the first seconds of an earthquake cannot show
    that these last. What has only grown until its reading stood still is therefore taken
    for shaking; a blow or an engine is back at ambient before a reading stands still.
    """

    def __init__(self, settings: TriggerSettings, step_s: float, floor: Floats) -> None:
        self._settings = settings
        ceiling = settings.ceiling_ms2**2 / 2
        self.averages = StaLtaBank(settings.averages, step_s, floor, ceiling)
        self._c_short = step_s / settings.averages.sta_s
        n_short = round(settings.averages.sta_s / step_s)
        self._n_quiet = max(1, round(settings.quiet_s / step_s))
        self._n_arming = round(settings.arming_s / step_s)
        self._n_proof = max(1, round(settings.gates.duration_s / step_s))
        self._n_flat = max(1, round(settings.gates.flat_s / step_s))
        self._n_proving = round(settings.proving_s / step_s)
        self._n_longest = round(settings.longest_s / step_s)
        quiet_ms2 = settings.quiet_share * settings.gates.amplitude_ms2
        self._quiet_power = quiet_ms2**2 / 2
        n_lasting = max(2, round(settings.gates.persistence_s / step_s))
        fresh = {
            "status": np.int8(TriggerStatus.ARMING),
            "since": np.int64(0),
            "wholes": np.zeros(n_short),
            "low": 0.0,
            "lows": np.zeros(n_lasting),
            "stands": np.zeros(n_lasting - 1),
            "grown": -1.0,
            "n_flat": np.int64(0),
            "recent": np.zeros(max(n_short, self._n_quiet, n_lasting)),
        }
        self.state = RowState(len(floor), fresh)
        self.parts = {"trigger": self.state, "averages": self.averages.state}

    def frozen(self, rows: Rows = ALL) -> Bools:
        """Return which of the named rows take what they hear for shaking."""
        return _is_frozen(self.state["status"][rows])

    def restart(self, rows: Rows = ALL) -> None:
        """Forget what rows heard and arm anew: the first sample after a long gap."""
        self.state.reset(rows)
        self.averages.restart(rows)

    def feed(self, sound: TriggerInput, rows: Rows = ALL) -> TriggerOutput:
        """Take the next steps of the named rows; always as many a call, for bit-exactness."""
        state = self.state
        n_rows, n_steps = sound.power.shape
        past = np.concatenate([state["recent"][rows], sound.power], axis=1)
        state["recent"][rows] = past[:, n_steps:]
        calm = _means(past, self._n_quiet, n_steps)
        clean, cut_off = self._clean(past, sound, rows)
        output = TriggerOutput(
            status=np.zeros((n_rows, n_steps), dtype=np.int8),
            since=np.zeros((n_rows, n_steps), dtype=np.int64),
            ratio=np.zeros((n_rows, n_steps)),
            amplitude_ms2=np.zeros((n_rows, n_steps)),
            clean=clean,
        )
        for k in range(n_steps):
            self._step(output, k, sound.power[:, k], calm[:, k], cut_off[:, k], rows)
        return output

    def _step(
        self,
        output: TriggerOutput,
        k: int,
        power: Floats,
        calm: Floats,
        cut_off: Floats,
        rows: Rows,
    ) -> None:
        state, settings = self.state, self._settings
        status, since = state["status"][rows], state["since"][rows] + 1
        sta, lta = self.averages.step(power, _is_frozen(status), rows)
        ratio = np.divide(sta, lta, out=np.zeros_like(sta), where=lta > 0)
        amplitude_ms2 = sine_amplitude(sta)
        loud = (ratio >= settings.on_ratio) & (amplitude_ms2 >= settings.gates.amplitude_ms2)
        quiet = calm <= np.maximum(settings.quiet_ratio * lta, self._quiet_power)
        lasting = loud & ~quiet & (calm >= FADING * sta)
        proven = output.clean[:, k] & (since >= self._n_proof)
        proven |= cut_off >= settings.on_ratio * lta
        happening = self._happening(status, since, loud, lasting, proven, quiet)
        after = following(status, happening)
        at = np.flatnonzero(status == _ON)
        if len(at):
            self._left(at, happening[at], calm, np.arange(state.n_rows)[rows])
        # A proof counts from the first step above: going on does not restart the count.
        since = np.where((after != status) & (after != _ON), 1, since)
        output.status[:, k], output.since[:, k] = after, since
        output.ratio[:, k], output.amplitude_ms2[:, k] = ratio, amplitude_ms2
        state["status"][rows], state["since"][rows] = after, since

    def _left(
        self, at: NDArray[np.intp], happening: NDArray[np.int8], calm: Floats, row: NDArray[np.intp]
    ) -> None:
        """Set the averages of those that go off: ``at`` among the named rows, ``row`` of all."""
        expired, ended = at[happening == TriggerEvent.EXPIRED], at[happening == TriggerEvent.QUIET]
        self.averages.relearn(row[expired])
        self.averages.set_short(calm[ended], row[ended])

    def _clean(self, past: Floats, sound: TriggerInput, rows: Rows) -> tuple[Bools, Floats]:
        """Return at which steps rows pass the gates, and what growing motion was cut off at.

        Returns
        -------
        clean
            Where share, persistence and step allow it to be shaking.
        cut_off
            Quieter power of the ``persistence_s`` before the reading stood still, if motion
            had grown until then; -1 elsewhere. [(m/s2) squared]
        """
        state, gates, c = self.state, self._settings.gates, self._c_short
        n_steps = sound.power.shape[1]
        wholes = np.concatenate([state["wholes"][rows], sound.whole], axis=1)
        state["wholes"][rows] = wholes[:, n_steps:]
        n = wholes.shape[1] - n_steps
        part = share(_means(past, n, n_steps), _means(wholes, n, n_steps))
        clean = np.asarray((part >= gates.share) & ~sound.stepped)
        cut_off = np.full(clean.shape, -1.0)
        if not gates.persistence:
            return clean, cut_off
        n_lasting = state["lows"].shape[1]
        lows = np.concatenate([state["lows"][rows], sound.low], axis=1)
        low = _recursive(state["low"][rows], sound.low, c)
        lasting = _windows(lows, n_lasting, n_steps)
        stands = np.concatenate([state["stands"][rows], standing(lasting)], axis=1)
        grows, before = np.zeros_like(clean), np.full(clean.shape, -1.0)
        if len(at := np.flatnonzero(clean.any(axis=1))):
            lately = _windows(stands[at], n_lasting - 1, n_steps)
            grows[at] = clean[at] & (quieter(lately) >= gates.persistence)
            before[at] = quieter(_windows(past[at], n_lasting, n_steps))
            clean[at] &= persistence(lasting[at], low[at]) >= gates.persistence
        grown, n_flat = state["grown"][rows], state["n_flat"][rows]
        for k in range(n_steps):
            flat = sound.flat[:, k]
            grown = np.where(flat, grown, np.where(grows[:, k], before[:, k], -1.0))
            n_flat = np.where(flat, n_flat + 1, 0)
            cut_off[:, k] = np.where(n_flat >= self._n_flat, grown, -1.0)
        state["low"][rows], state["lows"][rows] = low[:, -1], lows[:, n_steps:]
        state["stands"][rows] = stands[:, n_steps:]
        state["grown"][rows], state["n_flat"][rows] = grown, n_flat
        return clean, cut_off

    def _happening(
        self,
        status: NDArray[np.int8],
        since: NDArray[np.int64],
        loud: Bools,
        lasting: Bools,
        proven: Bools,
        quiet: Bools,
    ) -> NDArray[np.int8]:
        """Say in one word a channel what this step brought; what stands below goes before."""
        rising, on = status == _RISING, status == _ON
        word = np.zeros(len(status), dtype=np.int8)
        word[on & (since >= self._n_longest)] = TriggerEvent.EXPIRED
        word[on & quiet] = TriggerEvent.QUIET
        word[rising & (since >= self._n_proving)] = TriggerEvent.EXPIRED
        word[rising & proven] = TriggerEvent.PROVEN
        word[rising & ~lasting] = TriggerEvent.FELL
        word[(status == _ARMED) & loud] = TriggerEvent.ABOVE
        word[(status == _ARMING) & (since >= self._n_arming)] = TriggerEvent.READY
        return word


_ARMING, _ARMED, _RISING, _ON = (int(status) for status in TriggerStatus)


def _is_frozen(status: NDArray[np.int8]) -> Bools:
    frozen = np.zeros(len(TriggerStatus), dtype=bool)
    frozen[list(FROZEN)] = True
    return np.asarray(frozen[status])


def _windows(x: Floats, width: int, n_steps: int) -> Floats:
    """Return the last ``width`` values at each of the last ``n_steps``."""
    return sliding_window_view(x[:, x.shape[1] - width - n_steps + 1 :], width, axis=1)


def _means(x: Floats, width: int, n_steps: int) -> Floats:
    """Return the mean of the last ``width`` values at each of the last ``n_steps``."""
    return np.asarray(np.mean(_windows(x, width, n_steps), axis=-1))


def _recursive(average: Floats, x: Floats, c: float) -> Floats:
    """Return a recursive average after each step of ``x``, shape ``(n_rows, n_steps)``."""
    after = np.empty_like(x)
    for k in range(x.shape[1]):
        average = after[:, k] = c * x[:, k] + (1 - c) * average
    return after
