"""A disk that fails or is full never ends ingest, and nothing is acknowledged that it has not."""

import errno
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from blocks import T0_NS, blocks_of, truth
from intake import Intake
from servers.programs import wait_until

from plumbline.collector.events.model import AlarmLevel
from plumbline.collector.health.condition_table import condition_level
from plumbline.collector.ingest.inbox import MessageInbox
from plumbline.collector.ingest.resend import ResendRequester
from plumbline.collector.ingest.validation import Incoming
from plumbline.collector.ingest.worker import IngestWorker
from plumbline.collector.journal import Journal
from plumbline.wire.block import Block
from plumbline.wire.record import encode

BLOCKS = list(blocks_of(truth(3, 5000)))
NOW_NS = T0_NS + 60 * 10**9


class Worker:
    """An ingest worker of a real data folder; blocks are put into its inbox."""

    def __init__(self, folder: Path) -> None:
        self.intake = Intake(folder)
        self.inbox = MessageInbox(10_000)
        self.worker = IngestWorker(
            inbox=self.inbox,
            ingest=self.intake.ingest,
            ledger=self.intake.ledger,
            journal=self.intake.journal,
            watermarks=self.intake.watermarks,
            resend=ResendRequester(
                self.intake.ledger, self.intake.conditions, lambda _topic, _payload: True
            ),
            last_seen=self.intake.last_seen,
            conditions=self.intake.conditions,
            now_ns=lambda: NOW_NS + time.monotonic_ns(),
        )
        self.worker.start()

    def send(self, *blocks: Block) -> None:
        for block in blocks:
            self.inbox.put(self.intake.message(block), 1)

    def send_garbage(self, n: int) -> None:
        for number in range(n):
            topic = "plumbline/1/XX/TWR01/pi-3a/blocks/3A.HN"
            self.inbox.put(Incoming(topic, b"garbage %d" % number * 50, NOW_NS), 1)

    def acknowledged(self) -> int:
        """Return how many blocks the newest watermark names."""
        boots = self.intake.published[-1][1].boots if self.intake.published else ()
        return sum(last - first + 1 for boot in boots for first, last in boot.held)

    def is_open(self, key: str) -> bool:
        return key in self.intake.conditions_set()


@pytest.fixture
def working(tmp_path: Path) -> Iterator[Worker]:
    made = Worker(tmp_path)
    yield made
    if made.worker.alive():
        made.worker.stop()
    made.intake.crash()


def failing(code: int, real: Callable[..., Any]) -> Callable[..., Any]:
    def call(fd: int, *rest: Any) -> Any:
        if Path(f"/proc/self/fd/{fd}").readlink().suffix == ".seg":
            raise OSError(code, os.strerror(code))
        return real(fd, *rest)

    return call


@pytest.mark.parametrize("call", ["fdatasync", "write"])
@pytest.mark.parametrize(
    ("code", "for_s", "key"),
    [
        (errno.EIO, 1.0, "write:journal"),
        (errno.EROFS, 3.0, "write:journal"),
        (errno.ENOSPC, 1.0, "write:journal journal-full"),
    ],
)
def test_a_journal_that_cannot_be_written_is_tried_again_and_told_red(
    working: Worker, monkeypatch: pytest.MonkeyPatch, call: str, code: int, for_s: float, key: str
) -> None:
    working.send(*BLOCKS[:5])
    wait_until(lambda: working.acknowledged() == 5)
    monkeypatch.setattr(os, call, failing(code, getattr(os, call)))
    working.send(*BLOCKS[5:20])
    working.send_garbage(40)
    wait_until(lambda: any(working.is_open(one) for one in key.split()))
    assert all(condition_level(one) is AlarmLevel.RED for one in key.split())
    time.sleep(for_s)
    assert working.worker.alive()
    assert (working.acknowledged(), len(working.intake.journaled())) == (5, 5)
    monkeypatch.undo()
    working.send(*BLOCKS[20:])
    wait_until(lambda: working.acknowledged() == len(BLOCKS))
    assert working.intake.journaled() == [encode(block) for block in BLOCKS]
    wait_until(lambda: not any(working.is_open(one) for one in key.split()))
    wait_until(lambda: sum(working.intake.quarantine.counts().values()) == 40)


class FullDatabase:
    """A connection whose every commit fails, as on a full or failing disk."""

    def __init__(self, db: sqlite3.Connection, text: str) -> None:
        self._db, self._text = db, text

    def execute(self, sql: str, *rest: Any) -> Any:
        if sql.split(maxsplit=1)[0] in ("BEGIN", "INSERT", "DELETE", "UPDATE"):
            raise sqlite3.OperationalError(self._text)
        return self._db.execute(sql, *rest)

    def __enter__(self) -> "FullDatabase":
        return self

    def __exit__(self, *_: object) -> None:
        return None


@pytest.mark.parametrize("text", ["disk I/O error", "database or disk is full"])
def test_a_quarantine_that_cannot_be_written_holds_up_no_block(working: Worker, text: str) -> None:
    quarantine: Any = working.intake.quarantine
    real = quarantine._db
    quarantine._db = FullDatabase(real, text)
    working.send_garbage(40)
    working.send(*BLOCKS)
    wait_until(lambda: working.acknowledged() == len(BLOCKS))
    assert working.is_open("write:quarantine")
    assert working.intake.journaled() == [encode(block) for block in BLOCKS]
    quarantine._db = real
    wait_until(lambda: sum(quarantine.counts().values()) == 40)
    assert not working.is_open("write:quarantine")


def test_a_ledger_that_cannot_be_saved_is_saved_later_and_whole(
    working: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store: Any = working.intake.ledger._store
    real = store._db
    store._db = FullDatabase(real, "disk I/O error")
    working.send(*BLOCKS)
    wait_until(lambda: working.acknowledged() == len(BLOCKS))
    working.worker._snapshot_due = 0.0
    wait_until(lambda: working.is_open("write:ledger"))
    store._db = real
    wait_until(lambda: not working.is_open("write:ledger"))
    assert working.worker.alive()
    held = [list(row.held) for row in store.boots()]
    assert held == [[(0, len(BLOCKS) - 1)]]
    assert store.page("XX.TWR01.3A.HN", BLOCKS[0].boot, 0) is not None


def test_a_disk_that_is_full_takes_it_all_when_there_is_space_again(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    if (
        mount is None
        or subprocess.run([mount, *options], check=False, capture_output=True).returncode
    ):
        pytest.skip("no file system can be mounted here")
    try:
        working = Worker(disk)
        ballast = disk / "ballast"
        with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="space"):
            while True:
                file.write(bytes(4096))
        working.send_garbage(40)
        working.send(*BLOCKS)
        wait_until(lambda: working.is_open("journal-full") or working.is_open("write:journal"))
        working.send_garbage(40)
        time.sleep(1.5)
        assert working.worker.alive()
        assert working.acknowledged() == len(working.intake.journaled())
        ballast.unlink()
        wait_until(lambda: working.acknowledged() == len(BLOCKS))
        wait_until(lambda: sum(working.intake.quarantine.counts().values()) == 80)
        assert working.intake.journaled() == [encode(block) for block in BLOCKS]
        working.worker.stop()
        working.intake.crash()
        assert Journal(disk / "journal").end_offset > 0
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)
