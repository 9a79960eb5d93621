"""What belongs to one attempt of a run."""

from __future__ import annotations

import asyncio
from pathlib import Path

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..models.errors import NotFound
from ..models.runs import Run
from ..store import runs
from .base import Handler


class AttemptHandler(Handler):
    """A handler that is about one attempt."""

    async def attempt_of(self, run_id: str) -> tuple[Run, int]:
        """The run, and the number of the attempt that is asked for: the latest, if none is."""
        run = await self.services.store.read(
            lambda db: runs.get(db, self.services.owner.name, run_id)
        )
        number = self.number("attempt", max(run.attempt, 1), low=1, high=10**6)
        if number > max(run.attempt, 1):
            raise NotFound(f"the run has had {run.attempt} attempts")
        return run, number

    def log_path(self, run: Run, number: int) -> Path:
        """Where its log is."""
        return self.services.backends[run.backend].log(run.id, number)

    def offer_as(self, run: Run, number: int, ending: str) -> None:
        """Make the answer a file to save."""
        name = f"{run.execution.spec.name}-{run.number}-{number}.{ending}"
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')


class NotebookHandler(AttemptHandler):
    """The notebook as far as it was executed."""

    @web.authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        run, number = await self.attempt_of(run_id)
        output = self.services.backends[run.backend].output(run.id, number)
        try:
            content = await asyncio.to_thread((output / "notebook.ipynb").read_bytes)
        except FileNotFoundError:
            raise NotFound("this attempt has no notebook (yet)") from None
        self.set_header("Cache-Control", "no-store")
        if self.flag("download", False):
            self.offer_as(run, number, "ipynb")
        await self.finish(content)


handlers = [(r"/saturn-deploy/api/runs/([^/]+)/notebook", NotebookHandler)]
