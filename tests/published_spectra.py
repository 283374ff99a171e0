"""Response spectra other people published beside their records, for tests of ours."""

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from plumbline.records.fortran import Layout, number

INCH_M = 0.0254
CM_M = 0.01


class Spectrum(NamedTuple):
    """One channel at one damping; displacement in metres."""

    channel: int
    damping: float
    periods_s: np.ndarray
    sd_m: np.ndarray


def fields(lines: list[str], layout: Layout, count: int) -> np.ndarray:
    """Return the first ``count`` fields of the lines."""
    w = layout.width
    cut = [line[i : i + w] for line in lines for i in range(0, w * layout.per_line, w)]
    return np.array([number(field) for field in cut[:count]])


def csmip_volume_3(path: Path) -> list[Spectrum]:
    """Read Sd of every channel and damping (inches in the file)."""
    layout = Layout(per_line=8, width=10)
    lines = [line.rstrip("\r") for line in path.read_text(encoding="latin-1").split("\n")]
    out, channel, periods = [], 0, np.empty(0)
    for i, line in enumerate(lines):
        if match := re.search(r"\((\d+) PERIODS", line, re.IGNORECASE):
            channel += 1
            # 30 text lines, 7 of integers, 13 of reals, 1 of dampings.
            periods = fields(lines[i + 51 : i + 64], layout, int(match[1]))
        if match := re.match(r"\s*DAMPING =\s*(\.\d+)\. DATA OF", line, re.IGNORECASE):
            sd = fields(lines[i + 1 : i + 14], layout, periods.size) * INCH_M
            out.append(Spectrum(channel, float(match[1]), periods, sd))
    return out


def smc_spectra(path: Path) -> list[Spectrum]:
    """Read relative displacement at every damping of an SMC ``.rs2`` file (cm in the file)."""
    layout = Layout(per_line=7, width=11)
    lines = path.read_text(encoding="latin-1").split("\n")
    start = next(i for i, line in enumerate(lines) if "CM/SEC" in line)
    count = int(lines[start + 1].split()[1])
    n_lines = layout.lines(count)
    periods = fields(lines[start + 3 : start + 3 + n_lines], layout, count)
    out = []
    for i, line in enumerate(lines):
        if match := re.match(r"\s*Relative Displacement .* at (\d\.\d+) Damping", line):
            sd = fields(lines[i + 1 : i + 1 + n_lines], layout, count) * CM_M
            out.append(Spectrum(0, float(match[1]), periods, sd))
    return out
