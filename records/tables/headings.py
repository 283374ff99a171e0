"""What the heading of a column says: the unit of a time, its zone, the unit of a reading."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from plumbline.records.tables.time_numbers import TimeUnit

WORDS_OF_UNITS: dict[TimeUnit, str] = {
    TimeUnit.NANOSECONDS: "ns nanoseconds",
    TimeUnit.MICROSECONDS: "us µs μs microseconds",
    TimeUnit.MILLISECONDS: "ms msec millis milliseconds",
    TimeUnit.SECONDS: "s sec secs second seconds sekunden วินาที",
    TimeUnit.MINUTES: "min mins minute minutes minuten นาที",
    TimeUnit.HOURS: "h hr hrs hour hours std stunden ชั่วโมง",
    TimeUnit.DAYS: "d day days dy tage doy dayno วัน",
    TimeUnit.WEEKS: "wk week weeks wochen สัปดาห์",
    TimeUnit.MONTHS: "month months monate เดือน",
    TimeUnit.YEARS: "yr yrs year years jahre ปี",
    TimeUnit.MJD: "mjd",
    TimeUnit.JULIAN: "jd",
    TimeUnit.DATENUM: "datenum",
    TimeUnit.SERIAL: "excel serial",
}
UNIT_OF_WORD = {word: unit for unit, words in WORDS_OF_UNITS.items() for word in words.split()}

DATES = re.compile(r"^(date|datetime|timestamp|datum|zeitstempel|วันที่|วันเวลา)$")
TIMES = re.compile(
    DATES.pattern[:-2] + r"|times?|when|utc|epoch|zeit|elapsed|เวลา)$",
)

ZONE = re.compile(r"^(?:UTC|GMT|Z)\s*(?:([+-])\s*(\d{1,2})(?::?(\d\d))?)?$", re.IGNORECASE)
NAMED_ZONES_H = {"ict": 7.0, "thailand": 7.0, "bangkok": 7.0, "asia/bangkok": 7.0, "jst": 9.0}

READING_UNIT = re.compile(
    r"^(mm|cm|m|[µμu]m|in|ft|[mµμun]?rad|deg|°|arcsec|arcmin|mm/m|m?gon|%|‰|[µμu][εe]|[km]?pa|m?bar"
    r"|kn|hz|m?v|ma|m?g|gal|degc|°c)$",
    re.IGNORECASE,
)
TEMPERATURE = re.compile(r"^(p?temps?|temperatur[ea]?|อุณหภูมิ)$")
HOUSEKEEPING = frozenset({"batt", "battery", "panel", "ptemp", "logger", "cpu", "board"})
T_ALONE = re.compile(r"^t([_ ]?(c|degc|°c|air|amb|ambient))?$", re.IGNORECASE)
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
SIGNS = re.compile(r"[\s_.\-/,:;#()\[\]]+")


class Stated(NamedTuple):
    """What a heading says of the times below it.

    Attributes
    ----------
    unit
        Unit of plain numbers; None if it says none.
    zone_h
        Hours the clock is ahead of UTC; None if it says none. [h]
    """

    unit: TimeUnit | None
    zone_h: float | None


def stated_of_time(name: str, unit: str) -> Stated:
    """Return what the heading of a time column says, its unit in brackets or an outer word."""
    zone = next((hours for word in (unit, name) if (hours := _zone_h(word)) is not None), None)
    words = [unit.lower().strip("."), *words_of(name)[::-1]]
    outer = (words[0], *words[1:2], words[-1])
    return Stated(next((UNIT_OF_WORD[word] for word in outer if word in UNIT_OF_WORD), None), zone)


def names_time(name: str) -> bool:
    """Tell whether a heading is that of a time column: it begins with a word for one.

    A unit alone is one too, unless it is a letter or ``min``: those may be readings.
    """
    words = words_of(name)
    if not words:
        return False
    if TIMES.match(words[0]):
        return True
    united = words[-1] in UNIT_OF_WORD
    if words[0] == "t":
        return len(words) == 1 or united
    alone = set(words[1:]) <= {"no", "nr", "number", "since", "start"}
    return words[0] in UNIT_OF_WORD and len(words[0]) > 1 and words[0] != "min" and alone


def mentions_time(name: str) -> bool:
    """Tell whether a heading has a word for time anywhere, as ``Measured time`` has."""
    return any(TIMES.match(word) for word in words_of(name))


def names_date(name: str) -> bool:
    """Tell whether a heading says that dates stand below it."""
    return any(DATES.match(word) for word in words_of(name))


def unit_of_reading(name: str) -> str:
    """Return the unit a heading ends with, as ``settlement_mm`` or ``tilt X urad``; "" if none."""
    parts = re.split(r"[\s_,]+", name.strip())
    return parts[-1] if len(parts) > 1 and READING_UNIT.match(parts[-1]) else ""


def temperature_of(names: Sequence[str]) -> str | None:
    """Return the first name that says temperature, of the air or structure before a logger's."""
    found = [name for name in names if T_ALONE.match(name) or _temperature_word(name)]
    return min(found, key=lambda name: bool(HOUSEKEEPING & set(words_of(name))), default=None)


def words_of(name: str) -> list[str]:
    """Return the words of a name in small letters: ``airTemp_Avg`` has three."""
    return [word.lower() for word in SIGNS.split(CAMEL.sub(" ", name)) if word]


def _temperature_word(name: str) -> bool:
    return any(TEMPERATURE.match(word) for word in words_of(name))


def _zone_h(word: str) -> float | None:
    """Return a zone's hours ahead of UTC: of the whole word, or of what follows a blank."""
    for part in (word.strip(), word.strip().rpartition(" ")[2]):
        if part.lower() in NAMED_ZONES_H:
            return NAMED_ZONES_H[part.lower()]
        match = ZONE.match(part)
        if match and match[1]:
            return float(f"{match[1]}1") * (int(match[2]) + int(match[3] or 0) / 60)
        if match and part.upper() != "Z":
            return 0.0
    return None
