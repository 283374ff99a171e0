"""Condition table: every key that a condition can have, its level, its meaning and what to do.

The part of a key before the colon is looked up here. Health events take their levels from it, and
``python -m plumbline.collector.health.condition_table > docs/runbook.md`` writes the runbook.
"""

from dataclasses import dataclass

from plumbline.collector.events.model import AlarmLevel

COLLECTOR_CLOCK = "clock:collector"
"""Key of the one clock that dates everything: graver than that of a node."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionRow:
    """What is known of one kind of condition.

    Attributes
    ----------
    level
        Level of the health event; None where it is only shown.
    meaning
        What it means for the structures that are watched.
    to_do
        What to do at three in the morning.
    """

    level: AlarmLevel | None
    meaning: str
    to_do: str


def _row(level: AlarmLevel | None, meaning: str, to_do: str) -> ConditionRow:
    return ConditionRow(level=level, meaning=meaning, to_do=to_do)


CONDITION_TABLE: dict[str, ConditionRow] = {
    "process": _row(
        AlarmLevel.RED,
        "A part of the collector has died and is started again. Until it is back, what it does is "
        "not done: without `detection` nothing is judged, without `intake` nothing is taken, "
        "without `alerting` nobody is called.",
        "`systemctl status plumbline-collector`, then `journalctl -u plumbline-collector -n 200`. "
        "If it is not back within minutes: `systemctl restart plumbline-collector`. Treat the "
        "structures as not watched meanwhile.",
    ),
    "stage": _row(
        AlarmLevel.AMBER,
        "One stage (detection, archive, series) has failed and is tried again; RED when it has "
        "not come back for two minutes.",
        "Read the reason in `plumbline status` and the log. A full or failing disk and an "
        "InfluxDB that is away are the usual causes. Restart the collector if neither is.",
    ),
    "write": _row(
        AlarmLevel.RED,
        "The disk refuses what is written: full, read-only or failing. Nothing is acknowledged "
        "that is not on the disk; the agents hold it and send it again. Until it works again "
        "nothing new is judged.",
        "`df -h` and `dmesg | tail` on the collector. Full: move old years of `archive/` away. "
        "Read-only or I/O errors: the disk is dying; back up `data/`, replace it, restore. It "
        "goes on by itself when writing works again; treat the structures as not watched.",
    ),
    "journal-full": _row(
        AlarmLevel.RED,
        "The disk of the data folder is full: no sample is taken, nothing new is judged. The "
        "agents hold what comes.",
        "Free space now: move old years of `archive/` to another disk. It goes on by itself.",
    ),
    "disk-critical": _row(
        AlarmLevel.RED,
        "Less than 1 GB is left: soon nothing more can be taken.",
        "Free space now: move old years of `archive/` to another disk.",
    ),
    "disk-low": _row(
        AlarmLevel.AMBER,
        "The disk is filling: under 5 GB, or full within a day at the rate of the last hours.",
        "It can wait for the morning unless the hours told are fewer. Move old years of "
        "`archive/` elsewhere or add a disk.",
    ),
    "quarantine-full": _row(
        AlarmLevel.AMBER,
        "No more messages that cannot be taken are stored; their agents hold them.",
        "In the morning: `plumbline quarantine list` for the reasons; mend them, then "
        "`plumbline quarantine retry` or `drop`.",
    ),
    "inbox-full": _row(
        AlarmLevel.AMBER,
        "Ingest does not keep up: the broker is held back, data come late.",
        "Look for a full or slow disk (`df -h`, `iostat`), and for an agent that sends far more "
        "than its rate.",
    ),
    "rivals": _row(
        AlarmLevel.AMBER,
        "Two machines use one agent's name at the same time: a cloned card, or a copied spool.",
        "Find the second machine and switch it off; give it another name and a new spool in the "
        "morning.",
    ),
    "conflict": _row(
        None,
        "Two different blocks claim one number of one boot; both are kept.",
        "Was an SD card cloned or a spool copied? Give one of the agents a new spool.",
    ),
    "agent": _row(
        None,
        "A stream comes from another agent than the inventory names; it is judged all the same.",
        "Was a machine exchanged? Correct `agent` in `inventory.toml`. Otherwise find out who "
        "publishes there.",
    ),
    "client-id": _row(
        AlarmLevel.AMBER,
        "The broker closes the connection again and again just after it was made: a second "
        "collector with the same client id takes it away.",
        "Find the other collector (an old machine, a copy, a test) and stop it, or give it "
        "another `client_id`.",
    ),
    "clock": _row(
        AlarmLevel.AMBER,
        "The clock of a node, of an agent, or (`clock:collector`, RED) of this machine is wrong. "
        "Shaking is still found, what is ahead counts at its time of arrival; dates are doubtful.",
        "`chronyc tracking` on the collector, then on that agent; mend the one that is wrong.",
    ),
    "missing": _row(
        None,
        "Blocks below newer ones never came and their agent does not send them.",
        "If the spool of that agent lies on a disk you still have, run the agent from it once "
        "more. Otherwise the archive has a gap there.",
    ),
    "bad-message": _row(
        None,
        "An agent's state or heartbeat cannot be read.",
        "It runs another version of Plumbline: bring both to one version.",
    ),
    "not_a_record": _row(
        None,
        "Somebody publishes on our topics what is no record.",
        "Find out who else publishes there; close the broker to strangers.",
    ),
    "corrupt": _row(
        None,
        "A message came damaged; its agent sends it again.",
        "If it comes often: that machine's memory, card or network is failing.",
    ),
    "unknown_stream": _row(
        None,
        "A stream comes that the inventory does not name: it is not watched. It waits in "
        "quarantine.",
        "Add the node or the instrument to `inventory.toml` and restart the collector.",
    ),
    "wrong_place": _row(
        None,
        "A message's topic and its content name different places; it waits in quarantine.",
        "Make network, structure and node agree in that agent's `edge.toml`.",
    ),
    "broker": _row(
        None,
        "The collector has no connection to the MQTT broker: nothing arrives.",
        "`systemctl status mosquitto`; then host, port, username and password file of `[broker]`.",
    ),
    "cursor": _row(
        AlarmLevel.AMBER,
        "A stage's place in the journal was of another journal or beyond its end; it began again "
        "at the first entry there is.",
        "Nothing at night. Was `data/journal` removed, cut or put back from a copy? Look at what "
        "the archive has of that time.",
    ),
    "late-unheard": _row(
        None,
        "Blocks came so late, or in such an order, that detection did not judge them; they are "
        "archived.",
        "Was there a quake in that time? Look at the archive of it (`plumbline export`), and "
        "inspect if people felt one.",
    ),
    "limit": _row(
        None,
        "A limit of the configuration is not judged as it stands.",
        "Read the reason; mend the limit and run `plumbline collector check`.",
    ),
    "slow": _row(
        None,
        "A slow quantity (tilt, settlement) is not computed or not compensated as configured.",
        "Read the reason; it can wait for the morning.",
    ),
    "deadman": _row(
        None,
        "The dead-man ping does not go out: whoever watches from outside will call soon.",
        "Check the way to the internet and the address of `[deadman]`.",
    ),
}
"""Every kind of condition, gravest first, by the part of its key before the colon."""


def condition_kind(key: str) -> str:
    """Return the part of a key that the table knows: what stands before the colon."""
    return key.partition(":")[0]


def condition_level(key: str) -> AlarmLevel | None:
    """Return the level of a condition's event, or None where it opens none."""
    if key == COLLECTOR_CLOCK:
        return AlarmLevel.RED
    row = CONDITION_TABLE.get(condition_kind(key))
    return row.level if row else None


def runbook() -> str:
    """Return the runbook as Markdown."""
    lines = [
        "# Runbook: what each condition means and what to do",
        "",
        "Made from the table `collector/health/condition_table.py` by "
        "`python -m plumbline.collector.health.condition_table`; edit that.",
        "A condition is named as the page, `plumbline status` and the log name it. RED and AMBER "
        "call people; the others are shown.",
    ]
    for kind, row in CONDITION_TABLE.items():
        level = str(row.level).upper() if row.level else "shown only"
        lines += ["", f"## `{kind}` ({level})", "", row.meaning, "", f"**To do:** {row.to_do}"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(runbook(), end="")  # noqa: T201
