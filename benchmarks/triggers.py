"""Triggers plus continuous response spectra together, beside the same work by trace; JSON lines.

Run: ``python -m benchmarks.triggers``. The load of a collector of 1 000 nodes: both triggers and 32
oscillators on 3 000 channels at 100 Hz, on one thread. Each part alone, with more of its peers, is
in ``benchmarks.trigger_bank`` and ``benchmarks.response_bank``.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import json

import numpy as np

from benchmarks.response_bank import PEER_TRACES, cpu_s, loop_over_one_trace
from benchmarks.trigger_bank import CHANNELS, DENSITY_MS2, RATE_HZ, window
from plumbline.analysis.dsp.oscillator_bank import OscillatorBank
from plumbline.analysis.ground_motion.long_period import PERIODS_S
from plumbline.analysis.trigger.shaking import ShakingBank

ROUNDS = 15
BUDGET_CPU_S, BUDGET_TRIGGERS_CPU_S = 0.5, 0.1


def main() -> None:
    """Measure the triggers and print a JSON line each."""
    rng = np.random.default_rng(1)
    accel = 9.8 + 0.003 * rng.normal(size=(CHANNELS, RATE_HZ))
    triggers = ShakingBank(RATE_HZ, np.full(CHANNELS, DENSITY_MS2))
    spectra = OscillatorBank(PERIODS_S, RATE_HZ, CHANNELS)

    def both() -> None:
        triggers.feed(accel)
        spectra.feed(accel, lambda motion: np.abs(motion).max(axis=-1))

    history = 0.003 * rng.normal(size=(PEER_TRACES, 201 * RATE_HZ))

    def peer() -> None:
        for row in history:
            window(row)
            loop_over_one_trace(row[-RATE_HZ - 1 :])

    triggers_s = cpu_s(lambda: triggers.feed(accel), ROUNDS)
    both_s = cpu_s(both, ROUNDS)
    peer_s = cpu_s(peer, 3) / PEER_TRACES * CHANNELS
    load = {"channels": CHANNELS, "rate_hz": RATE_HZ, "periods": len(PERIODS_S)}
    lines = (
        {
            "what": "both triggers",
            **load,
            "cpu_s_per_s": round(triggers_s, 4),
            "budget_cpu_s_per_s": BUDGET_TRIGGERS_CPU_S,
            "within_budget": triggers_s < BUDGET_TRIGGERS_CPU_S,
        },
        {
            "what": "both triggers and response spectra",
            **load,
            "cpu_s_per_s": round(both_s, 4),
            "budget_cpu_s_per_s": BUDGET_CPU_S,
            "within_budget": both_s < BUDGET_CPU_S,
        },
        {
            "what": "obspy's recursive_sta_lta and a Nigam-Jennings loop, trace by trace",
            **load,
            "cpu_s_per_s": round(peer_s, 2),
            "measured_on_traces": PEER_TRACES,
            "ratio_to_ours": round(peer_s / both_s),
        },
    )
    for line in lines:
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
