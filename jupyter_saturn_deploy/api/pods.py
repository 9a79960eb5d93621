"""Saturn's pods: an attempt of a run or instance here. A pod's name is `<run id>-<number of the
attempt>`."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..models.errors import Invalid, NotFound
from ..models.resources import KINDS
from ..models.runs import ACTIVE, Attempt, Run, RunState
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

    async def find(self, name: str) -> tuple[Run, Attempt, Attempt | None]:
        """The attempt that a pod's name means, and of an instance the life before it. Raises
        `NotFound`."""
        match = _NAME.fullmatch(name)
        owner = self.services.owner.name

        def work(db: Database) -> tuple[Run, Attempt, Attempt | None]:
            if match is not None:
                run, number = runs.get(db, owner, match[1]), int(match[2])
                known = {each.number: each for each in runs.attempts(db, [run.id])[run.id]}
                if number in known:
                    before = known.get(number - 1) if run.is_instance else None
                    return run, known[number], before
            raise NotFound(f"there is no pod named {name[:64]!r}")

        return await self.services.store.read(work)

    async def text(self, run: Run, attempt: Attempt) -> str:
        """The end of its log."""
        path = self.services.backends[run.backend].log(run.id, attempt.number)
        return await asyncio.to_thread(_end_of, path)

    async def container(self, run: Run, attempt: Attempt) -> dict[str, Any]:
        """What runs, or ran, in a pod."""
        return {
            "name": "main",
            "status": shapes.status(attempt.state),
            "logs": await self.text(run, attempt),
            "exit_code": attempt.exit_code,
            "finished_at": shapes.moment(attempt.ended_at),
        }

    async def attempts(self, kind: str, id_: str, limit: int) -> list[tuple[Run, Attempt]]:
        """The attempts of the latest runs or instances of a resource, the newest of these first."""
        owner = self.services.owner.name

        def work(db: Database) -> list[tuple[Run, Attempt]]:
            resources.get(db, owner, id_, KINDS[kind])
            found = pages.page(db, Wanted(owner, id_), limit=limit).runs
            attempts = runs.attempts(db, [run.id for run in found])
            return [(run, attempt) for run in found for attempt in attempts[run.id]]

        return await self.services.store.read(work)


class ActivePodsHandler(PodHandler):
    """The attempts of a job or deployment that live now."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        kind = self.get_query_argument("workload_type", "job")
        if kind not in KINDS:
            raise Invalid.field(
                "workload_type", f"{kind[:40]!r} is not known", f"use {' or '.join(KINDS)}"
            )
        found = await self.attempts(kind, self.get_query_argument("workload_id"), _RUNS)
        alive = [_summary(*each) for each in found if _is_live(*each)]
        self.reply({"pod_summaries": alive, "next_key": None})


class ActivePodHandler(PodHandler):
    """One attempt."""

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        run, attempt, before = await self.find(name)
        container = {
            **await self.container(run, attempt),
            "previous": before and await self.container(run, before),
        }
        self.reply(
            {
                **_summary(run, attempt),
                "container_summaries": [container],
                "init_container_summaries": [],
            }
        )


class ActivePodLogsHandler(PodHandler):
    """The log of one attempt, or of the life before it."""

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        run, attempt, before = await self.find(name)
        shown = before if self.flag("previous", False) else attempt
        self.reply({"logs": await self.text(run, shown) if shown else ""})


class HistoryHandler(PodHandler):
    """The attempts of the latest runs or instances."""

    @web.authenticated
    @authorized
    async def get(self, kind: str, resource_id: str) -> None:
        pods = [
            {
                "pod_name": summary["name"],
                "start_time": summary["started_at"],
                "end_time": summary["completed_at"],
                "status": summary["status"],
            }
            for run, attempt in await self.attempts(kind, resource_id, _RUNS)
            for summary in [_summary(run, attempt)]
        ]
        self.reply({"pods": pods})


class LogsHandler(PodHandler):
    """The log of one attempt of a job or deployment; without a name, of the latest."""

    @web.authenticated
    @authorized
    async def get(self, kind: str, resource_id: str) -> None:
        latest = await self.attempts(kind, resource_id, 1)
        name = self.get_query_argument("pod_name", "")
        if name:
            run, attempt, _ = await self.find(name)
            if run.job_id != resource_id:
                raise NotFound(f"there is no pod named {name[:64]!r} of that {kind}")
            self.reply({"logs": await self.text(run, attempt)})
        else:
            self.reply({"logs": await self.text(*latest[-1]) if latest else ""})


def _is_live(run: Run, attempt: Attempt) -> bool:
    """Whether it lives, or stands for an instance that begins anew soon: as a pod would, which
    stays while its container is started again and again."""
    waiting = run.is_instance and run.state is RunState.RETRYING and attempt.number == run.attempt
    return waiting or attempt.state in ACTIVE


def _summary(run: Run, attempt: Attempt) -> dict[str, Any]:
    labels = {"saturncloud.io/resource-id": run.job_id}
    if not run.is_instance:
        labels["job-name"] = run.id
    return {
        "name": f"{run.id}-{attempt.number}",
        "status": shapes.status(attempt.state),
        "labels": labels,
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
    (r"/saturn-deploy/api/(job|deployment)s/([^/]+)/history", HistoryHandler),
    (r"/saturn-deploy/api/(job|deployment)s/([^/]+)/logs", LogsHandler),
]
