"""What the Jupyter servers of this machine left word of: where they are, and a token."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator
from typing import NamedTuple


class Runtime(NamedTuple):
    """One server. The token acts for the owner."""

    pid: int
    started_at: float
    url: str
    token: str
    project: str


def runtime_dir() -> str:
    """Where they leave it, as jupyter_core knows it."""
    environ = os.environ
    if environ.get("JUPYTER_RUNTIME_DIR"):
        return environ["JUPYTER_RUNTIME_DIR"]
    if environ.get("JUPYTER_PLATFORM_DIRS", "").lower() not in ("", "0", "false", "no", "off"):
        from jupyter_core.paths import jupyter_runtime_dir

        return jupyter_runtime_dir()
    home = os.path.realpath(os.path.expanduser("~"))
    data = environ.get("JUPYTER_DATA_DIR")
    if not data and sys.platform == "darwin":
        data = os.path.join(home, "Library", "Jupyter")
    if not data:
        shared = environ.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share")
        data = os.path.join(shared, "jupyter")
    return os.path.join(data, "runtime")


def runtimes(cwd: str) -> list[Runtime]:
    """Those whose process lives, the likeliest first: that which this kernel is of, then whose
    project holds `cwd`, the deepest first, then the newest. Removes what dead ones left, of this
    machine alone: with a home that is shared, others leave word there too."""
    here = os.path.realpath(cwd)
    parent = os.environ.get("JPY_PARENT_PID")

    def likely(runtime: Runtime) -> tuple[bool, int, float]:
        project = os.path.realpath(runtime.project)
        holds = os.path.commonpath([here, project]) == project
        return str(runtime.pid) == parent, holds * len(project), runtime.started_at

    return sorted(_living(runtime_dir()), key=likely, reverse=True)


def _living(directory: str) -> Iterator[Runtime]:
    try:
        names = os.listdir(directory)
    except OSError:
        return
    beginning = f"saturn-deploy-{socket.gethostname()}-"
    for name in names:
        pid = name.removeprefix(beginning).removesuffix(".json")
        if not pid.isdecimal() or name != f"{beginning}{pid}.json":
            continue
        path = os.path.join(directory, name)
        try:
            if not _lives(int(pid)):
                os.unlink(path)
                continue
            with open(path, encoding="utf-8") as file:
                told = json.load(file)
            yield Runtime(
                pid=int(pid),
                started_at=float(told["started_at"]),
                url=str(told["url"]),
                token=str(told["token"]),
                project=str(told["project"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
