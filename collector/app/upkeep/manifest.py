"""The list of a backup's files with their digests, and which journal they came from."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from plumbline.collector.app.upkeep.findings import Finding, ProgressMeter, StoreKind

NAME = "backup.json"
FORMAT = 1
PIECE_BYTES = 1 << 20


class NotABackup(Exception):
    """A folder is no backup, or one that cannot be used."""


@dataclass(frozen=True, slots=True)
class FileDigest:
    """Size and SHA-256 of one file."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup consists of.

    Attributes
    ----------
    made_ns
        When it was begun. [ns since 1970]
    store_id
        Identity of the journal that was copied.
    journal_end
        Offset up to which the journal was copied; everything below was durable. [B]
    files
        By path below the backup's folder.
    """

    made_ns: int
    version: str
    store_id: str
    journal_end: int
    files: dict[str, FileDigest] = field(default_factory=dict)

    def to_text(self) -> str:
        """Return it as JSON."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1) + "\n"

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Read the manifest of a backup.

        Raises
        ------
        NotABackup
            If there is none, or it cannot be read.
        """
        path = folder / NAME
        try:
            body = json.loads(path.read_text(encoding="utf-8"))
            if body.pop("format") != FORMAT:
                raise NotABackup(f"{path}: written by another version of plumbline backup")
            files = {name: FileDigest(**one) for name, one in body.pop("files").items()}
            return cls(files=files, **body)
        except FileNotFoundError:
            raise NotABackup(
                f"{folder}: no {NAME} in it; give a folder that 'plumbline backup' wrote"
            ) from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotABackup(f"{path}: damaged ({error}); take another backup") from error


def digest_of(path: Path) -> FileDigest:
    """Return size and digest of a file."""
    total, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            total.update(piece)
            size += len(piece)
    return FileDigest(size, total.hexdigest())


def damaged_files(
    folder: Path, manifest: Manifest, meter: ProgressMeter | None = None
) -> Iterator[Finding]:
    """Yield what differs between a backup and its manifest."""
    for name, stated in manifest.files.items():
        path = folder / name
        text = ""
        if not path.is_file():
            text = "is missing from the backup"
        else:
            found = digest_of(path)
            if meter is not None:
                meter.add(found.size)
            if found.size != stated.size:
                text = f"has {found.size} bytes, the backup was written with {stated.size}"
            elif found != stated:
                text = "differs from its SHA-256: some of its bytes were changed"
        if text:
            yield Finding(store=StoreKind.BACKUP, file=name, first_byte=0, text=text)
    known = {*manifest.files, NAME}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_file() and name not in known:
            text = "was not written by the backup; it is not restored"
            yield Finding(store=StoreKind.BACKUP, file=name, text=text, wrong=False)
