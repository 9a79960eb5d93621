"""What every test shares: pytest-jupyter's server fixtures."""

from __future__ import annotations

pytest_plugins = ["pytest_jupyter.jupyter_server"]
