"""Killed at seeded random moments, the whole path loses no committed sample and doubles none."""

import os
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from stories.killed_site import KilledSite, unexplained

KILLS = int(os.environ.get("PLUMBLINE_KILLS", "30"))  # a soak asks for 200
BETWEEN_S = (0.3, 2.0)
USUAL_GAP = 160  # samples: the open block, and what was read while it was committed
PLAYED_S = 3.0  # recount looks for a sample so near its time, and no further
pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(300 + 10 * KILLS)]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[KilledSite]:
    site = KilledSite(tmp_path, seconds=60 + 5.0 * KILLS)
    yield site
    site.stop()


def test_kills_cost_at_most_what_the_agent_killed_had_read_since_its_last_commit(
    site: KilledSite,
) -> None:
    site.start()
    kills = site.kill_at_random(KILLS, seed=20250328, between_s=BETWEEN_S)
    counts = site.finish()
    assert site.late_s() < PLAYED_S, "the machine was too busy to play the instruments"
    assert (counts["duplicated"], counts["altered"]) == (0, 0)
    gaps = []
    for channel in counts["channels"]:
        assert unexplained(channel, kills) == [], channel["nslc"]
        gaps += [run["samples"] for run in channel["lost_runs"]]
    # a machine whose disk is slow just then keeps more waiting; most of the time it does not
    assert median(gaps) <= USUAL_GAP
    assert counts["delivered"] - counts["archived"] == counts["lost"]
