"""The records of a message, parsed by libmseed with one C struct a thread.

``MS3Record.from_buffer`` makes an object a record and looks up the struct again for each field,
which takes three times as long as the parsing; a collector parses thousands of records a second.
"""

import threading
from collections.abc import Iterator
from typing import NamedTuple

from pymseed import MiniSEEDError
from pymseed.clib import clibmseed, ffi
from pymseed.logging import begin_operation

_FLAGS = clibmseed.MSF_UNPACKDATA | clibmseed.MSF_VALIDATECRC | clibmseed.MSF_ATENDOFFILE


class Parsed(NamedTuple):
    """One record: its time [ns since 1970], rate [Hz], length [bytes] and int32 samples."""

    start_ns: int
    rate_hz: float
    n_bytes: int
    n_samples: int
    samples: bytes


class _Struct(threading.local):
    """The struct that libmseed fills again and again; freed with its thread."""

    def __init__(self) -> None:
        begin_operation()
        self.msr = ffi.gc(ffi.new("MS3Record **"), clibmseed.msr3_free)


_struct = _Struct()


def parsed(message: bytes) -> Iterator[Parsed]:
    """Yield the records of a message of integer samples.

    Raises
    ------
    MiniSEEDError
        If a CRC or length is wrong, or bytes are missing or left over.
    """
    msr, buffer, at = _struct.msr, ffi.from_buffer(message), 0
    while at < len(message):
        left = len(message) - at
        if left < clibmseed.MINRECLEN:
            raise MiniSEEDError(clibmseed.MS_ENDOFFILE, f"{left} bytes are left over")
        status = clibmseed.msr3_parse(buffer + at, left, msr, _FLAGS, 0)
        if status > 0:
            raise MiniSEEDError(clibmseed.MS_ENDOFFILE, f"{status} bytes are missing at its end")
        if status != clibmseed.MS_NOERROR:
            raise MiniSEEDError(status, "not a whole record")
        one = msr[0]
        n_samples = one.numsamples
        yield Parsed(
            one.starttime,
            clibmseed.msr3_sampratehz(one),
            one.reclen,
            one.samplecnt,
            bytes(ffi.buffer(one.datasamples, 4 * n_samples)) if n_samples > 0 else b"",
        )
        at += one.reclen
