"""Floor response spectra of an episode, and the roof against the base."""

from collections.abc import Mapping, Sequence
from typing import Any

from plumbline.wire.inventory.model import Node, Role

SHORTEST_SHARED = 0.9
"""Below this completeness of either node, peaks may lie in a gap, and a ratio is not whole. [1]"""


def base_and_roof(nodes: Sequence[Node]) -> tuple[Node | None, Node | None]:
    """Return the base and the roof of a structure.

    The base is the lowest node of role ground; without one the lowest of the structure itself.
    A free-field node is never the base: it does not feel what the building does to its ground.
    The roof is the highest node of role roof; without one the highest of the structure. Of nodes
    on one level the first by code is taken. A node is never both.
    """
    grounds = [node for node in nodes if node.role is Role.GROUND]
    roofs = [node for node in nodes if node.role is Role.ROOF]
    floors = [node for node in nodes if node.role is Role.STRUCTURE]
    base = min(grounds or floors, key=lambda node: (node.level, node.code), default=None)
    roof = min(roofs or floors, key=lambda node: (-node.level, node.code), default=None)
    if base is not None and roof is not None and base.level >= roof.level:
        return (base, None) if base.role is Role.GROUND else (None, roof)
    return base, roof


def structure_measures(
    nodes: Sequence[Node], measured: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return floor spectra and ratios from the measures of the nodes.

    Parameters
    ----------
    nodes
        The nodes that have an accelerometer.
    measured
        By node code, what `node_measures` returned; a node without samples is not in it.
    """
    base, roof = base_and_roof(nodes)
    levels = sorted({node.level for node in nodes if node.role is not Role.FREE_FIELD})
    floors = [
        {"level": level, "nodes": spectra}
        for level in levels
        if (
            spectra := {
                node.code: _floor(measured[node.code])
                for node in sorted(nodes, key=lambda node: node.code)
                if node.level == level
                and node.role is not Role.FREE_FIELD
                and node.code in measured
            }
        )
    ]
    return {
        "base": None if base is None else base.code,
        "roof": None if roof is None else roof.code,
        "floors": floors,
        "roof_to_base": _ratio(base, roof, measured),
        "without_samples": sorted(node.code for node in nodes if node.code not in measured),
    }


def _floor(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return pseudo-acceleration of a floor, axis by axis, 5 % damping."""
    return {
        "periods_s": node["axes"][0]["spectrum"]["periods_s"],
        "psa_ms2": {axis["channel"]: axis["spectrum"]["psa_ms2"] for axis in node["axes"]},
    }


def _ratio(
    base: Node | None, roof: Node | None, measured: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any] | None:
    """Return roof over base for every axis both have in the same direction."""
    if base is None or roof is None:
        return None
    if base.code not in measured or roof.code not in measured:
        return None
    low, high = measured[base.code], measured[roof.code]
    below = {(a["vertical"], a["azimuth_deg"]): a for a in low["axes"]}
    axes = {
        above["channel"]: {
            "pga": _over(abs(above["pga_ms2"]), abs(under["pga_ms2"])),
            "pgv": _over(abs(above["pgv_ms"]), abs(under["pgv_ms"])),
            "psa": [
                _over(a, b)
                for a, b in zip(
                    above["spectrum"]["psa_ms2"], under["spectrum"]["psa_ms2"], strict=True
                )
            ],
        }
        for above in high["axes"]
        if (under := below.get((above["vertical"], above["azimuth_deg"]))) is not None
    }
    share = min(low["window"]["completeness"], high["window"]["completeness"])
    return {
        "pga_vector": _over(high["peaks"]["pga_vector_ms2"], low["peaks"]["pga_vector_ms2"]),
        "periods_s": low["axes"][0]["spectrum"]["periods_s"],
        "axes": axes,
        "whole": share >= SHORTEST_SHARED,
    }


def _over(above: float, below: float) -> float | None:
    return above / below if below > 0 else None
