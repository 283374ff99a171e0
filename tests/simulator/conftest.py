"""The folder of these tests is importable (``specs``, ``node_bytes``)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
