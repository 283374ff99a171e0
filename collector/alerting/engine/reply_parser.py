"""Parser of replies: a code of four digits, with or without a word, in whatever digits."""

import re
import unicodedata
from dataclasses import dataclass

# "I have seen it", as people write it: English, Thai, Japanese.
_WORDS = (
    "acknowledged",
    "ack",
    "ok",
    "a",
    "รับทราบ",
    "รับทราบครับ",
    "รับทราบค่ะ",
    "了解",
    "了解です",
    "了解しました",
)
_WORD = "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True))
_ANSWER = re.compile(rf"(?:(?:{_WORD})\s*)?[#:]?\s*(\d{{4}})\s*(?:{_WORD})?[.!。]?")
_WORD_ALONE = re.compile(rf"(?:{_WORD})[.!。]?")


@dataclass(frozen=True, slots=True)
class Code:
    """An answer to the incident with this code."""

    code: str


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """An answer without a code: to the one incident that waits, if there is one only."""


@dataclass(frozen=True, slots=True)
class Unparsed:
    """Not an answer."""


Reply = Code | Acknowledge | Unparsed


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
    words = plain(text)
    if found := _ANSWER.fullmatch(words):
        return Code(found[1])
    return Acknowledge() if _WORD_ALONE.fullmatch(words) else Unparsed()
