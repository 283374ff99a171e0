"""Wording of messages: one table a language, never more than two segments.

The first line holds level, structure and code and fits one segment, because the second
may be late. What does not fit is left out from the least needed: the unit of the limit where it is
that of the value, the nodes, the end of the span, the hint how to answer. Value, unit, limit,
standing, time, action and code always stay. Where the owner of a limit has written what is to be
done, that stands in place of the table's words, unless it takes a third segment.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from plumbline.collector.alerting.settings import Language
from plumbline.collector.alerting.store.facts import Facts
from plumbline.collector.alerting.store.inspections import Inspection
from plumbline.collector.alerting.store.notification import Purpose
from plumbline.collector.alerting.text.messages import MessageTable, table
from plumbline.collector.alerting.text.quantity import number, quantity
from plumbline.collector.alerting.text.sms_segments import BUDGET, segments, size
from plumbline.collector.events.model import AlarmLevel, EventKind
from plumbline.wire.block import NS

_SHOWN_NODES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Wording of messages to one person: language, clock, and whether it is an exercise."""

    language: Language
    zone: dt.tzinfo
    exercise: bool = False

    def alarm(self, purpose: Purpose, facts: Facts, level: AlarmLevel, code: str) -> str:
        """Return the text of an alarm, of a change of its level, or of its all-clear."""
        words = self._words
        clear = purpose is Purpose.CLEAR
        fault = words.fault.get(facts.key.partition(":")[0]) if facts.key else None
        action = fault.action if fault else words.action[facts.kind][level]
        plain = words.after[facts.kind] if clear else action
        wanted = _action_of_limit(facts, level) if not clear else ""
        reply = () if purpose in _WITHOUT_REPLY else (words.line.reply.format(code=code),)
        when, span = self._when(facts.onset_ns), self._span(facts)
        where = words.line.where.format(when=span, nodes=_places(words, facts.nodes))
        full, short = self._heads(purpose, facts, level, code)
        return _first_that_fits(
            "\n".join(lines)
            for action in filter(None, (wanted, plain))
            for lines in (
                (full, where if facts.nodes else span, action, *reply),
                (short, where if facts.nodes else span, action, *reply),
                (short, span, action, *reply),
                (short, when, action, *reply),
                (short, when, action),
            )
        )

    def test_call(self, structure: str, code: str, at_ns: int) -> str:
        """Return the text of a test of the alarm path."""
        words = self._words
        head = f"{words.mark} " + words.line.test.format(structure=structure, code=code)
        reply = words.line.reply.format(code=code)
        return "\n".join([head, self._when(at_ns), words.no_action, reply])

    def bundle(self, count: int, codes: Sequence[str]) -> str:
        """Return the text that stands for several messages that were held back."""
        line = self._words.reply.bundle
        return _first_that_fits(
            self._marked(line.format(count=count, codes=_listed(codes, shown)))
            for shown in range(len(codes), -1, -1)
        )

    def not_understood(self, codes: Sequence[str]) -> str:
        """Return what is answered to a text that was not understood; lists what is open."""
        reply = self._words.reply
        lists = (_listed(codes, shown) for shown in range(len(codes), 0, -1))
        tries = [f"{reply.help}\n" + reply.open.format(codes=listed) for listed in lists]
        return _first_that_fits([*tries, reply.help])

    def acknowledged(self, code: str, by: str, structure: str, kind: EventKind) -> str:
        """Return the confirmation of an answer."""
        return self._words.reply.acknowledged.format(
            code=code, by=by, structure=structure, kind=self._words.kind[kind]
        )

    def with_stop(self, text: str) -> str:
        """Return a confirmation with the reminder that an answer never releases a STOP."""
        return f"{text}\n{self._words.reply.stop_stays}"

    def inspected(self, one: Inspection) -> str:
        """Return the confirmation of an inspection."""
        return self._words.reply.inspected.format(
            code=one.code,
            structure=one.structure,
            finding=self._words.finding[one.finding],
            by=one.person,
            clock=self._at(one.at_ns).strftime(self._words.line.clock),
        )

    def how_to_inspect(self, code: str) -> str:
        """Return how an inspection is recorded by SMS."""
        return self._words.reply.how_to_inspect.format(code=code)

    def may_not_inspect(self, code: str) -> str:
        """Return what is answered to somebody who may not inspect."""
        return self.with_stop(self._words.reply.may_not_inspect.format(code=code))

    def already(self, code: str, by: str, at_ns: int) -> str:
        """Return what is answered to somebody who was not the first."""
        clock = self._at(at_ns).strftime(self._words.line.clock)
        return self._words.reply.already.format(code=code, by=by, clock=clock)

    def closed(self, code: str) -> str:
        """Return what is answered about an incident that is closed."""
        return self._words.reply.closed.format(code=code)

    @property
    def _words(self) -> MessageTable:
        return table(self.language)

    def _marked(self, text: str) -> str:
        return f"{self._words.mark} {text}" if self.exercise else text

    def _heads(
        self, purpose: Purpose, facts: Facts, level: AlarmLevel, code: str
    ) -> tuple[str, str]:
        words = self._words
        template = {
            Purpose.RAISED: words.line.raised,
            Purpose.LOWERED: words.line.lowered,
            # How long something was silent is in its span; the value is from its beginning.
            Purpose.CLEAR: words.line.back if facts.kind in _WITHOUT_LIMIT else words.line.clear,
        }.get(purpose, words.line.alarm)
        if facts.late:
            template = words.line.late.format(text=template)
        full, short = (
            self._marked(
                template.format(
                    level=words.level[level],
                    structure=facts.structure,
                    code=code,
                    kind=kind,
                    value=quantity(facts.value, facts.unit),
                    measured=measured,
                ).strip()
            )
            for kind, measured in zip(_kinds(words, facts), _measured(words, facts), strict=True)
        )
        return full, short

    def _at(self, at_ns: int) -> dt.datetime:
        return dt.datetime.fromtimestamp(at_ns // NS, tz=self.zone)

    def _when(self, at_ns: int) -> str:
        line, at = self._words.line, self._at(at_ns)
        return line.when.format(
            day=at.strftime(line.day), clock=at.strftime(line.clock), offset=_offset(at)
        )

    def _span(self, facts: Facts) -> str:
        if facts.closed_ns is None:
            return self._when(facts.onset_ns)
        line, at = self._words.line, self._at(facts.onset_ns)
        return line.span.format(
            day=at.strftime(line.day),
            clock=at.strftime(line.clock),
            until=self._at(facts.closed_ns).strftime(line.clock),
            offset=_offset(at),
        )


_WITHOUT_REPLY = frozenset({Purpose.CLEAR, Purpose.LOWERED})
# What is silent or broken has no limit of a standard, and the message need not state that.
_WITHOUT_LIMIT = frozenset({EventKind.SILENCE, EventKind.HEALTH})


def _kinds(words: MessageTable, facts: Facts) -> tuple[str, str]:
    """Return what it is: with the name of the part at fault, and without."""
    sort, _, name = facts.key.partition(":")
    fault = words.fault.get(sort) if facts.key else None
    if fault is None:
        return words.kind[facts.kind], words.kind[facts.kind]
    return f"{fault.what} {name}".strip(), fault.what


def _measured(words: MessageTable, facts: Facts) -> tuple[str, str]:
    """Return value and limit as text: whole, and shorter where both have one unit."""
    value = quantity(facts.value, facts.unit) if not facts.key else ""
    line, limit = words.line, facts.limit
    if limit is None and facts.kind in _WITHOUT_LIMIT:
        return value, value
    if limit is None:
        unlimited = line.no_limit.format(value=value)
        return unlimited, unlimited
    same_unit = limit.unit == facts.unit
    sizes = (
        quantity(limit.value, limit.unit),
        number(limit.value) if same_unit else quantity(limit.value, limit.unit),
    )
    whole, short = (
        line.measured.format(
            value=value,
            limit=line.limit.format(limit=shown, standing=words.standing[limit.standing]),
        )
        for shown in sizes
    )
    return whole, short


def _action_of_limit(facts: Facts, level: AlarmLevel) -> str:
    """Return what the limit's owner wants done at a level, if the facts are of that level."""
    return facts.limit.action if facts.limit is not None and facts.level is level else ""


def _offset(at: dt.datetime) -> str:
    return at.isoformat()[-6:]


def _places(words: MessageTable, nodes: Sequence[str]) -> str:
    if len(nodes) <= _SHOWN_NODES:
        return " ".join(nodes)
    return words.line.places.format(first=nodes[0], more=len(nodes) - 1)


def _listed(codes: Sequence[str], shown: int) -> str:
    left = len(codes) - shown
    return " ".join(codes[:shown]) + (f" +{left}" if left else "")


def _first_that_fits(texts: Iterable[str]) -> str:
    """Return the first text whose first line is whole in its segment, or that fits, or the last."""
    tries = list(texts)
    fitting = [text for text in tries if segments(text) <= BUDGET]
    return next(filter(_first_line_whole, fitting), None) or (fitting or tries[-1:])[0]


def _first_line_whole(text: str) -> bool:
    return len(text.partition("\n")[0]) <= size(text).parts[0]
