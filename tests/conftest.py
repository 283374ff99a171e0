"""Test-wide rules: what is importable, what may not be left behind, what CI may not skip."""

import logging
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).resolve().parent))

NOT_OURS_TO_SHIP = "measured records not here"  # the one reason CI may skip for (tests/where.py)

settings.register_profile("plumbline", deadline=None)  # the machine may be busy
settings.load_profile("plumbline")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the files with slow tests begin first, so that no core waits for the last of them."""
    slow = {item.path for item in items if item.get_closest_marker("slow") is not None}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def nothing_left_behind(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """Fail a test that leaves a thread running, or logs an ERROR it does not expect."""
    before = set(threading.enumerate())
    yield
    ours = [t for t in threading.enumerate() if t not in before and not t.daemon]
    for thread in ours:
        thread.join(5.0)  # AnyIO tells its workers to end, and does not wait for them
    left = [thread.name for thread in ours if thread.is_alive()]
    assert left == [], f"threads left running: {left}"
    if request.node.get_closest_marker("logs_errors") is None:
        logged = caplog.get_records("call")
        errors = [r.getMessage() for r in logged if r.levelno >= logging.ERROR]
        assert errors == [], f"logged as ERROR: {errors}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[pytest.TestReport]:
    """Turn a skip into a failure under CI, but for records that are not ours to ship."""
    report = yield
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr)
        if NOT_OURS_TO_SHIP not in reason:
            report.outcome = "failed"
            report.longrepr = f"skipped, and CI may not skip: {reason}"
    return report
