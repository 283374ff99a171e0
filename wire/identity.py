"""Who measured: network, structure, node and channel codes that fit SEED 2.4.

The FDSN names are network, station, location, channel; lengths are those of miniSEED 2.4, so that
no later conversion cuts a name and merges two nodes.
"""

import re
from dataclasses import dataclass

from plumbline.wire.errors import BadIdentity

_RULES = {
    "network": (r"[A-Z0-9]{1,2}", "1 or 2 capital letters or digits (XX is the test network)"),
    "structure": (r"[A-Z0-9]{1,5}", "1 to 5 capital letters or digits"),
    "node": (r"[A-Z0-9]{2}", "exactly 2 capital letters or digits"),
    "band_source": (r"[A-Z]{2}", "2 capital letters: band and source, as HN or LA"),
    "axes": (r"[A-Z0-9]{1,6}", "one capital letter or digit an axis, as ZNE or 12"),
}


def code_problem(field: str, code: str) -> str | None:
    """Return what is wrong with a code, or None."""
    pattern, expected = _RULES[field]
    if re.fullmatch(pattern, code):
        if field == "axes" and len(set(code)) != len(code):
            return f"axes {code!r}: each axis may be named once"
        return None
    return f"{field} code {code!r}: expected {expected}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamId:
    """One instrument's channels that are sampled together.

    Attributes
    ----------
    network
        FDSN network code, at most 2 characters.
    structure
        FDSN station code, at most 5.
    node
        FDSN location code, exactly 2.
    band_source
        FDSN band and source codes, as ``HN``.
    axes
        FDSN subsource codes in the order of the rows of a block, as ``ZNE``.

    Raises
    ------
    BadIdentity
        If a code breaks the rules of SEED 2.4.
    """

    network: str
    structure: str
    node: str
    band_source: str
    axes: str

    def __post_init__(self) -> None:
        problems = [code_problem(field, getattr(self, field)) for field in _RULES]
        if wrong := [problem for problem in problems if problem]:
            raise BadIdentity("; ".join(wrong))

    @property
    def key(self) -> str:
        """Name of the stream for topics, tables and files, as ``XX.TWR01.3A.HN``."""
        return f"{self.network}.{self.structure}.{self.node}.{self.band_source}"

    @property
    def channels(self) -> tuple[str, ...]:
        """Channel codes, one an axis, as ``("HNZ", "HNN", "HNE")``."""
        return tuple(self.band_source + axis for axis in self.axes)

    @property
    def nslc(self) -> tuple[str, ...]:
        """SEED names, one an axis, as ``XX.TWR01.3A.HNZ``."""
        return tuple(self.key + axis for axis in self.axes)

    def source_id(self, axis: str) -> str:
        """Return the FDSN source identifier of one axis."""
        band_source = "_".join(self.band_source)
        return f"FDSN:{self.network}_{self.structure}_{self.node}_{band_source}_{axis}"


def axis_of(source_id: str) -> tuple[str, str, str, str, str]:
    """Split an FDSN source identifier into network, structure, node, band+source, axis.

    Raises
    ------
    BadIdentity
        If the text is not ``FDSN:NET_STA_LOC_B_S_SS``.
    """
    parts = source_id.removeprefix("FDSN:").split("_")
    if not source_id.startswith("FDSN:") or len(parts) != 6:
        raise BadIdentity(f"source identifier {source_id!r}: expected FDSN:NET_STA_LOC_B_S_SS")
    network, structure, node, band, source, axis = parts
    return network, structure, node, band + source, axis
