"""The process dies at any moment: nothing is told twice, and nothing is forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from stories.alerting_story import NS, PhoneNetwork, Story

from plumbline.collector.alerting.senders.message import Handed, Message
from plumbline.collector.alerting.store.database import AlertStore
from plumbline.collector.events.model import AlarmLevel


class _Died(BaseException):
    """The process died here."""


class Fate:
    """Counts the moments at which a process can die, and lets it die at one of them."""

    def __init__(self, dies_at: int = -1) -> None:
        self.moments = 0
        self.dies_at = dies_at
        self.armed = False

    def moment(self) -> None:
        self.moments += self.armed
        if self.armed and self.moments == self.dies_at:
            self.armed = False
            raise _Died


class DyingNetwork(PhoneNetwork):
    """Dies before or after a hand-over."""

    def __init__(self, fate: Fate) -> None:
        super().__init__()
        self.fate = fate

    def submit(self, message: Message, now_ns: int) -> Handed:
        self.fate.moment()
        handed = super().submit(message, now_ns)
        self.fate.moment()
        return handed


def dying_store(fate: Fate) -> type[AlertStore]:
    """Return a store that dies before a commit, or right after it."""

    class DyingStore(AlertStore):
        @contextmanager
        def transaction(self) -> Iterator[Any]:
            with super().transaction() as tx:
                yield tx
                fate.moment()
            fate.moment()

    return DyingStore


def messages_sent(
    folder: Path, fate: Fate, monkeypatch: pytest.MonkeyPatch
) -> list[tuple[str, str]]:
    """Play an alarm, a graver one, its end and the second person; return who got which message."""
    with Story(folder) as story:
        with monkeypatch.context() as patched:
            patched.setattr("stories.alerting_story.AlertStore", dying_store(fate))
            story.network = DyingNetwork(fate)
            story.restart()
        began_ns = story.now_ns
        revisions = (
            {"level": AlarmLevel.AMBER},
            {"level": AlarmLevel.RED},
            {"level": AlarmLevel.RED, "closed_ns": began_ns + 3 * NS},
        )
        fate.armed = True
        for revision in revisions:
            story.events.save(story.event(onset_ns=began_ns, **revision))
            _live(story)
        story.now_ns = began_ns + 200 * NS
        _live(story)
        fate.armed = False
        story.acknowledge()
        story.forward(300, every_s=60)
        messages = [(one.person, one.text.split()[0]) for one in story.network.delivered]
        story._seen["network"] = len(messages)
    return messages


def _live(story: Story) -> None:
    """Tick twice; who dies comes back, and ticks twice again."""
    try:
        story.forward(1)
    except _Died:
        story.restart()
        story.forward(31)


def test_killed_at_any_moment_everybody_is_told_once(tmp_path, monkeypatch):
    undisturbed = Fate()
    expected = messages_sent(tmp_path / "undisturbed", undisturbed, monkeypatch)
    assert [person for person, _ in expected] == ["Somchai", "Somchai", "Somchai", "Mali"]
    for dies_at in range(1, undisturbed.moments):
        messages = messages_sent(tmp_path / str(dies_at), Fate(dies_at), monkeypatch)
        assert messages == expected, f"died at moment {dies_at} of {undisturbed.moments}"
