"""The dashboard of one structure: waveforms, tilt with limits, events, age of data.

Queries are InfluxQL, which InfluxDB 1.x, 2.x and 3.x all speak; every name comes from the schema
of the series.
"""

from collections.abc import Iterator, Sequence

from plumbline.collector.stages.influxdb import schema
from plumbline.dashboards.panels import (
    Chart,
    DrawnLimit,
    Json,
    PanelPlace,
    Query,
    ages_table,
    source,
)

SCHEMA_VERSION = 39  # Grafana 10.4 and later migrate from here by themselves
REFRESH = "5s"
SEEN_WITHIN = "30d"  # a stream silent for longer has been taken down
ACCELEROMETER, ACCELEROMETER_AXIS = "/^.N$/", "/^.N.$/"
"""Band and source code of FDSN names, without and with the axis; the source code of an
accelerometer is N."""
BY_CHANNEL = "$tag_node $tag_channel"


def structure_dashboard(
    network: str,
    structure: str,
    title: str,
    datasource: str,
    *,
    shaking_limits: Sequence[DrawnLimit] = (),
    tilt_limits: Sequence[DrawnLimit] = (),
    settlement_limits: Sequence[DrawnLimit] = (),
) -> Json:
    """Return the dashboard as Grafana's JSON model; the same input gives the same JSON."""
    whose = f"\"network\" = '{network}' AND \"structure\" = '{structure}'"
    shown = f'{whose} AND "node" =~ /^$node$/'
    last_seen = Query(
        text=f'SELECT last("samples") FROM "{schema.HEALTH.name}" '
        f'WHERE {whose} AND time > now() - {SEEN_WITHIN} GROUP BY "node", "channel"'
    )
    panels = [
        chart.panel(datasource)
        for chart in _charts(
            f"{shown} AND $timeFilter", shaking_limits, tilt_limits, settlement_limits
        )
    ]
    title_of_ages = "Age of data: when each stream was last heard"
    panels.insert(1, ages_table(title_of_ages, last_seen, PanelPlace(16, 0, 8, 8), datasource))
    return {
        "uid": f"plumbline-{network}-{structure}".lower(),
        "title": title,
        "tags": ["plumbline"],
        "timezone": "browser",
        "schemaVersion": SCHEMA_VERSION,
        "refresh": REFRESH,
        "time": {"from": "now-15m", "to": "now"},
        "editable": True,
        "templating": {"list": [_nodes(whose, datasource)]},
        "annotations": {"list": [_events(structure, datasource)]},
        "panels": [{"id": number, **panel} for number, panel in enumerate(panels, start=1)],
    }


def _charts(
    where: str,
    shaking_limits: Sequence[DrawnLimit],
    tilt_limits: Sequence[DrawnLimit],
    settlement_limits: Sequence[DrawnLimit],
) -> Iterator[Chart]:
    second, health = schema.SECOND.name, schema.HEALTH.name
    accelerometers = f'{where} AND "channel" =~ {ACCELEROMETER_AXIS}'
    yield Chart(
        title="Shaking: largest acceleration in a second",
        text="About the mean of the second, at the recorded rate.",
        queries=[
            Query(text=_by_channel('max("peak") * 100', second, accelerometers), alias=BY_CHANNEL)
        ],
        place=PanelPlace(0, 0, 16, 8),
        unit="suffix:gal",
        interval="1s",
        bridged_ms=2_500,
        limits=shaking_limits,
    )
    yield Chart(
        title="Waveforms: largest and smallest of each interval",
        text="x, y, z are the axes in the order of the inventory. Empty outside episodes where "
        '[influxdb] waveforms = "episodes".',
        queries=[
            Query(
                text=_by_channel(
                    f'{pick}("{axis}")',
                    schema.WAVEFORM.name,
                    f'{where} AND "channel" =~ {ACCELEROMETER}',
                ),
                alias=f"{BY_CHANNEL} {axis} {pick}",
            )
            for axis in schema.AXIS_FIELDS
            for pick in ("max", "min")
        ],
        place=PanelPlace(0, 8, 24, 9),
        unit="accMS2",
        interval="20ms",
        bridged_ms=1_000,
    )
    yield Chart(
        title="Tilt from the commissioning zero",
        queries=[
            Query(text=_by_channel('median("value")', schema.TILT.name, where), alias=BY_CHANNEL)
        ],
        place=PanelPlace(0, 17, 12, 8),
        unit="suffix:µrad",
        interval="10s",
        bridged_ms=30_000,
        limits=tilt_limits,
    )
    yield Chart(
        title="Differential settlement over the tiltmeter's baseline, down positive",
        queries=[
            Query(
                text=_by_channel('median("value")', schema.SETTLEMENT.name, where),
                alias=BY_CHANNEL,
            )
        ],
        place=PanelPlace(12, 17, 12, 8),
        unit="suffix:mm",
        interval="10s",
        bridged_ms=30_000,
        limits=settlement_limits,
    )
    yield Chart(
        title="Latency: arrival after the last sample",
        queries=[Query(text=_by_channel('max("latency_s")', health, where), alias=BY_CHANNEL)],
        place=PanelPlace(0, 25, 12, 6),
        unit="s",
        interval="10s",
        bridged_ms=30_000,
    )
    yield Chart(
        title="Clock error, as the edge estimates it",
        queries=[Query(text=_by_channel('max("clock_error_ms")', health, where), alias=BY_CHANNEL)],
        place=PanelPlace(12, 25, 12, 6),
        unit="ms",
        interval="10s",
        bridged_ms=30_000,
    )


def _by_channel(select: str, measurement: str, where: str) -> str:
    """Return a query with a line for each channel."""
    return (
        f'SELECT {select} FROM "{measurement}" WHERE {where} '
        'GROUP BY time($__interval), "node", "channel" fill(null)'
    )


def _nodes(whose: str, datasource: str) -> Json:
    """Return the variable by which nodes are chosen."""
    text = f'SHOW TAG VALUES FROM "{schema.HEALTH.name}" WITH KEY = "node" WHERE {whose}'
    return {
        "name": "node",
        "label": "node",
        "type": "query",
        "datasource": source(datasource),
        "query": text,
        "definition": text,
        "refresh": 1,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
    }


def _events(structure: str, datasource: str) -> Json:
    """Return the annotations: every event of the structure, as long as it lasted.

    Grafana 10 and later name a column by measurement and field, and drop a row with a null.
    """
    name = schema.EVENT.name
    return {
        "name": "Events",
        "enable": True,
        "iconColor": "red",
        "datasource": source(datasource),
        "query": f'SELECT "title", "text", "level", "ended_ms" FROM "{name}" '
        f"WHERE \"structure\" = '{structure}' AND $timeFilter",
        "titleColumn": "title",
        "textColumn": "text",
        "tagsColumn": "level",
        "timeEndColumn": f"{name}.ended_ms",
    }


def queries(dashboard: Json) -> list[str]:
    """Return every query of a dashboard, annotations and variables included."""
    texts = [
        target["query"] for panel in dashboard["panels"] for target in panel.get("targets", ())
    ]
    texts += [note["query"] for note in dashboard["annotations"]["list"]]
    return texts + [variable["query"] for variable in dashboard["templating"]["list"]]
