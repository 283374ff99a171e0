"""The count finds what is lost, doubled or altered."""

import numpy as np
import pytest

from plumbline.demo.count import _compared

TRUTH = np.random.default_rng(1).integers(-(2**20), 2**20, 5_000).astype(np.int32)


def changed(at: int) -> np.ndarray:
    other = TRUTH.copy()
    other[at] += 1
    return other


@pytest.mark.parametrize(
    ("runs", "lost", "twice", "altered"),
    [
        ([TRUTH], 0, 0, 0),
        ([TRUTH[:2000], TRUTH[2000:]], 0, 0, 0),
        ([TRUTH[:2000], TRUTH[2100:]], 100, 0, 0),
        ([TRUTH[100:]], 100, 0, 0),
        ([TRUTH[:4900]], 100, 0, 0),
        ([changed(3000)], 0, 0, 1),
        ([], 5000, 0, 0),
    ],
)
def test_each_fault_is_counted(runs: list[np.ndarray], lost: int, twice: int, altered: int) -> None:
    generated, archived, *found = _compared(TRUTH, runs)
    assert (generated, archived) == (5000, sum(run.size for run in runs))
    assert found == [lost, twice, altered]


def test_a_repeated_stretch_never_passes_unseen() -> None:
    *_, lost, twice, altered = _compared(TRUTH, [TRUTH[:3000], TRUTH[2000:]])
    assert twice + altered > 0
    assert lost + twice + altered >= 1000
