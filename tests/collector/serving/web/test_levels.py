"""The page shows every limit: its level, whose word it is, who answers for it, what it lacks."""

import json
import subprocess
import urllib.request
from pathlib import Path

import pytest
from deformation_rig import limit
from places import START_NS
from servers.programs import program
from shaken_page import Page

from plumbline.analysis.limit_standing import Adoption, Standing
from plumbline.collector.app.limit_listing import limit_text
from plumbline.collector.app.limit_register import Registered
from plumbline.collector.events.model import AlarmLevel
from plumbline.collector.limits.approval import LimitApproval
from plumbline.collector.stages.deformation.status import CurrentLevel

CHAI = Adoption(engineer="S. Chai", date="2026-03-02", document="RPT-017 rev B")


def row(level: AlarmLevel, value: float, standing: Standing, *quality: str, **words: object):
    given = limit(standing="candidate", **words)
    adopted = CHAI if standing is Standing.PROJECT else None
    one = Registered(
        limit=given,
        where="deformation.limit[0]",
        approval=LimitApproval(standing=standing, adoption=adopted),
        live=True,
    )
    now = CurrentLevel(
        limit_id=given.id, structure="TWR01", channels=("0T.LA",), nodes=("0T",), level=level,
        since_ns=START_NS, at_ns=START_NS, value=value, unit=given.unit, quality=quality,
        standing=standing, evidence={},
    )  # fmt: skip
    return limit_text(one, now)


ROWS = [
    row(AlarmLevel.GREEN, 12.0, Standing.CANDIDATE, edition="1963", name="literature"),
    row(
        AlarmLevel.RED, 250.0, Standing.PROJECT, "2A.LA missing",
        owner="P. Wong", action={"red": "Stop piling, survey the raft"},
    ),
]  # fmt: skip


def test_the_page_is_told_every_limit(page: Page, url: str) -> None:
    page.levels = ROWS
    with urllib.request.urlopen(url + "api/now") as answer:
        levels = json.load(answer)["levels"]
    assert [each["may_page"] for each in levels] == [False, True]
    assert levels[1]["adopted"]["engineer"] == "S. Chai"


@pytest.mark.real
def test_a_browser_shows_the_gravest_level_first(page: Page, url: str, tmp_path: Path) -> None:
    page.levels = ROWS
    words = [program("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"]
    words += ["--no-first-run", "--disable-background-networking", "--disable-component-update"]
    words += ["--disable-sync", f"--user-data-dir={tmp_path / 'profile'}", "--timeout=6000"]
    words += ["--virtual-time-budget=6000", "--dump-dom", f"{url}?lang=en"]
    dom = subprocess.run(words, capture_output=True, text=True, timeout=150, check=True).stdout
    table = dom.partition('id="levels"')[2].partition("</table>")[0]
    assert table.index("RED") < table.index("GREEN")
    for text in (
        "250 µrad", "lacks: 2A.LA missing", "S. Chai, 2026-03-02, RPT-017 rev B", "P. Wong",
        "Stop piling, survey the raft", "candidate (calls nobody)", "RPT-017 (1963)",
    ):  # fmt: skip
        assert text in table
    assert "No level means that the structure is safe." in dom
