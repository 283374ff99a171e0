"""Lines that carry no number: which are new, which the same again, also when the host stalled."""

import numpy as np
import pytest

from plumbline.edge_agent.sample_counter import SampleCounter
from plumbline.wire.block import NS

SAME = np.array([[7]], np.int32)


def numbered(arrivals_s: list[float]) -> list[int]:
    """Return the numbers of lines that all say the same, by their arrival at 1 Hz."""
    counter = SampleCounter(rate_hz=1.0, max_skew=1e-3)
    found = []
    for arrival_s in arrivals_s:
        found += [number for number, _, _ in counter.feed(SAME, round(arrival_s * NS))]
    return [*found, *(number for number, _, _ in counter.settle())]


@pytest.mark.parametrize("stalled_s", [0.5, 0.7, 0.85])
def test_a_first_line_held_up_does_not_make_the_next_one_a_repetition(stalled_s: float) -> None:
    assert numbered([10 + stalled_s, 11, 12, 13, 14]) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("twice", [0, 1, 3, 20])
def test_a_line_sent_twice_is_taken_once_from_the_first_one_on(twice: int) -> None:
    arrivals_s = sorted([*map(float, range(10, 40)), 10 + twice + 0.02])
    assert numbered(arrivals_s) == list(range(30))
