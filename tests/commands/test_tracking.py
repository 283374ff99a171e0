"""``plumbline tracking``: the history of modes as a person reads it, and as a picture."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from plumbline.cli import main
from plumbline.collector.jobs.modal.identification import baseline_from, compare
from plumbline.collector.jobs.modal.store import ModalStore, ModalWindow

HOUR_NS = 3600 * 10**9
T0_NS = 494_900 * HOUR_NS
HZ = np.array([0.31, 0.36, 0.95])
SHAPES = np.array([[0.5, 1.0, 0.0, 0.0], [0.0, 0.0, 0.5, 1.0], [1.0, -0.6, 0.0, 0.1]])
CHANNELS = ["1A.N", "3A.N", "1A.E", "3A.E"]
STAGES = ("2026-03-01", "2026-06-21")


def history(data: Path, hours: int = 140, changes_at: int = 90, moves_at: int = 75) -> None:
    """Follow a tower through weather, a shift of two modes, and a floor more."""
    rng = np.random.default_rng(1)
    store = ModalStore(data / "state" / "modal.db")
    known: dict[str, Any] = {}
    rows: list[ModalWindow] = []
    for hour in range(hours):
        stage = STAGES[hour >= changes_at]
        end_ns = T0_NS + (hour + 1) * HOUR_NS
        body: dict[str, Any] = {"stage": stage, "begin_ns": end_ns - HOUR_NS}
        if hour in (20, 21):
            store.save(
                ModalWindow("TWR01", end_ns, stage, "an episode left no quiet record", body), {},
                structure="TWR01",
            )  # fmt: skip
            continue
        warm = 29 + 4 * np.sin(2 * np.pi * hour / 24)
        factor = np.ones(3) if hour < changes_at else np.full(3, 0.93)
        if moves_at <= hour < changes_at:
            factor = factor * [0.91, 0.92, 1.0]
        f = HZ * factor * (1 + 0.001 * (warm - 29) + rng.normal(0, 0.004, 3))
        body |= {
            "record_ns": [end_ns - HOUR_NS, end_ns], "channels": CHANNELS, "phase": "quiet",
            "temperature_c": float(warm), "since_shaking_s": None,
            "modes": [
                {"frequency_hz": float(hz), "shape": [[float(v), 0.0] for v in shape]}
                for hz, shape in zip(f, SHAPES, strict=True)
            ],
        }  # fmt: skip
        baseline = known.get(stage)
        health, tracked = compare(body, baseline and (stage, baseline), stage, None)
        body |= {"health": str(health.health), "tracked": tracked}
        window = ModalWindow("TWR01", end_ns, stage, "identified", body)
        rows.append(window)
        made = None
        if baseline is None:
            made = baseline_from(stage, [row for row in rows if row.stage == stage], 30)
            if made is not None:
                known[stage] = made
        store.save(window, {}, structure="TWR01", baseline=None if made is None else (stage, made))
    store.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("followed")
    history(folder)
    return folder


def test_baselines_and_the_last_windows_are_told(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tracking", str(data), "--last", "70"]) == 0
    printed = capsys.readouterr().out
    assert "TWR01: 140 windows from 2026-06-16T20" in printed
    assert "baseline of stage 2026-03-01, channels 1A.N 3A.N 1A.E 3A.E" in printed
    assert "baseline of stage 2026-06-21" in printed
    first = next(line for line in printed.splitlines() if line.startswith("     1 "))
    assert float(first.split()[1]) == pytest.approx(0.31, abs=0.001)
    assert "2  an episode left no quiet record" in printed
    moved = [line for line in printed.splitlines() if line.endswith("  alarm") and "%" in line]
    assert len(moved) == 15
    assert float(moved[0].split()[1]) == pytest.approx(-9, abs=1.5)
    assert "!" in moved[0]


def test_json_has_the_whole_history(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tracking", str(data), "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)["structures"]
    assert len(one["windows"]) == 140
    assert set(one["baselines"]) == set(STAGES)
    assert one["windows"][-1]["health"] == "normal"


def test_the_picture_is_drawn(data: Path, tmp_path: Path) -> None:
    picture = tmp_path / "modes.png"
    assert main(["tracking", str(data), "--plot", str(picture)]) == 0
    assert picture.stat().st_size > 20_000


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--structure", "TWR09"], "not followed; there are ['TWR01']"),
        (["--last", "-1"], "give a number of windows"),
    ],
)
def test_what_cannot_be_shown_says_why(
    data: Path, words: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tracking", str(data), *words]) == 2
    assert expected in capsys.readouterr().err


def test_a_folder_without_a_history_is_one_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tracking", str(tmp_path)]) == 2
    assert "no modes were followed here" in capsys.readouterr().err
    ModalStore(tmp_path / "state" / "modal.db").close()
    assert main(["tracking", str(tmp_path)]) == 2
    assert "no window yet" in capsys.readouterr().err
