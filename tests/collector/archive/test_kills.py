"""Killed at any byte and any moment, ingest and archive hold every block exactly once."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import obspy
import pytest
from blocks import truth
from killing import N_SAMPLES

SCRIPT = Path(__file__).with_name("killing.py")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_killed_again_and_again_nothing_is_lost_and_nothing_is_there_twice(
    tmp_path: Path, seed: int
) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path), str(seed), "25"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["killed"] >= 12
    counts = truth(3, N_SAMPLES)
    for row, axis in enumerate("ZNE"):
        stream = obspy.Stream()
        for path in sorted(tmp_path.glob(f"archive/*/XX/TWR01/HN{axis}.D/*")):
            stream += obspy.read(str(path))
        assert sum(trace.stats.npts for trace in stream) == N_SAMPLES
        stream.merge()
        (trace,) = stream
        np.testing.assert_array_equal(trace.data, counts[row])
    assert not list(tmp_path.glob("open/*/*"))
