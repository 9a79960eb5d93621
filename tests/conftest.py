"""What every test shares: pytest-jupyter's server fixtures."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytest_jupyter.jupyter_server"]
_LONG = ("tests/ui/", "tests/never_lost/", "tests/frameworks/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take minutes first: the last one would keep one worker waiting for another."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))
