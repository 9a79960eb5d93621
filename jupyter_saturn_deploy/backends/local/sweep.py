"""Ends what a lost attempt left behind, found by the run's id in its environment."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import suppress

import psutil

_PAUSE = 0.05
_PATIENCE = 10.0
"""Seconds after the first KILL at which a process that can't be killed (it hangs in the kernel) is
left alone."""


async def sweep(run_id: str, attempt: int, grace: float) -> int:
    """TERM, after `grace` seconds KILL until none is left; how many processes there were.

    Finds processes of that attempt and all below them, of this user (of all, for root). One that
    cleared its environment and lost its parent can't be found.
    """
    started = time.monotonic()
    told: set[psutil.Process] = set()
    while found := await asyncio.to_thread(_leftovers, run_id, attempt):
        waited = time.monotonic() - started
        if waited >= grace + _PATIENCE:
            break
        if waited >= grace:
            _each(found, psutil.Process.kill)
        else:
            _each(found - told, psutil.Process.terminate)
        told |= found
        await asyncio.sleep(_PAUSE)
    return len(told)


def _leftovers(run_id: str, attempt: int) -> set[psutil.Process]:
    own = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    wanted = {"SATURN_RUN_ID": run_id, "SATURN_ATTEMPT": str(attempt)}
    found: set[psutil.Process] = set()
    for process in psutil.process_iter():
        try:
            environment = process.environ()
            if wanted.items() <= environment.items():
                found |= {process, *process.children(recursive=True)}
        except (psutil.Error, OSError):  # gone meanwhile, or another user's
            continue
    return {process for process in found if process.pid not in own and _lives(process)}


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _each(processes: set[psutil.Process], tell: Callable[[psutil.Process], None]) -> None:
    for process in processes:
        with suppress(psutil.Error):
            tell(process)
