"""Years of wind, cranes and traffic through the long-period chain: shaking must never open.

The chain is the product's from its decimated rate on: the same band, averages, gates, rules and
episodes. What is left out makes it stricter: no noise above 5 Hz dilutes the share of the band,
and nothing is taken for a step of the sensor. The short-period trigger is off.
"""

from collections.abc import Iterator

import numpy as np

from benchmarks.soaks.results import resumed, summed, upper_bound
from benchmarks.soaks.sites import DENSITY_MS2, NODES, RATE_HZ, Weather
from benchmarks.soaks.watching import Tally, installed, watches
from plumbline.analysis.dsp.filters import SosBank, band_pass, high_pass
from plumbline.analysis.trigger.band_power import LOWEST_HZ, STEPS_A_TICK, Bands
from plumbline.analysis.trigger.grouping import grouped, mean_square
from plumbline.analysis.trigger.shaking import LONG_PERIOD
from plumbline.analysis.trigger.stalta import noise_power
from plumbline.analysis.trigger.states import TriggerStatus
from plumbline.analysis.trigger.trigger_bank import TriggerBank, TriggerInput, TriggerOutput
from plumbline.collector.stages.detection.associator import Associator
from plumbline.collector.stages.detection.episode import Episode
from plumbline.collector.stages.detection.frames import TriggerFrame
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.wire.block import NS

NAME = "long_period"
STRUCTURES, HOURS, YEARS = 128, 12.0, 3.0
HOURS_A_YEAR = 365.25 * 24
CHUNK_S = 300
TICK_S = STEPS_A_TICK / RATE_HZ
SLICE = 10
"""Ticks a node is heard at a time: five seconds."""
START_NS = 1_782_000_000 * NS


class LongChain:
    """The long-period chain of many axes at 10 Hz."""

    def __init__(self, n_rows: int) -> None:
        bands = Bands()
        self._wide = SosBank(high_pass(RATE_HZ, LOWEST_HZ), n_rows)
        band = band_pass(RATE_HZ, bands.long_low_hz, bands.long_high_hz, high_poles=2)
        self._band = SosBank(band, n_rows)
        floor = noise_power(DENSITY_MS2, bands.long_low_hz, bands.long_high_hz)
        self._trigger = TriggerBank(LONG_PERIOD, TICK_S, np.full(n_rows, floor))

    def feed(self, accel_ms2: np.ndarray) -> TriggerOutput:
        """Take whole ticks of every axis and return the triggers' output of each tick."""
        power = mean_square(grouped(self._band.feed(accel_ms2), STEPS_A_TICK))
        whole = mean_square(grouped(self._wide.feed(accel_ms2), STEPS_A_TICK))
        outputs = [
            self._trigger.feed(
                TriggerInput(
                    power=power[:, k : k + 1],
                    whole=whole[:, k : k + 1],
                    low=whole[:, k : k + 1],
                    stepped=np.zeros((len(power), 1), dtype=bool),
                    flat=np.zeros((len(power), 1), dtype=bool),
                )
            )
            for k in range(power.shape[1])
        ]
        names = ("status", "since", "ratio", "amplitude_ms2", "clean")
        return TriggerOutput(
            **{n: np.concatenate([getattr(s, n) for s in outputs], axis=1) for n in names}
        )


def soaked(structures: int, hours: float, seed: int) -> dict[str, float]:
    """Let structures stand in the weather and return what was counted."""
    settings = DetectionSettings(short_period=False)
    watch = list(watches(installed(structures, RATE_HZ, "12"), settings).values())
    weather, chain, tally = Weather(structures, seed), LongChain(structures * 6), Tally()
    awake = np.zeros(structures, dtype=int)
    on_ground = on_roof = 0
    largest = np.zeros(3)
    for at_s in range(0, round(hours * 3600), CHUNK_S):
        accel = weather.chunk(round(CHUNK_S * RATE_HZ))
        largest = np.maximum(largest, np.abs(accel).max(axis=(0, 2, 3)))
        output = chain.feed(accel.reshape(structures * 6, -1))
        on = (output.status == TriggerStatus.ON).reshape(structures, 3, 2, -1)
        began = on & ~np.concatenate([np.zeros_like(on[..., :1]), on[..., :-1]], axis=-1)
        on_ground += int(began[:, 0].sum())
        on_roof += int(began[:, 2].sum())
        awake = np.where(on.any(axis=(1, 2, 3)), 2, awake - 1)
        peaks = np.abs(accel).reshape(structures, 3, 2, -1, STEPS_A_TICK).max(axis=(2, 4))
        for one in np.flatnonzero(awake > 0):
            start_ns = START_NS + at_s * NS
            tally.add(_watched(watch[one], output, int(one), peaks[one], start_ns))
    return {
        "structure_hours": structures * hours,
        **tally.counts(),
        "ground_triggers": on_ground,
        "roof_triggers": on_roof,
        "largest_ground_gal": round(100 * float(largest[0]), 3),
        "largest_roof_gal": round(100 * float(largest[2]), 3),
    }


def _watched(
    watch: Associator, output: TriggerOutput, one: int, peaks: np.ndarray, start_ns: int
) -> list[Episode]:
    """Feed a chunk to one structure's associator, its nodes in turn, five seconds at a time."""
    rows = slice(6 * one, 6 * one + 6)
    on = (output.status[rows] == TriggerStatus.ON).reshape(3, 2, -1)
    n = on.shape[-1]
    ends_ns = start_ns + np.rint((np.arange(n) + 1) * TICK_S * NS).astype(np.int64)
    onset = np.arange(1, n + 1) - output.since[rows].reshape(3, 2, -1)
    first = np.where(on, onset, np.iinfo(np.int64).max).min(axis=1)
    onsets_ns = np.where(
        on.any(axis=1), start_ns + np.rint(np.where(on.any(axis=1), first, 0) * TICK_S * NS), 0
    ).astype(np.int64)
    ratios = output.ratio[rows].reshape(3, 2, -1).max(axis=1)
    ticks = [
        [
            TriggerFrame(int(e), 0, int(o), 0.0, float(r), float(p), 0.0)
            for e, o, r, p in zip(ends_ns, onsets_ns[k], ratios[k], peaks[k], strict=True)
        ]
        for k in range(3)
    ]
    return [
        episode
        for at in range(0, n, SLICE)
        for k, name in enumerate(NODES)
        for episode in watch.update(name, ticks[k][at : at + SLICE])
    ]


def lines(minutes: float | None) -> Iterator[dict[str, object]]:
    """Go on with the run and yield its counts and its bound."""
    units = int(np.ceil(YEARS * HOURS_A_YEAR / (STRUCTURES * HOURS)))
    found = resumed(NAME, units, lambda seed: soaked(STRUCTURES, HOURS, seed), minutes)
    years = summed(found, "structure_hours") / HOURS_A_YEAR
    shaking = int(summed(found, "shaking"))
    yield {
        "soak": "wind, cranes, traffic: long-period chain, decimated, 3 nodes x 2 axes",
        "structure_years": round(years, 3),
        "of": YEARS,
        "shaking": shaking,
        "shaking_a_structure_year_below": round(upper_bound(shaking) / years, 2) if years else None,
        "confidence": 0.95,
        "sway": int(summed(found, "sway")),
        "ground_triggers": int(summed(found, "ground_triggers")),
        "roof_triggers": int(summed(found, "roof_triggers")),
        "largest_roof_gal": max((one["largest_roof_gal"] for one in found), default=None),
    }
