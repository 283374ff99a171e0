"""A collector's ingest and archive, killed again and again until everything is in.

``python killing.py FOLDER SEED ROUNDS``: ROUNDS times a child is forked that takes blocks, as an
edge would send them, until it is killed: at a byte position inside one of its writes, before or
after an fsync, truncation, rename, unlink or SQL statement, or by the clock in the middle of
anything. The last child is left alone, closes all hours and ends. Prints what happened as JSON.
"""

import dataclasses
import json
import os
import random
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ingest"))

from blocks import HN, T0_NS, blocks_of, truth
from intake import Intake

from plumbline.collector.archive.settings import ArchiveSettings
from plumbline.collector.archive.stage import ArchiveStage
from plumbline.wire.block import Block

RATE_HZ = 5.0
N_SAMPLES = 30 * 3600 * 5  # 30 hours at 5 Hz, from six in the morning: a midnight lies inside
SETTINGS = ArchiveSettings(commit_s=1e-9, grace_s=0)


def all_blocks() -> list[Block]:
    return list(blocks_of(truth(3, N_SAMPLES), rate_hz=RATE_HZ, size=300, boot=3))


class Killer:
    """Counts every byte written and every call that matters; kills at a chosen count."""

    def __init__(self, after: int) -> None:
        self.left = after
        self.write = os.write
        os.write = self._write  # type: ignore[assignment]
        for name in ("fsync", "fdatasync", "ftruncate", "truncate", "unlink", "rename", "replace"):
            setattr(os, name, self._counted(getattr(os, name)))
        connect = sqlite3.connect

        def traced(*args: Any, **kwargs: Any) -> sqlite3.Connection:
            db = connect(*args, **kwargs)
            db.set_trace_callback(lambda _statement: self._count(40))
            return db

        sqlite3.connect = traced  # type: ignore[assignment]

    def _write(self, fd: int, content: memoryview) -> int:
        if len(content) >= self.left:
            self.write(fd, content[: self.left])
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= len(content)
        return self.write(fd, content)

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            self._count(40)
            answer = call(*args, **kwargs)
            self._count(40)
            return answer

        return counted

    def _count(self, cost: int) -> None:
        self.left -= cost
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


def live(folder: Path, rng: random.Random, share: float) -> None:
    """Take what is not held yet, in small groups, some of it out of order and twice."""
    intake = Intake(folder)
    place = intake.places[HN.key]
    instrument = place.instrument.model_copy(update={"rate_hz": RATE_HZ})
    intake.places[HN.key] = dataclasses.replace(place, instrument=instrument)
    stage = ArchiveStage(folder, intake.journal, SETTINGS, T0_NS)
    boots = intake.ledger.boots(HN.key)
    blocks = all_blocks()
    there = blocks[: round(share * len(blocks))]
    todo = [b for b in there if not (boots and b.seq in boots[3].held)]
    for _ in range(len(todo) // 20):
        a, b = rng.randrange(len(todo)), rng.randrange(len(todo))
        todo[a], todo[b] = todo[b], todo[a]
    while todo:
        size = rng.randint(1, 30)
        group, todo = todo[:size], todo[size:]
        intake.take(*group, *group[: rng.randint(0, 2)])
        follow(stage, intake, group[-1].end_ns)
        if rng.random() < 0.1:
            intake.ledger.save(intake.journal.end_offset)
    if share == 1:
        follow(stage, intake, blocks[-1].end_ns)
        stage.close_all()


def follow(stage: ArchiveStage, intake: Intake, now_ns: int) -> None:
    while entries := intake.journal.read(stage._position, 20_000):
        stage.take(entries, now_ns)
    stage.idle(now_ns)


def main() -> None:
    folder, seed, rounds = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(seed)
    killed = 0
    for n in range(rounds + 1):
        last = n == rounds
        # every other one by the clock, in the middle of anything; the others at a counted byte
        after_s = rng.uniform(0.005, 0.2) if n % 2 and not last else 0.0
        after_bytes = rng.choice([rng.randint(1, 3000), rng.randint(1, 100_000)])
        pid = os.fork()
        if pid == 0:
            if after_s:
                signal.setitimer(signal.ITIMER_REAL, after_s)  # SIGALRM ends it where it stands
            elif not last:
                Killer(after_bytes)
            live(folder, random.Random(seed * 1000 + n), 1 if last else (n + 1) / rounds * 0.99)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            killed += 1
        elif os.WEXITSTATUS(status) != 0:
            raise SystemExit(f"round {n} of seed {seed} failed")
    print(json.dumps({"killed": killed}))


if __name__ == "__main__":
    main()
