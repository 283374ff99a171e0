"""``plumbline labels``: from an event in the archive to a line of the confusion matrix."""

from pathlib import Path

import pytest
from detection_rig import tower_places
from replay_archive import archive_of, shaken

from plumbline.cli import main
from plumbline.collector.events.store import EventStore
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.research.replay.archive import replayed_archive


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one earthquake in archive and event store."""
    motion = {n: shaken(k, factor=k + 1.0) for k, n in enumerate(("0A", "1A", "3A"))}
    folder = archive_of(tmp_path, motion)
    known = {place.stream.key: place for place in tower_places(tmp_path).values()}
    (one,) = replayed_archive(folder, known, DetectionSettings())
    store = EventStore(folder / "state" / "events.db")
    store.save(*one.detected.events)
    store.close()
    return folder


def printed(capsys, *words: object) -> str:
    assert main(["labels", *map(str, words)]) == 0
    return capsys.readouterr().out


def test_an_event_is_listed_judged_labelled_and_counted(data: Path, capsys):
    (line,) = printed(capsys, "events", data).splitlines()
    event = line.split()[0]
    assert line.endswith("-")
    shown = printed(capsys, "show", data, event[:5])
    assert f"{event}: earthquake" in shown
    assert "3 of 3 nodes move" in shown
    printed(capsys, "add", data, event[:5], "construction", "--by", "T. Oto")
    printed(capsys, "add", data, event[:5], "earthquake", "--by", "S. Chai", "--note", "felt it")
    assert "earthquake (S. Chai)" in printed(capsys, "events", data)
    assert "labelled earthquake by S. Chai: felt it" in printed(capsys, "show", data, event)
    assert "100% of 1 labelled event agree" in printed(capsys, "matrix", data)


def test_thresholds_of_the_configuration_decide(data: Path, capsys, tmp_path: Path):
    event = printed(capsys, "events", data).split()[0]
    printed(capsys, "add", data, event, "earthquake", "--by", "S. Chai")
    config = tmp_path / "collector.toml"
    config.write_text('inventory = "inventory.toml"\n[classify]\nleast = 99\n', encoding="utf-8")
    assert "0% of 1 labelled event agree" in printed(capsys, "matrix", data, "--config", config)


@pytest.mark.parametrize(
    ("words", "because"),
    [
        (("show", "zzzz"), "no episode begin so"),
        (("matrix",), "no label yet"),
    ],
)
def test_what_cannot_be_done_is_said(data: Path, capsys, words, because):
    action, *rest = words
    assert main(["labels", action, str(data), *rest]) == 2
    assert because in capsys.readouterr().err


def test_a_folder_without_events_is_no_data_folder(tmp_path: Path, capsys):
    assert main(["labels", "events", str(tmp_path)]) == 2
    assert "no events here" in capsys.readouterr().err
