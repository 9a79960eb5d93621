"""Wishes about runs: start, stop, restart, pin, delete."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from ..models.code import Code
from ..models.errors import Conflict, Invalid
from ..models.resources import Job
from ..models.runs import ACTIVE, Execution, Reason, Run
from ..store import resources, runs
from ..store.db import Database, Store
from ..store.workspaces import Known
from .bulk import Outcome, in_turn
from .code import Sources
from .here import Here


class Runs:
    """Writes wishes about runs; the engine fulfils them.

    Raises `NotFound`, `Conflict`, `StoreUnavailable`.
    """

    def __init__(self, store: Store, sources: Sources) -> None:
        self.store = store
        self.sources = sources

    async def start(self, here: Here, job_id: str, by: str) -> Run:
        """Exactly one new run of the job, queued.

        Raises `Invalid` where its files can't be had, e.g. an unknown git reference.
        """
        return await self._start(here, job_id, by, stop_others=False)

    async def restart(self, here: Here, job_id: str, by: str) -> Run:
        """Stop the job's runs and start a new one; it begins when the old ones have ended."""
        return await self._start(here, job_id, by, stop_others=True)

    async def _start(self, here: Here, job_id: str, by: str, *, stop_others: bool) -> Run:
        while True:
            job = await self.store.read(lambda db: resources.get(db, here.owner, job_id, Job))
            # To ask git takes a while: so it happens before the transaction.
            code = await self.sources.apart(self.sources.resolve, Path(job.project), job.spec)

            def work(db: Database, job: Job = job, code: Code = code) -> Run | None:
                if resources.get(db, here.owner, job_id, Job).spec != job.spec:
                    return None  # edited in between: its code may be another
                if stop_others:
                    runs.wish_stopped(db, Reason.USER.value, job_ids=[job_id])
                return _start(db, here, job, code, by)

            run = await self.store.write(work)
            if run is not None:
                return run

    async def stop_job(self, owner: str, job_id: str) -> list[str]:
        """Stop every active run of a job. Returns their ids."""
        outcome = await self.stop_jobs(owner, [job_id])
        outcome.only()
        return outcome.done

    async def stop_jobs(self, owner: str, job_ids: Sequence[str]) -> Outcome:
        """Stop every active run of these jobs. What is done are the runs' ids."""

        def work(db: Database, some: Sequence[str]) -> Outcome:
            refused = resources.missing(db, owner, some, Job)
            known = [job_id for job_id in some if job_id not in refused]
            return Outcome(runs.wish_stopped(db, Reason.USER.value, job_ids=known), refused)

        return await in_turn(self.store, job_ids, work)

    async def stop(self, owner: str, run_id: str) -> Run:
        """Stop one run. Returns it; one that has ended stays as it is."""
        (await self.stop_many(owner, [run_id])).only()
        return await self.store.read(lambda db: runs.get(db, owner, run_id))

    async def stop_many(self, owner: str, run_ids: Sequence[str]) -> Outcome:
        """Stop these runs. One that has ended is neither done nor refused."""

        def work(db: Database, some: Sequence[str]) -> Outcome:
            known = runs.states(db, owner, some)
            return Outcome(
                runs.wish_stopped(db, Reason.USER.value, run_ids=list(known)),
                {run_id: runs.not_found(run_id) for run_id in some if run_id not in known},
            )

        return await in_turn(self.store, run_ids, work)

    async def pin(self, owner: str, run_id: str, pinned: bool) -> Run:
        """Keep a run however old it grows, or no longer. Returns it."""

        def work(db: Database) -> Run:
            runs.get(db, owner, run_id)
            runs.pin(db, run_id, pinned)
            return runs.get(db, owner, run_id)

        return await self.store.write(work)

    async def delete(self, owner: str, run_id: str) -> None:
        """Take an ended run and its logs away."""
        (await self.delete_many(owner, [run_id])).only()

    async def delete_many(self, owner: str, run_ids: Sequence[str]) -> Outcome:
        """Take ended runs and their logs away, pinned ones too."""

        def work(db: Database, some: Sequence[str]) -> Outcome:
            known = runs.states(db, owner, some)
            outcome = Outcome()
            for run_id in some:
                number, state = known.get(run_id, (0, None))
                if state is None:
                    outcome.refused[run_id] = runs.not_found(run_id)
                elif state in ACTIVE:
                    outcome.refused[run_id] = Conflict(
                        "id", f"run {number} is {state}", "stop it first"
                    )
                else:
                    outcome.done.append(run_id)
            runs.mark_deleted(db, time.time(), outcome.done)
            return outcome

        return await in_turn(self.store, run_ids, work)


def _start(db: Database, here: Here, job: Job, code: Code, by: str) -> Run:
    if job.backend not in here.backends:
        raise Invalid.field(
            "backend", f"{job.backend!r} is not configured here", "edit the job's backend"
        )
    # Before the id, whose time is then never earlier than what is shown.
    now = time.time()
    run = new_run(db, job, Known(here.prefix, here.base_url), code, trigger="manual", by=by, at=now)
    runs.insert(db, run)
    return run


def new_run(
    db: Database,
    job: Job,
    known: Known,
    code: Code,
    *,
    trigger: str,
    by: str,
    at: float,
    scheduled_for: float | None = None,
) -> Run:
    """The job's next run, queued; still to be written."""
    return Run(
        id=runs.new_id(db),
        job_id=job.id,
        number=resources.next_number(db, job.id),
        owner=job.owner,
        backend=job.backend,
        execution=Execution(job.spec, job.project, known.prefix, known.base_url, code),
        trigger=trigger,
        by=by,
        generation=job.generation,
        created_at=at,
        scheduled_for=scheduled_for,
    )
