"""Killed at seeded random moments, the whole path loses no committed sample and doubles none."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from stories.killed_site import KilledSite

KILLS = int(os.environ.get("PLUMBLINE_KILLS", "30"))  # a soak asks for 200
BETWEEN_S = (0.3, 2.0)
OPEN_BLOCK = 100  # samples: the block that was not yet full
UNCOMMITTED = 60  # samples: read, in the pseudo-terminal or in the group commit at the kill
PLAYED_S = 3.0  # recount looks for a sample so near its time, and no further
pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(300 + 10 * KILLS)]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[KilledSite]:
    site = KilledSite(tmp_path, seconds=60 + 5.0 * KILLS)
    yield site
    site.stop()


def test_kills_cost_at_most_the_open_block_of_the_agent_killed(site: KilledSite) -> None:
    site.start()
    killed = site.kill_at_random(KILLS, seed=20250328, between_s=BETWEEN_S)
    told = site.finish()
    assert site.late_s() < PLAYED_S, "the machine was too busy to play the instruments"
    assert (told["duplicated"], told["altered"]) == (0, 0)
    for channel in told["channels"]:
        agent = "pi-ground" if ".0A." in channel["nslc"] else "pi-roof"
        runs = channel["lost_runs"]
        assert len(runs) <= killed.count(agent), (channel["nslc"], runs)
        for run in runs:
            assert run["samples"] <= OPEN_BLOCK + UNCOMMITTED, (channel["nslc"], run)
    assert told["delivered"] - told["archived"] == told["lost"]
