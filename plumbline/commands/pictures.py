"""The file a picture goes to, checked before the work is done, not after."""

import os
from pathlib import Path

from plumbline.errors import CommandError

FORMATS = (".png", ".pdf", ".svg", ".jpg", ".jpeg")


def picture(text: str) -> Path:
    """Read the path of ``--plot``: a file of a known kind in a folder that is there."""
    path = Path(text)
    if path.suffix.lower() not in FORMATS:
        raise CommandError(f"--plot {text}: name a picture, as out.png")
    if path.is_dir():
        raise CommandError(f"--plot {text}: a folder; name a file in it, as out.png")
    if not path.parent.is_dir():
        raise CommandError(f"--plot {text}: there is no folder {path.parent}; make it first")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise CommandError(f"--plot {text}: may not be written; choose another place")
    return path
