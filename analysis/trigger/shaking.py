"""All a channel's acceleration is asked: both triggers, level and peak, half a second at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plumbline.analysis.arrays import Bools, Floats
from plumbline.analysis.dsp.bank_state import ALL, Rows, RowState, gathered, parted
from plumbline.analysis.trigger.band_power import STEPS_A_TICK, BandPower, Bands, MotionBank
from plumbline.analysis.trigger.gates import Gates
from plumbline.analysis.trigger.nuisance_rejection import steps
from plumbline.analysis.trigger.settings import TriggerSettings
from plumbline.analysis.trigger.stalta import Averages, noise_power
from plumbline.analysis.trigger.trigger_bank import TriggerBank, TriggerInput, TriggerOutput

BASELINE_S = 30.0
"""Memory of the mean that peaks are measured from; it stands still while shaking. [s]"""

JUMP_S = 1.0
"""A step of the sensor is looked for in the mean over this time (P-Alert). [s]"""

HUM_MS2 = 0.015
"""A steady rms of this much and more, nearly all above 20 Hz, is no ambient motion. The
broken channel of the Delaney array hums with 0.03 m/s2, its neighbour has 0.0002. [m/s2]"""

HUM_SHARE = 0.02
"""... nearly all: this share of the power at most lies below 20 Hz. [1]"""

SHORT_PERIOD = TriggerSettings(
    averages=Averages(sta_s=1.0, lta_s=30.0, learning_s=10.0),
    on_ratio=5.0,
    gates=Gates(amplitude_ms2=0.007, duration_s=2.0, share=0.15, persistence=0.25),
    quiet_s=3.0,
    arming_s=10.0,
    ceiling_ms2=0.02,
)

LONG_PERIOD = TriggerSettings(
    averages=Averages(sta_s=10.0, lta_s=200.0, learning_s=20.0),
    on_ratio=4.0,
    gates=Gates(amplitude_ms2=0.005, duration_s=1.0, share=0.1),
    quiet_s=5.0,
    arming_s=20.0,
    ceiling_ms2=0.01,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShakingSettings:
    """Bands and triggers of the acceleration channels."""

    bands: Bands = field(default_factory=Bands)
    short: TriggerSettings = SHORT_PERIOD
    long: TriggerSettings = LONG_PERIOD


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerFrames:
    """What the complete ticks of the named rows say, shape ``(n_rows, n_ticks)``.

    Attributes
    ----------
    short, long
        What the two triggers said; the short one at every step,
        ``(n_rows, n_ticks STEPS_A_TICK)``.
    peak_ms2
        Largest distance of the acceleration from its mean before. [m/s2]
    low_peak_ms2
        Largest absolute value between 0.05 and 20 Hz. [m/s2]
    low_power
        Mean square between 0.05 and 20 Hz. [(m/s2) squared]
    hum
        Whether the channel carries a hum while nothing shakes: mains, or a machine.
    """

    short: TriggerOutput
    long: TriggerOutput
    peak_ms2: Floats
    low_peak_ms2: Floats
    low_power: Floats
    hum: Bools

    @property
    def n_ticks(self) -> int:
        """How many ticks were completed."""
        return int(self.peak_ms2.shape[1])


class ShakingBank:
    """The acceleration channels of one sampling rate.

    Parameters
    ----------
    rate_hz
        Sampling rate. [Hz]
    density_ms2
        Noise density of each channel's instrument. [m/s2/sqrt(Hz)]
    """

    def __init__(
        self, rate_hz: float, density_ms2: Floats, settings: ShakingSettings = ShakingSettings()
    ) -> None:
        self.settings = settings
        n_rows = len(density_ms2)
        bands = settings.bands
        self.motion = MotionBank(rate_hz, n_rows, bands)
        self.tick_s, self.step_s = self.motion.tick_s, self.motion.step_s
        unit = np.square(density_ms2)
        self.short = TriggerBank(
            settings.short,
            self.step_s,
            unit * noise_power(1.0, bands.short_low_hz, min(bands.short_high_hz, 0.4 * rate_hz)),
        )
        self.long = TriggerBank(
            settings.long,
            self.tick_s,
            unit * noise_power(1.0, bands.long_low_hz, bands.long_high_hz),
        )
        self._n_jump = max(1, round(JUMP_S / self.step_s))
        self._c_baseline = self.tick_s / BASELINE_S
        fresh = {
            "baseline": 0.0,
            "known": False,
            "wide": 0.0,
            "low": 0.0,
            "hums": False,
            "means": np.zeros(self._n_jump),
            "squares": np.zeros(self._n_jump),
        }
        self.state = RowState(n_rows, fresh)

    def _parts(self) -> dict[str, RowState]:
        named = {"motion": self.motion.parts, "short": self.short.parts, "long": self.long.parts}
        parts = {f"{bank}_{part}": s for bank, own in named.items() for part, s in own.items()}
        return {"shaking": self.state, **parts}

    def snapshot(self) -> dict[str, NDArray[Any]]:
        """Return all that must come back for the bank to go on as if nothing had happened."""
        return gathered({name: part.snapshot() for name, part in self._parts().items()})

    def restore(self, snapshot: Mapping[str, NDArray[Any]]) -> None:
        """Take back what :meth:`snapshot` returned."""
        for name, part in self._parts().items():
            part.restore(parted(snapshot, name))

    def held(self, rows: Rows = ALL) -> NDArray[np.int64]:
        """Return how many samples each named row holds back; only equal ones share a call."""
        return self.motion.held(rows)

    def feed(self, accel_ms2: Floats, rows: Rows = ALL) -> TriggerFrames:
        """Take the next samples of the named rows, ``(n_named_rows, n_samples)``. [m/s2]."""
        power_bands = self.motion.feed(accel_ms2, rows)
        peaks: list[Floats] = []
        hums: list[Bools] = []
        shorts: list[TriggerOutput] = []
        longs: list[TriggerOutput] = []
        for tick in range(power_bands.long.shape[1]):
            now = slice(tick * STEPS_A_TICK, (tick + 1) * STEPS_A_TICK)
            stepped = self._stepped(power_bands, now, rows)
            flat = power_bands.largest[:, now] == power_bands.smallest[:, now]
            peaks.append(self._peak(power_bands, now, rows))
            sound = TriggerInput(
                power=power_bands.short[:, now],
                whole=power_bands.wide[:, now],
                low=power_bands.low[:, now],
                stepped=stepped,
                flat=flat,
            )
            shorts.append(self.short.feed(sound, rows))
            sound = TriggerInput(
                power=power_bands.long[:, tick : tick + 1],
                whole=np.mean(power_bands.wide[:, now], axis=1, keepdims=True),
                low=np.mean(power_bands.low[:, now], axis=1, keepdims=True),
                stepped=stepped[:, -1:],
                flat=flat[:, -1:],
            )
            longs.append(self.long.feed(sound, rows))
            hums.append(self._follow(power_bands, now, rows))
        return TriggerFrames(
            short=_joined(shorts, len(accel_ms2)),
            long=_joined(longs, len(accel_ms2)),
            peak_ms2=np.stack(peaks, axis=1) if peaks else np.zeros((len(accel_ms2), 0)),
            low_peak_ms2=_binned(power_bands.low_peak).max(axis=-1),
            low_power=_binned(power_bands.low).mean(axis=-1),
            hum=np.stack(hums, axis=1) if hums else np.zeros((len(accel_ms2), 0), dtype=bool),
        )

    def reseed(self, rows: Rows = ALL) -> None:
        """Let rows start afresh at their next sample: after a gap too long to bridge."""
        self.state.reset(rows)
        self.motion.reseed(rows)
        self.short.restart(rows)
        self.long.restart(rows)

    def _stepped(self, power_bands: BandPower, now: slice, rows: Rows) -> Bools:
        """Return at which steps of this tick the mean has jumped away from the baseline."""
        state = self.state
        mean = power_bands.mean[:, now]
        known = state["known"][rows]
        baseline = np.where(known, state["baseline"][rows], mean[:, 0])
        away = mean - baseline[:, np.newaxis]
        means = np.concatenate([state["means"][rows], away], axis=1)
        squares = np.concatenate(
            [state["squares"][rows], power_bands.variance[:, now] + np.square(away)], axis=1
        )
        state["means"][rows] = means[:, -self._n_jump :]
        state["squares"][rows] = squares[:, -self._n_jump :]
        state["baseline"][rows] = baseline
        state["known"][rows] = True
        width = means.shape[1] - STEPS_A_TICK
        after = [np.mean(means[:, k + 1 : k + 1 + width], axis=1) for k in range(STEPS_A_TICK)]
        whole = [np.mean(squares[:, k + 1 : k + 1 + width], axis=1) for k in range(STEPS_A_TICK)]
        mean_after = np.stack(after, axis=1)
        variance = np.maximum(np.stack(whole, axis=1) - np.square(mean_after), 0.0)
        return np.asarray(steps(0.0, mean_after, variance), dtype=np.bool_)

    def _peak(self, power_bands: BandPower, now: slice, rows: Rows) -> Floats:
        baseline = self.state["baseline"][rows]
        above = np.max(power_bands.largest[:, now], axis=1) - baseline
        below = baseline - np.min(power_bands.smallest[:, now], axis=1)
        return np.asarray(np.maximum(above, below))

    def _follow(self, power_bands: BandPower, now: slice, rows: Rows) -> Bools:
        """Let mean and ambient power follow, unless the channel shakes; return who hums."""
        state, share = self.state, self._c_baseline
        still = self.short.frozen(rows) | self.long.frozen(rows)
        for name, of_steps in (
            ("baseline", power_bands.mean),
            ("wide", power_bands.wide),
            ("low", power_bands.low),
        ):
            old = state[name][rows]
            new = old + share * (np.mean(of_steps[:, now], axis=1) - old)
            state[name][rows] = np.where(still, old, new)
        wide, low = state["wide"][rows], state["low"][rows]
        begins = (wide >= HUM_MS2**2) & (low <= HUM_SHARE * wide)
        # An earthquake adds motion below 20 Hz and so dwarfs a hum; the hum is still there.
        goes_on = state["hums"][rows] & (wide - low >= HUM_MS2**2 / 4)
        state["hums"][rows] = begins | goes_on
        return np.asarray(begins | goes_on)


def _binned(steps_of: Floats) -> Floats:
    return steps_of.reshape(len(steps_of), -1, STEPS_A_TICK)


def _joined(outputs: list[TriggerOutput], n_rows: int) -> TriggerOutput:
    if not outputs:
        return TriggerOutput(
            status=np.zeros((n_rows, 0), dtype=np.int8),
            since=np.zeros((n_rows, 0), dtype=np.int64),
            ratio=np.zeros((n_rows, 0)),
            amplitude_ms2=np.zeros((n_rows, 0)),
            clean=np.zeros((n_rows, 0), dtype=bool),
        )
    return TriggerOutput(
        status=np.concatenate([one.status for one in outputs], axis=1),
        since=np.concatenate([one.since for one in outputs], axis=1),
        ratio=np.concatenate([one.ratio for one in outputs], axis=1),
        amplitude_ms2=np.concatenate([one.amplitude_ms2 for one in outputs], axis=1),
        clean=np.concatenate([one.clean for one in outputs], axis=1),
    )
