"""A month of pile driving at full rate on all nodes: shaking must never open.

Banks, triggers, rules and episodes are the collector's own; only journal and store are left out.
"""

from collections.abc import Iterator

import numpy as np

from benchmarks.soaks.results import resumed, summed, upper_bound
from benchmarks.soaks.sites import BLOWS_GAL, NODES, Piling
from benchmarks.soaks.watching import Tally, installed
from plumbline.collector.stages.detection.pipeline import DetectionPipeline
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.collector.stages.detection.trigger_banks import BankPiece
from plumbline.wire.block import NS

NAME = "piling"
STRUCTURES, HOURS, DAYS = 90, 1.0, 30.0
RATE_HZ = 100.0
CHUNK_S = 20
BLOCK_S = 5
START_NS = 1_782_000_000 * NS


def soaked(structures: int, hours: float, seed: int) -> dict[str, float]:
    """Let piles be driven beside structures and return what was counted."""
    known = installed(structures, RATE_HZ, "Z12")
    site, own, tally = (
        Piling(structures, seed),
        DetectionPipeline(known, DetectionSettings()),
        Tally(),
    )
    keys = [f"XX.S{one:04d}.{node}.HN" for one in range(structures) for node in NODES]
    size = round(BLOCK_S * RATE_HZ)
    blows_gal: list[float] = []
    for at_s in range(0, round(hours * 3600), CHUNK_S):
        accel = site.chunk(round(CHUNK_S * RATE_HZ))
        blows_gal.append(100 * float(np.abs(accel).max(axis=(2, 3)).min()))
        rows = accel.reshape(structures * 3, 3, -1)
        for block in range(CHUNK_S // BLOCK_S):
            start_ns = START_NS + (at_s + block * BLOCK_S) * NS
            cut = rows[:, :, block * size : (block + 1) * size]
            pieces = [
                BankPiece(
                    number=number,
                    key=key,
                    accel_ms2=cut[number],
                    start_ns=start_ns,
                    restart=at_s == block == 0,
                )
                for number, key in enumerate(keys)
            ]
            output = own.banks.feed(pieces)
            for number, ticks in sorted(output.items()):
                tally.add(own.update(keys[number], ticks))
    return {
        "structure_hours": structures * hours,
        **tally.counts(),
        "blows_on_every_node_gal": round(float(np.median([x for x in blows_gal if x > 5])), 1),
    }


def lines(minutes: float | None) -> Iterator[dict[str, object]]:
    """Go on with the run and yield its counts and its bound."""
    units = int(np.ceil(DAYS * 24 / (STRUCTURES * HOURS)))
    found = resumed(NAME, units, lambda seed: soaked(STRUCTURES, HOURS, seed), minutes)
    days = summed(found, "structure_hours") / 24
    shaking = int(summed(found, "shaking"))
    yield {
        "soak": "pile driving on all nodes, 0.7 a second, 10 min runs: full rate, 3 nodes x 3 axes",
        "structure_days": round(days, 2),
        "of": DAYS,
        "shaking": shaking,
        "shaking_a_structure_day_below": round(upper_bound(shaking) / days, 3) if days else None,
        "confidence": 0.95,
        "sway": int(summed(found, "sway")),
        "every_blow_at_least_gal": BLOWS_GAL[0],
        "median_peak_of_20_s_on_the_quietest_node_gal": min(
            (one["blows_on_every_node_gal"] for one in found), default=None
        ),
    }
