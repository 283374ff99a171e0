"""A damaged byte of any kind is found and named; a whole folder passes; nothing is touched."""

import contextlib
import json
import os
import pty
import random
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from blocks import T0_NS
from data_folder import archived, data_folder, journaled, two_minutes

from plumbline.cli import main
from plumbline.collector.app.upkeep.findings import Finding, StoreKind
from plumbline.collector.app.upkeep.sqlite_read import is_locked
from plumbline.collector.app.upkeep.verify import NotADataFolder, verify
from plumbline.collector.journal import Journal
from plumbline.wire.block import NS


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return data_folder(tmp_path_factory.mktemp("whole") / "data")


@pytest.fixture
def data(whole: Path, tmp_path: Path) -> Path:
    """Return a copy with the inodes' word in it renewed: a copied journal is another store."""
    copy = tmp_path / "data"
    shutil.copytree(whole, copy)
    word = (copy / "journal" / "store_id").read_text().split()[0]
    (copy / "journal" / "store_id").write_text(
        f"{word} {(copy / 'journal' / 'store_id').stat().st_ino}\n"
    )
    return copy


def flip(path: Path, at: int, mask: int = 4) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ mask]))


def wrong(data: Path) -> list[Finding]:
    return [finding for finding in verify(data).findings if finding.wrong]


def contents(data: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in data.rglob("*") if path.is_file()}


