"""Panels as Grafana's JSON model spells them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

Json = dict[str, Any]


class PanelPlace(NamedTuple):
    """Where a panel lies on the grid, which is 24 wide."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One InfluxQL query of a panel."""

    text: str
    alias: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLimit:
    """A limit, drawn on both sides of zero: tilt and settlement go either way.

    Attributes
    ----------
    value
        In the unit of the panel.
    colour
        As Grafana names it.
    text
        What it is a limit of, who set it; shown with the panel.
    """

    value: float
    colour: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A time series panel.

    Attributes
    ----------
    unit
        As Grafana names it; ``suffix:gal`` writes gal behind the number.
    interval
        Shortest step of the time axis; shorter ones would lie between samples.
    bridged_ms
        A line is drawn over a hole up to here, and broken over a longer one. [ms]
    """

    title: str
    queries: Sequence[Query]
    place: PanelPlace
    unit: str
    interval: str
    bridged_ms: int
    limits: Sequence[DrawnLimit] = ()
    text: str = ""

    def panel(self, datasource: str) -> Json:
        """Return the panel as Grafana's JSON."""
        text = [self.text, *(limit.text for limit in self.limits)]
        return {
            "type": "timeseries",
            "title": self.title,
            "description": "\n\n".join(filter(None, text)),
            "datasource": source(datasource),
            "gridPos": self.place._asdict(),
            "interval": self.interval,
            "targets": _targets(self.queries, datasource, "time_series"),
            "fieldConfig": {
                "defaults": {
                    "unit": self.unit,
                    "custom": {
                        "lineWidth": 1,
                        "spanNulls": self.bridged_ms,
                        "thresholdsStyle": {"mode": "line" if self.limits else "off"},
                    },
                    "thresholds": {"mode": "absolute", "steps": _steps(self.limits)},
                },
                "overrides": [],
            },
            "options": {
                "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
                "tooltip": {"mode": "multi", "sort": "none"},
            },
        }


def ages_table(title: str, query: Query, place: PanelPlace, datasource: str) -> Json:
    """Return a table of how long ago each stream last sent, the oldest first."""
    return {
        "type": "table",
        "title": title,
        "description": "",
        "datasource": source(datasource),
        "gridPos": place._asdict(),
        "targets": _targets([query], datasource, "table"),
        "fieldConfig": {
            "defaults": {},
            "overrides": [
                {
                    "matcher": {"id": "byName", "options": "Time"},
                    "properties": [
                        {"id": "unit", "value": "dateTimeFromNow"},
                        {"id": "displayName", "value": "last heard"},
                    ],
                },
                {
                    "matcher": {"id": "byName", "options": "last"},
                    "properties": [{"id": "custom.hidden", "value": True}],
                },
            ],
        },
        "options": {"showHeader": True, "sortBy": [{"displayName": "last heard", "desc": False}]},
    }


def source(datasource: str) -> Json:
    """Return how a panel names its data source."""
    return {"type": "influxdb", "uid": datasource}


def _steps(limits: Sequence[DrawnLimit]) -> list[Json]:
    """Return Grafana's thresholds: ascending, each step coloured as its line."""
    lines = {sign * limit.value: limit.colour for limit in limits for sign in (-1, 1)}
    steps: list[Json] = [{"color": "green", "value": None}]
    return steps + [{"color": lines[value], "value": value} for value in sorted(lines)]


def _targets(queries: Sequence[Query], datasource: str, form: str) -> list[Json]:
    return [
        {
            "refId": chr(ord("A") + index),
            "datasource": source(datasource),
            "rawQuery": True,
            "query": query.text,
            "alias": query.alias,
            "resultFormat": form,
        }
        for index, query in enumerate(queries)
    ]
