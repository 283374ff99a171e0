"""The data path: broker to journal to archive, assembled; the part that may never stop."""

from collections.abc import Callable

from plumbline.collector.app.settings import CollectorSettings
from plumbline.collector.health.conditions import Conditions
from plumbline.collector.health.last_seen import LastSeen
from plumbline.collector.ingest.inbox import MessageInbox
from plumbline.collector.ingest.ingest import Ingest
from plumbline.collector.ingest.quarantine import Quarantine
from plumbline.collector.ingest.quarantine_upkeep import QuarantineUpkeep
from plumbline.collector.ingest.recovery import opened_ledger, retry_quarantine
from plumbline.collector.ingest.resend import ResendRequester
from plumbline.collector.ingest.subscriber import Subscriber
from plumbline.collector.ingest.watermarks import WatermarkPublisher
from plumbline.collector.ingest.worker import IngestWorker
from plumbline.collector.journal import Journal
from plumbline.wire.inventory import Inventory
from plumbline.wire.inventory.lookup import places


class Intake:
    """Opens the journal and the ledger, then takes what the broker brings.

    Parameters
    ----------
    now_ns
        The collector's clock.
    """

    def __init__(
        self,
        settings: CollectorSettings,
        inventory: Inventory,
        now_ns: Callable[[], int],
        *,
        conditions: Conditions,
        last_seen: LastSeen,
    ) -> None:
        self._now_ns = now_ns
        state = settings.data / "state"
        self.places = places(inventory)
        self.conditions = conditions
        self.last_seen = last_seen
        self.journal = Journal(settings.data / "journal", settings.journal, now_ns)
        self.ledger = opened_ledger(state / "ledger.db", self.journal)
        self.quarantine = Quarantine(settings.data / "quarantine", settings.quarantine.bound_mb)
        self.inbox = MessageInbox(maxsize=settings.broker.inbox)
        self.subscriber = Subscriber(
            settings.broker,
            client_id=settings.client_id,
            inbox=self.inbox,
            conditions=self.conditions,
            now_ns=now_ns,
        )
        self.watermarks = WatermarkPublisher(
            self.ledger, self.journal.store_id, self.subscriber.publish
        )
        self.resend = ResendRequester(self.ledger, self.conditions, self.subscriber.command)
        self.ingest = Ingest(
            journal=self.journal,
            ledger=self.ledger,
            quarantine=self.quarantine,
            places=self.places,
            last_seen=self.last_seen,
            conditions=self.conditions,
            note_topic=self._note_topic,
        )
        self.worker = IngestWorker(
            inbox=self.inbox,
            ingest=self.ingest,
            ledger=self.ledger,
            journal=self.journal,
            watermarks=self.watermarks,
            resend=self.resend,
            last_seen=self.last_seen,
            conditions=self.conditions,
            now_ns=now_ns,
            group_s=settings.journal.group_ms / 1e3,
            upkeep=QuarantineUpkeep(
                settings.quarantine, self.quarantine, self.ingest, self.places
            ).tick,
        )

    def start(self) -> None:
        """Take again what waited in quarantine, then listen."""
        retry_quarantine(self.quarantine, self.ingest, self.places, self._now_ns())
        self.worker.start()
        self.subscriber.start()

    def stop_accepting(self) -> None:
        """Take in what has arrived, publish what is held, and take no more."""
        self.subscriber.stop_accepting()
        self.worker.stop()

    def close(self) -> None:
        """Leave the broker and close the files."""
        self.subscriber.stop()
        self.journal.close()

    def _note_topic(self, topic: str, stream: str) -> None:
        self.watermarks.note_topic(topic, stream)
        self.resend.note_topic(topic, stream)
