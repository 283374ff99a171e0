"""``plumbline dashboards``: show or push the Grafana dashboards built from the inventory."""

import argparse
import json
from pathlib import Path

from plumbline.commands import CommandError

EXAMPLE = """example:
  plumbline dashboards show --inventory inventory.toml > tower.json
  plumbline dashboards push --inventory inventory.toml --grafana http://127.0.0.1:3000 \\
      --token-file grafana.token --influx http://127.0.0.1:8086 --database plumbline
A second push changes nothing. Limits drawn on the tilt chart: --tilt-limit 200:orange
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.description = "Build the dashboard of every structure; print it or push it to Grafana."
    parser.epilog = EXAMPLE
    actions = parser.add_subparsers(dest="action", metavar="show|push", required=True)
    for name, summary in (("show", "print the JSON"), ("push", "hand them to a Grafana")):
        action = actions.add_parser(name, help=summary)
        action.add_argument("--inventory", type=Path, required=True, help="the inventory file")
        action.add_argument("--datasource", default="plumbline", help="name of the data source")
        action.add_argument(
            "--tilt-limit",
            action="append",
            default=[],
            metavar="URAD:COLOUR",
            help="a limit to draw on the tilt chart; may be given again",
        )
        if name == "push":
            action.add_argument("--grafana", required=True, help="as http://127.0.0.1:3000")
            action.add_argument("--token-file", type=Path, required=True, help="holds the token")
            action.add_argument("--influx", help="InfluxDB as Grafana reaches it; makes the source")
            action.add_argument("--database", default="plumbline", help="database or bucket")


def run(args: argparse.Namespace) -> int:
    """Show or push."""
    from plumbline.dashboards.push import Grafana, PushFailed, influx_datasource
    from plumbline.dashboards.structure import TiltLimit, structure_dashboard
    from plumbline.wire.inventory import read_inventory
    from plumbline.wire.settings import BadSettings

    try:
        inventory = read_inventory(args.inventory)
    except BadSettings as error:
        raise CommandError(str(error)) from error
    limits = []
    for text in args.tilt_limit:
        value, _, colour = text.partition(":")
        try:
            limits.append(TiltLimit(value_urad=float(value), colour=colour or "red"))
        except ValueError as error:
            raise CommandError(
                f"--tilt-limit {text!r}: expected URAD:COLOUR, as 200:red"
            ) from error
    boards = [
        structure_dashboard(
            inventory.network.code, structure.code, structure.name, args.datasource, limits
        )
        for structure in inventory.structure
    ]
    if args.action == "show":
        print(json.dumps(boards[0] if len(boards) == 1 else boards, indent=2, ensure_ascii=False))
        return 0
    try:
        token = args.token_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise CommandError(f"--token-file {args.token_file}: {error.strerror}") from error
    try:
        grafana = Grafana(args.grafana, token)
        if args.influx:
            source = influx_datasource(args.datasource, args.influx, args.database)
            pushed = grafana.push_datasource(source)
            print(f"{pushed.what}: {pushed.outcome}")
        for board in boards:
            pushed = grafana.push_dashboard(board)
            print(f"{pushed.what}: {pushed.outcome}")
    except PushFailed as error:
        raise CommandError(str(error)) from error
    return 0
