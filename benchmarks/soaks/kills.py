"""SIGKILL of agents, collector and broker at random moments while data flow: 200, recounted.

Instruments on pseudo-terminals, two agents, mosquitto, a collector; the archive is counted against
the instruments' truth by ``tests/recount.py``, which uses nothing of ours.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.soaks.results import resumed, summed, upper_bound

TESTS = Path(__file__).resolve().parents[2] / "tests"
NAME = "kills"
KILLS, A_UNIT = 200, 20
BETWEEN_S = (0.3, 2.0)
PLAYED_S, TRIES = 3.0, 2  # recount looks for a sample so near its time, and no further
SECONDS_A_KILL = 30.0  # instruments run longer than any unit takes


def killed(seed: int) -> dict[str, Any]:
    """Do a unit, and again where the machine was too busy to play the instruments in time."""
    void = 0
    while (counted := tried(seed))["late_s"] > PLAYED_S and void < TRIES:
        void += 1
    return {**counted, "void": void}


def tried(seed: int) -> dict[str, Any]:
    """Kill so many times, let everything be taken in, and recount."""
    sys.path.insert(0, str(TESTS))
    from stories.killed_site import KilledSite, unexplained

    with tempfile.TemporaryDirectory() as name:
        site = KilledSite(Path(name), seconds=A_UNIT * SECONDS_A_KILL)
        try:
            site.start()
            done = site.kill_at_random(A_UNIT, seed, BETWEEN_S)
            report = site.finish()
            late_s = site.late_s()
        finally:
            site.stop()
    names = [kill.name for kill in done]
    lost = [run["samples"] for channel in report["channels"] for run in channel["lost_runs"]]
    return {
        "kills": len(done),
        **{who: names.count(who) for who in ("broker", "collector", *site.agents)},
        **{name: report[name] for name in ("delivered", "archived", "duplicated", "altered")},
        "gaps": len(lost),
        "longest_gap": max(lost, default=0),
        "late_s": late_s,
        "unexplained": sum(len(unexplained(channel, done)) for channel in report["channels"]),
    }


def lines(minutes: float | None) -> Iterator[dict[str, object]]:
    """Go on with the run and yield its counts and its bound."""
    found = resumed(NAME, KILLS // A_UNIT, killed, minutes)
    kills = int(summed(found, "kills"))
    broken = sum(any(one[name] for name in ("duplicated", "altered", "unexplained"))
                 for one in found)  # fmt: skip
    yield {
        "soak": "SIGKILL of agent, collector, broker at random moments while data flow",
        "kills": kills,
        "of": KILLS,
        **{
            name: int(summed(found, name))
            for name in ("broker", "collector", "pi-ground", "pi-roof", "delivered")
        },
        "duplicated": int(summed(found, "duplicated")),
        "altered": int(summed(found, "altered")),
        "gaps_beyond_what_a_killed_agent_had_read_since_its_last_commit": int(
            summed(found, "unexplained")
        ),
        "gaps": int(summed(found, "gaps")),
        "units_repeated_because_the_instruments_were_late": int(summed(found, "void")),
        "longest_gap_samples": max((one["longest_gap"] for one in found), default=None),
        "share_of_kills_that_break_the_budget_below": (
            round(upper_bound(broken) / kills, 4) if kills else None
        ),
        "confidence": 0.95,
    }
