"""A page fed with a shaken tower, served for real."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from shaken_page import Page


@pytest.fixture
def page(tmp_path: Path) -> Page:
    return Page(tmp_path)


@pytest.fixture
def url(page: Page) -> Iterator[str]:
    server = page.serve()
    yield server.url
    server.stop()
