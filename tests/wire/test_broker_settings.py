"""Broker settings of both ends: on this machine, or guarded."""

from pathlib import Path

import pytest

from plumbline.collector.ingest.settings import SubscriberSettings
from plumbline.edge_agent.settings import PublisherSettings
from plumbline.wire.broker_settings import BrokerSettings, is_loopback
from plumbline.wire.settings import BadSettings, Settings, read_settings

ENDS = (SubscriberSettings, PublisherSettings)


class CollectorFile(Settings):
    broker: SubscriberSettings


class EdgeFile(Settings):
    broker: PublisherSettings


FILES: dict[type[BrokerSettings], type[CollectorFile | EdgeFile]] = {
    SubscriberSettings: CollectorFile,
    PublisherSettings: EdgeFile,
}


def read(folder: Path, text: str, end: type[BrokerSettings]) -> BrokerSettings:
    path = folder / "settings.toml"
    path.write_text(f"[broker]\n{text}")
    return read_settings(path, FILES[end]).broker


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text("xyzzy\n")
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / name).write_text("")
    return tmp_path


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_this_machine_needs_no_password(tmp_path: Path, host: str, end: type) -> None:
    assert is_loopback(host)
    assert read(tmp_path, f'host = "{host}"', end).host == host


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("host", ["192.168.1.4", "broker.example", "0.0.0.0", "127.0.0.1.example"])
def test_another_address_without_password_or_tls_is_refused(
    tmp_path: Path, host: str, end: type
) -> None:
    with pytest.raises(BadSettings, match="is not this machine: set username and password_file"):
        read(tmp_path, f'host = "{host}"', end)


@pytest.mark.parametrize("end", ENDS)
def test_another_address_with_a_password_or_tls_is_taken(folder: Path, end: type) -> None:
    locked = read(folder, 'host = "b.example"\nusername = "u"\npassword_file = "secret"', end)
    assert locked.password() == "xyzzy"
    assert "xyzzy" not in repr(locked)
    assert read(folder, 'host = "b.example"\ntls_ca = "ca.pem"', end).tls_ca == folder / "ca.pem"


@pytest.mark.parametrize("end", ENDS)
def test_a_certificate_of_ours_needs_its_key_and_the_brokers_authority(
    folder: Path, end: type
) -> None:
    ours = 'tls_cert = "cert.pem"\ntls_key = "key.pem"'
    assert read(folder, f'{ours}\ntls_ca = "ca.pem"', end).tls_key == folder / "key.pem"
    with pytest.raises(BadSettings, match="tls_cert without tls_ca: name the certificate"):
        read(folder, ours, end)
    for half in ('tls_cert = "cert.pem"', 'tls_key = "key.pem"'):
        with pytest.raises(BadSettings, match="tls_cert and tls_key go together"):
            read(folder, f'{half}\ntls_ca = "ca.pem"', end)


@pytest.mark.parametrize("end", ENDS)
def test_a_password_needs_a_username(folder: Path, end: type) -> None:
    with pytest.raises(BadSettings, match="password_file needs a username"):
        read(folder, 'password_file = "secret"', end)


def test_the_collector_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="no file at .*missing; check the path"):
        read(tmp_path, 'tls_ca = "missing"', SubscriberSettings)


def test_an_agent_starts_without_its_files_and_measures(tmp_path: Path) -> None:
    settings = read(tmp_path, 'tls_ca = "missing"', PublisherSettings)
    assert settings.tls_ca == tmp_path / "missing"


@pytest.mark.parametrize("end", ENDS)
def test_a_wrong_key_is_named(tmp_path: Path, end: type) -> None:
    with pytest.raises(BadSettings, match="did you mean 'port'"):
        read(tmp_path, "prot = 1", end)


def test_each_end_has_keys_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="unknown key"):
        read(tmp_path, "inbox = 1000", PublisherSettings)
    with pytest.raises(BadSettings, match="unknown key"):
        read(tmp_path, "backlog_per_s = 100", SubscriberSettings)
