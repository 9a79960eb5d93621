"""The directory the work lives in."""

from __future__ import annotations

import os
from pathlib import Path

from .sourced import Sourced

SATURN_PROJECT = Path("/home/jovyan/project")


def find_project(
    configured: str, server_root: str, saturn_project: Path = SATURN_PROJECT
) -> Sourced[Path]:
    """Absolute path without symbolic links: the setting, else Saturn's place, else the server's
    root directory. A place that is no directory doesn't count, and `not_from` says so."""
    not_from = ["the setting project_dir is empty"]
    if configured:
        path = _resolve(configured)
        if os.path.isdir(path):
            return Sourced(path, "the setting project_dir")
        not_from = [f"the setting project_dir: {path} is no directory"]
    if os.path.isdir(saturn_project):
        return Sourced(_resolve(saturn_project), str(saturn_project), tuple(not_from))
    not_from.append(f"{saturn_project} is no directory")
    return Sourced(_resolve(server_root), "the server's root directory", tuple(not_from))


def _resolve(path: str | Path) -> Path:
    return Path(os.path.realpath(os.path.expanduser(path)))
