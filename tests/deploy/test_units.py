"""The systemd units: hardened, verified, and their commands run as their user with their paths."""

import os
import pwd
import re
import shlex
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from places import inventory_text
from servers.programs import free_port, program
from where import REPO

DEPLOY = REPO / "deploy"
UNITS = ("plumbline-collector", "plumbline-edge", "plumbline-sentinel")
PROGRAM = "/opt/plumbline/.venv/bin/plumbline"
STATE = {
    "plumbline-collector": "/var/lib/plumbline",
    "plumbline-edge": "/var/lib/plumbline-edge",
    "plumbline-sentinel": "/var/lib/plumbline-sentinel",
}
CONFIG = {unit: f"/etc/plumbline/{unit.removeprefix('plumbline-')}.toml" for unit in UNITS}
LARGEST_EXPOSURE = 3.0


def settings(unit: str) -> dict[str, list[str]]:
    """Return the settings of a unit, each with all its values."""
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / f"{unit}.service").read_text().splitlines():
        key, is_setting, value = line.partition("=")
        if is_setting and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


@pytest.mark.real
@pytest.mark.parametrize("unit", UNITS)
def test_the_exposure_is_small(unit: str) -> None:
    words = [program("systemd-analyze"), "security", "--offline=true", "--no-pager"]
    words += [str(DEPLOY / f"{unit}.service"), f"--threshold={LARGEST_EXPOSURE * 10:.0f}"]
    told = subprocess.run(words, capture_output=True, text=True, check=False)
    exposure = re.search(r"exposure level for \S+: ([\d.]+)", told.stdout)
    assert exposure is not None, told.stderr
    assert float(exposure[1]) <= LARGEST_EXPOSURE
    assert told.returncode == 0


@pytest.mark.real
@pytest.mark.parametrize("unit", UNITS)
def test_systemd_has_nothing_to_say_against_it(unit: str, tmp_path: Path) -> None:
    """The program is put where this machine has one: systemd looks whether it can be run."""
    text = (DEPLOY / f"{unit}.service").read_text().replace(PROGRAM, sys.executable)
    path = tmp_path / f"{unit}.service"
    path.write_text(text.replace("file:///opt/plumbline", f"file://{REPO}"))
    words = [program("systemd-analyze"), "verify", "--man=no", str(path)]
    told = subprocess.run(words, capture_output=True, text=True, check=False)
    ours = [line for line in told.stderr.splitlines() if unit in line]
    assert ours == []


def test_the_units_agree_with_each_other_and_with_their_configurations() -> None:
    for unit in UNITS:
        of_unit = settings(unit)
        (command,) = of_unit["ExecStart"]
        assert shlex.split(command)[0] == PROGRAM
        assert CONFIG[unit] in shlex.split(command)
        assert of_unit["User"] == ["plumbline"]
        assert of_unit["StateDirectory"] == [STATE[unit].rpartition("/")[2]]
        assert STATE[unit] in of_unit["ReadWritePaths"][0].split()
        assert of_unit["UMask"] == ["0027"]
        assert of_unit["Type"] == ["notify"]
        assert "WatchdogSec" in of_unit
        assert of_unit["Restart"] == ["always"]
        assert of_unit["StartLimitIntervalSec"] == ["0"]
        assert STATE[unit] in (DEPLOY / Path(CONFIG[unit]).name).read_text()
        assert STATE[unit] in (DEPLOY / "README.md").read_text()


class Service:
    """A unit's command in a root of its own, as its user would run it."""

    def __init__(self, unit: str, root: Path) -> None:
        self.unit, self.root = unit, root
        self.state = root / STATE[unit].lstrip("/")
        etc = root / "etc" / "plumbline"
        for folder in (etc, self.state):
            folder.mkdir(parents=True)
        self.state.chmod(int(settings(unit)["StateDirectoryMode"][0], 8))
        for name in ("collector.toml", "edge.toml", "sentinel.toml"):
            (etc / name).write_text(self._inside((DEPLOY / name).read_text()))
        (etc / "inventory.toml").write_text(inventory_text())
        self.user = self._user()
        if self.user is not None:
            os.chown(self.state, self.user.pw_uid, self.user.pw_gid)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._listener.bind(str(root / "notify"))
        (root / "notify").chmod(0o777)
        self._listener.settimeout(90)

    def _inside(self, text: str) -> str:
        """Return a configuration with its paths in the root, and ports that are free."""
        text = re.sub(r'"(/(?:var|etc)/)', rf'"{self.root}\1', text)
        text = text.replace("port = 8080", f"port = {free_port()}")
        text = text.replace("port = 1883", f"port = {free_port()}")
        return text.replace('senders = ["gammu-smsd"]', 'senders = ["outbox-folder"]')

    def _user(self) -> pwd.struct_passwd | None:
        """Return somebody without rights who can run this checkout, None where there is none."""
        if os.geteuid() != 0:
            return None
        nobody = pwd.getpwnam("nobody")
        try:
            tried = subprocess.run(
                [sys.executable, "-c", "import plumbline.cli"],
                user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[], cwd="/",
                env={**os.environ, "PYTHONPATH": str(REPO)}, check=False,
            )  # fmt: skip
        except PermissionError:
            return None  # Python lies in somebody's home
        return nobody if tried.returncode == 0 else None

    def start(self) -> "subprocess.Popen[bytes]":
        of_unit = settings(self.unit)
        command = shlex.split(of_unit["ExecStart"][0])
        words = [sys.executable, "-m", "plumbline.cli"]
        words += [self._inside(f'"{word}"').strip('"') for word in command[1:]]
        as_user = {} if self.user is None else {
            "user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": [],
        }  # fmt: skip
        return subprocess.Popen(
            words, cwd="/", umask=int(of_unit["UMask"][0], 8), **as_user,  # type: ignore[call-overload]
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPO), "HOME": "/nonexistent",
                 "PYTHONDONTWRITEBYTECODE": "1", "NOTIFY_SOCKET": str(self.root / "notify"),
                 "WATCHDOG_USEC": "1500000"},
        )  # fmt: skip

    def words(self) -> set[str]:
        return set(self._listener.recv(4096).decode().split("\n"))

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def root() -> Iterator[Path]:
    """Return a short path that everybody can enter: a socket's name has 108 bytes."""
    with tempfile.TemporaryDirectory(prefix="unit-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.parametrize("unit", UNITS)
def test_the_command_runs_says_so_lives_and_stops(unit: str, root: Path) -> None:
    service = Service(unit, root)
    process = service.start()
    try:
        words = service.words()
        assert "READY=1" in words
        while "WATCHDOG=1" not in words:
            words |= service.words()
        process.send_signal(signal.SIGTERM)
        while "STOPPING=1" not in words:
            words |= service.words()
        assert process.wait(90) == 0
    finally:
        process.kill()
        process.wait(10)
        service.close()
    made = [path for path in service.state.rglob("*") if path.is_file()]
    assert made != []
    for path in made:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode & 0o027 == 0, f"{path}: {mode:o}"
        if service.user is not None:
            assert path.stat().st_uid == service.user.pw_uid
