"""Rows as tests want them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jupyter_saturn_deploy.models.resources import Deployment, Job
from jupyter_saturn_deploy.models.runs import Execution, Run
from jupyter_saturn_deploy.store import resources, runs
from jupyter_saturn_deploy.store.db import Database


def add_run(db: Database, job: Job | Deployment, **values: Any) -> Run:
    """A new run of the job, queued unless `values` say otherwise. Of a deployment, they say which
    instance it is."""
    run = Run(
        id=runs.new_id(db),
        job_id=job.id,
        number=resources.next_number(db, job.id),
        owner=job.owner,
        backend=job.backend,
        execution=Execution(job.spec, job.project, "/usr", "http://x/"),
        trigger="manual",
        by="ana",
        generation=1,
        created_at=0.0,
    )
    run = replace(run, **values)
    runs.insert(db, run)
    return run
