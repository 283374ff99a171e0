"""One trigger a channel: averages, gates and status, a step at a time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.rows import ALL, Bools, Floats, Rows, RowState
from plumbline.analysis.trigger.gates import Gates, persistence, share, sine_amplitude
from plumbline.analysis.trigger.logic import FROZEN, Happening, Status, following
from plumbline.analysis.trigger.stalta import Averages, StaLtaBank

FADING = 0.25
"""A rising trigger whose last seconds hold less than this share of its short average lives
on what is over: a blow that echoes in the average. [1]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerSettings:
    """When a trigger goes on and off.

    Attributes
    ----------
    averages
        Of the STA/LTA.
    on_ratio
        Ratio of powers at which it may go on. [1]
    gates
        What it must show besides.
    quiet_s
        It goes off when the mean power of this last time is back ... [s]
    quiet_ratio
        ... at this many times the long average before, or ... [1]
    quiet_share
        ... at this share of the amplitude gate. [1]
    arming_s
        It listens this long before it may fire. [s]
    proving_s
        What is not proven after this long is let go. [s]
    longest_s
        The long average is frozen this long at most; then what is heard becomes
        the new ambient. [s]
    ceiling_ms2
        Amplitude that a cold start may learn as ambient at most. [m/s2]
    """

    averages: Averages
    on_ratio: float
    gates: Gates
    quiet_s: float
    quiet_ratio: float = 2.0
    quiet_share: float = 0.5
    arming_s: float = 10.0
    proving_s: float = 60.0
    longest_s: float = 1200.0
    ceiling_ms2: float = np.inf

    def __post_init__(self) -> None:
        if not 1 < self.quiet_ratio <= self.on_ratio:
            raise ValueError(f"need 1 < quiet_ratio <= on_ratio, not {self}")
        if not 0 < self.arming_s <= 20:
            raise ValueError(f"a trigger is armed within 20 s, not {self.arming_s}")
        if not 0 < self.longest_s <= 1800:
            raise ValueError(f"a long average is frozen for 30 min at most, not {self.longest_s}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
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
    """

    power: Floats
    whole: Floats
    low: Floats
    stepped: Bools


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a trigger said at each step, shape ``(n_rows, n_steps)``.

    Attributes
    ----------
    status
        After the step: a :class:`~plumbline.analysis.trigger.logic.Status`.
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
        self._n_proving = round(settings.proving_s / step_s)
        self._n_longest = round(settings.longest_s / step_s)
        quiet_ms2 = settings.quiet_share * settings.gates.amplitude_ms2
        self._quiet_power = quiet_ms2**2 / 2
        fresh = {
            "status": np.int8(Status.ARMING),
            "since": np.int64(0),
            "wholes": np.zeros(n_short),
            "low": 0.0,
            "lows": np.zeros(max(2, round(settings.gates.persistence_s / step_s))),
            "recent": np.zeros(max(n_short, self._n_quiet)),
        }
        self.state = RowState(len(floor), fresh)
        self.parts = {"trigger": self.state, "averages": self.averages.state}

    def frozen(self, rows: Rows = ALL) -> Bools:
        """Return which of the named rows take what they hear for shaking."""
        return np.asarray(np.isin(self.state["status"][rows], FROZEN))

    def restart(self, rows: Rows = ALL) -> None:
        """Forget what rows heard and arm anew: the first sample after a long gap."""
        self.state.reset(rows)
        self.averages.restart(rows)

    def feed(self, sound: Sound, rows: Rows = ALL) -> Told:
        """Take the next steps of the named rows."""
        n_rows, n_steps = sound.power.shape
        told = Told(
            status=np.zeros((n_rows, n_steps), dtype=np.int8),
            since=np.zeros((n_rows, n_steps), dtype=np.int64),
            ratio=np.zeros((n_rows, n_steps)),
            amplitude_ms2=np.zeros((n_rows, n_steps)),
            clean=np.zeros((n_rows, n_steps), dtype=bool),
        )
        for k in range(n_steps):
            self._step(told, k, sound, rows)
        return told

    def _step(self, told: Told, k: int, sound: Sound, rows: Rows) -> None:
        state, settings = self.state, self._settings
        power = sound.power[:, k]
        status, since = state["status"][rows], state["since"][rows] + 1
        sta, lta = self.averages.step(power, np.isin(status, FROZEN), rows)
        recent = _appended(state["recent"][rows], power)
        told.ratio[:, k] = np.divide(sta, lta, out=np.zeros_like(sta), where=lta > 0)
        told.amplitude_ms2[:, k] = sine_amplitude(sta)
        told.clean[:, k] = self._clean(recent, k, sound, rows)
        loud = told.ratio[:, k] >= settings.on_ratio
        loud &= told.amplitude_ms2[:, k] >= settings.gates.amplitude_ms2
        calm = np.mean(recent[:, -self._n_quiet :], axis=1)
        quiet = calm <= np.maximum(settings.quiet_ratio * lta, self._quiet_power)
        lasting = loud & ~quiet & (calm >= FADING * sta)
        happening = self._happening(status, since, loud, lasting, told.clean[:, k], quiet)
        after = following(status, happening)
        expired = np.flatnonzero((status == Status.ON) & (happening == Happening.EXPIRED))
        ended = np.flatnonzero((status == Status.ON) & (happening == Happening.QUIET))
        at = np.arange(state.n_rows)[rows]
        self.averages.relearn(at[expired])
        self.averages.set_short(calm[ended], at[ended])
        # A proof counts from the first step above: going on does not restart the count.
        since = np.where((after != status) & (after != Status.ON), 1, since)
        told.status[:, k], told.since[:, k] = after, since
        state["status"][rows], state["since"][rows] = after, since
        state["recent"][rows] = recent

    def _clean(self, recent: Floats, k: int, sound: Sound, rows: Rows) -> Bools:
        """Return which rows pass the gates that tell shaking from other noise."""
        state, gates, c = self.state, self._settings.gates, self._c_short
        wholes = _appended(state["wholes"][rows], sound.whole[:, k])
        state["wholes"][rows] = wholes
        n = wholes.shape[1]
        part = share(np.mean(recent[:, -n:], axis=1), np.mean(wholes, axis=1))
        clean = (part >= gates.share) & ~sound.stepped[:, k]
        if not gates.persistence:
            return np.asarray(clean)
        low = c * sound.low[:, k] + (1 - c) * state["low"][rows]
        lows = _appended(state["lows"][rows], sound.low[:, k])
        state["low"][rows], state["lows"][rows] = low, lows
        return np.asarray(clean & (persistence(lows, low) >= gates.persistence))

    def _happening(
        self,
        status: NDArray[np.int8],
        since: NDArray[np.int64],
        loud: Bools,
        lasting: Bools,
        clean: Bools,
        quiet: Bools,
    ) -> NDArray[np.int8]:
        """Say in one word a channel what this step brought."""
        rising, on = status == Status.RISING, status == Status.ON
        return np.select(
            [
                (status == Status.ARMING) & (since >= self._n_arming),
                (status == Status.ARMED) & loud,
                rising & ~lasting,
                rising & clean & (since >= self._n_proof),
                rising & (since >= self._n_proving),
                on & quiet,
                on & (since >= self._n_longest),
            ],
            [
                Happening.READY,
                Happening.ABOVE,
                Happening.FELL,
                Happening.PROVEN,
                Happening.EXPIRED,
                Happening.QUIET,
                Happening.EXPIRED,
            ],
            Happening.NOTHING,
        ).astype(np.int8)


def _appended(recent: Floats, newest: Floats) -> Floats:
    return np.concatenate([recent[:, 1:], newest[:, np.newaxis]], axis=1)
