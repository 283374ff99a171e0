"""Journal append, fsync and read; JSON lines. Run: ``python -m benchmarks.journal [FOLDER]``.

Groups of 50 messages of 750 bytes, one fsync a group: a second of 1 000 nodes is twenty such
groups. Beside it, on the same disk in the same run, the same groups as rows of an SQLite table
(WAL, synchronous=FULL), and a bare write and fdatasync without framing or index.
"""

import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from plumbline.collector.journal import Journal

GROUPS, GROUP, MESSAGE_BYTES = 200, 50, 750


def groups() -> list[list[tuple[int, bytes]]]:
    rng = np.random.default_rng(1)
    return [
        [(10**18 + g * GROUP + n, rng.bytes(MESSAGE_BYTES)) for n in range(GROUP)]
        for g in range(GROUPS)
    ]


def timed(take: Callable[[list[tuple[int, bytes]]], None]) -> dict[str, float]:
    """Return what a group costs: wall clock and CPU."""
    took: list[float] = []
    made = groups()
    cpu = time.process_time()
    for group in made:
        began = time.perf_counter()
        take(group)
        took.append(time.perf_counter() - began)
    cpu = time.process_time() - cpu
    return {
        "group_p50_ms": round(float(np.percentile(took, 50)) * 1e3, 3),
        "group_p99_ms": round(float(np.percentile(took, 99)) * 1e3, 3),
        "cpu_us_a_message": round(cpu / (GROUPS * GROUP) * 1e6, 2),
        "messages_a_second": round(GROUPS * GROUP / sum(took)),
    }


def print_figures(what: str, figures: dict[str, float]) -> None:
    print(json.dumps({"what": what, **figures}))


def main() -> None:
    where = sys.argv[1] if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory(dir=where) as name:
        folder = Path(name)
        journal = Journal(folder / "journal")

        def into_journal(group: list[tuple[int, bytes]]) -> None:
            journal.append(group)
            journal.sync()

        print_figures("journal: append 50 and fsync", timed(into_journal))

        db = sqlite3.connect(folder / "peer.db", isolation_level=None)
        db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
        db.execute("CREATE TABLE log (n INTEGER PRIMARY KEY, received_ns INTEGER, payload BLOB)")

        def into_sqlite(group: list[tuple[int, bytes]]) -> None:
            db.execute("BEGIN")
            db.executemany("INSERT INTO log (received_ns, payload) VALUES (?, ?)", group)
            db.execute("COMMIT")

        print_figures("peer, SQLite rows: insert 50 and commit", timed(into_sqlite))
        db.close()

        fd = os.open(folder / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

        def into_file(group: list[tuple[int, bytes]]) -> None:
            os.write(fd, b"".join(payload for _, payload in group))
            os.fdatasync(fd)

        print_figures("floor, bare file: write 50 and fdatasync", timed(into_file))
        os.close(fd)

        end = journal.end_offset
        journal.close()
        journal = Journal(folder / "journal")
        began, offset, n = time.perf_counter(), 0, 0
        while offset < end:
            entries = journal.read(offset)
            offset, n = entries[-1].next_offset, n + len(entries)
        took = time.perf_counter() - began
        print_figures("journal: read from disk", {"messages_a_second": round(n / took)})
        journal.close()


if __name__ == "__main__":
    main()
