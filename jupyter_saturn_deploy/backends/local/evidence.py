"""What is to be seen where an attempt ended badly."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from ...logs.tail import tail
from ...models.advice import Evidence
from ...models.runs import Execution
from ...workspace.hardware import read_hardware
from .attempt import AttemptDirectory


def evidence(attempt: AttemptDirectory, execution: Execution) -> Evidence:
    """Look at the log's end, at the kernel's count, at the disks. Blocks."""
    return Evidence(
        tail=tail(attempt.log),
        oom_kills=attempt.oom_kills(),
        memory=read_hardware().memory,
        free=_free([Path(execution.project), attempt.path, Path(tempfile.gettempdir())]),
    )


def _free(directories: Iterable[Path]) -> int | None:
    found = []
    for directory in directories:
        try:
            status = os.statvfs(directory)
        except OSError:
            continue
        if status.f_blocks:  # some that are no disks say they have none
            found.append(status.f_bavail * status.f_frsize)
    return min(found, default=None)
