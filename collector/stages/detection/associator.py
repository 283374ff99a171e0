"""Associator of one structure: triggers of its nodes become episodes that open, go on and close."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from plumbline.analysis.constants import GAL_MS2
from plumbline.collector.events.model import MOTION_KINDS, Event, EventKind
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
from plumbline.collector.stages.detection.settings import DetectionSettings
from plumbline.wire.block import FOREVER_NS, NS
from plumbline.wire.inventory.lookup import Place
from plumbline.wire.inventory.model import Role

GROUND_ROLES = (Role.GROUND, Role.FREE_FIELD)
LIVE_FRAMES = 120
"""Trigger frames that are remembered of each node: a minute."""
LATE_FRAMES = 2400
"""The same where one node's backlog may be ahead of another's: twenty minutes."""
LATE_INTERVALS_NS = 7 * 86_400 * NS
"""How long trigger intervals are remembered there: an agent may send days before the next. [ns]"""
STRAGGLERS_NS = 60 * NS
"""A closed episode still takes in stragglers for so long. [ns]"""


class Associator:
    """Trigger frames of the nodes of one structure, associated into episodes.

    Parameters
    ----------
    places
        Acceleration streams of the structure.
    late
        Whether its data came after their time.
    """

    def __init__(
        self, code: str, places: Sequence[Place], settings: DetectionSettings, *, late: bool = False
    ) -> None:
        self.code = code
        self._settings = settings
        self._late = late
        capacity = LATE_FRAMES if late else LIVE_FRAMES
        self.nodes = {
            place.node.code: NodeState(ground=place.node.role in GROUND_ROLES, capacity=capacity)
            for place in places
        }
        self._grounds = [name for name, node in self.nodes.items() if node.ground]
        self._rules = CoincidenceRules(
            detectors=tuple(
                detector
                for detector, enabled in zip(
                    DETECTORS, (settings.short_period, settings.long_period), strict=True
                )
                if enabled
            ),
            slack_ns=round(settings.coincidence_s * NS),
            straggler_ns=round(settings.straggler_s * NS),
            sway_ns=round(settings.sway_s * NS),
            sway_ms2=settings.sway_gal * GAL_MS2,
        )
        self.episodes: list[Episode] = []
        self._busy: set[str] = set()
        self._front_ns = 0
        self._forgot_ns = 0

    def update(self, name: str, frames: Sequence[TriggerFrame]) -> list[Episode]:
        """Take the trigger frames of a node and return the episodes they changed."""
        node = self.nodes[name]
        triggered = node.update(frames)
        self._front_ns = max(self._front_ns, node.front_ns)
        if not node.idle:
            self._busy.add(name)
        if not self._busy and not self.episodes:
            return []
        changed = [episode for episode in self.episodes if self._add_motion(episode, name, frames)]
        for episode in self._open_episodes():
            if self._extend_or_close(episode) and episode not in changed:
                changed.append(episode)
        if not self._late:
            changed += self._open_detected(changed)
        elif triggered:
            changed += self._open_shaking(changed)
        self._forget_old()
        return changed

    def close_stale(self, ended: str, *, before_ns: int) -> list[Episode]:
        """Close open episodes of which no sample came since a time; return them."""
        closed = []
        for episode in self._open_episodes():
            front_ns = self._drivers_front_ns(episode)
            if front_ns < before_ns:
                episode.close(min(episode.active_ns + self._quiet_ns, front_ns), ended)
                closed.append(episode)
        return closed

    def late_sway(self) -> list[Episode]:
        """Open the sway of late data, now that no ground sample can come any more; return it."""
        opened: list[Episode] = []
        while (
            detection := sway_in_hindsight(
                self.nodes, self._rules, self._episode_times(*MOTION_KINDS)
            )
        ) is not None:
            opened.append(self._open(detection))
        return opened

    def event(self, episode: Episode, evidence: Mapping[str, Any]) -> Event:
        """Return an episode as everyone else sees it."""
        grounds = list(self.nodes) if episode.kind is EventKind.SWAY else self._grounds
        return episode.event(grounds, self._settings, evidence)

    @property
    def _quiet_ns(self) -> int:
        return round(self._settings.quiet_s * NS)

    def _open_episodes(self) -> list[Episode]:
        return [episode for episode in self.episodes if episode.closed_ns is None]

    def _add_motion(self, episode: Episode, name: str, frames: Iterable[TriggerFrame]) -> bool:
        """Count frames in; return whether they changed what the node recorded in the episode."""
        closed_ns = episode.closed_ns
        inside = [t for t in frames if closed_ns is None or t.end_ns <= closed_ns]
        before = episode.motion.get(name)
        known = None if before is None else (before.peak_ms2, before.short_ns, before.long_ns)
        episode.add(name, inside)
        after = episode.motion.get(name)
        return after is not None and known != (after.peak_ms2, after.short_ns, after.long_ns)

    def _extend_or_close(self, episode: Episode) -> bool:
        """Extend an episode by the triggers that drive it, or close it; it is published anew."""
        intervals = sorted(self._driving_intervals(episode), key=lambda interval: interval.onset_ns)
        active_ns = episode.active_ns
        for interval in intervals:
            if interval.onset_ns <= active_ns + self._quiet_ns:
                active_ns = max(active_ns, interval.last_ns)
        episode.active_ns = active_ns
        front_ns = self._drivers_front_ns(episode)
        longest_ns = episode.onset_ns + round(self._settings.longest_s * NS)
        stale_ns = self._front_ns - round(self._settings.stale_s * NS)
        if front_ns < stale_ns and not self._late:  # late data of one agent may be far ahead
            episode.close(min(active_ns + self._quiet_ns, front_ns), "no more samples")
        elif front_ns >= active_ns + self._quiet_ns:
            episode.close(active_ns + self._quiet_ns, "quiet")
        elif front_ns >= longest_ns:
            episode.close(longest_ns, "longest time")
            for interval in intervals:
                self._split(interval, longest_ns)
        return True

    def _split(self, interval: TriggerInterval, at_ns: int) -> None:
        """Let what is still on count as a new trigger from here."""
        if interval.last_ns > at_ns and not interval.ended:
            interval.onset_ns, interval.known_ns = at_ns + 1, at_ns + 1

    def _driving_intervals(self, episode: Episode) -> list[TriggerInterval]:
        """Return the trigger intervals that hold an episode open."""
        drivers = self._drivers(episode)
        detectors = ("long_period",) if episode.kind is EventKind.SWAY else self._rules.detectors
        return [
            interval
            for name in drivers
            for detector in detectors
            for interval in self.nodes[name].intervals[detector]
            if interval.last_ns >= episode.onset_ns
        ]

    def _drivers(self, episode: Episode) -> list[str]:
        if episode.kind is EventKind.SWAY:
            return [name for name, node in self.nodes.items() if not node.ground]
        return self._grounds or list(self.nodes)

    def _drivers_front_ns(self, episode: Episode) -> int:
        return max(self.nodes[name].front_ns for name in self._drivers(episode))

    def _open_detected(self, changed: list[Episode]) -> list[Episode]:
        """Open what the rules find."""
        if opened := self._open_shaking(changed):
            return opened
        if self._open_episodes():
            return []
        taken = self._episode_times(*MOTION_KINDS)
        detection = sway(self.nodes, self._rules, taken)
        return [] if detection is None else [self._open(detection)]

    def _open_shaking(self, changed: list[Episode]) -> list[Episode]:
        """Open shaking if there is; it ends a sway that goes on."""
        open_by_kind = {episode.kind: episode for episode in self._open_episodes()}
        if EventKind.SHAKING in open_by_kind:
            return []
        detection = shaking(self.nodes, self._rules, self._episode_times(EventKind.SHAKING))
        if detection is None:
            return []
        if (swaying := open_by_kind.get(EventKind.SWAY)) is not None:
            swaying.close(max(detection.onset_ns, swaying.onset_ns), "the ground began to shake")
            changed.append(swaying)
        return [self._open(detection)]

    def _episode_times(self, *kinds: EventKind) -> list[tuple[int, int]]:
        """Return the times of episodes of these kinds."""
        return [
            (e.onset_ns, e.closed_ns if e.closed_ns is not None else FOREVER_NS)
            for e in self.episodes
            if e.kind in kinds
        ]

    def _open(self, detection: Detection) -> Episode:
        episode = Episode.from_detection(detection, self.code, self.nodes, late=self._late)
        self.episodes.append(episode)
        self._extend_or_close(episode)
        return episode

    def _forget_old(self) -> None:
        """Let go of what can no longer matter, once a second."""
        front_ns = self._front_ns
        if front_ns < self._forgot_ns + NS:
            return
        self._forgot_ns = front_ns
        before_ns = front_ns - (LATE_INTERVALS_NS if self._late else 2 * STRAGGLERS_NS)
        for name in list(self._busy):
            self.nodes[name].forget(before_ns)
            if self.nodes[name].idle:
                self._busy.discard(name)
        self.episodes = [e for e in self.episodes if self._is_relevant(e, before_ns)]

    def _is_relevant(self, episode: Episode, before_ns: int) -> bool:
        """Return whether an episode goes on, is recent, or still explains a trigger that is on."""
        closed_ns = episode.closed_ns
        return (
            closed_ns is None
            or closed_ns > before_ns
            or any(
                episode.onset_ns <= interval.known_ns <= closed_ns
                for name in self._busy
                for intervals in self.nodes[name].intervals.values()
                for interval in intervals
            )
        )

    def state(self) -> dict[str, Any]:
        """Return all but the frame buffers."""
        return {
            "nodes": {name: node.state() for name, node in self.nodes.items()},
            "episodes": [episode.state() for episode in self.episodes],
            "tidied_ns": self._forgot_ns,
        }

    def restore(self, state: Mapping[str, Any], buffers: Mapping[str, bytes]) -> None:
        """Take back :meth:`state` and the packed frames by node."""
        for name, node in self.nodes.items():
            node.restore(state["nodes"][name], buffers[name])
        self.episodes = [Episode.from_state(one) for one in state["episodes"]]
        self._busy = {name for name, node in self.nodes.items() if not node.idle}
        self._front_ns = max((node.front_ns for node in self.nodes.values()), default=0)
        self._forgot_ns = state["tidied_ns"]
