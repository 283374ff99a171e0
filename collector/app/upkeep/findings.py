"""What a verification found: where, in which file, at which byte, and what to do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

OnProgress = Callable[[int, int], None]
"""Called with (bytes read, bytes to read)."""


class StoreKind(StrEnum):
    """Part of a data folder."""

    JOURNAL = "journal"
    ARCHIVE = "archive"
    OPEN_HOUR = "open hour"
    DATABASE = "database"
    LEDGER = "ledger"
    BACKUP = "backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong, or missing for a reason that is known.

    Attributes
    ----------
    file
        Below the data folder; of a ledger finding the stream.
    first_byte, length
        Where in the file, None where no byte can be named. [B]
    wrong
        False of what is missing for a good reason: refused, or never arrived.
    """

    store: StoreKind
    file: str
    text: str
    first_byte: int | None = None
    length: int | None = None
    wrong: bool = True


@dataclass(slots=True)
class VerifyReport:
    """All findings, and how much was looked at."""

    findings: list[Finding] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Nothing is wrong."""
        return not any(finding.wrong for finding in self.findings)

    def count(self, name: str, n: int = 1) -> None:
        """Add to a count."""
        self.counts[name] = self.counts.get(name, 0) + n


class ProgressMeter:
    """Adds up what was read, for whoever draws the bar."""

    def __init__(self, total: int, on_progress: OnProgress | None) -> None:
        self._total, self._done = total, 0
        self._on_progress = on_progress

    def add(self, n_bytes: int) -> None:
        """Note that so much more was read."""
        self._done += n_bytes
        if self._on_progress is not None:
            self._on_progress(min(self._done, self._total), self._total)
