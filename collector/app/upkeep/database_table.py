"""The databases of a data folder: what each holds, and what to do where it is damaged or gone."""

from typing import NamedTuple

from plumbline.collector.alerting.store.database import VERSION as ALERTING_VERSION


class StateDatabase(NamedTuple):
    """One SQLite file.

    Attributes
    ----------
    holds
        What is lost with it, in words.
    to_do
        What an operator does where it cannot be read.
    tables
        Tables that must be there.
    json_columns
        Columns of JSON text, as ``table.column``.
    always
        True: every collector makes it at its first start.
    version
        Newest ``user_version`` this program knows.
    """

    holds: str
    to_do: str
    tables: tuple[str, ...]
    json_columns: tuple[str, ...] = ()
    always: bool = True
    version: int = 0


FROM_BACKUP = "bring it back from a backup (plumbline restore)"
ANEW = "move it away: it is begun anew"
DATABASES: dict[str, StateDatabase] = {
    "state/ledger.db": StateDatabase(
        "which blocks are held or refused",
        "move it away: it is made anew from the journal, and agents send again what is older",
        ("meta", "boots", "pages"),
        ("boots.held", "boots.refused", "boots.conflicts"),
    ),
    "state/archive.db": StateDatabase(
        "the index of the archive: where each hour lies, and its checksums",
        FROM_BACKUP + "; without it no day file can be appended to",
        ("meta", "open_files", "day_files", "channels", "chunks"),
    ),
    "state/events.db": StateDatabase(
        "every event, and the state of the detectors",
        FROM_BACKUP + ", or move it away: detection begins anew and past events are lost",
        ("event", "snapshot", "counter"),
        ("event.body",),
    ),
    "state/alerting.db": StateDatabase(
        "alarms, messages, answers, silences and their log",
        FROM_BACKUP + ", or move it away: open alarms are made anew from the events",
        ("incident", "incident_event", "notification", "inbound", "silence", "audit", "mark"),
        ("incident_event.facts",),
        version=ALERTING_VERSION,
    ),
    "state/limits.db": StateDatabase(
        "who adopted which limit, and the log of it",
        FROM_BACKUP + ", or adopt the limits again: until then they call nobody",
        ("adoption", "audit"),
    ),
    "state/episodes.db": StateDatabase(
        "the measures of every shaking",
        ANEW + " from the archive",
        ("measure", "waiting", "region", "member", "counter"),
        ("measure.body", "region.body"),
    ),
    "state/modal.db": StateDatabase(
        "modes hour by hour, and their baselines",
        FROM_BACKUP + ", or move it away: a new baseline takes its days",
        ("window", "baseline", "state", "again", "known_stage"),
        ("window.body", "baseline.body", "state.body"),
    ),
    "state/afterwards.db": StateDatabase(
        "what each shaking moved", ANEW + " from the archive", ("look", "counter"), ("look.body",)
    ),
    "state/series.db": StateDatabase(
        "how far InfluxDB was written",
        ANEW + "; fill InfluxDB with plumbline rebuild-series",
        ("mark", "stream", "hole", "store"),
        ("stream.body",),
        always=False,
    ),
    "state/labels.db": StateDatabase(
        "what engineers said events really were", FROM_BACKUP, ("label",), always=False
    ),
    "quarantine/quarantine.db": StateDatabase(
        "messages that could not be taken",
        ANEW + "; what was refused is lost here, and may still lie in the agents' spools",
        ("messages",),
    ),
}
SURVEYS = StateDatabase("levelling runs of a structure", FROM_BACKUP, ("run", "level"))
"""``surveys/STRUCTURE.db``, one a structure."""
