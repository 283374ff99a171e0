"""Continuous response spectra of 3 000 channels, beside a loop over traces; JSON lines.

Run: ``python benchmarks/response_bank.py``. CPU time is of this process alone (one core): the
linear algebra below it is told to use one thread. Each line states the CPU seconds spent on one
second of data, the smallest of the rounds, so that other work on the machine counts least.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import json
import time
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from plumbline.analysis.dsp.oscillator import Oscillator
from plumbline.analysis.dsp.oscillator_bank import OscillatorBank, Response
from plumbline.analysis.ground_motion.long_period import PERIODS_S, LongPeriodMeter

CHANNELS, RATE_HZ, ROUNDS = 3000, 100, 20
PEER_TRACES = 2
BUDGET_CPU_S = 0.5


def cpu_s(work: Callable[[], object], rounds: int) -> float:
    """Smallest CPU time of a call."""
    spent = []
    for _ in range(rounds):
        before = time.process_time()
        work()
        spent.append(time.process_time() - before)
    return min(spent)


STEPS = [Oscillator(period_s=float(t)).step(RATE_HZ) for t in PERIODS_S]
A, B = (np.array(matrices) for matrices in zip(*STEPS, strict=True))


def loop_over_one_trace(accel: np.ndarray) -> np.ndarray:
    """Nigam and Jennings sample by sample, all periods at once, as eqsig and others do it."""
    a, b = A, B
    u, v = np.zeros(PERIODS_S.size), np.zeros(PERIODS_S.size)
    largest = np.zeros(PERIODS_S.size)
    for now, ahead in pairwise(accel):
        u, v = (
            a[:, 0, 0] * u + a[:, 0, 1] * v + b[:, 0, 0] * now + b[:, 0, 1] * ahead,
            a[:, 1, 0] * u + a[:, 1, 1] * v + b[:, 1, 0] * now + b[:, 1, 1] * ahead,
        )
        np.maximum(largest, np.abs(u), out=largest)
    return largest


def main() -> None:
    """Measure the banks and print a JSON line each."""
    accel = np.random.default_rng(1).normal(size=(CHANNELS, RATE_HZ))
    bank = OscillatorBank(PERIODS_S, RATE_HZ, CHANNELS, response=Response.DISPLACEMENT)
    meter = LongPeriodMeter(RATE_HZ, CHANNELS // 2)
    pairs = accel.reshape(CHANNELS // 2, 2, RATE_HZ)

    def peaks_of_bank() -> np.ndarray:
        return bank.feed(accel, lambda motion: np.abs(motion).max(axis=-1))

    # Peer and bank first agree on what they compute, or comparing their speed means nothing.
    fresh = OscillatorBank(PERIODS_S, RATE_HZ, CHANNELS, response=Response.DISPLACEMENT)
    ours = fresh.feed(accel, lambda motion: np.abs(motion).max(axis=-1))
    np.testing.assert_allclose(ours[:, 0], loop_over_one_trace(accel[0]), rtol=1e-9)

    ours_s = cpu_s(peaks_of_bank, ROUNDS)
    meter_s = cpu_s(lambda: meter.feed(pairs), ROUNDS)
    peer_s = cpu_s(lambda: [loop_over_one_trace(row) for row in accel[:PEER_TRACES]], ROUNDS)
    peer_all_s = peer_s / PEER_TRACES * CHANNELS
    load = {"channels": CHANNELS, "rate_hz": RATE_HZ, "periods": PERIODS_S.size}
    for line in (
        {"what": "response spectra, bank", **load, "cpu_s_per_s": round(ours_s, 4)},
        {
            "what": "long-period meter: high-pass, spectra, absolute velocity, vector, class",
            **load,
            "cpu_s_per_s": round(meter_s, 4),
        },
        {
            "what": "response spectra, Nigam-Jennings loop per trace",
            **load,
            "cpu_s_per_s": round(peer_all_s, 2),
            "measured_on_traces": PEER_TRACES,
        },
        {
            "what": "ratio, loop to bank",
            "ratio": round(peer_all_s / ours_s),
            "budget_cpu_s_per_s": BUDGET_CPU_S,
            "within_budget": max(ours_s, meter_s) < BUDGET_CPU_S,
        },
    ):
        print(json.dumps(line))


if __name__ == "__main__":
    main()
