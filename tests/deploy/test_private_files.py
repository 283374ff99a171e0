"""What people said and who is called can be read by the collector and its group alone."""

import os
import stat
from pathlib import Path

import pytest

from plumbline.collector.alerting.senders.folder import OutboxFolder
from plumbline.collector.alerting.senders.gammu import GammuSpool
from plumbline.collector.alerting.senders.message import Message, Sender
from plumbline.collector.app.private_files import keep_private
from plumbline.collector.events.model import AlarmLevel

MESSAGE = Message(
    id=1, attempt=1, person="Mali", phone="+66898765432", text="RED", segments=1,
    level=AlarmLevel.RED, created_ns=10**18,
)  # fmt: skip


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=["outbox", "gammu"])
def sender(request: pytest.FixtureRequest, tmp_path: Path) -> Sender:
    (tmp_path / "outbox").mkdir()
    return OutboxFolder(tmp_path / "outbox") if request.param == "outbox" else GammuSpool(tmp_path)


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_a_message_is_read_by_owner_and_group_whatever_the_umask(
    sender: Sender, tmp_path: Path, umask: int
) -> None:
    before = os.umask(umask)
    try:
        sender.submit(MESSAGE, 10**18)
    finally:
        os.umask(before)
    (path,) = (tmp_path / "outbox").iterdir()
    assert mode(path) == 0o640


def test_a_message_belongs_to_the_group_of_the_spool(tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"
    outbox.mkdir()
    group = 12345 if os.geteuid() == 0 else max(os.getgroups() or [os.getgid()])
    os.chown(outbox, -1, group)
    GammuSpool(tmp_path).submit(MESSAGE, 10**18)
    (path,) = outbox.iterdir()
    assert path.stat().st_gid == group
    assert mode(path) == 0o640


def test_what_an_earlier_version_left_open_is_closed(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir(mode=0o755)
    path = tmp_path / "state" / "alerting.db"
    path.write_bytes(b"")
    path.chmod(0o644)
    before = os.umask(0o022)
    try:
        keep_private(tmp_path)
        (tmp_path / "state" / "events.db").write_bytes(b"")
    finally:
        os.umask(before)
    assert mode(path) == 0o640
    assert mode(tmp_path / "state" / "events.db") == 0o640
    assert mode(tmp_path / "state") == 0o750
