"""Alerting engine: at every tick the next state is computed from what is stored."""

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from plumbline.collector.alerting.engine.clock_steps import ClockSteps
from plumbline.collector.alerting.engine.dispatch import Dispatch
from plumbline.collector.alerting.engine.escalation import Escalation
from plumbline.collector.alerting.engine.event_feed import EventFeed, EventRevisions
from plumbline.collector.alerting.engine.failover import Failover
from plumbline.collector.alerting.engine.inbound import Inbound
from plumbline.collector.alerting.engine.notification_writer import NotificationWriter
from plumbline.collector.alerting.engine.receipts import Receipts
from plumbline.collector.alerting.senders import senders_for
from plumbline.collector.alerting.senders.gammu_inbox import GammuInbox
from plumbline.collector.alerting.senders.inbox import Inbox
from plumbline.collector.alerting.senders.message import Sender
from plumbline.collector.alerting.settings import AlertingSettings, SenderName
from plumbline.collector.alerting.store.database import AlertStore, set_mark
from plumbline.wire.block import NS
from plumbline.wire.inventory.model import Inventory

TICKED = "last tick"
_NOTE_EVERY_NS = 5 * NS


class AlertEngine:
    """Follows events, calls people, sends, and takes their answers.

    It holds nothing between two ticks that is not in the store: killed at any moment, the next one
    goes on where it stopped.

    Parameters
    ----------
    store
        The alerting database.
    events
        The event store.
    senders
        The ways a message can leave, at least those the settings name.
    inbox
        Source of replies by SMS, if there is one.
    zones
        Time zone of each structure; UTC where none is given.
    steady_ns
        Returns the time since boot, which never steps; None where the time of day is no clock of
        this machine.
    """

    def __init__(
        self,
        *,
        store: AlertStore,
        events: EventRevisions,
        settings: AlertingSettings,
        senders: Mapping[SenderName, Sender],
        inbox: Inbox | None = None,
        zones: Mapping[str, dt.tzinfo] | None = None,
        steady_ns: Callable[[], int] | None = None,
    ) -> None:
        writer = NotificationWriter(settings=settings, zones=zones or {})
        failover = Failover(writer=writer)
        receipts = Receipts(store=store, writer=writer, senders=senders, failover=failover)
        self.store = store
        self._feed = EventFeed(store=store, events=events, writer=writer)
        # Answers before calls: who answers as the next call falls due stops it.
        self._passes: tuple[Callable[[int], None], ...] = (
            ClockSteps(store=store, settings=settings, steady=steady_ns).follow,
            self._check_events,
            self._feed.take,
            Inbound(store=store, writer=writer, inbox=inbox).take,
            receipts.collect,
            Escalation(store=store, writer=writer).advance,
            Dispatch(store=store, writer=writer, senders=senders, failover=failover).hand_over,
            self._note_tick,
        )
        self._checked = False
        self._noted_ns: int | None = None

    def tick(self, now_ns: int) -> None:
        """Do all that is due.

        Raises
        ------
        ExceptionGroup
            With what went wrong, after everything else was done.
        """
        faults: list[Exception] = []
        for one_pass in self._passes:
            try:
                one_pass(now_ns)
            except Exception as fault:  # a broken inbox must not stop alarms from going out
                faults.append(fault)
        if faults:
            raise ExceptionGroup("alerting", faults)

    def revision(self) -> int:
        """Return the last revision of the event store that was taken."""
        return self._feed.revision()

    def _check_events(self, now_ns: int) -> None:
        if not self._checked:
            self._feed.check_store(now_ns)
            self._checked = True

    def _note_tick(self, now_ns: int) -> None:
        if self._noted_ns is None or not 0 <= now_ns - self._noted_ns < _NOTE_EVERY_NS:
            with self.store.transaction() as tx:
                set_mark(tx, TICKED, now_ns)
            self._noted_ns = now_ns


def open_engine(
    settings: AlertingSettings,
    data: Path,
    events: EventRevisions,
    inventory: Inventory,
    steady_ns: Callable[[], int] | None = None,
) -> AlertEngine:
    """Return the engine over ``<data>/state/alerting.db`` with the senders of the settings."""
    gammu = SenderName.GAMMU_SMSD in {
        *settings.senders,
        *(name for person in settings.person for name in person.senders),
    }
    return AlertEngine(
        store=AlertStore(database(data)),
        events=events,
        settings=settings,
        senders=senders_for(settings, data),
        inbox=GammuInbox(settings.gammu.spool) if gammu else None,
        zones={one.code: ZoneInfo(one.timezone) for one in inventory.structure},
        steady_ns=steady_ns,
    )


def database(data: Path) -> Path:
    """Return where the alerting database of a collector lies."""
    return data / "state" / "alerting.db"
