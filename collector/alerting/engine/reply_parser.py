"""Parser of replies: codes of four digits with whatever stands around them, in any script.

The words are those of all message tables: people answer in the language they think in.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from plumbline.collector.alerting.settings import Language
from plumbline.collector.alerting.store.inspections import InspectionFinding
from plumbline.collector.alerting.text.messages import AnswerWords, table

_CODE = re.compile(r"(?<!\d)\d{4}(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply, as far as its words tell.

    Attributes
    ----------
    codes
        The numbers of four digits in it, each once, in order.
    negated
        True: it holds a *not*, and may mean the opposite of an answer.
    seen_word
        True: it is nothing but a word as *OK*.
    finding
        InspectionFinding of an inspection of the one code, as ``INSPECTED 4711 FIT``, or None.
    """

    codes: tuple[str, ...]
    negated: bool
    seen_word: bool
    finding: InspectionFinding | None = None


def plain(text: str) -> str:
    """Return a text with every kind of digit and letter in its plain form.

    Thai digits and those of other scripts become 0 to 9, full-width letters half-width ones;
    blanks at the ends and what a gateway pads with go.
    """
    text = unicodedata.normalize("NFKC", text.partition("\0")[0])
    digits = (str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return " ".join("".join(digits).split()).casefold()


def parse_reply(text: str) -> Reply:
    """Return the meaning of a reply."""
    words = plain(text).replace("\u2019", "'")
    codes = tuple(dict.fromkeys(_CODE.findall(words)))
    patterns = _patterns()
    finding = next(
        (finding for finding, pattern in patterns.findings if pattern.fullmatch(words)), None
    )
    return Reply(
        codes=codes,
        negated=patterns.negation.search(words) is not None,
        seen_word=patterns.seen.fullmatch(words) is not None,
        finding=finding if len(codes) == 1 else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patterns:
    seen: re.Pattern[str]
    negation: re.Pattern[str]
    findings: tuple[tuple[InspectionFinding, re.Pattern[str]], ...]


@cache
def _patterns() -> _Patterns:
    tables = [table(language).answer for language in Language]
    seen = _any(word for one in tables for word in one.seen)
    negations = _any(_whole(word) for one in tables for word in map(plain, one.negation))
    return _Patterns(
        seen=re.compile(rf"(?:{seen})[.!。]?"),
        negation=re.compile(negations),
        findings=tuple(_findings(tables)),
    )


def _findings(tables: list[AnswerWords]) -> Iterator[tuple[InspectionFinding, re.Pattern[str]]]:
    """Yield a pattern a finding: what releases must stand alone, *not fit* may be followed."""
    inspected = _any(word for one in tables for word in one.inspected)
    for finding, words in (
        (InspectionFinding.NOT_FIT, [word for one in tables for word in one.not_fit]),
        (InspectionFinding.FIT, [word for one in tables for word in one.fit]),
        (
            InspectionFinding.INSTRUMENT_FAULT,
            [word for one in tables for word in one.instrument_fault],
        ),
        (InspectionFinding.FALSE_ALARM, [word for one in tables for word in one.false_alarm]),
    ):
        rest = r"(?:[^\w].*)?" if finding is InspectionFinding.NOT_FIT else r"[.!。]?"
        found = _any(words)
        yield (
            finding,
            re.compile(rf"(?:{inspected})\s*[#:]?\s*\d{{4}}\s*[:,]?\s*(?:{found}){rest}"),
        )


def _any(words: Iterable[str]) -> str:
    plain_words = {one if one.startswith("(?") else re.escape(plain(one)) for one in words}
    return "|".join(sorted(plain_words, key=len, reverse=True))


def _whole(word: str) -> str:
    """Return a pattern: Latin words stand between blanks, Thai and Japanese ones anywhere."""
    return rf"(?:\b{re.escape(word)}\b)" if word.isascii() else rf"(?:{re.escape(word)})"
