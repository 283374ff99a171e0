"""The unit of a column of motion, from its heading or a word of the user's."""

import re

from plumbline.records import Unit

BRACKETED = re.compile(r"[\[(]([^\])]*)[\])]\s*$")
PLAIN = str.maketrans({"²": "2", "^": "", "*": "", " ": "", "·": "", ".": ""})

KNOWN = {str(unit): unit for unit in Unit if unit not in (Unit.COUNTS, Unit.UNSTATED, Unit.G_TENTH)}
OTHERWISE = {
    **dict.fromkeys(("m/s/s", "m/sec2", "mps2", "ms2", "ms-2"), Unit.MS2),
    **dict.fromkeys(("cm/s2", "cm/s/s", "cm/sec2", "cms2", "cms-2", "gals"), Unit.GAL),
    **dict.fromkeys(("mm/s/s", "mm/sec2", "mms2", "mms-2"), Unit.MMS2),
    **dict.fromkeys(("m/sec", "mps"), Unit.MS),
    **dict.fromkeys(("cm/sec", "cms", "cmps", "kine"), Unit.CMS),
    **dict.fromkeys(("mm/sec", "mms", "mmps"), Unit.MMS),
    **dict.fromkeys(("milli-g", "millig"), Unit.MILLI_G),
    **dict.fromkeys(("count", "counts"), Unit.COUNTS),
}
"""As others write them, without signs of powers and blanks."""

# Behind the name of a column a lone letter is more often an axis or a place than metres.
ENDING = re.compile(
    r"[\s_,](mm_s2|cm_s2|m_s2|mm_s|cm_s|m_s|[mc]?m/s(?:ec)?(?:/s|\^?[2²]|\*\*2)?|[mc]?ms2|mps2?|mms"
    r"|cms|gal|m?g|mm|cm)$",
    re.IGNORECASE,
)
FOREIGN = re.compile(
    r"^([kmh]?pa|psi|m?bar|db.*|°?[cf]|deg ?[cf]|celsius|m?v|volts?|m?a|%|%? ?rh|hz|rpm|[mun]?rad"
    r"|deg|°|ppm|lux|kn?|[µμu][εe]|in|in/s|ips)$"
)


def unit_of_word(word: str) -> Unit | None:
    """Return the unit a word means, in any usual spelling; None if it is none of motion."""
    plain = word.strip().lower().translate(PLAIN)
    return KNOWN.get(plain) or OTHERWISE.get(plain)


def unit_of_heading(name: str) -> Unit:
    """Return the unit in brackets at the end of a column's name, or behind its last sign."""
    bracketed = BRACKETED.search(name)
    if bracketed is not None:
        return unit_of_word(bracketed[1]) or Unit.UNSTATED
    ending = ENDING.search(name.strip())
    if ending is None:
        return Unit.UNSTATED
    return unit_of_word(ending[1].replace("_", "/")) or unit_of_word(ending[1]) or Unit.UNSTATED


def is_of_something_else(name: str) -> bool:
    """Tell whether a heading states a unit that is none of motion, as ``mic (Pa)`` does."""
    bracketed = BRACKETED.search(name)
    return bracketed is not None and bool(FOREIGN.match(bracketed[1].strip().lower()))


def without_unit(name: str) -> str:
    """Return a column's name without its unit: ``vx`` of ``vx_mm/s`` and of ``vx (mm/s)``."""
    bare = BRACKETED.sub("", name.strip()).strip()
    ending = ENDING.search(bare)
    return bare if ending is None else bare[: ending.start()].strip(" ,_")