def test_a_whole_folder_passes_and_is_not_touched(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(data)
    assert main(["verify", str(data)]) == 0
    assert contents(data) == before
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == "whole"
    assert "120 entries, 120 blocks held" in out
    assert "18000 samples" in out


@pytest.mark.parametrize(
    ("kind", "pattern", "at"),
    [
        (StoreKind.JOURNAL, "journal/00000000000000031552.seg", 1000),
        (StoreKind.ARCHIVE, "archive/2025/XX/TWR01/HNN.D/*", 2000),
        (StoreKind.OPEN_HOUR, "open/*/*", 30_000),
        (StoreKind.DATABASE, "state/events.db", 20),
        (StoreKind.DATABASE, "state/alerting.db", 4096),
        (StoreKind.DATABASE, "quarantine/quarantine.db", 3),
    ],
)
def test_a_damaged_byte_is_found_and_named(
    data: Path, kind: StoreKind, pattern: str, at: int, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = data.glob(pattern)
    flip(path, at, 0xFF)
    found = [finding for finding in wrong(data) if finding.store is kind]
    assert [data / finding.file for finding in found] == [path]
    if found[0].length is not None:
        assert found[0].first_byte is not None
        assert found[0].first_byte <= at < found[0].first_byte + found[0].length
    assert main(["verify", str(data), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["whole"] is False
    assert str(path.relative_to(data)) in {finding["file"] for finding in told["findings"]}


def test_thousands_of_flipped_bytes_are_found_where_a_checksum_stands(data: Path) -> None:
    """Journal, day files and open hours: every one of them is found."""
    rng = random.Random(1)
    paths = [path for name in ("journal/*.seg", "archive/*/*/*/*/*", "open/*/*") for path in
             sorted(data.glob(name))]  # fmt: skip
    unseen = []
    for _ in range(1200):
        path = rng.choice(paths)
        at, mask = rng.randrange(path.stat().st_size), rng.randrange(1, 256)
        flip(path, at, mask)
        if not any(data / finding.file == path for finding in wrong(data)):
            unseen.append((path, at, mask))
        flip(path, at, mask)
    assert unseen == []
    assert wrong(data) == []


def rows_of(path: Path) -> list[object]:
    with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as db:
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master ORDER BY name")]
        tables = [name for name in names if "autoindex" not in name and "_by_" not in name]
        found: list[object] = [names]
        for name in tables:
            try:
                found += sorted(db.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            except sqlite3.OperationalError:  # an index
                continue
    return found


def test_flipped_bytes_of_databases_are_found_or_harmless_but_for_digits_inside_values(
    data: Path,
) -> None:
    """SQLite has no checksums: how many are found, harmless (same rows) and unseen is counted."""
    rng = random.Random(2)
    paths = [*sorted(data.glob("state/*.db")), data / "quarantine" / "quarantine.db"]
    outcomes: Counter[str] = Counter()
    for _ in range(1000):
        path = rng.choice(paths)
        before = rows_of(path)
        at, mask = rng.randrange(path.stat().st_size), rng.randrange(1, 256)
        flip(path, at, mask)
        if wrong(data):
            outcomes["found"] += 1
        elif rows_of(path) == before:
            outcomes["harmless"] += 1
        else:
            outcomes["unseen"] += 1
        flip(path, at, mask)
    print(dict(outcomes))
    assert outcomes["unseen"] <= 20


@pytest.mark.parametrize(
    "words", [["events.db"], ["limits.db"], ["ledger.db"], ["archive.db"], ["alerting.db"]]
)
def test_a_missing_database_is_named_with_what_it_held(data: Path, words: list[str]) -> None:
    (data / "state" / words[0]).unlink()
    found = [finding for finding in wrong(data) if finding.file == f"state/{words[0]}"]
    assert len(found) == 1
    assert "is missing; it holds" in found[0].text


def test_a_missing_and_a_cut_segment_are_named_by_their_offsets(data: Path) -> None:
    path = data / "journal" / "00000000000000031552.seg"
    with path.open("r+b") as file:
        file.truncate(20_000)
    found = [finding for finding in wrong(data) if finding.store is StoreKind.JOURNAL]
    assert any("a segment is missing before it" in finding.text for finding in found)
    path.unlink()
    found = [finding for finding in wrong(data) if finding.store is StoreKind.JOURNAL]
    assert [finding.text for finding in found] == [
        "a segment is missing before it: offsets 31552 to 63152"
    ]


def test_a_journal_that_lost_its_end_is_named_with_the_cursors_beyond_it(data: Path) -> None:
    path = data / "journal" / "00000000000000063152.seg"
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size * 6 // 10)
    texts = [finding.text for finding in wrong(data)]
    assert any("was durable to 94752" in text for text in texts)
    assert sum("lies beyond the journal's end" in text for text in texts) == 2


def test_blocks_called_held_that_are_nowhere_are_named_with_their_time(tmp_path: Path) -> None:
    """A day file and its books put back from before: the journal's blocks are not in them."""
    data = tmp_path / "data"
    journaled(data, two_minutes())
    archived(data)
    with closing(sqlite3.connect(data / "state" / "archive.db")) as db, db:
        db.execute("DELETE FROM chunks WHERE nslc LIKE '%HNZ'")
        db.execute("DELETE FROM day_files WHERE name LIKE '%HNZ%'")
    (path,) = data.glob("archive/*/*/*/HNZ.D/*")
    path.unlink()
    found = [finding for finding in wrong(data) if finding.store is StoreKind.LEDGER]
    assert [(finding.file, finding.text) for finding in found] == [
        ("XX.TWR01.3A.HN", "blocks 0 to 59 of boot 0000000000000007: are in the journal and not in "
         "the archive")
    ]  # fmt: skip


def test_blocks_the_journal_lost_are_looked_for_in_the_archive(data: Path) -> None:
    """A damaged entry whose samples are archived costs nothing but the entry."""
    flip(data / "journal" / "00000000000000031552.seg", 1000, 0xFF)
    assert [finding.store for finding in wrong(data)] == [StoreKind.JOURNAL]


def test_what_never_arrived_is_listed_and_is_nothing_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    data_folder(data, [block for block in two_minutes() if not 20 <= block.seq < 23])
    assert main(["verify", str(data)]) == 0
    assert "- ledger: XX.TWR01.3A.HN: blocks 20 to 22 of boot" in capsys.readouterr().out


def test_a_write_ahead_log_left_by_a_crash_is_read_from_a_copy(data: Path) -> None:
    code = (
        "import os, sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "db.execute('PRAGMA wal_autocheckpoint=0');"
        "db.execute('UPDATE counter SET value = value + 1');"
        "db.execute('UPDATE counter SET value = value + 1'); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(data / "state" / "events.db")], check=True)
    log = data / "state" / "events.db-wal"
    assert log.stat().st_size > 4096
    before = contents(data)
    assert wrong(data) == []
    assert contents(data) == before
    flip(log, 32 + 24 + 100)
    (finding,) = wrong(data)
    assert (finding.file, finding.first_byte) == ("state/events.db-wal", 32)


def test_it_runs_beside_a_writer_and_neither_notices(tmp_path: Path) -> None:
    data = data_folder(tmp_path / "data")
    journal = Journal(data / "journal")
    journal.append([(T0_NS + 3700 * NS, b"x")])  # not synced: what is written and not durable
    try:
        report = verify(data)
        assert report.whole, report.findings
        assert report.counts["entries"] == 120
    finally:
        journal.close()


def test_a_database_that_somebody_else_has_open_is_read_through_sqlite(data: Path) -> None:
    """A part of a collector may live on while the one that holds the journal does not."""
    path = data / "state" / "events.db"
    code = (
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "db.execute('UPDATE counter SET value = value + 1'); print('open', flush=True);"
        "sys.stdin.read()"
    )
    words = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        assert is_locked(path, path.with_name("events.db-shm"))
        assert wrong(data) == []
    assert not is_locked(path)


def test_nothing_to_verify_is_a_mistake_of_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NotADataFolder):
        verify(tmp_path)
    assert main(["verify", str(tmp_path)]) == 2
    assert "neither journal nor state" in capsys.readouterr().err


def test_the_bar_is_on_a_terminal_only_and_after_two_seconds(data: Path) -> None:
    code = (
        "import plumbline.commands.progress_bar as b; b.PATIENCE_S = 0.0; b.EVERY_S = 0.0\n"
        "import sys; from plumbline.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    words = [sys.executable, "-c", code, "verify", str(data)]
    silent = subprocess.run(words, capture_output=True, text=True, check=True)
    assert silent.stderr == ""
    ours, theirs = pty.openpty()
    subprocess.run(words, stderr=theirs, stdout=subprocess.DEVNULL, check=True)
    os.close(theirs)
    drawn = ""
    with contextlib.suppress(OSError):  # its end, on a pseudo-terminal
        while piece := os.read(ours, 1 << 16):
            drawn += piece.decode()
    os.close(ours)
    assert "verify [" in drawn
    assert "100% of" in drawn
    assert drawn.endswith("\r\x1b[K")
