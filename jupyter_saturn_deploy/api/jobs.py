"""One job, by id: edit, start, stop, restart, delete; its runs."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..models.errors import Invalid
from ..store import pages, resources
from ..store.db import Database
from . import wire
from .base import Handler
from .bulk import delete_all


class JobHandler(Handler):
    """Edit or delete."""

    @web.authenticated
    @authorized
    async def patch(self, job_id: str) -> None:
        body = self.body()
        if isinstance(body, dict) and "cron_schedule_options" in body:
            raise _no_schedules("cron_schedule_options")
        wished = await self.services.jobs.edit(await self.services.here(), job_id, body)
        self.audit("edit", f"job {job_id}")
        self.reply(
            await self.services.store.read(
                lambda db: wire.recipe_json(db, wished.job, warnings=wished.warnings)
            )
        )

    @web.authenticated
    @authorized
    async def delete(self, job_id: str) -> None:
        await self.services.jobs.delete(self.services.owner.name, job_id)
        self.audit("delete", f"job {job_id}")
        self.reply({})


class JobActionHandler(Handler):
    """Start, stop, restart. (Un)schedule is refused for now."""

    @web.authenticated
    @authorized
    async def post(self, job_id: str, action: str) -> None:
        services = self.services
        if action in ("schedule", "unschedule"):
            await services.store.read(lambda db: resources.get(db, services.owner.name, job_id))
            raise _no_schedules("schedule")
        self.body(optional=True)
        if action == "stop":
            stopping = await services.runs.stop_job(services.owner.name, job_id)
            self.audit("stop", f"job {job_id}")
            self.reply({"stopping": stopping})
            return
        wish = services.runs.start if action == "start" else services.runs.restart
        run = await wish(await services.here(), job_id, self.user_name())
        self.audit(action, f"job {job_id} run {run.id}")
        self.reply(await services.store.read(lambda db: wire.run_json(db, run)), 201)


class JobRunsHandler(Handler):
    """A job's runs, newest first."""

    @web.authenticated
    @authorized
    async def get(self, job_id: str) -> None:
        limit, before = self.page()
        states = self.states()
        owner = self.services.owner.name

        def work(db: Database) -> dict[str, Any]:
            resources.get(db, owner, job_id)
            found = pages.page(
                db, owner, job_id=job_id, states=states, before=before, limit=limit + 1
            )
            return page_of_runs(db, found, limit)

        self.reply(await self.services.store.read(work))


class JobsDeleteHandler(Handler):
    """Several at once."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        owner = self.services.owner.name
        await delete_all(self, "job", lambda job_id: self.services.jobs.delete(owner, job_id))


def page_of_runs(db: Database, found: list[Any], limit: int) -> dict[str, Any]:
    """A page from `limit` + 1 runs: the one too many shows that there is a next page."""
    shown = found[:limit]
    return {
        "runs": wire.runs_json(db, shown),
        "next_key": shown[-1].id if len(found) > limit else None,
    }


def _no_schedules(field: str) -> Invalid:
    return Invalid.field(field, "schedules are not supported yet", "start the job by hand")


handlers = [
    (r"/saturn-deploy/api/jobs/delete", JobsDeleteHandler),
    (r"/saturn-deploy/api/jobs/([^/]+)", JobHandler),
    (
        r"/saturn-deploy/api/jobs/([^/]+)/(start|stop|restart|schedule|unschedule)",
        JobActionHandler,
    ),
    (r"/saturn-deploy/api/jobs/([^/]+)/runs", JobRunsHandler),
]
