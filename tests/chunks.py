"""Cutting a stream anywhere: the property every stateful piece must survive."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import strategies as st


def cuts(length: int, most: int = 8) -> st.SearchStrategy[list[int]]:
    """Return sorted cut positions in ``[0, length]``; repeats make empty pieces."""
    return st.lists(st.integers(0, length), max_size=most).map(sorted)


def pieces(x: Any, cut: Sequence[int]) -> Iterator[Any]:
    """Yield ``x`` cut along its last axis (arrays) or its length (bytes, lists)."""
    edges = [0, *cut, x.shape[-1] if hasattr(x, "shape") else len(x)]
    for left, right in itertools.pairwise(edges):
        yield x[..., left:right] if hasattr(x, "shape") else x[left:right]
