"""The data folder that Plumbline 0.2.0 left behind, unpacked as if it had always lain here."""

import tarfile
from pathlib import Path

from where import REPO

FOLDER = REPO / "tests" / "data_of_0_2_0"
KILLED_NS = 1_796_095_197_000_000_000
"""Just after its collector was killed. [ns since 1970]"""
STORE_ID = "51bab4f911daffcc"


def unpacked(folder: Path) -> Path:
    """Unpack the folder; return where its ``collector.toml`` lies."""
    with tarfile.open(FOLDER / "demo.tar.xz") as tar:
        tar.extractall(folder, filter="data")
    name = folder / "data" / "journal" / "store_id"
    with name.open("r+", encoding="ascii") as file:  # a journal that was copied is another one
        file.write(f"{STORE_ID} {name.stat().st_ino}\n")
        file.truncate()
    return folder / "collector.toml"
