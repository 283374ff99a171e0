"""A pack that unpacks without end is refused in one line, and leaves nothing behind."""

import gzip
import io
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import psutil
import pytest
from servers.programs import wait_until

from plumbline.records import read_each
from plumbline.records.errors import RecordError
from plumbline.records.packed import LARGEST_BYTES, UnpackBudget, laid_out

ZEROS = bytes(1 << 20)
MEASURE = [sys.executable, "-m", "plumbline.cli", "measure"]


@pytest.fixture
def laid(tmp_path: Path) -> Path:
    """Return where packs are laid out."""
    folder = tmp_path / "laid"
    folder.mkdir()
    return folder


def zipped(content: bytes, name: str = "inner") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr(name, content)
    return out.getvalue()


def bomb(path: Path, megabytes: int) -> Path:
    with gzip.open(path, "wb") as file:
        for _ in range(megabytes):
            file.write(ZEROS)
    return path


def test_a_pack_of_300_mb_is_refused_with_the_size_and_little_memory(
    tmp_path: Path, laid: Path
) -> None:
    path = bomb(tmp_path / "quake.txt.gz", 300)
    assert path.stat().st_size < 400_000
    process = subprocess.Popen(
        [*MEASURE, str(path)], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "TMPDIR": str(laid)},
    )  # fmt: skip
    peak = 0
    while process.poll() is None:
        try:
            peak = max(peak, psutil.Process(process.pid).memory_info().rss)
        except psutil.Error:
            break
    _, said = process.communicate()
    assert process.returncode == 2
    assert len(said.splitlines()) == 1
    assert f"more than {LARGEST_BYTES / 1e6:.0f} MB" in said
    assert str(path) in said
    assert peak < 400e6
    assert list(laid.iterdir()) == []


def test_a_stated_size_is_refused_before_anything_is_unpacked(tmp_path: Path, laid: Path) -> None:
    path = tmp_path / "quake.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack, pack.open("a.smc", "w") as file:
        for _ in range(300):
            file.write(ZEROS)
    with pytest.raises(RecordError, match="it holds 315 MB, and one call unpacks 250 MB"):
        laid_out(path, laid)
    assert list(laid.iterdir()) == []


def test_the_bound_is_one_for_packs_in_packs(tmp_path: Path, laid: Path) -> None:
    path = tmp_path / "deep.zip"
    path.write_bytes(zipped(zipped(zipped(bytes(400_000)))))
    with pytest.raises(RecordError, match=r"deep\.zip"):
        laid_out(path, laid, UnpackBudget(300_000))


def test_the_bound_is_one_for_all_files_of_a_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plumbline.records.reading.UnpackBudget", lambda: UnpackBudget(5_000))
    paths = [tmp_path / f"{n}.gz" for n in range(3)]
    for path in paths:
        path.write_bytes(gzip.compress(bytes(2_400)))
    problems = [str(one) for one in read_each(paths).problems]
    assert [text.startswith(f"{paths[2]}: cannot be unpacked") for text in problems].count(
        True
    ) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ended_by_a_signal_the_unpacked_folder_goes(
    tmp_path: Path, laid: Path, number: int
) -> None:
    path = bomb(tmp_path / "quake.txt.gz", 240)
    process = subprocess.Popen(
        [*MEASURE, str(path)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(laid)},
    )  # fmt: skip
    wait_until(lambda: any(laid.glob("plumbline-*/*/*")), 60)
    process.send_signal(number)
    assert process.wait(60) in (130, 143)
    assert list(laid.iterdir()) == []
