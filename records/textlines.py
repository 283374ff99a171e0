"""The lines of one text file, read in order, with their numbers for complaints.

Whatever a mailer or a spreadsheet did to the file is undone first: byte order marks, UTF-16, the
line ends of three systems, marks and zeros behind the end.
"""

import re
from pathlib import Path
from typing import NoReturn

from plumbline.records.errors import DamagedRecord

END_MARKS = "\x00\x1a"
"""``\x1a`` is the end-of-file mark of DOS and CP/M; zeros fill up the last block."""

CARRIAGE_RETURNS = re.compile(r"\r+\n|\r")


def decoded(raw: bytes, *encodings: str) -> str:
    """Return the text of a file with plain line ends.

    Parameters
    ----------
    raw
        Its bytes.
    encodings
        To be tried in this order, unless a byte order mark says better; bytes the last one
        lacks are replaced, never fatal.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    elif raw.startswith(b"\xef\xbb\xbf"):
        encodings = ("utf-8-sig",)
    for encoding in encodings[:-1]:
        try:
            return _plain(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    return _plain(raw.decode(encodings[-1], errors="replace"))


def _plain(text: str) -> str:
    return CARRIAGE_RETURNS.sub("\n", text).rstrip(END_MARKS)


class TextLines:
    """A cursor over the lines of a file; it begins at the first that is not blank.

    Parameters
    ----------
    path
        The file, for messages.
    text
        Its contents.
    """

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = [line.rstrip(END_MARKS) for line in text.split("\n")]
        """Without line ends."""
        self.at = next((i for i, line in enumerate(self.lines) if line.strip()), 0)

    @classmethod
    def of(cls, path: Path, *encodings: str) -> "TextLines":
        """Read a file, as latin-1 unless told otherwise; see `decoded`."""
        return cls(path, decoded(path.read_bytes(), *(encodings or ("latin-1",))))

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
