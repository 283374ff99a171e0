"""Checksums (CRC) of the blocks held of one boot, to distinguish a changed copy from a copy.

Pages are found by sequence number; only the newest few stay in memory, the others are fetched.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

PAGE = 512
PAGES_IN_MEMORY = 2

Page = NDArray[np.uint32]
Fetch = Callable[[int], Page | None]


class ChecksumPages:
    """CRC by sequence number; 0 stands for unknown."""

    __slots__ = ("_fetch", "_pages", "dirty")

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._pages: dict[int, Page] = {}
        self.dirty: set[int] = set()

    def get(self, seq: int) -> int:
        """Return the CRC of a held block, or 0 if it is not known any more."""
        page = self._pages.get(seq // PAGE)
        if page is None:
            page = self._fetch(seq // PAGE)
        return 0 if page is None else int(page[seq % PAGE])

    def put(self, seq: int, crc: int) -> None:
        """Remember the CRC of a block."""
        number = seq // PAGE
        page = self._pages.get(number)
        if page is None:
            fetched = self._fetch(number)
            page = np.zeros(PAGE, np.uint32) if fetched is None else fetched
            self._pages[number] = page
        page[seq % PAGE] = crc
        self.dirty.add(number)

    def taken(self) -> dict[int, Page]:
        """Return the pages changed since the last call, and forget the oldest clean ones."""
        changed = {number: self._pages[number] for number in self.dirty}
        self.dirty.clear()
        for number in sorted(self._pages)[:-PAGES_IN_MEMORY]:
            del self._pages[number]
        return changed

    def put_back(self, pages: dict[int, Page]) -> None:
        """Count pages as changed again, because what `taken` returned could not be saved."""
        for number, page in pages.items():
            self._pages.setdefault(number, page)
        self.dirty.update(pages)
