"""``plumbline dashboards``: show or push the Grafana dashboards built from the inventory."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plumbline.errors import CommandError

if TYPE_CHECKING:
    from plumbline.collector.limits.bounds import Bounds
    from plumbline.collector.stages.deformation.limit_settings import DeformationLimit
    from plumbline.collector.stages.deformation.settings import DeformationSettings
    from plumbline.dashboards.datasource import InfluxSource
    from plumbline.dashboards.panels import DrawnLimit

COLOURS = {"amber": "orange", "red": "red", "black": "purple"}
"""Of limits; purple for black, which a dark theme would not show."""
EXAMPLE = """\
One dashboard a structure: shaking, waveforms, tilt and settlement with their limits, events, age of
data. With --config the limits come from [detect] and [deformation], and the data source from
[influxdb]; with --inventory there are no limits, and a data source only with --influx. A second
push changes nothing.

The token is of a Grafana service account with the Admin role (data sources need it; Editor is
enough where the data source is there already): Administration, Users and access, Service accounts.

examples:
  plumbline dashboards push --config collector.toml --grafana http://127.0.0.1:3000 \\
      --token-file grafana.token
  plumbline dashboards push --inventory inventory.toml --grafana http://127.0.0.1:3000 \\
      --token-file grafana.token --influx http://127.0.0.1:8086 --tilt-limit 200:orange
  plumbline dashboards show --config collector.toml > tower.json      to import by hand
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``plumbline dashboards``."""
    parser.description = "Build the dashboard of every structure; print it or push it to Grafana."
    parser.epilog = EXAMPLE
    actions = parser.add_subparsers(dest="action", metavar="show|push", required=True)
    for name, summary in (("show", "print the JSON"), ("push", "hand them to a Grafana")):
        action = actions.add_parser(name, help=summary)
        given = action.add_mutually_exclusive_group(required=True)
        given.add_argument("--config", type=Path, help="the collector's TOML file")
        given.add_argument("--inventory", type=Path, help="only the inventory file")
        action.add_argument("--datasource", default="plumbline", help="name of the data source")
        action.add_argument(
            "--tilt-limit",
            action="append",
            default=[],
            metavar="URAD:COLOUR",
            help="a further limit to draw on the tilt chart; may be given again",
        )
        if name == "push":
            action.add_argument("--grafana", required=True, help="as http://127.0.0.1:3000")
            action.add_argument("--token-file", type=Path, required=True, help="holds the token")
            action.add_argument("--influx", help="InfluxDB as Grafana reaches it, if otherwise")
            action.add_argument("--database", default="plumbline", help="with --influx")
            action.add_argument(
                "--resend-secrets",
                action="store_true",
                help="send InfluxDB's password or token again: Grafana cannot say if it is new",
            )


def run(args: argparse.Namespace) -> int:
    """Show the dashboards, or push them to Grafana."""
    from plumbline.wire.settings import BadSettings

    try:
        boards, source = _built(args)
    except BadSettings as error:
        raise CommandError(str(error)) from error
    if args.action == "show":
        print(json.dumps(boards[0] if len(boards) == 1 else boards, indent=2, ensure_ascii=False))
    else:
        _push(args, boards, source)
    return 0


def _built(args: argparse.Namespace) -> "tuple[list[dict[str, Any]], InfluxSource | None]":
    """Return the dashboards, and the data source where it is known."""
    from plumbline.collector.app.settings import CollectorSettings, read_collector
    from plumbline.dashboards.datasource import InfluxSource
    from plumbline.dashboards.structure import structure_dashboard
    from plumbline.wire.inventory import read_inventory

    if args.config:
        settings, inventory = read_collector(args.config)
    else:
        settings, inventory = CollectorSettings(), read_inventory(args.inventory)
    boards = [
        structure_dashboard(
            inventory.network.code,
            structure.code,
            f"{structure.name} ({structure.code})",  # names may be alike, codes are not
            args.datasource,
            shaking_limits=[
                _drawn_limit(limit, level, bound, "all nodes")
                for limit in settings.detection.limit
                if limit.structure == structure.code
                for level, bound in limit.bounds()
            ],
            tilt_limits=[
                *_limits(settings.deformation, structure.code, "tilt"),
                *map(_drawn, args.tilt_limit),
            ],
            settlement_limits=_limits(
                settings.deformation, structure.code, "differential_settlement"
            ),
        )
        for structure in inventory.structure
    ]
    series = settings.influxdb
    url = getattr(args, "influx", None) or series.url
    if url is None:
        return boards, None
    return boards, InfluxSource(
        name=args.datasource,
        url=url,
        database=series.database if args.config else args.database,
        username=series.username,
        password=series.secret(series.password_file),
        token=series.secret(series.token_file),
    )


def _whose(limit: "DeformationLimit") -> str:
    return f"node {limit.node}" if limit.node else "+".join(limit.addresses)


def _limits(deformation: "DeformationSettings", structure: str, of: str) -> "list[DrawnLimit]":
    """Return the limits of a structure's levels; rates are in other units and not drawn."""
    return [
        _drawn_limit(limit, level, bound, _whose(limit))
        for limit in deformation.limit
        if limit.structure == structure and limit.of == of and limit.rule == "threshold"
        for level, bound in limit.bounds()
    ]


def _drawn_limit(limit: "Bounds", level: str, bound: float, whose: str) -> "DrawnLimit":
    from plumbline.dashboards.panels import DrawnLimit

    return DrawnLimit(
        value=bound,
        colour=COLOURS[level],
        text=f"{level} {bound:g} {limit.unit}, {whose}: {limit.source} ({limit.standing})",
    )


def _drawn(text: str) -> "DrawnLimit":
    """Return the limit that ``URAD:COLOUR`` means."""
    from plumbline.dashboards.panels import DrawnLimit

    value, _, colour = text.partition(":")
    try:
        size = float(value)
    except ValueError as error:
        raise CommandError(f"--tilt-limit {text!r}: expected URAD:COLOUR, as 200:red") from error
    return DrawnLimit(value=size, colour=colour or "red", text=f"{size:g} µrad, from --tilt-limit")


def _push(
    args: argparse.Namespace, boards: list[dict[str, Any]], source: "InfluxSource | None"
) -> None:
    from plumbline.dashboards.push import Grafana, PushFailed, Secrets

    try:
        token = args.token_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise CommandError(f"--token-file {args.token_file}: {error.strerror}") from error
    secrets = Secrets.AGAIN if args.resend_secrets else Secrets.ONCE
    try:
        grafana = Grafana(args.grafana, token)
        done = [grafana.push_datasource(source.body(), secrets=secrets)] if source else []
        done += [grafana.push_dashboard(board) for board in boards]
    except PushFailed as error:
        raise CommandError(str(error)) from error
    for pushed in done:
        print(f"{pushed.what}: {pushed.outcome}")
