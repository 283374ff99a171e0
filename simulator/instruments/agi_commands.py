r"""Commands of Applied Geomechanics (Jewell) instruments: ``*ttss<CMD>\r\n``, case-sensitive.

``tt`` is the target (99: any), ``ss`` the source (00).
"""

import re

_COMMAND = re.compile(rb"\*(\d\d)00([A-Z0-9,\-]+)")
LONGEST = 256


class CommandEar:
    """Collects what the host writes and yields whole commands for this instrument."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, received: bytes) -> list[str]:
        """Take bytes; return the commands that are complete, as ``XYC2``."""
        *lines, rest = (self._held + received).split(b"\n")
        self._held = rest[-LONGEST:]
        found = (_COMMAND.fullmatch(line.strip()) for line in lines)
        return [match[2].decode() for match in found if match and match[1] in {b"99", b"01"}]
