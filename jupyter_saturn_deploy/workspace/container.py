"""Whether this server runs in a container, and since when."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from .files import read

_MARKS = (".dockerenv", "run/.containerenv")
"""Left by Docker, and by Podman and CRI-O."""


def container_start(
    environ: Mapping[str, str], root: Path = Path("/"), ticks: int | None = None
) -> float | None:
    """When the container's first process began, in seconds since the epoch; None: in no container.

    Up to a second late and never early: what came with the image is older in any case. `root` is
    where `/proc` and marks of containers are looked for, `ticks` are the kernel's in a second.
    """
    if not _in_container(environ, root):
        return None
    # `pid (name) state …`, where the name may hold anything; proc(5) counts fields from 1.
    fields = (read(root / "proc/1/stat") or "").rpartition(")")[2].split()
    booted = [
        line.removeprefix("btime ")
        for line in (read(root / "proc/stat", 16 * 1024 * 1024) or "").splitlines()
        if line.startswith("btime ")
    ]
    try:
        began = int(fields[22 - 3]) / (ticks or os.sysconf("SC_CLK_TCK"))
        return int(booted[0]) + 1 + began
    except (IndexError, ValueError):
        return None


def _in_container(environ: Mapping[str, str], root: Path) -> bool:
    if "KUBERNETES_SERVICE_HOST" in environ or any((root / mark).exists() for mark in _MARKS):
        return True
    # Only our own user's first process can be read; systemd-nspawn, LXC and Podman say it there.
    first = (read(root / "proc/1/environ") or "").split("\0")
    return any(variable.startswith("container=") for variable in first)
