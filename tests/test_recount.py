"""The recount itself: it finds exactly what was done to an archive."""

import json
from pathlib import Path

import numpy as np
import obspy
import pytest
from recount import recounted, totals

T0_NS = 1_743_141_600_000_000_000
NSLC = "XX.TWR01.3A.HNZ"
ROWS = np.dtype([("time_ns", "<i8"), ("fate", "<u4"), ("counts", "<i4", (1,))])


def truth(folder: Path, counts: np.ndarray, fate: np.ndarray, rate_hz: float = 100.0) -> Path:
    folder.mkdir()
    rows = np.zeros(counts.size, ROWS)
    rows["time_ns"] = T0_NS + np.arange(counts.size) * round(1e9 / rate_hz)
    rows["fate"], rows["counts"][:, 0] = fate, counts
    (folder / "s.truth").write_bytes(rows.tobytes() + b"torn")
    described = {
        "key": NSLC[:-1], "nslc": [NSLC], "rate_hz": rate_hz, "file": "s.truth",
        "dtype": [list(part) for part in ROWS.descr],
    }  # fmt: skip
    (folder / "streams.json").write_text(json.dumps([described]))
    return folder


def archive(folder: Path, parts: list[tuple[int, np.ndarray]], rate_hz: float = 100.0) -> Path:
    path = folder / "2025/XX/TWR01/HNZ.D"
    path.mkdir(parents=True)
    stream = obspy.Stream()
    for start, counts in parts:
        stats = {
            "network": "XX", "station": "TWR01", "location": "3A", "channel": "HNZ",
            "sampling_rate": rate_hz,
            "starttime": obspy.UTCDateTime(ns=T0_NS + round((start + 0.1) * 1e9 / rate_hz)),
        }  # fmt: skip
        stream += obspy.Trace(counts.astype(np.int32), stats)
    stream.write(str(path / f"{NSLC}.D.2025.087"), format="MSEED", encoding="STEIM2")
    return folder


def found(folder: Path, counts: np.ndarray, parts: list, fate: object = 0) -> dict[str, int]:
    fates = np.broadcast_to(np.asarray(fate, np.uint32), counts.shape)
    channels = recounted(archive(folder / "a", parts), truth(folder / "t", counts, fates))
    return {name: n for name, n in totals(channels).items() if name not in ("delivered",)}


@pytest.fixture
def counts() -> np.ndarray:
    return np.rint(np.random.default_rng(1).normal(0, 30, 6000)).astype(np.int32)


def test_an_archive_that_is_the_truth(tmp_path: Path, counts: np.ndarray) -> None:
    result = found(tmp_path, counts, [(0, counts[:2500]), (2500, counts[2500:])])
    assert result == {"archived": 6000, "lost": 0, "duplicated": 0, "altered": 0}


def test_a_lost_block_is_counted_and_placed(tmp_path: Path, counts: np.ndarray) -> None:
    result = found(tmp_path, counts, [(0, counts[:2500]), (2600, counts[2600:])])
    assert result == {"archived": 5900, "lost": 100, "duplicated": 0, "altered": 0}
    (channel,) = recounted(tmp_path / "a", tmp_path / "t")
    assert channel.lost_runs == [{"start_ns": T0_NS + 25 * 10**9, "samples": 100}]


def test_a_block_that_is_there_twice(tmp_path: Path, counts: np.ndarray) -> None:
    result = found(tmp_path, counts, [(0, counts), (2500, counts[2500:2600])])
    assert result == {"archived": 6100, "lost": 0, "duplicated": 100, "altered": 0}


def test_one_altered_sample(tmp_path: Path, counts: np.ndarray) -> None:
    wrong = counts.copy()
    wrong[3000] += 1
    result = found(tmp_path, counts, [(0, wrong)])
    assert result == {"archived": 6000, "lost": 0, "duplicated": 0, "altered": 1}


def test_a_sample_missing_without_a_gap(tmp_path: Path, counts: np.ndarray) -> None:
    result = found(tmp_path, counts, [(0, np.delete(counts, 3000))])
    assert result == {"archived": 5999, "lost": 1, "duplicated": 0, "altered": 0}


def test_what_was_dropped_on_the_line_is_not_lost_by_us(tmp_path: Path, counts: np.ndarray) -> None:
    fate = np.zeros(6000, np.uint32)
    fate[1000:1016], fate[2000:2016], fate[3000:3016] = 1, 2, 4
    parts = [(0, counts[:1000]), (1016, counts[1016:2000]), (2016, counts[2016:])]
    result = found(tmp_path, counts, parts, fate)
    assert result == {"archived": 5968, "lost": 0, "duplicated": 0, "altered": 0}


def test_a_quiet_channel_is_not_counted_wrong_for_being_constant(tmp_path: Path) -> None:
    counts = np.repeat(np.arange(6, dtype=np.int32), 100)
    result = found(tmp_path, counts, [(0, counts[:340]), (340, counts[340:])])
    assert result == {"archived": 600, "lost": 0, "duplicated": 0, "altered": 0}
