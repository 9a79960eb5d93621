"""Schedules: what one will do, switching one on and off, what became of its slots."""

from __future__ import annotations

import asyncio
import math
import re
import time
from datetime import timedelta
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..models.errors import Invalid
from ..models.resources import Job
from ..store import resources, slots
from ..store.db import Database
from . import lists, shapes, wire
from .base import Handler

_FIRES, _FIRES_LIMIT = 5, 50


class ScheduleHandler(Handler):
    """The next fires of a schedule that nobody has yet."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        # Late: a server without schedules has no need of it.
        from ..control.preview import preview

        expression = self.get_query_argument("expression", "", strip=False)
        time_zone = self.get_query_argument("time_zone", "", strip=False) or "UTC"
        count = self.number("count", _FIRES, low=1, high=_FIRES_LIMIT)
        shown = await asyncio.to_thread(preview, expression, time_zone, count, time.time())
        fires = [
            {"at": shapes.moment(fire.at), "wall": fire.wall, "note": fire.note}
            for fire in shown.fires
        ]
        self.reply({"words": shown.words, "next": fires, "never": not fires})


class JobScheduleHandler(Handler):
    """Switch a job's schedule on."""

    action = "schedule"

    @web.authenticated
    @authorized
    async def post(self, job_id: str) -> None:
        services = self.services
        self.body(optional=True)
        off = self.action == "unschedule"
        job = await services.jobs.suspend(services.owner.name, job_id, off)
        self.audit(self.action, f"job {job_id}")
        self.reply(await services.store.read(lambda db: wire.recipe_json(db, job, self.apps_url)))


class JobUnscheduleHandler(JobScheduleHandler):
    """Switch it off."""

    action = "unschedule"


class SlotsHandler(Handler):
    """What became of a job's slots, the latest first."""

    @web.authenticated
    @authorized
    async def get(self, job_id: str) -> None:
        owner = self.services.owner.name
        limit, key = self.page()
        since = self._bound("since", -math.inf)
        before = min(_before(key), self._bound("until", math.inf))

        def work(db: Database) -> dict[str, Any]:
            resources.get(db, owner, job_id, Job)
            page = slots.page(db, job_id, since=since, before=before, limit=limit)
            return {
                "slots": [wire.slot(each) for each in page.slots],
                "next_key": None if page.end is None else repr(page.end),
            }

        self.reply(await self.services.store.read(work))

    def _bound(self, name: str, default: float) -> float:
        at = lists.moment(self, name)
        return default if at is None else at / timedelta(seconds=1)


def _before(key: str | None) -> float:
    if key is None:
        return math.inf
    if not re.fullmatch(r"[0-9]{1,12}\.[0-9]{1,9}", key):
        raise Invalid.field("next_key", "is none of this list", "begin without it")
    return float(key)


handlers = [
    (r"/saturn-deploy/api/schedule", ScheduleHandler),
    (r"/saturn-deploy/api/jobs/([^/]+)/schedule", JobScheduleHandler),
    (r"/saturn-deploy/api/jobs/([^/]+)/unschedule", JobUnscheduleHandler),
    (r"/saturn-deploy/api/jobs/([^/]+)/slots", SlotsHandler),
]
