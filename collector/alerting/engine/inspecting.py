"""Recording an inspection: the same for the command line, the web page and an SMS."""

import sqlite3
from dataclasses import dataclass
from typing import Any

from plumbline.collector.alerting.engine.acknowledgement import acknowledge_reply, incident_of
from plumbline.collector.alerting.errors import AnswerRefused
from plumbline.collector.alerting.settings import AlertingSettings, Person
from plumbline.collector.alerting.store import audit, inspections
from plumbline.collector.alerting.store.audit import AuditEntry
from plumbline.collector.alerting.store.incident import UNSEEN, Incident
from plumbline.collector.alerting.store.inspections import Inspection, InspectionFinding


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionReport:
    """What somebody reports of an inspection.

    Attributes
    ----------
    by
        Name of a person of the configuration.
    via
        Way it came: ``command line``, ``web``, ``sms``.
    """

    finding: InspectionFinding
    by: str
    via: str
    text: str = ""


def record_inspection(
    tx: sqlite3.Connection,
    settings: AlertingSettings,
    code: str,
    report: InspectionReport,
    now_ns: int,
) -> Inspection:
    """Record an inspection, or a note, about the alarm with a code; it also answers the alarm.

    Raises
    ------
    AnswerRefused
        If no alarm has the code, it is a test, or the person may not inspect.
    """
    person = _inspector(settings, report)
    incident = incident_of(tx, code)
    if incident.test:
        raise AnswerRefused(f"{incident.code} is a test of the alarm path; nothing to inspect")
    if incident.status in UNSEEN:
        acknowledge_reply(
            tx, incident, by=person.name, via=report.via, now_ns=now_ns, reply_text=report.text
        )
    return _add(tx, incident.structure, incident, person, report, now_ns)


def record_structure_inspection(
    tx: sqlite3.Connection,
    settings: AlertingSettings,
    structure: str,
    report: InspectionReport,
    now_ns: int,
) -> Inspection:
    """Record an inspection of a whole structure: it is about everything that stands on it.

    Raises
    ------
    AnswerRefused
        If the person may not inspect.
    """
    return _add(tx, structure, None, _inspector(settings, report), report, now_ns)


def _inspector(settings: AlertingSettings, report: InspectionReport) -> Person:
    person = settings.named(report.by.strip())
    if person is None:
        raise AnswerRefused(
            f"nobody is called {report.by.strip()!r}; give the name of an [[alerting.person]]"
        )
    if report.finding is not InspectionFinding.NOTE and not person.may_inspect:
        inspectors = ", ".join(one.name for one in settings.person if one.may_inspect) or "nobody"
        raise AnswerRefused(f"{person.name} may not record an inspection; these may: {inspectors}")
    if report.finding is InspectionFinding.NOTE and not report.text.strip():
        raise AnswerRefused("a note needs a text; say what was seen")
    return person


def _add(
    tx: sqlite3.Connection,
    structure: str,
    incident: Incident | None,
    person: Person,
    report: InspectionReport,
    now_ns: int,
) -> Inspection:
    inspection = inspections.add(
        tx,
        incident_id=incident.id if incident else None,
        code=incident.code if incident else None,
        structure=structure,
        finding=report.finding,
        person=person.name,
        text=report.text.strip(),
        via=report.via,
        at_ns=now_ns,
    )
    entry = AuditEntry.NOTED if report.finding is InspectionFinding.NOTE else AuditEntry.INSPECTED
    detail: dict[str, Any] = {
        "structure": structure,
        "finding": report.finding,
        "via": report.via,
        audit.REPLY_TEXT: report.text.strip(),
    }
    audit.write(tx, now_ns, entry, incident_id=inspection.incident_id, person=person.name, **detail)
    return inspection
