"""Write which wheels ``plumbline[edge]`` resolves to on 64-bit Raspberry Pi OS, Python 3.11."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

REPO = Path(__file__).resolve().parent.parent
PLATFORMS = ("manylinux_2_34", "manylinux_2_28", "manylinux_2_17", "manylinux2014")


def main() -> int:
    """Ask pip for a resolution without installing; write the file names."""
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = project["dependencies"] + project["optional-dependencies"]["edge"]
    words = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--report", "-"]
    words += ["--ignore-installed", "--only-binary=:all:", "--python-version", "3.11"]
    words += ["--implementation", "cp", "--target", "nowhere"]
    words += [word for name in PLATFORMS for word in ("--platform", f"{name}_aarch64")]
    words += ["--constraint", str(REPO / "requirements.lock"), *needed]
    report = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    names = [Path(urlsplit(item["download_info"]["url"]).path).name for item in report["install"]]
    lines = "".join(f"{name}\n" for name in sorted(names, key=str.lower))
    (REPO / "deploy" / "edge-aarch64.txt").write_text(lines, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
