"""The spool: what was committed is there, whatever happens, and nobody's only copy is dropped."""

import shutil
import sqlite3
from contextlib import closing

import pytest
from edge_rows import BOOT, mark, row
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from old_data import STORE_ID, unpacked

from plumbline.edge_agent.errors import InUse, SpoolTrouble
from plumbline.edge_agent.locks import SpoolLock
from plumbline.edge_agent.spool import VERSION, Spool


def unheld(spool):
    return [each.seq for each in spool.unheld_after(0, 10_000)]


def test_rows_come_back_in_their_order_until_they_are_held(tmp_path):
    spool = Spool(tmp_path / "spool.db", bound_mb=1)
    spool.add([row(seq) for seq in range(10)])
    held, refused = spool.mark(mark((0, 2), (5, 5), refused=((7, 7, "unknown stream"),)))
    assert (len(held), [reason for _, reason in refused]) == (4, ["unknown stream"])
    assert unheld(spool) == [3, 4, 6, 8, 9]
    assert spool.mark(mark((0, 5), refused=((7, 7, "unknown stream"),))) == ([4, 5], [])
    assert unheld(spool) == [6, 8, 9]
    assert spool.fill().unheld == 3


def test_a_refused_row_can_still_become_held(tmp_path):
    spool = Spool(tmp_path / "spool.db", bound_mb=1)
    spool.add([row(0)])
    spool.mark(mark(refused=((0, 0, "unknown stream"),)))
    assert len(spool.mark(mark((0, 0)))[0]) == 1


def test_marking_does_not_go_through_what_is_held_already(tmp_path):
    spool = Spool(tmp_path / "spool.db", bound_mb=1)
    plans = []
    execute = spool._update

    def explained(what, *values):
        plans.append(
            spool._db.execute(f"EXPLAIN QUERY PLAN UPDATE rows SET {what}", values).fetchall()
        )
        return execute(what, *values)

    spool._update = explained
    spool.mark(mark((0, 9), refused=((10, 10, "no"),)))
    details = [row[3] for plan in plans for row in plan]
    assert len(details) == 2
    assert all(
        "INDEX by_standing (standing=? AND stream=? AND boot=? AND seq>?" in d for d in details
    )


def test_other_streams_and_boots_are_left_alone(tmp_path):
    spool = Spool(tmp_path / "spool.db", bound_mb=1)
    spool.add([row(0), row(0, boot="00000000000000b2"), row(0, stream="XX.TWR01.0B.HN")])
    spool.mark(mark((0, 9)))
    assert spool.fill().unheld == 2


def test_held_rows_go_oldest_first_and_only_at_the_bound(tmp_path):
    spool = Spool(tmp_path / "spool.db", bound_mb=1)
    ids = spool.add([row(seq, size=100_000) for seq in range(10)])
    spool.mark(mark((0, 4), refused=((5, 5, "no"),)))
    assert spool.fill().rows == 10
    spool.add([row(10, size=250_000)])
    left = [each.seq for each in spool.rows(ids)]
    assert left == [3, 4, 5, 6, 7, 8, 9]
    spool.add([row(11, size=300_000)])
    assert [each.seq for each in spool.rows(ids)] == [6, 7, 8, 9]  # refused ones last


def test_data_nobody_else_holds_outgrows_the_bound_and_says_so(tmp_path):
    spool = Spool(tmp_path / "spool.db", bound_mb=1)
    for seq in range(15):
        spool.add([row(seq, size=100_000)])
    assert unheld(spool) == list(range(15))
    assert spool.excess_bytes == 500_000


def test_a_collector_that_begins_anew_is_offered_everything(tmp_path):
    spool = Spool(tmp_path / "spool.db", bound_mb=1)
    spool.add([row(seq) for seq in range(4)])
    spool.mark(mark((0, 2), refused=((3, 3, "no"),)))
    assert spool.forget_standing() == 4
    assert unheld(spool) == [0, 1, 2, 3]


def test_a_spool_opened_again_knows_what_it_knew(tmp_path):
    first = Spool(tmp_path / "spool.db", bound_mb=1)
    first.begin_boot(BOOT, 5)
    first.add([row(seq) for seq in range(4)])
    first.mark(mark((0, 1)))
    first.remember("store", "aa")
    before = first.fill()
    first.close()
    second = Spool(tmp_path / "spool.db", bound_mb=1)
    assert second.fill() == before
    assert second.fact("store") == "aa"
    assert second.fact("nothing") is None


def test_commits_are_durable_before_they_are_told(tmp_path):
    spool = Spool(tmp_path / "spool.db", bound_mb=1)
    settings_ = [spool._db.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS]
    assert settings_ == ["wal", 2]


