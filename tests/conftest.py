"""Test-wide setup: the test folder itself is importable (``where``, ``chunks``, ``oracles``)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
