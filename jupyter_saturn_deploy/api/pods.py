"""Saturn's pods: an attempt of a run here. A pod's name is `<run id>-<number of the attempt>`."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..models.errors import Invalid, NotFound
from ..models.resources import Job
from ..models.runs import ACTIVE, Attempt, Run
from ..store import pages, resources, runs
from ..store.db import Database
from ..store.lanes import Wanted
from . import shapes
from .base import Handler

_NAME = re.compile(r"([0-9a-f]{32})-([1-9][0-9]{0,5})")
_TEXT_LIMIT = 1024 * 1024
"""Bytes of a log that fit into one JSON answer: its end."""
_RUNS = 100


class PodHandler(Handler):
    """What its handlers share."""

    async def find(self, name: str) -> tuple[Run, Attempt]:
        """The attempt that a pod's name means. Raises `NotFound`."""
        match = _NAME.fullmatch(name)
        owner = self.services.owner.name

        def work(db: Database) -> tuple[Run, Attempt]:
            if match is not None:
                run = runs.get(db, owner, match[1])
                for attempt in runs.attempts(db, [run.id])[run.id]:
                    if attempt.number == int(match[2]):
                        return run, attempt
            raise NotFound(f"there is no pod named {name[:64]!r}")

        return await self.services.store.read(work)

    async def text(self, run: Run, attempt: Attempt) -> str:
        """The end of its log."""
        path = self.services.backends[run.backend].log(run.id, attempt.number)
        return await asyncio.to_thread(_end_of, path)

    async def attempts(self, job_id: str, limit: int) -> list[tuple[Run, Attempt]]:
        """The attempts of a job's latest runs, newest run first."""
        owner = self.services.owner.name

        def work(db: Database) -> list[tuple[Run, Attempt]]:
            resources.get(db, owner, job_id, Job)
            found = pages.page(db, Wanted(owner, job_id), limit=limit).runs
            attempts = runs.attempts(db, [run.id for run in found])
            return [(run, attempt) for run in found for attempt in attempts[run.id]]

        return await self.services.store.read(work)


class ActivePodsHandler(PodHandler):
    """The attempts of a job that live now."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        if self.get_query_argument("workload_type", "job") != "job":
            raise Invalid.field("workload_type", "is not known", "use job")
        job_id = self.get_query_argument("workload_id")
        alive = [
            _summary(run, attempt)
            for run, attempt in await self.attempts(job_id, _RUNS)
            if attempt.state in ACTIVE
        ]
        self.reply({"pod_summaries": alive, "next_key": None})


class ActivePodHandler(PodHandler):
    """One attempt."""

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        run, attempt = await self.find(name)
        container = {
            "name": "main",
            "status": shapes.status(attempt.state),
            "logs": await self.text(run, attempt),
            "exit_code": attempt.exit_code,
            "finished_at": shapes.moment(attempt.ended_at),
            "previous": None,
        }
        self.reply(
            {
                **_summary(run, attempt),
                "container_summaries": [container],
                "init_container_summaries": [],
            }
        )


class ActivePodLogsHandler(PodHandler):
    """The log of one attempt."""

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        self.reply({"logs": await self.text(*await self.find(name))})


class JobHistoryHandler(PodHandler):
    """The attempts of a job's latest runs."""

    @web.authenticated
    @authorized
    async def get(self, job_id: str) -> None:
        pods = [
            {
                "pod_name": summary["name"],
                "start_time": summary["started_at"],
                "end_time": summary["completed_at"],
                "status": summary["status"],
            }
            for run, attempt in await self.attempts(job_id, _RUNS)
            for summary in [_summary(run, attempt)]
        ]
        self.reply({"pods": pods})


class JobLogsHandler(PodHandler):
    """The log of one of a job's attempts; without a name, of the latest."""

    @web.authenticated
    @authorized
    async def get(self, job_id: str) -> None:
        name = self.get_query_argument("pod_name", "")
        if name:
            run, attempt = await self.find(name)
            if run.job_id != job_id:
                raise NotFound(f"there is no pod named {name[:64]!r} of that job")
            self.reply({"logs": await self.text(run, attempt)})
            return
        latest = await self.attempts(job_id, 1)
        self.reply({"logs": await self.text(*latest[-1]) if latest else ""})


def _summary(run: Run, attempt: Attempt) -> dict[str, Any]:
    return {
        "name": f"{run.id}-{attempt.number}",
        "status": shapes.status(attempt.state),
        "labels": {"saturncloud.io/resource-id": run.job_id, "job-name": run.id},
        "started_at": shapes.moment(attempt.started_at) or shapes.moment(run.created_at),
        "completed_at": shapes.moment(attempt.ended_at),
    }


def _end_of(path: Path) -> str:
    try:
        with path.open("rb") as log:
            size = log.seek(0, 2)
            log.seek(max(size - _TEXT_LIMIT, 0))
            text = log.read(_TEXT_LIMIT).decode(errors="replace")
    except FileNotFoundError:
        return ""
    return (
        text if size <= _TEXT_LIMIT else f"[the first {size - _TEXT_LIMIT} bytes left out]\n{text}"
    )


handlers = [
    (r"/saturn-deploy/api/active/pods", ActivePodsHandler),
    (r"/saturn-deploy/api/active/pods/([^/]+)", ActivePodHandler),
    (r"/saturn-deploy/api/active/pods/([^/]+)/logs", ActivePodLogsHandler),
    (r"/saturn-deploy/api/jobs/([^/]+)/history", JobHistoryHandler),
    (r"/saturn-deploy/api/jobs/([^/]+)/logs", JobLogsHandler),
]
