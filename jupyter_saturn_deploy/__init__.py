"""Jobs and deployments in JupyterLab. Importing this costs next to nothing: every door opens on its
own."""

from __future__ import annotations

TYPE_CHECKING = False  # typing's own would be most of what this import costs
if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


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


def load_ipython_extension(ipython: InteractiveShell) -> None:
    """For `%load_ext jupyter_saturn_deploy`."""
    from .magics import load

    load(ipython)
