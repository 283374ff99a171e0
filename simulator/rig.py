"""A rig: the site and its instruments on pseudo-terminals, paced by the wall clock, as one process.

``python -m plumbline.simulator.rig SPEC.toml`` makes the ports, waits until somebody has opened
every one of them (or ``wait_s`` is over), runs, and writes the truth. SIGTERM or SIGINT stops it
cleanly. One JSON line on standard output says that the ports are there, one that the site's time
began, and one at the end how many samples were made and how late bytes left at worst.
"""

import argparse
import heapq
import itertools
import json
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from plumbline.simulator.acts import Quake
from plumbline.simulator.chronicle import Chronicle
from plumbline.simulator.feed import Feed
from plumbline.simulator.line import Fate, LineDelivery
from plumbline.simulator.ports import Port
from plumbline.simulator.site import Site
from plumbline.simulator.spec import RigSpec
from plumbline.simulator.staging import SITE_RATE_HZ
from plumbline.simulator.truth import TruthWriter
from plumbline.wire.block import NS
from plumbline.wire.settings import read_settings

AHEAD_NS = 150_000_000
"""The site is computed this far ahead, so that bytes leave when they are due. [ns]"""
LONGEST_SLEEP_S = 0.05
SETTLING_S = 0.5
"""A listener that has just opened a port throws away what is in it; so long that may take. [s]"""
LAST_WORD_S = 2.0
"""How long the listeners are given to read what was sent last. [s]"""


class Rig:
    """Rig of simulated instruments, run in real time until its seconds are over or it is stopped.

    Attributes
    ----------
    late_ns
        How long after they were due bytes left at worst: a real instrument is never late, and
        where this one was the machine was too busy to play it. [ns]

    Raises
    ------
    ValueError
        If an instrument has an option it does not know, or a record is not there.
    FileExistsError
        If the folder of the truth holds another run's.
    """

    def __init__(self, spec: RigSpec) -> None:
        self._spec = spec
        for instrument in spec.instrument:
            Feed(instrument, spec, 0)
        for act in spec.act:
            if isinstance(act, Quake) and not act.record.is_file():
                raise ValueError(f"act: no record at {act.record}; make it or name another")
        if (spec.truth / "streams.json").exists():
            raise FileExistsError(f"{spec.truth} holds another run's truth; name an empty folder")
        spec.ports.mkdir(parents=True, exist_ok=True)
        self._ports = {i.port: Port(spec.ports / i.port) for i in spec.instrument}
        self.late_ns = 0
        self._stopped = False
        self._due: list[tuple[int, int, Feed, LineDelivery]] = []
        self._order = itertools.count()

    def stop(self) -> None:
        """Let the rig end; safe in a signal handler."""
        self._stopped = True

    def wait_for_listeners(self) -> None:
        """Return when every port is open at its other end, or the time for it is over."""
        deadline = time.monotonic() + self._spec.wait_s
        while not self._stopped and time.monotonic() < deadline:
            if all(port.is_open for port in self._ports.values()):
                time.sleep(SETTLING_S)
                return
            time.sleep(LONGEST_SLEEP_S)

    def run(self) -> int:
        """Run; return how many samples of all channels were emitted."""
        spec = self._spec
        begun_ns, mono_ns, site, feeds = self._built()
        facts = [fact for feed in feeds for fact in feed.instrument.facts]
        truth, chronicle = TruthWriter(spec.truth, facts), Chronicle(spec.act, begun_ns)
        truth.write_event({"what": "start", "at_ns": begun_ns, "structure": spec.structure.code})
        report(started_ns=begun_ns)
        end_ns = None if spec.seconds is None else begun_ns + round(spec.seconds * NS)
        ready_ns = begun_ns
        try:
            while not self._stopped:
                now_ns = begun_ns + time.monotonic_ns() - mono_ns
                if end_ns is not None and now_ns >= end_ns:
                    break
                while ready_ns < now_ns + AHEAD_NS:
                    frame = site.next_frame()
                    ready_ns = frame.start_ns + frame.n * NS // SITE_RATE_HZ
                    for event in chronicle.watch(frame):
                        truth.write_event(event)
                    for feed in feeds:
                        self._queue(feed, feed.take(frame))
                        self._converse(feed, now_ns)
                        for note in feed.instrument.notes:
                            truth.write_event({"port": feed.port, **note})
                        feed.instrument.notes.clear()
                    truth.flush()
                self._dispatch(now_ns, truth)
                self._sleep(now_ns)
        finally:
            for port in self._ports.values():
                port.unplug(LAST_WORD_S)
            late_s = round(self.late_ns / NS, 3)
            stop = {"what": "stop", "at_ns": time.time_ns(), "samples": truth.samples}
            truth.write_event({**stop, "late_s": late_s})
            truth.close()
        return truth.samples

    def _built(self) -> tuple[int, int, Site, list[Feed]]:
        """Return when the site's time begins (UTC and monotonic), the site and its instruments.

        On a busy machine building may outlast `AHEAD_NS`; then it is built anew with more time, so
        that no instrument begins late.
        """
        spec, ahead_ns = self._spec, AHEAD_NS
        while True:
            begun_ns, mono_ns = time.time_ns() + ahead_ns, time.monotonic_ns() + ahead_ns
            levels = [instrument.level for instrument in spec.instrument]
            site = Site(spec.structure, levels, spec.act, start_ns=begun_ns)
            feeds = [Feed(instrument, spec, begun_ns) for instrument in spec.instrument]
            if time.monotonic_ns() < mono_ns or self._stopped:
                return begun_ns, mono_ns, site, feeds
            ahead_ns *= 2

    def _queue(self, feed: Feed, deliveries: list[LineDelivery]) -> None:
        for delivery in deliveries:
            heapq.heappush(self._due, (delivery.arrival_ns, next(self._order), feed, delivery))

    def _converse(self, feed: Feed, now_ns: int) -> None:
        """Follow the cable, and let the instrument answer what the host wrote."""
        port = self._ports[feed.port]
        if feed.unplugged(now_ns):
            port.unplug()
        elif not port.plugged:
            port.plug()
        if received := port.read():
            self._queue(feed, feed.receive(received, now_ns))

    def _dispatch(self, now_ns: int, truth: TruthWriter) -> None:
        while self._due and self._due[0][0] <= now_ns:
            due_ns, _, feed, delivery = heapq.heappop(self._due)
            self.late_ns = max(self.late_ns, now_ns - due_ns)
            taken = self._ports[feed.port].write(delivery.payload)
            truth.record(delivery if taken else delivery.with_fate(Fate.UNHEARD))

    def _sleep(self, now_ns: int) -> None:
        if self._due:
            time.sleep(min(LONGEST_SLEEP_S, max(0.0005, (self._due[0][0] - now_ns) / NS)))
        else:
            time.sleep(LONGEST_SLEEP_S)


def report(**what: object) -> None:
    """Print a JSON line for the program that started the rig."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main(argv: list[str] | None = None) -> int:
    """Run a rig from its description; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m plumbline.simulator.rig",
        description="A shaken, sinking building that speaks real instrument bytes on ptys.",
    )
    parser.add_argument("spec", type=Path, help="description of the rig (TOML)")
    try:
        rig = Rig(read_settings(parser.parse_args(argv).spec, RigSpec))
    except (ValueError, OSError) as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2

    def stop(_signal: int, _frame: FrameType | None) -> None:
        rig.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    report(ports=True)
    rig.wait_for_listeners()
    report(samples=rig.run(), late_s=round(rig.late_ns / NS, 3))
    return 0


if __name__ == "__main__":
    sys.exit(main())
