"""How jobs, runs and attempts look as JSON. Reads on an open transaction."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from .. import recipes
from ..control.schedule import in_words, overdue_since
from ..models.resources import Deployment, Job, JobSpec, Resource, Spec
from ..models.runs import ACTIVE, Attempt, Run
from ..models.schedule import NEVER, Slot
from ..models.words import sentence
from ..store import pages, resources, runs, schedules, slots, usage
from ..store.db import Database
from ..store.schedules import Schedule
from . import deployed
from .shapes import attempt, code, moment, status


def runs_json(db: Database, found: Sequence[Run]) -> list[dict[str, Any]]:
    """Runs with their attempts."""
    attempts = runs.attempts(db, [run.id for run in found])
    names = resources.names(db, sorted({run.job_id for run in found}))
    return [_run(db, run, names[run.job_id], attempts[run.id]) for run in found]


def run_json(db: Database, found: Run) -> dict[str, Any]:
    """One run with its attempts."""
    return runs_json(db, [found])[0]


def recipes_json(
    db: Database, made: Sequence[Resource[Spec]], apps_url: str, *, values: bool
) -> list[dict[str, Any]]:
    """Recipes, each with its state. `apps_url`: below it are the URLs of deployments."""
    jobs = [item for item in made if isinstance(item, Job)]
    deployments = [item for item in made if isinstance(item, Deployment)]
    states = _states(db, jobs) | deployed.states(db, deployments, apps_url)
    return [{**recipes.render(item, values=values), "state": states[item.id]} for item in made]


def _states(db: Database, jobs: Sequence[Job]) -> dict[str, dict[str, Any]]:
    ids = [job.id for job in jobs]
    current = pages.of_jobs(db, ids)
    standing = schedules.of_jobs(db, ids)
    latest = slots.latest(db, standing)
    shown = runs_json(db, [run for _, run in current.values()])
    by_job = {run["job_id"]: run for run in shown}
    return {
        job.id: _state(
            job,
            current.get(job.id),
            by_job.get(job.id),
            _schedule(job.spec, standing.get(job.id), latest.get(job.id)),
        )
        for job in jobs
    }


def recipe_json(
    db: Database,
    made: Resource[Spec],
    apps_url: str,
    *,
    values: bool = True,
    warnings: Sequence[str] = (),
) -> dict[str, Any]:
    """One recipe; for its owner the values of environment variables are in it."""
    recipe = recipes_json(db, [made], apps_url, values=values)[0]
    recipe["state"][recipes.EXTENSION]["disk"] = usage.of_job(db, made.id)
    return {**recipe, "warnings": list(warnings)} if warnings else recipe


def slot(item: Slot) -> dict[str, Any]:
    """What became of one slot, or of missed ones in a row."""
    return {
        "scheduled_for": moment(item.scheduled_for),
        "outcome": item.outcome.value,
        "reason": item.reason,
        "count": item.count,
        "run_id": item.run_id,
        "run_number": item.run_number,
    }


def _run(db: Database, run: Run, name: str, attempts: Sequence[Attempt]) -> dict[str, Any]:
    position = runs.queue_position(db, run)
    return {
        "id": run.id,
        "job_id": run.job_id,
        "job_name": name,
        "number": run.number,
        "project": run.execution.project,
        "backend": run.backend,
        "state": run.state.value,
        "reason": run.reason,
        "sentence": sentence(run, position),
        "detail": run.detail,
        "advice": run.advice and asdict(run.advice),
        "exit_code": run.exit_code,
        "signal": run.signal,
        "trigger": run.trigger,
        "scheduled_for": moment(run.scheduled_for),
        "by": run.by,
        "command": run.execution.spec.command,
        "created_at": moment(run.created_at),
        "started_at": moment(run.started_at),
        "ended_at": moment(run.ended_at),
        "next_attempt_at": moment(run.next_attempt_at),
        "queue_position": position,
        "progress": None if run.cells is None else {"cell": run.cell, "of": run.cells},
        "max_attempts": _most_attempts(run.execution.spec),
        "pinned": run.pinned,
        "code": code(run),
        "cpu_seconds": run.cpu_seconds,
        "memory_peak": run.memory_peak,
        "disk": run.disk,
        "attempts": [attempt(item) for item in attempts],
    }


def _most_attempts(spec: Spec) -> int | None:
    return spec.retries + 1 if isinstance(spec, JobSpec) else None


def _schedule(spec: JobSpec, standing: Schedule | None, latest: Slot | None) -> dict[str, Any]:
    if standing is None:
        return {"next_fire": None, "schedule": None}
    never = standing.next_fire == NEVER
    return {
        "next_fire": None if spec.suspended or never else moment(standing.next_fire),
        "schedule": {
            "words": standing.trouble or in_words(spec.schedule or "", spec.time_zone),
            "time_zone": spec.time_zone,
            "never": never,
            "overdue_since": moment(overdue_since(spec, standing, latest, time.time())),
            "last_slot": latest and slot(latest),
        },
    }


def _state(
    job: Job,
    current: tuple[int, Run] | None,
    shown: dict[str, Any] | None,
    schedule: dict[str, Any],
) -> dict[str, Any]:
    count, run = current if current is not None else (0, None)
    return {
        "id": job.id,
        "status": "stopped" if run is None else status(run.state),
        "x-jupyter": {
            "project": job.project,
            "active_runs": count if run is not None and run.state in ACTIVE else 0,
            "last_run": shown,
            "queue_position": shown["queue_position"] if shown else None,
            **schedule,
            "sentence": shown["sentence"] if shown else "never ran",
            "created_at": moment(job.created_at),
            "updated_at": moment(job.updated_at),
        },
    }
