"""Windows: to the sample, across files and hours, beside a collector at work."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from archiving import NSLC, ArchiveRig
from blocks import T0_NS, blocks_of, truth
from hypothesis import given, settings
from hypothesis import strategies as st

from plumbline.collector.archive.index import ArchiveIndex
from plumbline.collector.archive.reader import ArchiveGap, ArchiveReader
from plumbline.collector.archive.settings import ArchiveSettings
from plumbline.wire.block import FOREVER_NS, NS

COUNTS = truth(3, 150 * 300)  # two and a half hours at 5 Hz


def filled(folder: Path) -> ArchiveRig:
    archiving = ArchiveRig(folder)
    archiving.take(blocks_of(COUNTS, rate_hz=5.0, size=300), group=5)
    return archiving


def test_a_window_across_day_file_and_open_hour_is_one_run(tmp_path: Path) -> None:
    archiving = filled(tmp_path)
    window = archiving.reader.read_window("XX.TWR01.3A.HN", T0_NS + 3500 * NS, T0_NS + 7300 * NS)
    assert sorted(window.channels) == [NSLC[:-1] + axis for axis in "ENZ"]
    for row, axis in enumerate("ZNE"):
        (run,) = window.channels[NSLC[:-1] + axis]
        np.testing.assert_array_equal(run.counts, COUNTS[row, 17500:36500])
        assert run.start_ns == T0_NS + 3500 * NS
    assert window.gaps() == []


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArchiveRig]:
    archiving = filled(tmp_path_factory.mktemp("shared"))
    yield archiving
    archiving.close()


@settings(max_examples=40, deadline=None)
@given(since_ns=st.integers(-(10**10), 9 * 10**12), length_ns=st.integers(1, 10**12))
def test_any_window_holds_exactly_its_samples(
    shared: ArchiveRig, since_ns: int, length_ns: int
) -> None:
    start_ns = T0_NS + since_ns
    window = shared.reader.read_window(NSLC, start_ns, start_ns + length_ns)
    times_ns = T0_NS + np.arange(COUNTS.shape[1]) * (NS // 5)
    inside = (times_ns >= start_ns) & (times_ns < start_ns + length_ns)
    got = np.concatenate([run.counts for run in window.runs] or [np.zeros(0, np.int32)])
    np.testing.assert_array_equal(got, COUNTS[0, inside])


def test_what_is_missing_is_listed_and_never_filled(tmp_path: Path) -> None:
    archiving = ArchiveRig(tmp_path)
    blocks = list(blocks_of(COUNTS, rate_hz=5.0, size=300))
    archiving.take(blocks[1:10] + blocks[12:20])
    window = archiving.reader.read_window(NSLC, T0_NS, T0_NS + 1300 * NS)
    assert window.gaps() == [
        ArchiveGap(NSLC, T0_NS, blocks[1].start_ns),
        ArchiveGap(NSLC, blocks[10].start_ns, blocks[12].start_ns),
        ArchiveGap(NSLC, blocks[20].start_ns, T0_NS + 1300 * NS),
    ]
    assert [run.n_samples for run in window.runs] == [9 * 300, 8 * 300]


def test_shell_patterns_name_many_channels(tmp_path: Path) -> None:
    archiving = filled(tmp_path)
    assert archiving.reader.channels("XX.*.HN[NE]") == [NSLC[:-1] + axis for axis in "EN"]
    window = archiving.reader.read_window("XX.TWR01.*.HN?", T0_NS, T0_NS + 60 * NS)
    assert len(window.runs) == 3
    assert archiving.reader.read_window("YY.*.HN", T0_NS, T0_NS + NS).channels == {}


def test_axes_of_one_instrument_have_the_same_samples_at_any_cut(tmp_path: Path) -> None:
    archiving = ArchiveRig(tmp_path)
    counts = np.stack([truth(1, 400_000, sigma)[0] for sigma in (3, 60, 4000)])
    archiving.take(blocks_of(counts, ppm=45))
    archiving.wait(7200)
    rng = np.random.default_rng(2)
    for at_s in rng.uniform(0, 3900, 150):
        start_ns = T0_NS + round(at_s * 100 * (1 + 45e-6)) * (NS // 100)
        window = archiving.reader.read_window("XX.TWR01.3A.HN", start_ns, start_ns + 10 * NS)
        assert len({(run.n_samples, len(window.runs)) for run in window.runs}) <= 1
        for row, axis in enumerate("ZNE"):
            for run in window.channels[NSLC[:-1] + axis]:
                first = round((run.start_ns - T0_NS) / NS * 100 / (1 + 45e-6))
                assert np.array_equal(run.counts, counts[row, first : first + run.n_samples])


def test_reading_beside_a_collector_that_closes_hours_sees_everything_once(
    tmp_path: Path,
) -> None:
    archiving = ArchiveRig(tmp_path, ArchiveSettings(grace_s=0, commit_s=1e-9))
    blocks = list(blocks_of(COUNTS, rate_hz=5.0, size=300))
    written = [0]
    wrong: list[str] = []
    done = threading.Event()

    def watch() -> None:
        reader = ArchiveReader(tmp_path)
        while not done.is_set():
            at_least = written[0]
            runs = reader.read_window(NSLC, 0, FOREVER_NS).runs
            got = np.concatenate([run.counts for run in runs] or [np.zeros(0, np.int32)])
            if got.size < at_least or not np.array_equal(got, COUNTS[0, : got.size]):
                wrong.append(f"{got.size} samples of at least {at_least}")
        reader.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    for block in blocks:
        archiving.take([block])
        written[0] += block.n_samples
    done.set()
    watcher.join()
    assert wrong == []
    archiving.close()


class ClosesAt:
    """Closes all open hours before a chosen step of a reader: a query, a listing, a file read."""

    def __init__(self, step: int, close: Callable[[], None]) -> None:
        self.left = step
        self.close = close

    def before(self, step: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*args: Any, **kwargs: Any) -> Any:
            if self.left == 0:
                self.left -= 1  # the closing takes such steps too
                self.close()
            self.left -= 1
            return step(*args, **kwargs)

        return stepped


@pytest.mark.parametrize("hours_before", [0, 1])
@pytest.mark.parametrize("step", range(12))
def test_an_hour_that_is_closed_between_any_two_steps_of_a_reader_is_seen_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int, hours_before: int
) -> None:
    archiving = ArchiveRig(tmp_path, ArchiveSettings(grace_s=1e6))
    blocks = list(blocks_of(COUNTS, rate_hz=5.0, size=300))
    archiving.take(blocks[:60])
    for _ in range(hours_before):
        archiving.stage.close_all()
        archiving.take(blocks[60:120])
    n_samples = 300 * 60 * (hours_before + 1)
    closing = ClosesAt(step, archiving.stage.close_all)
    for owner, name in (
        (ArchiveIndex, "channels"),
        (ArchiveIndex, "chunks"),
        (Path, "iterdir"),
        (Path, "read_bytes"),
    ):
        monkeypatch.setattr(owner, name, closing.before(getattr(owner, name)))
    reader = ArchiveReader(tmp_path)
    runs = reader.read_window(NSLC, 0, FOREVER_NS).runs
    monkeypatch.undo()
    assert sum(run.n_samples for run in runs) == n_samples
    assert np.array_equal(np.concatenate([run.counts for run in runs]), COUNTS[0, :n_samples])
    reader.close()
    archiving.close()


def test_an_empty_data_folder_has_no_channels(tmp_path: Path) -> None:
    reader = ArchiveReader(tmp_path)
    assert reader.channels() == []
    assert reader.read_window("XX.TWR01.3A.HN", 0, 1).runs == []


def test_a_window_up_to_the_end_of_time_is_what_there_is(tmp_path: Path) -> None:
    archiving = filled(tmp_path)
    (run,) = archiving.reader.read_window(NSLC, -(2**80), 2**80).runs
    np.testing.assert_array_equal(run.counts, COUNTS[0])
