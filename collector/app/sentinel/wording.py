"""The sentinel's messages in the languages of its people, never more than two segments."""

import datetime as dt
import tomllib
from functools import cache
from importlib.resources import files

from plumbline.collector.alerting.settings import Language
from plumbline.collector.app.sentinel.judgement import Fault
from plumbline.wire.block import NS
from plumbline.wire.settings import Settings


class SentinelMessages(Settings):
    """The messages of one language; names in braces are filled in."""

    mark: str
    unreachable: str
    blind: str
    silent: str
    back: str
    test: str


@cache
def messages(language: Language) -> SentinelMessages:
    """Return the messages of a language."""
    path = files("plumbline.collector.app.sentinel.messages") / f"{language}.toml"
    return SentinelMessages.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


class SentinelWording:
    """What people read.

    Parameters
    ----------
    zone
        Clock of the site.
    exercise
        Puts the TEST mark before every message.
    """

    def __init__(self, site: str, zone: dt.tzinfo, *, exercise: bool) -> None:
        self._site, self._zone, self._exercise = site, zone, exercise

    def fault(self, language: Language, fault: Fault, began_ns: int) -> str:
        """Return the call."""
        template = str(getattr(messages(language), fault))
        return self._marked(language, template.format(site=self._site, when=self._when(began_ns)))

    def back(self, language: Language, began_ns: int, back_ns: int) -> str:
        """Return the word that it is over."""
        text = messages(language).back.format(
            site=self._site, when=self._when(back_ns), began=self._when(began_ns)
        )
        return self._marked(language, text)

    def test(self, language: Language, now_ns: int) -> str:
        """Return a test call."""
        words = messages(language)
        text = words.test.format(site=self._site, when=self._when(now_ns))
        return f"{words.mark} {text}"

    def _marked(self, language: Language, text: str) -> str:
        return f"{messages(language).mark} {text}" if self._exercise else text

    def _when(self, time_ns: int) -> str:
        return f"{dt.datetime.fromtimestamp(time_ns // NS, tz=self._zone):%m-%d %H:%M}"
