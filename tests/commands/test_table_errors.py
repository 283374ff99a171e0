"""Whatever is wrong with a table, a command ends with one line about it and exit code 2."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from plumbline.cli import main

MOTION_COMMANDS = {
    "measure": (),
    "modes": (),
    "quality": (),
    "replay": (),
    "vibration": ("--standard", "din4150-3", "--line", "2"),
}


def saved(array: object) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        np.save(folder / "a.npy", np.asarray(array), allow_pickle=False)
        return folder / "a.npy"

    return write


def text(content: bytes, name: str = "a.csv", sidecar: str = "") -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        if sidecar:
            (folder / name).with_suffix(".json").write_text(sidecar)
        return folder / name

    return write


def encrypted(folder: Path) -> Path:
    """Write a zip of one file whose headers state that a password is needed."""
    path = folder / "a.csv"
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("inside.csv", "date,x\n2025-01-01,1\n")
    content = bytearray(path.read_bytes())
    central = content.find(b"PK\x01\x02")
    content[6] |= 1
    content[central + 8] |= 1
    path.write_bytes(content)
    return path


NO_MOTION = {
    "an empty array file": (text(b"", "a.npy"), "not a plain NumPy array"),
    "an array of words": (saved(["a", "b"]), "not a plain NumPy array"),
    "an array of complex numbers": (saved(np.ones((50, 2), complex)), "not real numbers"),
    "an array of named fields": (saved(np.zeros(9, [("a", "i4"), ("b", "f8")])), "not real numb"),
    "an array of three dimensions": (saved(np.zeros((2, 2, 2))), "a table has two"),
    "words alone": (text(b"hello\nworld\n"), "no line of numbers"),
    "no rate": (text(b"ax,ay\n1,2\n3,4\n"), "says no sampling rate"),
    "a unit that is a number": (
        text(b"ax,ay\n1,2\n3,4\n", sidecar='{"rate_hz": 100, "units": 5}'),
        "units = 5: must be a word",
    ),
    "an unknown unit": (
        text(b"ax,ay\n1,2\n3,4\n", sidecar='{"rate_hz": 100, "units": "furlong"}'),
        "unit 'furlong' is none of",
    ),
}


@pytest.mark.parametrize("case", NO_MOTION)
@pytest.mark.parametrize("command", MOTION_COMMANDS)
def test_a_table_without_motion_ends_a_command_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, case: str
) -> None:
    write, complaint = NO_MOTION[case]
    path = write(tmp_path)
    rate = ("--rate", "100") if path.suffix == ".npy" else ()
    assert main([command, str(path), *rate, *MOTION_COMMANDS[command]]) == 2
    err = capsys.readouterr().err
    assert path.stem in err
    assert len([line for line in err.splitlines() if complaint in line]) == 1


NO_TEXT: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a file that is not there": (lambda folder: folder / "a.csv", "No such file"),
    "no text": (text(bytes(range(256))), "not a text file"),
    "a zip cut short": (text(b"PK\x03\x04cut"), "a damaged zip"),
    "a zip with a password": (encrypted, "encrypted"),
}


@pytest.mark.parametrize("case", NO_TEXT)
@pytest.mark.parametrize("words", [("trend",), ("survey", "import")])
def test_a_file_without_text_ends_a_command_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], case: str
) -> None:
    write, complaint = NO_TEXT[case]
    path = write(tmp_path)
    store = ("--store", str(tmp_path / "survey.db")) if words[0] == "survey" else ()
    assert main([*words, str(path), *store]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"{path}: " in line
    assert complaint in line


@pytest.mark.parametrize(("content", "complaint"), [(b"", "is empty"), (b"a\nb\n", "no table")])
def test_a_text_without_series_ends_trend_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, complaint: str
) -> None:
    assert main(["trend", str(text(content)(tmp_path))]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert complaint in line


@pytest.mark.parametrize("word", ["", "yesterday", "nan"])
@pytest.mark.parametrize("option", ["--event", "--load"])
def test_a_moment_nobody_can_read_ends_trend_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, word: str
) -> None:
    path = tmp_path / "level.csv"
    path.write_text("date,x\n" + "".join(f"2025-01-{day:02},{day}\n" for day in range(1, 30)))
    assert main(["trend", str(path), option, word]) == 2
    assert "is not a time that can be read" in capsys.readouterr().err
