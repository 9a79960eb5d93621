"""Instances of deployments become what is wished. Works on an open transaction; only the engine
calls it."""

from __future__ import annotations

from ..models.deployments import Revision, next_steps
from ..models.runs import Run
from ..store import deployments, resources, runs
from ..store.db import Database


def roll(db: Database, now: float) -> None:
    """Write the steps that are due: instances that begin, instances that go."""
    under_way = deployments.under_way(db)
    if not under_way:
        return
    there = deployments.instances(db)
    for deployment_id, standing in under_way.items():
        steps = next_steps(standing, there.get(deployment_id, []))
        for run_id, reason in steps.stop.items():
            runs.wish_stopped(db, reason.value, run_ids=[run_id])
        if steps.begin:
            revision = deployments.revision(db, deployment_id, standing.revision)
            owner = resources.owner(db, deployment_id)
            for index in steps.begin:
                runs.insert(db, _instance(db, revision, owner, index, now))


def _instance(db: Database, revision: Revision, owner: str, index: int, now: float) -> Run:
    return Run(
        id=runs.new_id(db),
        job_id=revision.deployment_id,
        number=resources.next_number(db, revision.deployment_id),
        owner=owner,
        backend=revision.backend,
        execution=revision.execution,
        trigger="manual",
        by=revision.by,
        generation=revision.generation,
        created_at=now,
        revision=revision.number,
        instance=index,
    )
