"""The databases of a data folder: the schema of each, and what to do where it is damaged."""

from typing import NamedTuple

from plumbline.collector.alerting.store import database as alerting
from plumbline.collector.archive import index as archive
from plumbline.collector.events import store as events
from plumbline.collector.field.labels import store as labels
from plumbline.collector.field.levelling import store as levelling
from plumbline.collector.ingest import ledger_store, quarantine
from plumbline.collector.jobs.modal import store as modal
from plumbline.collector.jobs.residual import store as residual
from plumbline.collector.jobs.strong_motion import store as strong_motion
from plumbline.collector.limits import adoptions
from plumbline.collector.stages.influxdb import state as influxdb
from plumbline.collector.storage.database import Schema


class StateDatabase(NamedTuple):
    """One SQLite file.

    Attributes
    ----------
    schema
        Its tables, the newest version this program knows, and what it holds in words.
    to_do
        What an operator does where it cannot be read.
    tables
        Tables that must be there.
    json_columns
        Columns of JSON text, as ``table.column``.
    always
        True: every collector makes it at its first start.
    """

    schema: Schema
    to_do: str
    tables: tuple[str, ...]
    json_columns: tuple[str, ...] = ()
    always: bool = True


FROM_BACKUP = "bring it back from a backup (plumbline restore)"
ANEW = "move it away: it is begun anew"
DATABASES: dict[str, StateDatabase] = {
    "state/ledger.db": StateDatabase(
        ledger_store.SCHEMA,
        "move it away: it is made anew from the journal, and agents send again what is older",
        ("meta", "boots", "pages"),
        ("boots.held", "boots.refused", "boots.conflicts"),
    ),
    "state/archive.db": StateDatabase(
        archive.SCHEMA,
        FROM_BACKUP + "; without it no day file can be appended to",
        ("meta", "open_files", "day_files", "channels", "chunks"),
    ),
    "state/events.db": StateDatabase(
        events.SCHEMA,
        FROM_BACKUP + ", or move it away: detection begins anew and past events are lost",
        ("event", "snapshot", "counter"),
        ("event.body",),
    ),
    "state/alerting.db": StateDatabase(
        alerting.SCHEMA,
        FROM_BACKUP + ", or move it away: open alarms are made anew from the events",
        ("incident", "incident_event", "notification", "inbound", "silence", "audit", "mark"),
        ("incident_event.facts",),
    ),
    "state/limits.db": StateDatabase(
        adoptions.SCHEMA,
        FROM_BACKUP + ", or adopt the limits again: until then they call nobody",
        ("adoption", "audit"),
    ),
    "state/episodes.db": StateDatabase(
        strong_motion.SCHEMA,
        ANEW + " from the archive",
        ("measure", "waiting", "region", "member", "counter"),
        ("measure.body", "region.body"),
    ),
    "state/modal.db": StateDatabase(
        modal.SCHEMA,
        FROM_BACKUP + ", or move it away: a new baseline takes its days",
        ("window", "baseline", "state", "again", "known_stage"),
        ("window.body", "baseline.body", "state.body"),
    ),
    "state/afterwards.db": StateDatabase(
        residual.SCHEMA, ANEW + " from the archive", ("look", "counter"), ("look.body",)
    ),
    "state/series.db": StateDatabase(
        influxdb.SCHEMA,
        ANEW + "; fill InfluxDB with plumbline rebuild-series",
        ("mark", "stream", "hole", "store"),
        ("stream.body",),
        always=False,
    ),
    "state/labels.db": StateDatabase(labels.SCHEMA, FROM_BACKUP, ("label",), always=False),
    "quarantine/quarantine.db": StateDatabase(
        quarantine.SCHEMA,
        ANEW + "; what was refused is lost here, and may still lie in the agents' spools",
        ("messages",),
    ),
}
SURVEYS = StateDatabase(levelling.SCHEMA, FROM_BACKUP, ("run", "level"))
"""``surveys/STRUCTURE.db``, one a structure."""
