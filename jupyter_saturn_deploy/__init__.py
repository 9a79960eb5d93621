"""Jobs inside JupyterLab. Importing this costs next to nothing: every door opens on its own."""

from __future__ import annotations


def _jupyter_server_extension_points() -> list[dict[str, object]]:
    import gc

    # JupyterLab has made some 200,000 objects by now that stay. What is imported here would make
    # the collector look at them all once more: half of what this extension adds to a start.
    collects = gc.isenabled()
    gc.disable()
    try:
        from .app import SaturnDeployApp
    finally:
        if collects:
            gc.enable()
    return [{"module": "jupyter_saturn_deploy", "app": SaturnDeployApp}]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyter-saturn-deploy"}]
