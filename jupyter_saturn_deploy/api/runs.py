"""Runs of all jobs."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..models.errors import Invalid
from ..store import runs
from . import lists, wire
from .base import Handler
from .bulk import answer_for_all


class RunsHandler(Handler):
    """Runs, filtered, in an order."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        await lists.reply_with_runs(self, lists.wanted_runs(self))


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
    async def patch(self, run_id: str) -> None:
        body = self.body()
        pinned = body.get("pinned") if isinstance(body, dict) else None
        if not isinstance(pinned, bool) or len(body) > 1:
            raise Invalid.field(
                "pinned", "is all that can be changed, to true or false", 'send {"pinned": true}'
            )
        run = await self.services.runs.pin(self.services.owner.name, run_id, pinned)
        self.audit("pin" if pinned else "unpin", f"run {run_id}")
        self.reply(await self.services.store.read(lambda db: wire.run_json(db, run)))

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


class RunFixHandler(Handler):
    """Apply what the advice on a run offers to its job or deployment."""

    @web.authenticated
    @authorized
    async def post(self, run_id: str) -> None:
        services, owner = self.services, self.services.owner.name
        run = await services.store.read(lambda db: runs.get(db, owner, run_id))
        of_kind = services.deployments if run.is_instance else services.jobs
        wished = await of_kind.fix(await services.here(), run)
        self.audit("fix", f"{wished.resource.kind} {run.job_id} run {run_id}")
        self.reply(
            await services.store.read(
                lambda db: wire.recipe_json(
                    db, wished.resource, self.apps_url, warnings=wished.warnings
                )
            )
        )


class RunsStopHandler(Handler):
    """Stop several."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        await answer_for_all(self, "stop", "run", self.services.runs.stop_many, "stopping")


class RunsDeleteHandler(Handler):
    """Delete several."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        await answer_for_all(self, "delete", "run", self.services.runs.delete_many, "deleted")


handlers = [
    (r"/saturn-deploy/api/runs", RunsHandler),
    (r"/saturn-deploy/api/runs/stop", RunsStopHandler),
    (r"/saturn-deploy/api/runs/delete", RunsDeleteHandler),
    (r"/saturn-deploy/api/runs/([^/]+)", RunHandler),
    (r"/saturn-deploy/api/runs/([^/]+)/stop", RunStopHandler),
    (r"/saturn-deploy/api/runs/([^/]+)/fix", RunFixHandler),
]
