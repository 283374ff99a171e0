"""The demonstration once, for real, on a machine without any server: four minutes."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from where import REPO

from plumbline.simulator.scenario import AMBIENT_S, PILING_S

SECONDS = 240
WITHOUT_SERVERS = (
    "import shutil, sys; shutil.which = lambda *_, **__: None; "
    "from plumbline.cli import main; sys.exit(main(sys.argv[1:]))"
)
KEYS = {
    "samples_generated", "samples_archived", "samples_lost", "duplicates", "events",
    "notifications", "archive", "truth", "export",
}  # fmt: skip
pytestmark = [pytest.mark.slow, pytest.mark.timeout(SECONDS + 300)]


@dataclass(frozen=True)
class Ran:
    """One demonstration that has ended."""

    code: int
    lines: list[str]
    summary: dict[str, Any]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.summary["events"] if event["kind"] == kind]

    def seconds(self, who: str) -> list[int]:
        """Return the seconds of the timeline at which the terminal showed lines of one sort."""
        found = (re.match(rf" *(\d+) s  {who} ", line) for line in self.lines)
        return [int(match[1]) for match in found if match]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    folder = tmp_path_factory.mktemp("demo")
    words = [sys.executable, "-c", WITHOUT_SERVERS, "demo", "--seconds", str(SECONDS), "--json"]
    words += ["--folder", str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert lines, done.stderr
    assert lines[-1].startswith("{"), done.stdout + done.stderr
    yield Ran(done.returncode, lines[:-1], json.loads(lines[-1]))


def test_it_ends_well_and_its_last_line_tells_everything(demo: Ran) -> None:
    assert demo.code == 0
    assert any(line.startswith("broker: amqtt") for line in demo.lines)
    assert set(demo.summary) >= KEYS
    for event in demo.summary["events"]:
        assert {"kind", "structure", "onset", "detector", "late"} <= set(event)
        assert "peak_gal" in event or "value" in event
    for name in ("archive", "truth", "export"):
        assert any(Path(demo.summary[name]).iterdir())
    assert Path(demo.summary["events_db"]).is_file()
    for name in ("archive", "events_db", "truth", "export"):
        assert any(demo.summary[name] in line for line in demo.lines), (
            "a person is told where it is"
        )


def test_no_sample_is_lost_doubled_or_altered(demo: Ran) -> None:
    summary = demo.summary
    assert summary["samples_generated"] == summary["samples_archived"] > 200_000
    assert (summary["samples_lost"], summary["duplicates"], summary["samples_altered"]) == (0, 0, 0)


def test_somebody_elses_count_is_the_same(demo: Ran) -> None:
    words = [sys.executable, str(REPO / "tests" / "recount.py"), "--json"]
    words += [demo.summary["archive"], demo.summary["truth"]]
    counted = subprocess.run(words, capture_output=True, text=True, check=False)
    assert counted.returncode == 0, counted.stdout + counted.stderr
    total = json.loads(counted.stdout)
    assert (total["lost"], total["duplicated"], total["altered"]) == (0, 0, 0)
    assert total["archived"] == demo.summary["samples_archived"]


def test_two_earthquakes_are_found_the_far_one_by_its_long_period(demo: Ran) -> None:
    near, far = demo.of("shaking")
    assert (near["detector"], far["detector"]) == ("short_period", "long_period")
    assert (near["late"], far["late"]) == (False, False)
    assert far["peak_gal"] <= 5 < near["peak_gal"]
    (line,) = [line for line in demo.lines if "opened by long_period" in line]
    short = re.search(r"short-period ratio ([\d.]+) \(opens at ([\d.]+)\)", line)
    assert short is not None
    assert float(short[1]) < float(short[2])


def test_the_building_leans_and_settles_after_the_shaking_and_not_during_it(demo: Ran) -> None:
    last_s = demo.of("shaking")[-1]["closed"]
    assert last_s is not None
    for kind in ("tilt", "differential_settlement"):
        assert demo.of(kind)
        assert all(event["onset"] > last_s for event in demo.of(kind))


def test_piling_opens_nothing_and_calls_nobody(demo: Ran) -> None:
    kinds = {"shaking", "tilt", "differential_settlement"}
    assert {event["kind"] for event in demo.summary["events"]} == kinds
    for who in ("event", "sms"):
        assert min(demo.seconds(who)) > AMBIENT_S + PILING_S


def test_everybody_is_called_in_turn_in_at_most_two_segments(demo: Ran) -> None:
    calls = demo.summary["notifications"]
    assert {call["person"] for call in calls} == {"Somchai", "Alice", "Kenji"}
    assert all(call["text"] and 1 <= call["segments"] <= 2 for call in calls)
