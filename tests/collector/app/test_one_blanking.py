"""One ``hold_after_s`` for the limits of tilt and for the residual comparison alike."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from deformation_rig import HOUR_NS, START_HOUR_NS, fed, known, limit, saved_events

from plumbline.collector.app.databases import Databases
from plumbline.collector.app.job_table import JobTable
from plumbline.collector.app.settings import CollectorSettings
from plumbline.collector.events.model import AlarmLevel, Event, EventKind
from plumbline.collector.stages.deformation.stage import DeformationStage
from plumbline.wire.block import NS

SHAKING_ENDS_NS = START_HOUR_NS + 60 * NS


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Databases]:
    opened = Databases(tmp_path)
    yield opened
    opened.close()


@pytest.mark.parametrize("hold_after_s", [30, 90])
def test_one_setting_blanks_limits_and_residual_alike(tmp_path, stores, hold_after_s):
    section = {
        "window_s": 20, "step_s": 10, "hold_after_s": hold_after_s,
        "limit": [limit("0T.LA").model_dump(exclude={"node"})],
    }  # fmt: skip
    settings = CollectorSettings.model_validate({"data": tmp_path, "deformation": section})
    shaking = Event(
        id="quake", kind=EventKind.SHAKING, structure="TWR01", onset_ns=START_HOUR_NS + 30 * NS,
        closed_ns=SHAKING_ENDS_NS, detector="short_period", level=AlarmLevel.AMBER, value=5.0,
        unit="gal",
    )  # fmt: skip
    stores.events.save(shaking)
    at = known()
    stage = DeformationStage(
        settings=settings.deformation, places=at, events=stores.events, start=0
    )
    tilt = np.where(np.arange(400) < 30, 0.0, 150.0) * np.array([[1.0], [0.0]])
    stage.take(fed(at, {"0T.LA": tilt}), 0)
    (event,) = [e for e in saved_events(stores.events) if e.kind is EventKind.TILT]
    ends_ns = SHAKING_ENDS_NS + hold_after_s * NS
    # At least half of the first window that crosses lies behind the blanking.
    assert 10 <= (event.onset_ns - ends_ns) / NS <= 20
    job = JobTable(settings=settings, places=at, stores=stores).table()["afterwards"]()
    blanked = job._blanking.between("TWR01", START_HOUR_NS, START_HOUR_NS + HOUR_NS)
    assert blanked == [(shaking.onset_ns - 10 * NS, ends_ns)]
    job.close()
