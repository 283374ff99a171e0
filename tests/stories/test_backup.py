"""The rehearsal: backup while all runs, the collector's disk is lost, restore; agents hand in."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers.programs import wait_until
from stories.killed_site import SPOTS
from stories.running import OURS, STARTED_S
from stories.whole_site import WholeSite

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[WholeSite]:
    site = WholeSite(tmp_path, {spot.agent: [spot] for spot in SPOTS}, seconds=75.0)
    yield site
    site.stop()


def plumbline(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*OURS, *map(str, words)], capture_output=True, text=True, check=False)


def test_a_lost_data_folder_comes_back_from_its_backup_and_the_agents(site: WholeSite) -> None:
    site.start()
    time.sleep(10.0)
    data, copy = site.folder / "data", site.folder / "backup"
    made = plumbline("backup", data, copy, "--json")
    assert made.returncode == 0, made.stdout + made.stderr
    assert json.loads(made.stdout)["whole"] is True
    beside = plumbline("verify", data)
    assert beside.returncode == 0, beside.stdout + beside.stderr
    time.sleep(10.0)  # more data, held by the collector's word, that the backup does not have
    site.processes.kill("collector")
    data.rename(site.folder / "data.lost")
    restored = plumbline("restore", copy, data)
    assert restored.returncode == 0, restored.stderr
    site.begin("collector")
    wait_until(lambda: len(site.channels()) >= 6, STARTED_S)
    counts = site.finish()
    assert (counts["lost"], counts["duplicated"], counts["altered"]) == (0, 0, 0)
    after = plumbline("verify", data)
    assert after.returncode == 0, after.stdout
