"""Axis letters in the heading of a column: ``X`` of ``Acc_X``, ``ax`` or ``X-Axis (g)``."""

import re

from plumbline.records.tables.units import without_unit

AXIS_WORD = re.compile(r"(?:^|[\s_.\-])([A-Za-z]{1,2})$|^([A-Za-z])[\s_-]*axis\b", re.IGNORECASE)
AXES = frozenset("XYZNEUDVLTRHSW") | {"NS", "EW", "UD", "SN", "WE", "DU"}


def axis_word(name: str) -> str:
    """Return the axis in a column's name, ``X`` of ``Acc_X``, ``ax`` or ``X-Axis (g)``, or none."""
    match = AXIS_WORD.search(without_unit(name))
    word = (match[1] or match[2]).upper() if match else ""
    if len(word) == 2 and word not in AXES and word[1] in "XYZ":
        word = word[1]
    return word if word in AXES else ""


def without_axis(name: str) -> str:
    """Return a column's name without axis letter and unit: ``roof`` of ``roof_X (g)``."""
    return AXIS_WORD.sub("", without_unit(name)).strip(" _.-")
