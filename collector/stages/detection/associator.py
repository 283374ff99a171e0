"""The watch over one structure: its nodes, its episodes, when they open, go on and close."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from plumbline.collector.events.model import Event, EventKind
from plumbline.collector.stages.detection.coincidence import (
    CoincidenceRules,
    Detection,
    shaking,
    sway,
    sway_in_hindsight,
)
from plumbline.collector.stages.detection.episode import Episode
from plumbline.collector.stages.detection.frames import TriggerFrame
from plumbline.collector.stages.detection.node_state import DETECTORS, NodeState, TriggerInterval
from plumbline.collector.stages.detection.settings import GAL, DetectionSettings
from plumbline.wire.block import NS
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Role

GROUNDS = (Role.GROUND, Role.FREE_FIELD)
LIVE_TICKS = 120
"""Ticks that are remembered of each node: a minute."""
LATE_TICKS = 2400
"""The same where one node's backlog may be ahead of another's: twenty minutes."""
LATE_SPANS_NS = 7 * 86_400 * NS
"""How long triggers are remembered there: an agent may hand in days before the next begins. [ns]"""
SETTLED_NS = 60 * NS
"""A closed episode still takes in stragglers for so long. [ns]"""


class Associator:
    """One structure.

    Parameters
    ----------
    places
        Its acceleration streams.
    late
        Whether it is told of data that came after its time.
    """

    def __init__(
        self, code: str, places: Sequence[Place], settings: DetectionSettings, *, late: bool = False
    ) -> None:
        self.code = code
        self._settings = settings
        self._late = late
        kept = LATE_TICKS if late else LIVE_TICKS
        self.nodes = {
            place.node.code: NodeState(ground=place.node.role in GROUNDS, kept=kept)
            for place in places
        }
        self._grounds = [name for name, node in self.nodes.items() if node.ground]
        self._rules = CoincidenceRules(
            detectors=tuple(
                detector
                for detector, listened in zip(
                    DETECTORS, (settings.short_period, settings.long_period), strict=True
                )
                if listened
            ),
            slack_ns=round(settings.coincidence_s * NS),
            straggler_ns=round(settings.straggler_s * NS),
            sway_ns=round(settings.sway_s * NS),
            sway_ms2=settings.sway_gal * GAL,
        )
        self.episodes: list[Episode] = []
        self._busy: set[str] = set()
        self._front_ns = 0
        self._tidied_ns = 0

    def hear(self, name: str, ticks: Sequence[TriggerFrame]) -> list[Episode]:
        """Take the ticks of a node and return the episodes they changed."""
        node = self.nodes[name]
        triggered = node.hear(ticks)
        self._front_ns = max(self._front_ns, node.front_ns)
        if not node.idle:
            self._busy.add(name)
        if not self._busy and not self.episodes:
            return []
        changed = [episode for episode in self.episodes if self._felt(episode, name, ticks)]
        for episode in self._going_on():
            if self._follow(episode) and episode not in changed:
                changed.append(episode)
        if not self._late:
            changed += self._opened(changed)
        elif triggered:
            changed += self._shaking(changed)
        self._forget()
        return changed

    def end(self, ended: str, *, before_ns: int) -> list[Episode]:
        """Close what goes on though no sample of it came since a time; return what was closed."""
        closed = []
        for episode in self._going_on():
            front_ns = self._drivers_front(episode)
            if front_ns < before_ns:
                episode.close(min(episode.active_ns + self._quiet_ns, front_ns), ended)
                closed.append(episode)
        return closed

    def settled(self) -> list[Episode]:
        """Open the sway of late data, now that no ground node can still speak; return it."""
        opened: list[Episode] = []
        while (
            finding := sway_in_hindsight(
                self.nodes, self._rules, self._taken(EventKind.SHAKING, EventKind.SWAY)
            )
        ) is not None:
            opened.append(self._open(finding))
        return opened

    def event(self, episode: Episode, said: Mapping[str, Any]) -> Event:
        """Return an episode as everyone else sees it."""
        grounds = list(self.nodes) if episode.kind is EventKind.SWAY else self._grounds
        return episode.event(grounds, self._settings, said)

    @property
    def _quiet_ns(self) -> int:
        return round(self._settings.quiet_s * NS)

    def _going_on(self) -> list[Episode]:
        return [episode for episode in self.episodes if episode.closed_ns is None]

    def _felt(self, episode: Episode, name: str, ticks: Iterable[TriggerFrame]) -> bool:
        """Count ticks in; tell whether the episode is still of interest to this node."""
        closed_ns = episode.closed_ns
        inside = [t for t in ticks if closed_ns is None or t.end_ns <= closed_ns]
        before = episode.felt.get(name)
        known = None if before is None else (before.peak_ms2, before.short_ns, before.long_ns)
        episode.add(name, inside)
        after = episode.felt.get(name)
        return after is not None and known != (after.peak_ms2, after.short_ns, after.long_ns)

    def _follow(self, episode: Episode) -> bool:
        """Move an episode on; tell whether it was closed or is to be told anew."""
        spans = sorted(self._driving(episode), key=lambda span: span.onset_ns)
        active_ns = episode.active_ns
        for span in spans:
            if span.onset_ns <= active_ns + self._quiet_ns:
                active_ns = max(active_ns, span.last_ns)
        episode.active_ns = active_ns
        front_ns = self._drivers_front(episode)
        longest_ns = episode.onset_ns + round(self._settings.longest_s * NS)
        stale_ns = self._front_ns - round(self._settings.stale_s * NS)
        if front_ns < stale_ns and not self._late:  # late data of one agent may be far ahead
            episode.close(min(active_ns + self._quiet_ns, front_ns), "no more samples")
        elif front_ns >= active_ns + self._quiet_ns:
            episode.close(active_ns + self._quiet_ns, "quiet")
        elif front_ns >= longest_ns:
            episode.close(longest_ns, "longest time")
            for span in spans:
                self._split(span, longest_ns)
        return True

    def _split(self, span: TriggerInterval, at_ns: int) -> None:
        """Let what is still on count as a new trigger from here."""
        if span.last_ns > at_ns and not span.ended:
            span.onset_ns, span.known_ns = at_ns + 1, at_ns + 1

    def _driving(self, episode: Episode) -> list[TriggerInterval]:
        """Return the spans that keep an episode open."""
        drivers = self._drivers(episode)
        detectors = ("long_period",) if episode.kind is EventKind.SWAY else self._rules.detectors
        return [
            span
            for name in drivers
            for detector in detectors
            for span in self.nodes[name].spans[detector]
            if span.last_ns >= episode.onset_ns
        ]

    def _drivers(self, episode: Episode) -> list[str]:
        if episode.kind is EventKind.SWAY:
            return [name for name, node in self.nodes.items() if not node.ground]
        return self._grounds or list(self.nodes)

    def _drivers_front(self, episode: Episode) -> int:
        return max(self.nodes[name].front_ns for name in self._drivers(episode))

    def _opened(self, changed: list[Episode]) -> list[Episode]:
        """Open what the rules find."""
        if opened := self._shaking(changed):
            return opened
        if self._going_on():
            return []
        finding = sway(self.nodes, self._rules, self._taken(EventKind.SHAKING, EventKind.SWAY))
        return [] if finding is None else [self._open(finding)]

    def _shaking(self, changed: list[Episode]) -> list[Episode]:
        """Open shaking if there is; it ends a sway that goes on."""
        going_on = {episode.kind: episode for episode in self._going_on()}
        if EventKind.SHAKING in going_on:
            return []
        finding = shaking(self.nodes, self._rules, self._taken(EventKind.SHAKING))
        if finding is None:
            return []
        if (swaying := going_on.get(EventKind.SWAY)) is not None:
            swaying.close(max(finding.onset_ns, swaying.onset_ns), "the ground began to shake")
            changed.append(swaying)
        return [self._open(finding)]

    def _taken(self, *kinds: EventKind) -> list[tuple[int, int]]:
        """Return the times of episodes of these kinds."""
        return [
            (e.onset_ns, e.closed_ns if e.closed_ns is not None else 2**62)
            for e in self.episodes
            if e.kind in kinds
        ]

    def _open(self, finding: Detection) -> Episode:
        episode = Episode.opened(finding, self.code, self.nodes, late=self._late)
        self.episodes.append(episode)
        self._follow(episode)
        return episode

    def _forget(self) -> None:
        """Let go of what can no longer matter, once a second."""
        front_ns = self._front_ns
        if front_ns < self._tidied_ns + NS:
            return
        self._tidied_ns = front_ns
        before_ns = front_ns - (LATE_SPANS_NS if self._late else 2 * SETTLED_NS)
        for name in list(self._busy):
            self.nodes[name].forget(before_ns)
            if self.nodes[name].idle:
                self._busy.discard(name)
        self.episodes = [e for e in self.episodes if self._matters(e, before_ns)]

    def _matters(self, episode: Episode, before_ns: int) -> bool:
        """Tell whether an episode goes on, is recent, or still explains a trigger that is on."""
        closed_ns = episode.closed_ns
        return (
            closed_ns is None
            or closed_ns > before_ns
            or any(
                episode.onset_ns <= span.known_ns <= closed_ns
                for name in self._busy
                for spans in self.nodes[name].spans.values()
                for span in spans
            )
        )

    def state(self) -> dict[str, Any]:
        """Return all but the histories."""
        return {
            "nodes": {name: node.state() for name, node in self.nodes.items()},
            "episodes": [episode.state() for episode in self.episodes],
            "tidied_ns": self._tidied_ns,
        }

    def restore(self, state: Mapping[str, Any], histories: Mapping[str, bytes]) -> None:
        """Take back :meth:`state` and the histories by node."""
        for name, node in self.nodes.items():
            node.restore(state["nodes"][name], histories[name])
        self.episodes = [Episode.restored(one) for one in state["episodes"]]
        self._busy = {name for name, node in self.nodes.items() if not node.idle}
        self._front_ns = max((node.front_ns for node in self.nodes.values()), default=0)
        self._tidied_ns = state["tidied_ns"]
