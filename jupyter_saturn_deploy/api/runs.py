"""Runs of all jobs."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..store import pages, runs
from ..store.db import Database
from . import wire
from .base import Handler
from .bulk import delete_all
from .jobs import page_of_runs


class RunsHandler(Handler):
    """Runs, newest first, filtered."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        limit, before = self.page()
        states = self.states()
        owner = self.services.owner.name
        job_id = self.get_query_argument("job_id", None)
        project = self.get_query_argument("project", None)

        def work(db: Database) -> dict[str, Any]:
            found = pages.page(
                db,
                owner,
                job_id=job_id,
                project=project,
                states=states,
                before=before,
                limit=limit + 1,
            )
            return page_of_runs(db, found, limit)

        self.reply(await self.services.store.read(work))


class RunHandler(Handler):
    """One run."""

    @web.authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        owner = self.services.owner.name
        self.reply(
            await self.services.store.read(
                lambda db: wire.run_json(db, runs.get(db, owner, run_id))
            )
        )

    @web.authenticated
    @authorized
    async def delete(self, run_id: str) -> None:
        await self.services.runs.delete(self.services.owner.name, run_id)
        self.audit("delete", f"run {run_id}")
        self.reply({})


class RunStopHandler(Handler):
    """Stop one run."""

    @web.authenticated
    @authorized
    async def post(self, run_id: str) -> None:
        run = await self.services.runs.stop(self.services.owner.name, run_id)
        self.audit("stop", f"run {run_id}")
        self.reply(await self.services.store.read(lambda db: wire.run_json(db, run)))


class RunsDeleteHandler(Handler):
    """Several at once."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        owner = self.services.owner.name
        await delete_all(self, "run", lambda run_id: self.services.runs.delete(owner, run_id))


handlers = [
    (r"/saturn-deploy/api/runs", RunsHandler),
    (r"/saturn-deploy/api/runs/delete", RunsDeleteHandler),
    (r"/saturn-deploy/api/runs/([^/]+)", RunHandler),
    (r"/saturn-deploy/api/runs/([^/]+)/stop", RunStopHandler),
]
