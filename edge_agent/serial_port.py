"""A serial port that survives unplugging: opened again by the same name, with backoff."""

import contextlib
import errno
import fcntl
import os
import select
import termios
from collections.abc import Callable

import serial

from plumbline.edge_agent.errors import PortAbsent, PortTrouble

READ_BYTES = 65_536
FIRST_RETRY_S = 0.2
LONGEST_RETRY_S = 10.0
HUNG_UP = (
    "plug it in again, or stop the other program that reads this port (a terminal, a second "
    "agent): two readers share its bytes between them"
)
"""What to do about a port that hangs up; a second reader looks the same as a pulled plug."""


class SerialPort:
    """One port, read with the monotonic time at which its bytes were there.

    Parameters
    ----------
    path
        Name of the port, best one below ``/dev/serial/by-id``.
    baud
        Speed of the line. [baud]
    monotonic_ns
        The clock that is never set. [ns]
    """

    def __init__(self, path: str, *, baud: int, monotonic_ns: Callable[[], int]) -> None:
        self.path = path
        self._baud = baud
        self._monotonic_ns = monotonic_ns
        self._port: serial.Serial | None = None
        self.retry_s = FIRST_RETRY_S

    @property
    def is_open(self) -> bool:
        """True while the port is open."""
        return self._port is not None

    def open(self) -> None:
        """Open the port for this program alone.

        Raises
        ------
        PortTrouble
            If it is not there, may not be used, or another program has it.
        """
        try:
            self._port = serial.Serial(self.path, self._baud, timeout=0, exclusive=True)
        except (serial.SerialException, OSError, ValueError) as error:
            self.retry_s = min(2 * self.retry_s, LONGEST_RETRY_S)
            kind = PortAbsent if getattr(error, "errno", None) == errno.ENOENT else PortTrouble
            raise kind(f"port {self.path} {_why(error)}") from error
        with contextlib.suppress(OSError):  # a system that cannot: the lock of pyserial is left
            fcntl.ioctl(self._port.fileno(), termios.TIOCEXCL)  # nobody else may open it
        with contextlib.suppress(OSError, ValueError, NotImplementedError, AttributeError):
            self._port.set_low_latency_mode(True)  # USB converters: 1 ms instead of 16 ms
        self.retry_s = FIRST_RETRY_S

    def read(self, timeout_s: float, wake_fd: int) -> tuple[bytes, int]:
        """Return the bytes that are there and the time, or no bytes after the timeout.

        Raises
        ------
        PortTrouble
            If the port is gone.
        """
        if self._port is None:
            raise PortTrouble(f"port {self.path} is not open")
        try:
            fd = self._port.fileno()
            readable, _, _ = select.select([fd, wake_fd], [], [], timeout_s)
            if fd not in readable:
                return b"", self._monotonic_ns()
            piece = os.read(fd, READ_BYTES)
            arrival_ns = self._monotonic_ns()  # after the read: a byte is never older than it seems
        except (OSError, ValueError) as error:
            self.close()
            raise PortAbsent(f"port {self.path} is gone ({error}); {HUNG_UP}") from error
        if not piece:
            self.close()
            raise PortAbsent(f"port {self.path} is gone (hung up); {HUNG_UP}")
        return piece, arrival_ns

    def close(self) -> None:
        """Close the port; `open` may be called again."""
        port, self._port = self._port, None
        if port is not None:
            with contextlib.suppress(OSError, ValueError, serial.SerialException):
                fcntl.ioctl(port.fileno(), termios.TIOCNXCL)
            with contextlib.suppress(OSError, serial.SerialException):
                port.close()


def _why(error: Exception) -> str:
    """Return what is wrong with a port, and what to do."""
    number = getattr(error, "errno", None)
    text = str(error)
    if "exclusively lock" in text or number in (errno.EAGAIN, errno.EBUSY):
        return "is in use by another program; stop that one (another edge agent, a terminal)"
    if number == errno.ENOENT:
        return "does not exist; plug it in, or find its name with: plumbline edge list-ports"
    if number == errno.EACCES:
        return "may not be opened; add this user to the group dialout and log in again"
    return f"cannot be opened ({text}); is it a serial port?"
