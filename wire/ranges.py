"""Sets of sequence numbers, stored as inclusive ranges."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator


class RangeSet:
    """Integers from 0, as sorted, disjoint, non-adjacent ``(first, last)`` ranges."""

    __slots__ = ("_firsts", "_lasts")

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for first, last in ranges:
            self.add(first, last)

    def add(self, first: int, last: int | None = None) -> None:
        """Add one number, or all from ``first`` to ``last`` inclusive."""
        last = first if last is None else last
        if first < 0 or last < first:
            raise ValueError(f"not a range of sequence numbers: {first}..{last}")
        if self._lasts and first == self._lasts[-1] + 1:
            self._lasts[-1] = last  # the usual case: the next in line
            return
        left = bisect_left(self._lasts, first - 1)
        right = bisect_right(self._firsts, last + 1)
        if left < right:
            first = min(first, self._firsts[left])
            last = max(last, self._lasts[right - 1])
        self._firsts[left:right] = [first]
        self._lasts[left:right] = [last]

    def missing(self, below: int) -> Iterator[tuple[int, int]]:
        """Yield the ranges of numbers in ``[0, below)`` that are not in the set."""
        due = 0
        for first, last in self:
            if first >= below:
                break
            if first > due:
                yield due, first - 1
            due = last + 1
        if due < below:
            yield due, below - 1

    def __contains__(self, number: int) -> bool:
        at = bisect_right(self._firsts, number) - 1
        return at >= 0 and number <= self._lasts[at]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(list(zip(self._firsts, self._lasts, strict=True)))

    def size(self) -> int:
        """Return how many numbers are in the set (not ``len``: it may be billions)."""
        return sum(last - first + 1 for first, last in self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RangeSet) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"RangeSet({list(self)})"
