"""Jobs inside JupyterLab. Importing this costs next to nothing: every door opens on its own."""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from .app import SaturnDeployApp

    return [{"module": "jupyter_saturn_deploy", "app": SaturnDeployApp}]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyter-saturn-deploy"}]
