"""One run from start to end, and what it is given and leaves."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_saturn_deploy.models.code import Code, Used
from jupyter_saturn_deploy.models.runs import Observation, Run, RunState
from tests.backends.contract import key, opened
from tests.backends.local.conftest import ThisMachine


def of(place: ThisMachine, code: Code, command: str, **spec: Any) -> Run:
    """A run that control has just written down, with that code."""
    run = place.run(command, **spec)
    return replace(run, execution=replace(run.execution, code=code))


def contents(directory: Path) -> dict[str, str]:
    """Every file below a directory but git's own, with its text."""
    return {
        str(path.relative_to(directory)): path.read_text()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and ".git/" not in str(path)
    }


def outcome(place: ThisMachine, run: Run) -> tuple[list[Observation], str]:
    """All that was observed of one attempt, and its log."""

    async def scene() -> tuple[list[Observation], str]:
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.end(run)
            log = backend.log(*key(run))
            return journal.of(run), log.read_text() if log.exists() else ""

    return asyncio.run(scene())


def carried_out(place: ThisMachine, run: Run) -> tuple[Used, str]:
    """What a run that ends well ran with, and its log."""
    seen, log = outcome(place, run)
    assert seen[-1].state is RunState.COMPLETED, log
    assert seen[0].state is RunState.RUNNING and seen[0].used is not None
    return seen[0].used, log


def copy_of(place: ThisMachine, run: Run) -> Path:
    """Where the attempt's copy of the project is."""
    return place.directory(run) / "project"
