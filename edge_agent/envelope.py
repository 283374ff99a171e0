"""The lower envelope of arrival delays: a straight line that no arrival is below.

An arrival can be late and never early. Of all lines ``offset + skew * x`` that lie on or below
every point, the best is the one with the least sum of distances to the points [1]_: the edge of the
lower convex hull that spans the mean of ``x``, or, where its slope is beyond what the crystal can
do, the line of the steepest slope allowed that touches the hull.

References
----------
.. [1] S. B. Moon, P. Skelly, D. Towsley, "Estimation and removal of clock skew from network delay
   measurements," Proc. IEEE INFOCOM, 227-234, 1999.
"""

from collections import deque
from itertools import pairwise

BUCKET_NS = 4_000_000_000
BUCKETS = 75  # five minutes: short beside the drift of a crystal, long beside any jitter
WINDOW_NS = BUCKETS * BUCKET_NS
BROKEN_NS = 50_000_000  # so far below all points no arrival can be: the clocks' relation changed

Point = tuple[int, int]


class LowerEnvelope:
    """Lower envelope of points whose ``x`` never falls, over the last five minutes.

    Parameters
    ----------
    max_skew
        Largest slope believed. [ns/ns]

    Notes
    -----
    Only the lowest point of each four seconds is kept: no other can touch the line. A point far
    below what the skew allows (the host slept, and its monotonic clock stood still) begins anew.
    """

    __slots__ = ("_lowest", "_max_skew")

    def __init__(self, *, max_skew: float) -> None:
        self._max_skew = max_skew
        self._lowest: deque[Point] = deque()

    def add(self, x_ns: int, y_ns: int) -> None:
        """Take one point: nominal time of a sample, arrival less that time. [ns]"""
        lowest = self._lowest
        bucket = x_ns // BUCKET_NS
        if lowest and lowest[-1][0] // BUCKET_NS == bucket:
            if y_ns >= lowest[-1][1]:
                return
            self._forget_if_broken(y_ns)
            if lowest:
                lowest.pop()
        else:
            self._forget_if_broken(y_ns)
        lowest.append((x_ns, y_ns))
        while lowest[0][0] // BUCKET_NS <= bucket - BUCKETS:
            lowest.popleft()

    @property
    def points(self) -> tuple[Point, ...]:
        """The lowest points that carry the line."""
        return tuple(self._lowest)

    def at(self, x_ns: int) -> int:
        """Return the height of the line at ``x``. [ns]

        Raises
        ------
        ValueError
            If no point was given yet.
        """
        if not self._lowest:
            raise ValueError("an envelope without points has no line")
        (x1, y1), (x2, y2) = self._edge()
        if abs(y2 - y1) <= self._max_skew * (x2 - x1):
            rise = (y2 - y1) / (x2 - x1) if x2 > x1 else 0.0
            return y1 + round(rise * (x_ns - x1))
        steepest = self._max_skew if y2 > y1 else -self._max_skew
        return min(y + round(steepest * (x_ns - x)) for x, y in self._lowest)

    def _forget_if_broken(self, y_ns: int) -> None:
        most = round(self._max_skew * WINDOW_NS) + BROKEN_NS
        if self._lowest and y_ns < min(y for _, y in self._lowest) - most:
            self._lowest.clear()

    def _edge(self) -> tuple[Point, Point]:
        """Return the edge of the lower hull that spans the mean of ``x``."""
        hull: list[Point] = []
        for x, y in self._lowest:
            while len(hull) > 1:
                (x1, y1), (x2, y2) = hull[-2], hull[-1]
                if (x2 - x1) * (y - y1) > (y2 - y1) * (x - x1):
                    break
                hull.pop()
            hull.append((x, y))
        total = sum(x for x, _ in self._lowest)
        for left, right in pairwise(hull):
            if right[0] * len(self._lowest) >= total:
                return left, right
        return hull[-1], hull[-1]
