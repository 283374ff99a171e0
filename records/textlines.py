"""The lines of one text file, read in order, with their numbers for complaints."""

from pathlib import Path
from typing import NoReturn

from plumbline.records.errors import DamagedRecord


class TextLines:
    """A cursor over the lines of a file.

    Parameters
    ----------
    path
        The file, for messages.
    text
        Its contents.
    """

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = [line.rstrip("\r\x1a") for line in text.split("\n")]
        """Without line ends; ``\x1a`` is the end-of-file mark of DOS and CP/M."""
        self.at = 0

    @classmethod
    def of(cls, path: Path, encoding: str = "latin-1") -> "TextLines":
        """Read a file; bytes the encoding lacks are replaced, never fatal."""
        return cls(path, path.read_bytes().decode(encoding, errors="replace"))

    @property
    def done(self) -> bool:
        """True if only blank lines are left."""
        return not any(line.strip() for line in self.lines[self.at :])

    def take(self, count: int, what: str) -> list[str]:
        """Return the next lines.

        Raises
        ------
        DamagedRecord
            If the file ends before.
        """
        lines = self.lines[self.at : self.at + count]
        if len(lines) < count:
            self.at = len(self.lines)
            self.damaged(f"the file ends {count - len(lines)} lines before its {what} does")
        self.at += count
        return lines

    def peek(self) -> str:
        """Return the next line without passing it; empty at the end."""
        return self.lines[self.at] if self.at < len(self.lines) else ""

    def damaged(self, reason: str, line: int | None = None) -> NoReturn:
        """Complain about the line last taken, or about the one given (from 0)."""
        raise DamagedRecord(self.path, self.at if line is None else line + 1, reason)
