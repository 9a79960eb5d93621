"""Wishes about jobs."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import cast

from ..models.errors import Invalid, StoreUnavailable
from ..models.resources import Job, JobSpec, Spec
from ..store import resources, schedules, workspaces
from ..store.db import Database
from ..store.workspaces import Known
from .here import Here
from .resources import Resources, Settled, with_spec
from .schedule import Ahead, ahead, follow, gone_on


class Jobs(Resources[Job]):
    """See `Resources`. A job's schedule is written with it."""

    kind = Job

    def _ahead(self, spec: Spec) -> tuple[Ahead | None, list[str]]:
        return ahead(cast(JobSpec, spec), time.time())

    def _follow(
        self, db: Database, here: Here, before: Job | None, resource: Job, settled: Settled
    ) -> None:
        old = before.spec if before else None
        follow(db, resource.id, old, resource.spec, settled.ahead, resource.updated_at)
        if settled.ahead is not None:
            # Its runs may begin when no server is there to ask.
            _remember(db, here, resource.project)

    def _end(self, db: Database, ids: Sequence[str]) -> None:
        """Nothing: a trigger takes their schedules away."""

    async def remember(self, here: Callable[[], Awaitable[Here]]) -> None:
        """Keep where this server runs things for those that its schedules start when it is gone.

        Does nothing while there is no schedule: the wish for one keeps it too.
        """
        with suppress(StoreUnavailable):
            if await self.store.read(schedules.any_there):
                at = await here()
                await self.store.write(lambda db: _remember(db, at, str(at.project)))

    async def suspend(self, owner: str, job_id: str, suspended: bool) -> Job:
        """Switch the schedule of a job off, or on again. Raises `Invalid` where it has none."""

        def work(db: Database) -> Job:
            before = resources.get(db, owner, job_id, Job)
            kept = schedules.get(db, job_id)
            if kept is None:
                raise Invalid.field(
                    "schedule", "the job has no schedule", "give it one: spec.schedule"
                )
            if before.spec.suspended is suspended:
                return before
            spec = before.spec.model_copy(update={"suspended": suspended})
            job = with_spec(before, spec)
            resources.update(db, job)
            schedules.put(db, gone_on(kept, before.spec, job.spec, job.updated_at))
            return job

        return await self.store.write(work)


def _remember(db: Database, here: Here, project: str) -> None:
    workspaces.remember(db, here.owner, project, Known(here.prefix, here.base_url))
