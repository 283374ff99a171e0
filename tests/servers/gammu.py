"""A real gammu-smsd with its dummy driver: it cuts, sends and receives as with a modem."""

import os
import subprocess
from pathlib import Path

from servers.programs import program, stop, wait_until

_CONFIG = """[gammu]
model = dummy
connection = none
device = {phone}

[smsd]
Service = files
LogFile = {log}
DebugLevel = 1
InboxPath = {spool}/inbox/
OutboxPath = {spool}/outbox/
SentSMSPath = {spool}/sent/
ErrorSMSPath = {spool}/error/
InboxFormat = unicode
OutboxFormat = auto
TransmitFormat = auto
CommTimeout = 1
ReceiveFrequency = 1
LoopSleep = 1
CheckSecurity = 0
CheckBattery = 0
CheckSignal = 0
CheckNetwork = 0
"""


class Gammu:
    """One daemon and its spool.

    Parameters
    ----------
    folder
        Where phone, spool and log live.
    """

    def __init__(self, folder: Path) -> None:
        self.spool = folder / "spool"
        self.log = folder / "smsd.log"
        phone = folder / "phone"
        for place in (phone, *(self.spool / name for name in ("inbox", "outbox", "sent", "error"))):
            place.mkdir(parents=True)
        self._config = folder / "smsd.rc"
        self._config.write_text(
            _CONFIG.format(phone=phone, log=self.log, spool=self.spool), encoding="utf-8"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the daemon and wait until it talks to its phone."""
        words = [program("gammu-smsd"), "-c", str(self._config)]
        self._process = subprocess.Popen(
            words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(lambda: "Starting phone communication" in self.log_text())

    def stop(self) -> None:
        """End the daemon."""
        if self._process is not None:
            stop(self._process)
            self._process = None

    def log_text(self) -> str:
        """Return the daemon's log."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def sent(self) -> list[Path]:
        """Return the files the daemon has sent, in the order they were written."""
        return sorted((self.spool / "sent").iterdir(), key=lambda path: path.stat().st_mtime_ns)

    def receive(self, phone: str, text: str) -> None:
        """Let an SMS arrive at the daemon's phone."""
        words = [program("gammu"), "-c", str(self._config), "savesms", "TEXT", "-folder", "1"]
        words += ["-unread", "-sender", phone, "-len", "1", "-text", text]
        subprocess.run(
            words,
            check=True,
            capture_output=True,
            timeout=60,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
