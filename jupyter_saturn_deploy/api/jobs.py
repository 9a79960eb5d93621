"""One job, by id: edit, start, stop, restart, delete; its runs."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..models.errors import Invalid
from ..models.resources import Job
from ..store import resources
from . import lists, wire
from .base import Handler
from .bulk import answer_for_all


class JobHandler(Handler):
    """Edit or delete."""

    @web.authenticated
    @authorized
    async def patch(self, job_id: str) -> None:
        body = self.body()
        if isinstance(body, dict) and "cron_schedule_options" in body:
            body = _by_options(body)
        wished = await self.services.jobs.edit(await self.services.here(), job_id, body)
        self.audit("edit", f"job {job_id}")
        self.reply(
            await self.services.store.read(
                lambda db: wire.recipe_json(
                    db, wished.resource, self.apps_url, warnings=wished.warnings
                )
            )
        )

    @web.authenticated
    @authorized
    async def delete(self, job_id: str) -> None:
        await self.services.jobs.delete(self.services.owner.name, job_id)
        self.audit("delete", f"job {job_id}")
        self.reply({})


class JobActionHandler(Handler):
    """Start, stop, restart."""

    @web.authenticated
    @authorized
    async def post(self, job_id: str, action: str) -> None:
        services = self.services
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
    """A job's runs, filtered, in an order."""

    @web.authenticated
    @authorized
    async def get(self, job_id: str) -> None:
        owner = self.services.owner.name
        wanted = lists.wanted_runs(self, job_id=job_id)
        await self.services.store.read(lambda db: resources.get(db, owner, job_id, Job))
        await lists.reply_with_runs(self, wanted)


class JobsStopHandler(Handler):
    """Stop all runs of several."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        await answer_for_all(self, "stop", "job", self.services.runs.stop_jobs, "stopping")


class JobsDeleteHandler(Handler):
    """Delete several."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        await answer_for_all(self, "delete", "job", self.services.jobs.delete_many, "deleted")


def _by_options(body: dict[str, Any]) -> dict[str, Any]:
    """What Saturn's client sends for a schedule, as an edit; null or `""` takes it away."""
    options = body["cron_schedule_options"]
    schedule = options.get("schedule") if isinstance(options, dict) else 0
    if len(body) > 1 or not isinstance(schedule, str | None) or set(options) != {"schedule"}:
        raise Invalid.field(
            "cron_schedule_options",
            "is not understood",
            'send nothing else, e.g. {"cron_schedule_options": {"schedule": "0 6 * * *"}}',
        )
    return {"spec": {"schedule": schedule or None}}


handlers = [
    (r"/saturn-deploy/api/jobs/stop", JobsStopHandler),
    (r"/saturn-deploy/api/jobs/delete", JobsDeleteHandler),
    (r"/saturn-deploy/api/jobs/([^/]+)", JobHandler),
    (
        r"/saturn-deploy/api/jobs/([^/]+)/(start|stop|restart)",
        JobActionHandler,
    ),
    (r"/saturn-deploy/api/jobs/([^/]+)/runs", JobRunsHandler),
]
