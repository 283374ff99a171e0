"""The dashboard of one structure: waveforms, tilt with limits, events, age of data.

Queries are InfluxQL, which InfluxDB 1.x, 2.x and 3.x all speak; every name comes from the schema
of the series.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from plumbline.collector.series import schema

Json = dict[str, Any]

SCHEMA_VERSION = 39  # Grafana 10.4 and later migrate from here by themselves
REFRESH = "5s"


@dataclass(frozen=True, slots=True, kw_only=True)
class TiltLimit:
    """A line to draw on the tilt chart."""

    value_urad: float
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One InfluxQL query of a panel."""

    text: str
    alias: str = ""


def structure_dashboard(
    network: str, structure: str, title: str, datasource: str, limits: Sequence[TiltLimit] = ()
) -> Json:
    """Return the dashboard as Grafana's JSON model; the same input gives the same JSON."""
    where = f"\"network\" = '{network}' AND \"structure\" = '{structure}' AND $timeFilter"
    panels = list(_panels(where, datasource, limits))
    for number, panel in enumerate(panels, start=1):
        panel["id"] = number
    return {
        "uid": f"plumbline-{network}-{structure}".lower(),
        "title": title,
        "tags": ["plumbline"],
        "timezone": "browser",
        "schemaVersion": SCHEMA_VERSION,
        "refresh": REFRESH,
        "time": {"from": "now-15m", "to": "now"},
        "editable": True,
        "annotations": {"list": [_events(structure, datasource)]},
        "panels": panels,
    }


def _panels(where: str, datasource: str, limits: Sequence[TiltLimit]) -> Iterator[Json]:
    second, waveform = schema.SECOND.name, schema.WAVEFORM.name
    tilt, settlement = schema.TILT.name, schema.SETTLEMENT.name
    yield _chart(
        "Shaking: largest acceleration in a second",
        [
            Query(
                text=_by_channel('max("peak") * 100', second, f'{where} AND "channel" =~ /N.$/'),
                alias="$tag_node $tag_channel",
            )
        ],
        datasource,
        place=(0, 0, 16, 8),
        unit="suffix: gal",
    )
    yield _ages(where, datasource, place=(16, 0, 8, 8))
    yield _chart(
        "Waveforms (largest and smallest of each interval)",
        [
            Query(
                text=_by_channel(f'{pick}("{field}")', waveform, f'{where} AND "channel" =~ /N$/'),
                alias=f"$tag_node $tag_channel {field} {pick}",
            )
            for field in schema.AXIS_FIELDS
            for pick in ("max", "min")
        ],
        datasource,
        place=(0, 8, 24, 9),
        unit="accMS2",
    )
    yield _chart(
        "Tilt from the commissioning zero",
        [
            Query(
                text=_by_channel('median("value")', tilt, where),
                alias="$tag_node $tag_channel",
            )
        ],
        datasource,
        place=(0, 17, 12, 8),
        unit="suffix: µrad",
        limits=limits,
    )
    yield _chart(
        "Differential settlement over the tiltmeter's baseline (down positive)",
        [
            Query(
                text=_by_channel('median("value")', settlement, where),
                alias="$tag_node $tag_channel",
            )
        ],
        datasource,
        place=(12, 17, 12, 8),
        unit="suffix: mm",
    )
    yield _chart(
        "Latency: arrival after the last sample",
        [
            Query(
                text=_by_channel('max("latency_s")', schema.HEALTH.name, where),
                alias="$tag_node $tag_channel",
            )
        ],
        datasource,
        place=(0, 25, 24, 6),
        unit="s",
    )


def _by_channel(select: str, measurement: str, where: str) -> str:
    """Return a query with a line for each channel; accelerometers have source code N."""
    return (
        f'SELECT {select} FROM "{measurement}" WHERE {where} '
        'GROUP BY time($__interval), "node", "channel" fill(null)'
    )


def _source(datasource: str) -> Json:
    return {"type": "influxdb", "uid": datasource}


def _targets(queries: Sequence[Query], datasource: str, form: str) -> list[Json]:
    return [
        {
            "refId": chr(ord("A") + index),
            "datasource": _source(datasource),
            "rawQuery": True,
            "query": query.text,
            "alias": query.alias,
            "resultFormat": form,
        }
        for index, query in enumerate(queries)
    ]


def _chart(
    title: str,
    queries: Sequence[Query],
    datasource: str,
    *,
    place: tuple[int, int, int, int],
    unit: str,
    limits: Sequence[TiltLimit] = (),
) -> Json:
    steps: list[Json] = [{"color": "green", "value": None}]
    steps += [{"color": limit.colour, "value": limit.value_urad} for limit in limits]
    x, y, w, h = place
    return {
        "type": "timeseries",
        "title": title,
        "datasource": _source(datasource),
        "gridPos": {"x": x, "y": y, "w": w, "h": h},
        "targets": _targets(queries, datasource, "time_series"),
        "fieldConfig": {
            "defaults": {
                "unit": unit,
                "custom": {
                    "lineWidth": 1,
                    "spanNulls": False,
                    "thresholdsStyle": {"mode": "line" if limits else "off"},
                },
                "thresholds": {"mode": "absolute", "steps": steps},
            },
            "overrides": [],
        },
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}},
    }


def _ages(where: str, datasource: str, place: tuple[int, int, int, int]) -> Json:
    query = Query(
        text=f'SELECT last("samples") FROM "{schema.HEALTH.name}" WHERE {where} '
        'GROUP BY "node", "channel"'
    )
    x, y, w, h = place
    return {
        "type": "table",
        "title": "Age of data: when each stream was last heard",
        "datasource": _source(datasource),
        "gridPos": {"x": x, "y": y, "w": w, "h": h},
        "targets": _targets([query], datasource, "table"),
        "fieldConfig": {
            "defaults": {},
            "overrides": [
                {
                    "matcher": {"id": "byName", "options": "Time"},
                    "properties": [{"id": "unit", "value": "dateTimeFromNow"}],
                }
            ],
        },
        "options": {"showHeader": True},
    }


def _events(structure: str, datasource: str) -> Json:
    return {
        "name": "Events",
        "enable": True,
        "iconColor": "red",
        "datasource": _source(datasource),
        "query": f'SELECT "title", "text", "level" FROM "{schema.EVENT.name}" '
        f"WHERE \"structure\" = '{structure}' AND $timeFilter",
        "titleColumn": "title",
        "textColumn": "text",
        "tagsColumn": "level",
    }


def queries(dashboard: Json) -> list[str]:
    """Return every query of a dashboard, annotations included."""
    texts = [target["query"] for panel in dashboard["panels"] for target in panel["targets"]]
    return texts + [note["query"] for note in dashboard["annotations"]["list"]]
