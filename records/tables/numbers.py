"""Numbers as tables write them: decimal commas, thousands, and the codes loggers put for "none"."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

GERMAN = re.compile(r"^[+-]?\d{1,3}(\.\d{3})*,\d+$")
BLANKS = re.compile("[\u0020\u00a0\u202f']")

FULL_SCALE = (32767.0, 32768.0)
CODES = (
    *(9999.0, 99999.0, 999999.0, 9999999.0, 99.99, 999.99, 9999.99),
    *(999.0, 999.25, 999.9, 7999.0, 6999.0, 1e30, 1e38, *FULL_SCALE),
)
"""What loggers print, either sign, for "no reading"."""

NONE = frozenset(
    ["", "nan", "na", "n/a", "#n/a", "null", "none", "-", "--", "---", "*", "inf", "-inf"]
)
"""Words for "no reading"."""

TIMES_LARGER = 5.0
"""Than every other reading of the column, in size, or than their range, away from them: then such
a value is the code. [1]"""

FEWEST_OTHERS = 5


def numbers(words: Sequence[str]) -> NDArray[Any]:
    """Return a column as numbers, NaN where a word is none, shape ``(n,)``.

    Of point and comma in one word the last is the decimal sign; a comma alone is one too. Where
    a column holds words as ``1.234,5`` its points part thousands everywhere.
    """
    try:
        return np.array([float(word) if word else np.nan for word in words])
    except ValueError:
        thousands = any("." in word and GERMAN.match(word.strip()) for word in words)
        return np.array([_number(word, thousands) for word in words])


def is_number(word: str) -> bool:
    """Tell whether a word is a finite number."""
    return bool(np.isfinite(_number(word, thousands=False)))


def without_codes(
    values: NDArray[Any], codes: Sequence[float] = CODES
) -> tuple[NDArray[Any], dict[float, int]]:
    """Take codes for "no reading" out of a column; return it with how many of each there were."""
    code = np.isin(np.abs(values), codes)
    others = values[~code & np.isfinite(values)]
    if not code.any() or others.size < FEWEST_OTHERS:
        return values, {}
    low, high = others.min(), others.max()
    away = np.maximum(low - values, values - high)
    far = (np.abs(values) > TIMES_LARGER * np.abs(others).max()) | (
        (away > TIMES_LARGER * (high - low)) & (high > low)
    )
    code &= far
    found, counts = np.unique(values[code], return_counts=True)
    return np.where(code, np.nan, values), {
        float(value): int(count) for value, count in zip(found, counts, strict=True)
    }


def not_numbers(name: str, words: Sequence[str], values: NDArray[Any]) -> list[str]:
    """Return what to say of a column's words that were to be numbers and are none."""
    if not np.any(np.isnan(values)):
        return []
    odd = [word for word, value in zip(words, values, strict=True) if np.isnan(value)]
    odd = [word for word in odd if word.lower() not in NONE and not is_number(word)]
    if not odd:
        return []
    shown = ", ".join(repr(word[:20]) for word in list(dict.fromkeys(odd))[:3])
    return [f"{name}: cells that are no number: {len(odd)} ({shown})"]


def _number(word: str, thousands: bool) -> float:
    word = BLANKS.sub("", word.strip()).replace("\u2212", "-")
    if "," in word:
        if word.rfind(".") > word.rfind(","):
            word = word.replace(",", "")
        else:
            word = word.replace(".", "").replace(",", ".")
    elif thousands:
        word = word.replace(".", "")
    try:
        return float(word)
    except ValueError:
        return float("nan")
