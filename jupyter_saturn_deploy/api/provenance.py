"""What a run really ran with, held against an earlier one; and what it took."""

from __future__ import annotations

import asyncio
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..control.changes import FILES_SHOWN, Changes, changes
from ..models.errors import Invalid
from ..models.runs import Run
from ..sources.listing import shown
from ..store import runs
from ..store.db import Database
from ..workspace.hardware import read_hardware
from . import shapes
from .attempts import AttemptHandler
from .base import Handler


class ChangesHandler(Handler):
    """What differs in a run from an earlier one of its job: the last good one, if none is named."""

    @web.authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        owner = self.services.owner.name
        since_id = self.get_query_argument("since", None) or None

        def work(db: Database) -> tuple[Run, Run | None]:
            run = runs.get(db, owner, run_id)
            if since_id is None:
                return run, runs.last_good(db, run)
            since = runs.get(db, owner, since_id)
            if since.job_id != run.job_id:
                raise Invalid.field("since", "is a run of another job", "give one of the same job")
            return run, since

        run, since = await self.services.store.read(work)
        found = await self.services.sources.apart(changes, run, since, self.services.records)
        self.reply(_changes(found))


class MetricsHandler(AttemptHandler):
    """What one attempt took over time."""

    @web.authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        run, number = await self.attempt_of(run_id)
        points = await self.services.backends[run.backend].metrics(run.id, number)
        hardware = await asyncio.to_thread(read_hardware)
        latest = number == run.attempt
        self.reply(
            {
                "attempt": number,
                "points": [
                    [shapes.moment(point.at), round(point.cores, 3), point.memory]
                    for point in points
                ],
                "limits": {"cores": hardware.cores, "memory": hardware.memory},
                "cpu_seconds": run.cpu_seconds if latest else None,
                "memory_peak": run.memory_peak if latest else None,
            }
        )


def _changes(found: Changes) -> dict[str, Any]:
    since = found.since
    return {
        "since": since
        and {
            "id": since.id,
            "number": since.number,
            "state": since.state.value,
            "ended_at": shapes.moment(since.ended_at),
        },
        "sentence": found.sentence,
        "files": [
            {"path": shown(item.path), "change": item.change, "during": item.during}
            for item in found.files[:FILES_SHOWN]
        ],
        "files_count": len(found.files),
        "files_unknown": found.files_unknown,
        "commits": [shapes.commit(item) for item in found.commits],
        "commits_count": found.commits_count,
        "packages": [
            {"name": item.name, "before": item.before, "after": item.after}
            for item in found.packages
        ],
        "packages_unknown": found.packages_unknown,
        "settings": [
            {"field": item.name, "before": item.before, "after": item.after}
            for item in found.settings
        ],
    }


handlers = [
    (r"/saturn-deploy/api/runs/([^/]+)/changes", ChangesHandler),
    (r"/saturn-deploy/api/runs/([^/]+)/metrics", MetricsHandler),
]
