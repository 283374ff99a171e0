"""Three days after a main shock: what each person heard, and what stood on the page."""

from pathlib import Path
from typing import Any

import pytest
from stories.alerting_story import NS, START_NS, Story

from plumbline.collector.alerting.views import inspecting
from plumbline.collector.events.model import AlarmLevel, Event

DOCUMENT = Path(__file__).parents[2] / "docs" / "three-days.md"
PEOPLE: dict[str, Any] = {
    "person": [
        {"name": "Anan", "phone": "+66810000001", "language": "en"},
        {"name": "Bua", "phone": "+66810000002", "language": "en"},
        {"name": "Chai", "phone": "+66810000003", "language": "en", "may_inspect": True},
    ],
    "step": [{"people": [name], "delay_s": 300} for name in ("Anan", "Bua", "Chai")],
    "rounds": 1,
}
HEAD = """# Three days after a main shock

Made by `tests/stories/test_alerting_three_days.py`, which fails when that changes.
A is Anan, B Bua, C Chai, who may inspect. *n* × says how often somebody was called.

| what happened | what each person heard | on the page |
|---|---|---|
"""


class Days:
    """The story, written down as it goes."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.events: dict[str, Event] = {}
        self.rows: list[str] = []
        self._seen = 0

    def write(self, what: str) -> str:
        """Add a row: what was heard since the row before, and the word now."""
        fresh = self.story.network.delivered[self._seen :]
        self._seen = self.story._seen["network"] = len(self.story.network.delivered)
        heard: dict[tuple[str, str], int] = {}
        for one in fresh:
            first = one.text.partition("\n")[0]
            key = (one.person[0], first)
            heard[key] = heard.get(key, 0) + 1
        lines: dict[tuple[str, int], list[str]] = {}
        for (person, text), times in heard.items():
            lines.setdefault((text, times), []).append(person)
        said = [
            f"{' '.join(people)}{f' {times} ×' if times > 1 else ''}: {text}"
            for (text, times), people in lines.items()
        ]
        stands = inspecting.standing(self.story.path, "TWR01", list(self.events.values()))
        word = "STOP" if stands.stop else "LOOK" if stands.look else "nothing stands"
        elapsed_s = (self.story.now_ns - START_NS) // NS
        clock = f"day {1 + elapsed_s // 86_400}, {elapsed_s % 86_400 // 3600} h"
        clock += f" {elapsed_s % 3600 // 60:02} min"
        self.rows.append(f"| {clock}: {what} | {'<br>'.join(said) or '-'} | {word} |")
        return word

    def shakes(self, name: str, level: AlarmLevel, lasts_s: float = 40) -> None:
        """Let the ground shake for some seconds."""
        self.events[name] = self.story.happens(name, level=level)
        self.story.forward(lasts_s, every_s=5)
        self.events[name] = self.story.ends(self.events[name])
        self.story.forward(0)


def test_three_days_after_a_main_shock(tmp_path):
    with Story(tmp_path, **PEOPLE) as story:
        days = Days(story)
        days.shakes("main", AlarmLevel.RED)
        code = story.code()
        assert days.write("main shock, RED, over after 40 s") == "STOP"
        story.forward(700, every_s=5)
        days.shakes("first", AlarmLevel.AMBER)
        assert days.write("nobody answers; a first aftershock, AMBER") == "STOP"
        story.forward(600, every_s=5)
        story.restart()
        days.write("the collector is started again")
        story.forward(6 * 3600, every_s=30)
        days.shakes("second", AlarmLevel.AMBER)
        days.shakes("third", AlarmLevel.AMBER)
        assert days.write("a night without an answer; two more aftershocks") == "STOP"
        assert [one.incident.code for one in story.open()] == [code]
        story.receives_reply("+66810000002", f"OK {code} thanks, on my way")
        assert days.write(f"B answers: OK {code} thanks, on my way") == "STOP"
        story.forward(20 * 3600, every_s=600)
        assert days.write("a day on which nobody inspects") == "STOP"
        story.receives_reply("+66810000003", f"INSPECTED {code} NOT FIT crack at B3")
        assert days.write(f"C: INSPECTED {code} NOT FIT crack at B3") == "STOP"
        story.forward(20 * 3600, every_s=600)
        story.receives_reply("+66810000002", f"INSPECTED {code} FIT")
        assert days.write(f"B, who may not inspect: INSPECTED {code} FIT") == "STOP"
        story.receives_reply("+66810000003", f"INSPECTED {code} FIT")
        assert days.write(f"shored and looked at again; C: INSPECTED {code} FIT") != "STOP"
        story.forward(12 * 3600, every_s=600)
        days.shakes("late", AlarmLevel.RED)
        second = story.code()
        assert second != code
        story.receives_reply("+66810000001", second)
        assert days.write("another RED aftershock; A answers") == "STOP"
    text = HEAD + "\n".join(days.rows) + "\n"
    if not DOCUMENT.exists():
        DOCUMENT.write_text(text, encoding="utf-8")
        pytest.fail(f"{DOCUMENT.name} was not there and has been written; read it")
    assert DOCUMENT.read_text(encoding="utf-8") == text
