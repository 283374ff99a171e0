"""Everything that is wrong with a configuration, at once, before anything starts."""

import os
import secrets
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

from plumbline.edge_agent.connection import CONNECT_TIMEOUT_S, Connection
from plumbline.edge_agent.errors import BrokerTrouble
from plumbline.edge_agent.settings import EdgeSettings, read_edge
from plumbline.wire.broker_settings import BrokerSettings
from plumbline.wire.settings import BadSettings, Problem


def problems_of(path: Path, *, try_broker: bool) -> list[Problem]:
    """Return every problem of a configuration and of what it names.

    Parameters
    ----------
    path
        The configuration, ``edge.toml``.
    ask_broker
        Whether to try the broker: connect, and take leave again.
    """
    try:
        settings = read_edge(path)
    except BadSettings as bad:
        if not path.exists():
            what = f"there is no {path}; write a first one with: plumbline edge init"
            return [Problem(where="", what=what)]
        return [*bad.problems, *_ports(_ports_in(path))]
    problems = [*_ports(each.port for each in settings.instrument), *_files(settings)]
    if try_broker and (trouble := broker_trouble(settings.broker)):
        problems.append(Problem(where="broker", what=trouble))
    return problems


def broker_trouble(settings: BrokerSettings) -> str | None:
    """Return why the broker cannot be used, or None."""
    connection = Connection(settings, client_id=f"plumbline-check-{secrets.token_hex(4)}")
    give_up = time.monotonic() + CONNECT_TIMEOUT_S
    try:
        connection.open()
        while not connection.is_open:
            if time.monotonic() > give_up:
                return f"{settings.host}:{settings.port} does not answer; is it an MQTT broker?"
            connection.turn(0.1)
        connection.close()
    except BrokerTrouble as trouble:
        return str(trouble)
    return None


def _ports(ports: Iterator[str] | list[str]) -> Iterator[Problem]:
    for number, port in enumerate(ports):
        where = f"instrument[{number}].port"
        if not Path(port).exists():
            what = f"{port} does not exist; plug it in, or see: plumbline edge list-ports"
            yield Problem(where=where, what=what)
        elif not os.access(port, os.R_OK | os.W_OK):
            what = f"{port} may not be opened; add this user to the group dialout and log in again"
            yield Problem(where=where, what=what)


def _ports_in(path: Path) -> list[str]:
    """Return the ports of a file that is not right otherwise, as far as they can be read."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return []
    instruments = content.get("instrument")
    if not isinstance(instruments, list):
        return []
    ports = [each.get("port") for each in instruments if isinstance(each, dict)]
    return [port for port in ports if isinstance(port, str)]


def _files(settings: EdgeSettings) -> Iterator[Problem]:
    folder = settings.spool.path.parent
    if not folder.is_dir():
        what = f"the folder {folder} does not exist; make it, or correct the path"
        yield Problem(where="spool.path", what=what)
    elif not os.access(folder, os.W_OK):
        yield Problem(where="spool.path", what=f"the folder {folder} cannot be written")
    broker = settings.broker
    for name in ("password_file", "tls_ca", "tls_cert", "tls_key"):
        file: Path | None = getattr(broker, name)
        if file is not None and not os.access(file, os.R_OK):
            yield Problem(where=f"broker.{name}", what=f"{file} cannot be read")
