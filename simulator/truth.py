"""The truth on disk: every sample as the instrument emitted it, and what happened when.

A folder with

``streams.json``
    a list, one entry a stream: ``key``, ``channels``, ``nslc``, ``rate_hz``, ``unit``,
    ``counts_per_unit``, ``file``, and ``dtype``, the descriptor of one row for ``numpy.dtype``;
``<key>.truth``
    rows of that dtype one after another, nothing else: ``time_ns`` (true UTC time of the motion),
    ``counter``, ``nonce``, ``fate`` (0 delivered, 1 dropped, 2 corrupted, 3 unheard because
    nobody had the port open, 4 delivered twice), ``counts`` (one for each channel);
``events.jsonl``
    one JSON object a line: ``what``, times in ns, and what it takes to understand it.

Files are only ever appended to. After a kill at any moment the rows up to the last whole one
count: ``rows = size // itemsize``. Nothing of ours is needed to read it.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from plumbline.simulator.emission import Sent, StreamFacts
from plumbline.simulator.line import LineDelivery


def row_type(axes: int) -> np.dtype[np.void]:
    """Return the type of one row."""
    return np.dtype(
        [
            ("time_ns", "<i8"),
            ("counter", "<u4"),
            ("nonce", "<u4"),
            ("fate", "<u4"),
            ("counts", "<i4", (axes,)),
        ]
    )


class TruthWriter:
    """Appends deliveries and events to a folder that must not hold another truth.

    Raises
    ------
    FileExistsError
        If the folder already holds a truth: two runs in one file would count twice.
    """

    def __init__(self, folder: Path, streams: Sequence[StreamFacts]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._types = {facts.stream.key: row_type(len(facts.stream.axes)) for facts in streams}
        with (folder / "streams.json").open("x", encoding="utf-8") as described:
            json.dump([self._entry(facts) for facts in streams], described, indent=1)
        self._files: dict[str, BinaryIO] = {
            key: (folder / f"{key}.truth").open("ab") for key in self._types
        }
        self._events = (folder / "events.jsonl").open("a", encoding="utf-8")
        self.samples = 0
        """Samples of all channels written so far."""

    def _entry(self, facts: StreamFacts) -> dict[str, object]:
        stream = facts.stream
        return {
            "key": stream.key,
            "channels": list(stream.channels),
            "nslc": list(stream.nslc),
            "rate_hz": facts.rate_hz,
            "unit": facts.unit,
            "counts_per_unit": facts.counts_per_unit,
            "file": f"{stream.key}.truth",
            "dtype": [
                [name, *(list(part) if isinstance(part, tuple) else part for part in field)]
                for name, *field in self._types[stream.key].descr
            ],
        }

    def record(self, delivery: LineDelivery) -> None:
        """Append the samples of one delivery."""
        for sent in delivery.sent:
            rows = self._rows(sent, int(delivery.fate))
            self._files[sent.stream.key].write(rows)
            self.samples += sent.counts.size

    def _rows(self, sent: Sent, fate: int) -> bytes:
        rows = np.zeros(sent.times_ns.size, dtype=self._types[sent.stream.key])
        rows["time_ns"] = sent.times_ns
        rows["counter"] = (sent.counter + np.arange(sent.times_ns.size)) & 0xFFFFFFFF
        rows["nonce"] = sent.nonce
        rows["fate"] = fate
        rows["counts"] = sent.counts.T
        return rows.tobytes()

    def write_event(self, event: dict[str, object]) -> None:
        """Append one thing that happened."""
        self._events.write(json.dumps(event) + "\n")
        self._events.flush()

    def flush(self) -> None:
        """Hand everything to the operating system: from here on a kill loses none of it."""
        for held in self._files.values():
            held.flush()

    def close(self) -> None:
        """Flush all files and close them."""
        for held in self._files.values():
            held.close()
        self._events.close()
