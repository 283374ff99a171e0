"""Files packed by others: what a gz, bz2, xz, zip or tar holds, laid out to be read.

Oddities
--------
- The contents decide, not the name; a ``.zip`` may hold packed files again, as the K-NET's do.
- ``__MACOSX`` and names that begin with a point are no files of the giver's.
"""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from plumbline.records.errors import RecordError

Unpacked = IO[bytes] | io.BufferedIOBase

SQUEEZED: dict[bytes, Callable[[Path], Unpacked]] = {
    b"\x1f\x8b": gzip.GzipFile,
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
}
"""First bytes of a single packed file -> what opens it unpacked."""

ZIP = b"PK\x03\x04"
TAR, TAR_AT = b"ustar", 257
HEAD_BYTES = TAR_AT + len(TAR)
SUFFIXES = frozenset({".gz", ".bz2", ".xz", ".tgz"})
DEEPEST = 3
LARGEST_BYTES = 250_000_000
"""All that one call unpacks, packs in packs counted too: a small file can unpack to fill a disk."""
PIECE_BYTES = 1 << 20

BROKEN = (
    *(OSError, EOFError, RuntimeError, NotImplementedError, zlib.error, lzma.LZMAError),
    *(zipfile.BadZipFile, tarfile.TarError, ValueError),
)


class Laid(NamedTuple):
    """A file that can be opened, and how it is called to its owner.

    Attributes
    ----------
    path
        Where it lies.
    shown
        Its name: of one out of a pack, the pack's name and its own.
    pack
        The pack it came out of, or None.
    """

    path: Path
    shown: Path
    pack: Path | None = None


class UnpackBudget:
    """How much may still be unpacked, whatever the packs state; shared by the packs of one call."""

    def __init__(self, bound_bytes: int = LARGEST_BYTES) -> None:
        self._bound = self._left = bound_bytes

    def spend(self, n_bytes: int) -> None:
        """Take so much off.

        Raises
        ------
        ValueError
            If it is more than is left.
        """
        self._left -= n_bytes
        if self._left < 0:
            raise ValueError(
                f"what is unpacked comes to more than {self._bound / 1e6:.0f} MB, the bound of one "
                "call"
            )

    def fits(self, n_bytes: int) -> None:
        """Refuse a stated size before anything of it is unpacked.

        Raises
        ------
        ValueError
            If it is more than is left.
        """
        if n_bytes > self._left:
            raise ValueError(
                f"it holds {n_bytes / 1e6:.0f} MB, and one call unpacks {self._bound / 1e6:.0f} MB"
            )


def laid_out(path: Path, folder: Path, budget: UnpackBudget | None = None) -> list[Laid]:
    """Return a file as it is, or the files in it if it is packed.

    Parameters
    ----------
    path
        The file.
    folder
        Where to write what is unpacked.
    budget
        What all packs of a call may come to; None for a call of one file.

    Raises
    ------
    RecordError
        If it cannot be read or unpacked.
    """
    try:
        found = list(_members(path, folder, path, DEEPEST, budget or UnpackBudget()))
    except BROKEN as error:
        raise RecordError(
            f"{path}: cannot be unpacked: {error}; get it again, or unpack it yourself"
        ) from error
    if not found:
        raise RecordError(f"{path}: an empty pack")
    return found


def is_packed(head: bytes) -> bool:
    """Return whether the first bytes are those of a packed file."""
    return head.startswith((*SQUEEZED, ZIP)) or head[TAR_AT:].startswith(TAR)


def _members(
    path: Path, folder: Path, shown: Path, deeper: int, budget: UnpackBudget
) -> Iterator[Laid]:
    if not deeper or not is_packed(_head(path)):
        yield Laid(path, shown)
        return
    for name, content in _contents(path, budget):
        target = folder / f"{deeper}{len(list(folder.iterdir()))}" / name
        target.parent.mkdir(parents=True)
        with content, target.open("wb") as file:
            while piece := content.read(PIECE_BYTES):
                budget.spend(len(piece))
                file.write(piece)
        inside = shown if _only_squeezed(path) else shown / name
        for member in _members(target, folder, inside, deeper - 1, budget):
            yield member._replace(pack=shown)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def _only_squeezed(path: Path) -> bool:
    return _head(path).startswith(tuple(SQUEEZED))


def _contents(path: Path, budget: UnpackBudget) -> Iterator[tuple[PurePosixPath, Unpacked]]:
    """Yield the name of each file in a pack, and the file unpacked, to be read and closed."""
    head = _head(path)
    unpack = next((one for magic, one in SQUEEZED.items() if head.startswith(magic)), None)
    if unpack is not None:
        name = path.stem if path.suffix.lower() in SUFFIXES else path.name
        yield PurePosixPath(name), unpack(path)
    elif head.startswith(ZIP):
        with zipfile.ZipFile(path) as pack:
            members = [one for one in pack.infolist() if not one.is_dir()]
            budget.fits(sum(one.file_size for one in members))
            for one in members:
                if (name_in := _inside(one.filename)) is not None:
                    yield name_in, pack.open(one)
    else:
        with tarfile.open(path) as tape:
            files = [one for one in tape.getmembers() if one.isfile()]
            budget.fits(sum(one.size for one in files))
            for item in files:
                content = tape.extractfile(item)
                if (name_in := _inside(item.name)) is not None and content is not None:
                    yield name_in, content


def _inside(name: str) -> PurePosixPath | None:
    """Return a member's name without ways out of the pack; None of what is no file of the giver."""
    parts = [part for part in PurePosixPath(name).parts if part not in ("/", "..")]
    if not parts or parts[0] == "__MACOSX" or parts[-1].startswith("."):
        return None
    return PurePosixPath(*parts)
