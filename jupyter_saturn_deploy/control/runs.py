"""Wishes about runs: start, stop, restart, delete."""

from __future__ import annotations

import time

from ..models.errors import Conflict, Invalid
from ..models.runs import ACTIVE, Execution, Reason, Run
from ..store import resources, runs
from ..store.db import Database, Store
from .jobs import Here


class Runs:
    """Writes wishes about runs; the engine fulfils them.

    Raises `NotFound`, `Conflict`, `StoreUnavailable`.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    async def start(self, here: Here, job_id: str, by: str) -> Run:
        """Exactly one new run of the job, queued."""
        return await self.store.write(lambda db: _start(db, here, job_id, by))

    async def restart(self, here: Here, job_id: str, by: str) -> Run:
        """Stop the job's runs and start a new one; it begins when the old ones have ended."""

        def work(db: Database) -> Run:
            _stop_all(db, here.owner, job_id)
            return _start(db, here, job_id, by)

        return await self.store.write(work)

    async def stop_job(self, owner: str, job_id: str) -> list[str]:
        """Stop every active run of a job. Returns their ids."""
        return await self.store.write(lambda db: _stop_all(db, owner, job_id), vital=True)

    async def stop(self, owner: str, run_id: str) -> Run:
        """Stop one run. Returns it; one that has ended stays as it is."""

        def work(db: Database) -> Run:
            runs.get(db, owner, run_id)
            runs.wish_stopped(db, Reason.USER.value, run_id=run_id)
            return runs.get(db, owner, run_id)

        return await self.store.write(work, vital=True)

    async def delete(self, owner: str, run_id: str) -> None:
        """Take an ended run and its logs away."""

        def work(db: Database) -> None:
            run = runs.get(db, owner, run_id)
            if run.state in ACTIVE:
                raise Conflict("id", f"run {run.number} is {run.state}", "stop it first")
            runs.mark_deleted(db, time.time(), run_id=run_id)

        await self.store.write(work, vital=True)


def _start(db: Database, here: Here, job_id: str, by: str) -> Run:
    job = resources.get(db, here.owner, job_id)
    if job.backend not in here.backends:
        raise Invalid.field(
            "backend", f"{job.backend!r} is not configured here", "edit the job's backend"
        )
    run = Run(
        id=runs.new_id(db),
        job_id=job.id,
        number=resources.next_number(db, job.id),
        owner=job.owner,
        backend=job.backend,
        execution=Execution(job.spec, job.project, here.prefix, here.base_url),
        trigger="manual",
        by=by,
        generation=job.generation,
        created_at=time.time(),
    )
    runs.insert(db, run)
    return run


def _stop_all(db: Database, owner: str, job_id: str) -> list[str]:
    resources.get(db, owner, job_id)
    return runs.wish_stopped(db, Reason.USER.value, job_id=job_id)
