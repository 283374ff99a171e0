"""Both triggers on 3 000 channels, beside ObsPy's recursive STA/LTA trace by trace; JSON lines.

Run: ``python -m benchmarks.trigger_bank``. CPU time is of this process alone, on one thread. Each
line states the CPU seconds spent on one second of data, the smallest of the rounds. Ours is the
whole front end: five filters, a decimator, both triggers with their gates, peaks. The peer is two
band-passes and two recursive STA/LTA a trace: once as a live program that filters a window again
each second, once on a whole record at once, which nobody can do live.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import json
import time
from collections.abc import Callable

import numpy as np
from obspy import Trace
from obspy.signal.trigger import recursive_sta_lta

from plumbline.analysis.constants import STANDARD_GRAVITY_MS2
from plumbline.analysis.trigger.shaking import ShakingBank

CHANNELS, RATE_HZ, ROUNDS = 3000, 100, 20
PEER_TRACES = 20
DENSITY_MS2 = 22.5e-6 * STANDARD_GRAVITY_MS2
BUDGET_CPU_S = 0.1
BANDS = ((1.0, 5.0, 1.0, 30.0), (0.1, 1.0, 10.0, 200.0))


def cpu_s(work: Callable[[], object], rounds: int) -> float:
    """Smallest CPU time of a call."""
    spent = []
    for _ in range(rounds):
        before = time.process_time()
        work()
        spent.append(time.process_time() - before)
    return min(spent)


def window(accel: np.ndarray) -> None:
    """Run the trigger on the last window of one trace each second, as ObsPy's users do."""
    for low_hz, high_hz, sta_s, lta_s in BANDS:
        trace = Trace(accel[-round((lta_s + 1) * RATE_HZ) :].copy(), {"sampling_rate": RATE_HZ})
        trace.filter("bandpass", freqmin=low_hz, freqmax=high_hz)
        recursive_sta_lta(trace.data, round(sta_s * RATE_HZ), round(lta_s * RATE_HZ))


def offline(accel: np.ndarray) -> None:
    """Run the trigger on 201 s of one trace at once: filter and loop when nobody is waiting."""
    for low_hz, high_hz, sta_s, lta_s in BANDS:
        trace = Trace(accel.copy(), {"sampling_rate": RATE_HZ})
        trace.filter("bandpass", freqmin=low_hz, freqmax=high_hz)
        recursive_sta_lta(trace.data, round(sta_s * RATE_HZ), round(lta_s * RATE_HZ))


PEERS: tuple[tuple[str, Callable[[np.ndarray], None], int], ...] = (
    ("a window each second", window, 1),
    ("201 s at once, not live", offline, 201),
)


def main() -> None:
    """Measure the bank and its peers and print a JSON line each."""
    rng = np.random.default_rng(1)
    accel = 9.8 + 0.003 * rng.normal(size=(CHANNELS, RATE_HZ))
    bank = ShakingBank(RATE_HZ, np.full(CHANNELS, DENSITY_MS2))
    ours_s = cpu_s(lambda: bank.feed(accel), ROUNDS)
    history = 0.003 * rng.normal(size=(PEER_TRACES, 201 * RATE_HZ))
    load = {"channels": CHANNELS, "rate_hz": RATE_HZ}
    line = {"what": "both triggers, bank", **load, "cpu_s_per_s": round(ours_s, 4)}
    line["budget_cpu_s_per_s"] = BUDGET_CPU_S
    print(json.dumps(line | {"samples_per_s": round(CHANNELS * RATE_HZ / ours_s)}))
    for name, work, seconds in PEERS:
        spent_s = cpu_s(lambda work=work: [work(row) for row in history], 3)
        peer_s = spent_s / PEER_TRACES * CHANNELS / seconds
        line = {"what": f"obspy per trace, {name}", **load, "cpu_s_per_s": round(peer_s, 4)}
        print(json.dumps(line | {"ratio_to_ours": round(peer_s / ours_s, 1)}))


if __name__ == "__main__":
    main()
