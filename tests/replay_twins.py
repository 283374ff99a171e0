"""Small synthetic twins of the measured records: files as people bring them, made anew each time.

They let the gate of the detectors run where the measured records are not.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from motions import GAL, ambient, blows, far, gusts, instrument, near

RATE_HZ = 100.0
PHONE_HZ = 200.0


def table(path: Path, columns: dict[str, np.ndarray]) -> Path:
    """Write columns as a CSV file with a heading."""
    rows = np.stack(list(columns.values()), axis=1)
    np.savetxt(path, rows, fmt="%.7g", delimiter=",", header=",".join(columns), comments="")
    return path


def xyz(path: Path, rows: np.ndarray) -> Path:
    """Write three axes in m/s2, gravity on the last."""
    gravity = np.array([[0.0], [0.0], [9.80665]])
    return table(path, dict(zip(("X", "Y", "Z"), rows + gravity, strict=True)))


def still(seed: int, n: int, rate_hz: float = RATE_HZ, rms_gal: float = 0.1) -> np.ndarray:
    """Return three axes of ambient motion."""
    rng = np.random.default_rng(seed)
    return np.stack([ambient(rng, n, rate_hz, rms_gal) for _ in range(3)])


def soft_clay(folder: Path) -> list[Path]:
    """A far earthquake on soft clay: 2 s, 20 gal, nothing faster; no quiet before it."""
    n = round(150 * RATE_HZ)
    x = still(1, n, rms_gal=0.02)
    x[:2] += far(np.arange(n) / RATE_HZ, 2.0, 20.0, 2.0, 30.0, 40.0, 60.0)
    return [xyz(folder / "clay.csv", x)]


def near_quake(folder: Path) -> list[Path]:
    """A near earthquake of 60 gal, seen by one instrument."""
    rng = np.random.default_rng(2)
    n = round(80 * RATE_HZ)
    x = still(2, n) + np.stack([near(rng, n, RATE_HZ, 60, 30.0) for _ in range(3)])
    return [xyz(folder / "near.csv", x)]


def tower(folder: Path) -> list[Path]:
    """Three floors of one tower in that earthquake."""
    n = round(80 * RATE_HZ)
    ground = near(np.random.default_rng(3), n, RATE_HZ, 60, 30.0)
    floors = (("ground_floor", 1.0), ("5th_floor", 1.5), ("roof", 3.0))
    return [
        xyz(folder / f"tower_{name}.csv", still(k, n) + factor * ground)
        for k, (name, factor) in enumerate(floors)
    ]


def wind(folder: Path) -> list[Path]:
    """The same tower in gusts: the roof sways by 6 gal, the ground does not know."""
    n = round(240 * RATE_HZ)
    gust = gusts(np.random.default_rng(4), n, RATE_HZ, 6.0)
    floors = (("ground_floor", 0.005), ("5th_floor", 0.3), ("roof", 1.0))
    return [
        xyz(folder / f"tower_{name}.csv", still(k, n, rms_gal=0.02) + factor * gust)
        for k, (name, factor) in enumerate(floors)
    ]


def piling(folder: Path) -> list[Path]:
    """Blows of 50 gal and more on all floors, 0.7 a second."""
    n = round(120 * RATE_HZ)
    x = np.zeros(n)
    x[3000:] = blows(np.random.default_rng(5), n - 3000, RATE_HZ, 70)
    floors = (("ground_floor", 1.0), ("5th_floor", 0.9), ("roof", 0.8))
    return [
        xyz(folder / f"tower_{name}.csv", still(k, n) + factor * x)
        for k, (name, factor) in enumerate(floors)
    ]


def footfall(folder: Path) -> list[Path]:
    """Somebody walks and jumps on a slab, recorded with a phone."""
    rng = np.random.default_rng(6)
    n = round(60 * PHONE_HZ)
    x = still(6, n, PHONE_HZ, 0.2)
    x[2, 4000:8000] += blows(rng, 4000, PHONE_HZ, 12, per_s=1.9, freq_hz=17.0, decay_s=0.08)
    x[2, 9000:11000] += blows(rng, 2000, PHONE_HZ, 120, per_s=0.8, freq_hz=17.0, decay_s=0.15)
    return [xyz(folder / "slab.csv", x)]


def vehicles(folder: Path) -> list[Path]:
    """Vehicles at the roadside, in no unit: noise of 10 to 25 Hz that swells and fades."""
    rng = np.random.default_rng(7)
    n = round(120 * RATE_HZ)
    time_s = np.arange(n) / RATE_HZ
    passing = sum(np.exp(-(((time_s - at) / 3.0) ** 2)) for at in (30.0, 62.0, 95.0))
    engine = np.sin(2 * np.pi * (18 * time_s + np.cumsum(rng.normal(size=n)) * 0.01))
    rows = [rng.normal(size=n) * 0.3 + 20 * passing * engine * k for k in (1.0, 0.6, 0.8)]
    return [table(folder / "road.csv", dict(zip(("X", "Y", "Z"), rows, strict=True)))]


def noise(folder: Path) -> list[Path]:
    """A cheap instrument that hears nothing: noise in steps of 0.02 gal."""
    rng = np.random.default_rng(8)
    n = round(200 * RATE_HZ)
    step = 0.02 * GAL
    x = np.stack([instrument(rng, n, RATE_HZ) + rng.normal(size=n) * 0.06 * GAL for _ in range(3)])
    return [xyz(folder / "quiet.csv", np.rint(x / step) * step)]


def broken(folder: Path) -> list[Path]:
    """A channel that hums with 4 gal at 45 Hz and has an earthquake on top."""
    rng = np.random.default_rng(9)
    n = round(90 * RATE_HZ)
    hum = 0.06 * np.sin(2 * np.pi * 45.0 * np.arange(n) / RATE_HZ)
    x = ambient(rng, n, RATE_HZ, 0.02) + hum + near(rng, n, RATE_HZ, 150, 40.0)
    return [table(folder / "broken.csv", {"Z": x})]


COLUMNS = ("--columns", "X,Y,Z", "--rate", "100", "--units", "m/s2")
TOWER = (*COLUMNS, "--structure", "TWR01")

TWINS: dict[str, tuple[Callable[[Path], list[Path]], tuple[str, ...], str, str]] = {
    "soft clay": (soft_clay, COLUMNS, "shaking", "long_period"),
    "soft clay by the long-period trigger alone": (
        soft_clay,
        (*COLUMNS, "--without", "short_period"),
        "shaking",
        "long_period",
    ),
    "near earthquake": (near_quake, COLUMNS, "shaking", "short_period"),
    "tower in it": (tower, TOWER, "shaking", "short_period"),
    "wind on the tower": (wind, TOWER, "sway", "long_period"),
    "piling on all floors": (piling, TOWER, "none", ""),
    "footfall": (
        footfall,
        ("--columns", "X,Y,Z", "--rate", "200", "--units", "m/s2"),
        "none",
        "",
    ),
    "vehicles without a unit": (vehicles, ("--columns", "X,Y,Z", "--rate", "100"), "none", ""),
    "noise": (noise, COLUMNS, "none", ""),
    "broken channel": (
        broken,
        ("--columns", "Z", "--rate", "100", "--units", "m/s2"),
        "none",
        "",
    ),
}
"""By name: what makes the files, words of the command, the decision, who opens."""
