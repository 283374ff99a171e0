"""Loopback, or locked."""

from pathlib import Path

import pytest

from plumbline.collector.ingest.broker_settings import BrokerSettings
from plumbline.wire.settings import BadSettings, Settings, read_settings


class File(Settings):
    broker: BrokerSettings


def read(folder: Path, text: str) -> BrokerSettings:
    path = folder / "collector.toml"
    path.write_text(f"[broker]\n{text}")
    return read_settings(path, File).broker


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_this_machine_needs_no_password(tmp_path: Path, host: str) -> None:
    assert read(tmp_path, f'host = "{host}"').host == host


@pytest.mark.parametrize("host", ["192.168.1.4", "broker.example", "0.0.0.0", "127.0.0.1.example"])
def test_another_address_without_password_or_tls_is_refused(tmp_path: Path, host: str) -> None:
    with pytest.raises(BadSettings, match="is not this machine: set username and password_file"):
        read(tmp_path, f'host = "{host}"')


def test_another_address_with_a_password_or_tls_is_taken(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("xyzzy\n")
    (tmp_path / "ca.pem").write_text("")
    locked = read(tmp_path, 'host = "b.example"\nusername = "u"\npassword_file = "secret"')
    assert locked.password() == "xyzzy"
    assert "xyzzy" not in repr(locked)
    assert read(tmp_path, 'host = "b.example"\ntls_ca = "ca.pem"').tls_ca == tmp_path / "ca.pem"


def test_every_problem_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="no file at .*missing; check the path"):
        read(tmp_path, 'tls_ca = "missing"')
    with pytest.raises(BadSettings, match="did you mean 'port'"):
        read(tmp_path, "prot = 1")
