"""A RangeSet is a set of integers, however its ranges arrive."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plumbline.wire.ranges import RangeSet

spans = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 6)), max_size=25)


@given(added=spans)
def test_it_holds_what_a_plain_set_holds(added: list[tuple[int, int]]) -> None:
    ranges, oracle = RangeSet(), set()
    for first, length in added:
        ranges.add(first, first + length)
        oracle |= set(range(first, first + length + 1))
    assert {n for n in range(60) if n in ranges} == oracle
    assert ranges.size() == len(oracle)
    gaps = {n for first, last in ranges.missing(60) for n in range(first, last + 1)}
    assert gaps == set(range(60)) - oracle


@given(added=spans)
def test_ranges_stay_sorted_and_apart(added: list[tuple[int, int]]) -> None:
    held = RangeSet((first, first + length) for first, length in added)
    ranges = list(held)
    assert all(right[0] > left[1] + 1 for left, right in itertools.pairwise(ranges))
    assert RangeSet(ranges) == held


@pytest.mark.parametrize(("first", "last"), [(-1, 3), (5, 4)])
def test_what_is_no_range_is_refused(first: int, last: int) -> None:
    with pytest.raises(ValueError, match="not a range"):
        RangeSet().add(first, last)
