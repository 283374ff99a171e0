"""Modal identification of ten minutes of twelve channels, seconds; JSON lines.

Run: ``python -m benchmarks.modal``. The record is a twelve-storey shear frame under white forces
with a tenth of noise, whose frequencies have a closed form. Beside it, in the same run, what one
would write in an afternoon: the same covariance method for a single lag window over the whole
range at the full rate, by explicit Toeplitz loops, its poles not grouped at all.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

from plumbline.analysis.modal import identify, moesp, ssi_cov

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from shear_frame import frequencies_hz, response

STOREYS, FIRST_HZ, DAMPING, RATE_HZ, SECONDS = 12, 0.6, 0.01, 100.0, 600.0
ROUNDS = 3
PLAIN_BLOCK_ROWS = 60


def timed(work):
    """Return the best of three: wall seconds, CPU seconds, and what came out."""
    walls, cpus = [], []
    for _ in range(ROUNDS):
        wall, cpu = time.perf_counter(), time.process_time()
        out = work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return min(walls), min(cpus), out


def plain(motion):
    """One Toeplitz matrix at the full rate, filled block by block; poles of every order."""
    centred = motion - motion.mean(axis=1, keepdims=True)
    channels, n = centred.shape
    rows = PLAIN_BLOCK_ROWS
    toeplitz = np.zeros((rows * channels, rows * channels))
    lagged = [centred[:, k:] @ centred[:, : n - k].T / (n - k) for k in range(2 * rows)]
    for a in range(rows):
        for b in range(rows):
            block = lagged[rows + a - b]
            toeplitz[a * channels : (a + 1) * channels, b * channels : (b + 1) * channels] = block
    u, s, _ = np.linalg.svd(toeplitz)
    found = []
    for order in range(2, 62, 2):
        seen = u[:, :order] * np.sqrt(s[:order])
        transition = np.linalg.lstsq(seen[:-channels], seen[channels:], rcond=None)[0]
        found.append(np.linalg.eigvals(transition))
    return found


def main():
    rng = np.random.default_rng(3)
    motion = response(STOREYS, FIRST_HZ, DAMPING, RATE_HZ, SECONDS, rng, noise=0.1)
    floors, base = response(STOREYS, FIRST_HZ, DAMPING, RATE_HZ, SECONDS, rng, base=True, noise=0.1)
    exact = frequencies_hz(STOREYS, FIRST_HZ)
    size = {"channels": STOREYS, "seconds_of_record": SECONDS, "rate_hz": RATE_HZ}
    cases = {
        "identify, ambient": lambda: identify(motion, RATE_HZ).modes,
        "identify, base known": lambda: identify(floors, RATE_HZ, base[None, :]).modes,
    }
    for name, work in cases.items():
        wall, cpu, modes = timed(work)
        off = [min(abs(m.frequency_hz / f - 1) for m in modes) for f in exact]
        report = {
            "what": name,
            **size,
            "wall_s": round(wall, 3),
            "cpu_s": round(cpu, 3),
            "modes_reported": len(modes),
            "modes_there": STOREYS,
            "worst_frequency_error": round(max(off), 5),
        }
        print(json.dumps(report), flush=True)
    wall, cpu, _ = timed(lambda: plain(motion))
    beside = "beside: plain loops, one lag window, full rate"
    print(json.dumps({"what": beside, **size, "wall_s": round(wall, 3), "cpu_s": round(cpu, 3)}))
    decimated = motion[:, ::2]
    for name, work in {
        "one ssi_cov, 40 block rows, 30 orders": lambda: ssi_cov(
            decimated, RATE_HZ / 2, 40, range(2, 62, 2)
        ),
        "one moesp, 40 block rows, 30 orders": lambda: moesp(
            base[None, ::2], floors[:, ::2], RATE_HZ / 2, 40, range(2, 62, 2)
        ),
    }.items():
        wall, cpu, _ = timed(work)
        print(json.dumps({"what": name, "wall_s": round(wall, 3), "cpu_s": round(cpu, 3)}))


if __name__ == "__main__":
    main()