PRAGMAS = ("journal_mode", "synchronous")


def stamp(path, version):
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {version}")


def test_a_spool_of_a_newer_agent_is_refused_in_one_line_and_left_alone(tmp_path):
    path = tmp_path / "spool.db"
    Spool(path, bound_mb=1).close()
    stamp(path, 99)
    before = path.read_bytes()
    with pytest.raises(
        SpoolTrouble, match=r"spool\.db.*newer agent.*version 99.*run that"
    ) as caught:
        Spool(path, bound_mb=1)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before


def test_the_spool_of_0_2_0_has_no_version_and_goes_on(tmp_path):
    unpacked(tmp_path)
    path = tmp_path / "spool.db"
    spool = Spool(path, bound_mb=1)
    assert (spool.fill().rows, spool.fill().unheld) == (20, 4)
    assert spool.fact("store") == STORE_ID
    waiting = spool.unheld_after(0, 10_000)
    assert len(waiting) == 4
    spool.add([row(1)])
    spool.close()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)


GROUPS = [[0], [1, 2, 3], [4], [5, 6], list(range(7, 20))]


@pytest.fixture(scope="module")
def crashed(tmp_path_factory):
    """Return the files of a spool as they were before, and after, groups were committed."""
    folder = tmp_path_factory.mktemp("crashed")
    path = folder / "spool.db"
    Spool(path, bound_mb=1).close()
    spool = Spool(path, bound_mb=1)
    before = path.read_bytes()
    ends = []
    for group in GROUPS:
        spool.add([row(seq, size=700) for seq in group])
        ends.append((folder / "spool.db-wal").stat().st_size)
    wal = (folder / "spool.db-wal").read_bytes()
    spool.close()  # the log goes into the file
    return before, wal, ends, path.read_bytes()


def opened(folder, database, log):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "spool.db").write_bytes(database)
    (folder / "spool.db-wal").write_bytes(log)
    return Spool(folder / "spool.db", bound_mb=1)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.data())
def test_a_crash_at_any_byte_loses_no_committed_group_and_halves_none(crashed, tmp_path, chance):
    before, wal, ends, _ = crashed
    at = chance.draw(st.integers(0, len(wal)))
    junk = chance.draw(st.binary(max_size=64))
    spool = opened(tmp_path / "x", before, wal[:at] + junk)
    whole = sum(end <= at for end in ends)
    expected = [seq for group in GROUPS[:whole] for seq in group]
    assert unheld(spool) == expected or (junk and unheld(spool)[: len(expected)] == expected)
    assert spool.fill().bytes == 700 * len(unheld(spool))
    spool.add([row(1000)])  # and it goes on
    spool.close()


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.data())
def test_a_crash_while_the_log_is_folded_in_loses_nothing(crashed, tmp_path, chance):
    before, wal, _, after = crashed
    at = chance.draw(st.integers(0, len(after)))
    spool = opened(tmp_path / "x", after[:at] + before[at:], wal)
    assert unheld(spool) == [seq for group in GROUPS for seq in group]
    spool.close()


def test_a_full_disk_is_told_and_nothing_is_half_there(tmp_path):
    spool = Spool(tmp_path / "spool.db", bound_mb=10)
    spool.add([row(0)])
    pages = spool._db.execute("PRAGMA page_count").fetchone()[0]
    spool._db.execute(f"PRAGMA max_page_count = {pages + 2}")
    before = spool.fill()
    with pytest.raises(SpoolTrouble, match="cannot be written"):
        spool.add([row(seq, size=3000) for seq in range(1, 20)])
    assert spool.fill() == before
    spool._db.execute("PRAGMA max_page_count = 100000")
    spool.add([row(seq, size=3000) for seq in range(1, 20)])
    assert unheld(spool) == list(range(20))


def test_a_group_that_fails_is_not_half_there(tmp_path):
    spool = Spool(tmp_path / "spool.db", bound_mb=1)
    spool.add([row(0)])
    with pytest.raises(SpoolTrouble):
        spool.add([row(1), row(0)])
    assert unheld(spool) == [0]


def test_a_file_that_is_no_spool_is_told(tmp_path):
    (tmp_path / "spool.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(SpoolTrouble, match="moved aside"):
        Spool(tmp_path / "spool.db", bound_mb=1)


def test_one_agent_for_one_spool(tmp_path):
    first = SpoolLock(tmp_path / "spool.db")
    with pytest.raises(InUse, match="in use by another edge agent"):
        SpoolLock(tmp_path / "spool.db")
    first.close()
    SpoolLock(tmp_path / "spool.db").close()
