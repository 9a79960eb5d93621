"""How deployments, instances and revisions look as JSON. Reads on an open transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ..control import changes
from ..models.deployments import Revision, Standing
from ..models.resources import Deployment, DeploymentSpec
from ..models.runs import Attempt, Run
from ..models.words import sentence, standing_sentence
from ..store import deployments, runs
from ..store.db import Database
from .shapes import attempt, code, moment, serving

_ATTEMPTS = 10
"""Latest lives that an instance is shown with."""


def states(db: Database, made: Sequence[Deployment], apps_url: str) -> dict[str, dict[str, Any]]:
    """The state of each deployment, by its id."""
    ids = [item.id for item in made]
    standing = deployments.standings(db, ids)
    living = deployments.living(db, ids)
    return {
        item.id: _state(db, item, standing.get(item.id, Standing()), living[item.id], apps_url)
        for item in made
    }


def instances_json(db: Database, found: Sequence[Run], name: str) -> list[dict[str, Any]]:
    """Instances of one deployment with their latest lives."""
    attempts = runs.attempts(db, [run.id for run in found])
    return [_instance(run, name, attempts[run.id][-_ATTEMPTS:]) for run in found]


def revisions_json(
    found: Sequence[Revision], standing: Standing, ready: set[int]
) -> list[dict[str, Any]]:
    """Revisions, newest first; each but the last one with what differs from the one before it."""
    return [
        _revision(item, before, standing, ready)
        for item, before in zip(found, [*found[1:], None], strict=True)
    ]


def _state(
    db: Database, made: Deployment, standing: Standing, living: Sequence[Run], apps_url: str
) -> dict[str, Any]:
    url = f"{apps_url}{made.spec.name}/"
    current = [run for run in living if run.stop_reason is None]
    ready = sum(run.serving is not None for run in current)
    of_revision = [run for run in current if run.revision == standing.revision]
    advised = next((run for run in of_revision if run.advice is not None), None)
    scale = standing.scale if standing.wanted else made.spec.scale
    return {
        "id": made.id,
        "status": _status(standing, living, ready),
        "url": url,
        "routes": [{"url": url, "container_port": 8000, "visibility": "owner"}],
        "x-jupyter": {
            "project": made.project,
            "wanted": standing.wanted,
            # For a moment there may be one more: it is about to be replaced.
            "ready": min(ready, scale) if standing.wanted else ready,
            "scale": scale,
            "revision": standing.revision or None,
            "needs_restart": _needs_restart(db, made, standing),
            "rolling": standing.wanted
            and any(run.revision != standing.revision for run in current),
            "sentence": standing_sentence(standing, living),
            "advice": asdict(advised.advice) if advised and advised.advice else None,
            "advice_run": advised.id if advised else None,
            "instances": instances_json(db, living, made.spec.name),
            "opened_at": moment(standing.opened_at),
            "opened_by": standing.opened_by,
            "created_at": moment(made.created_at),
            "updated_at": moment(made.updated_at),
        },
    }


def _status(standing: Standing, living: Sequence[Run], ready: int) -> str:
    """Saturn's word."""
    if not standing.wanted:
        return "stopping" if living else "stopped"
    if ready:
        return "running"
    failing = any(run.crashes > 1 and run.stop_reason is None for run in living)
    return "error" if failing else "pending"


def _needs_restart(db: Database, made: Deployment, standing: Standing) -> bool:
    if not standing.wanted:
        return False
    spec = deployments.revision(db, made.id, standing.revision).execution.spec
    return not (isinstance(spec, DeploymentSpec) and made.spec.same_service(spec))


def _instance(run: Run, name: str, attempts: Sequence[Attempt]) -> dict[str, Any]:
    return {
        "id": run.id,
        "deployment_id": run.job_id,
        "deployment_name": name,
        "number": run.number,
        "instance": run.instance,
        "revision": run.revision,
        "state": run.state.value,
        "ready": run.serving is not None and run.stop_reason is None,
        "serving": serving(run.serving),
        "sentence": sentence(run, None),
        "reason": run.reason,
        "detail": run.detail,
        "advice": run.advice and asdict(run.advice),
        "exit_code": run.exit_code,
        "signal": run.signal,
        "restarts": max(run.attempt - 1, 0),
        "attempt": run.attempt,
        "command": run.execution.spec.command,
        "created_at": moment(run.created_at),
        "started_at": moment(run.started_at),
        "ended_at": moment(run.ended_at),
        "next_attempt_at": moment(run.next_attempt_at),
        "code": code(run),
        "cpu_seconds": run.cpu_seconds,
        "memory_peak": run.memory_peak,
        "disk": run.disk,
        "attempts": [attempt(item) for item in attempts],
    }


def _revision(
    item: Revision, before: Revision | None, standing: Standing, ready: set[int]
) -> dict[str, Any]:
    execution = item.execution
    wanted = standing.wanted and item.number == standing.revision
    return {
        "number": item.number,
        "how": item.how.value,
        "origin": item.origin,
        "by": item.by,
        "created_at": moment(item.created_at),
        "wanted": wanted,
        "in_service": item.number in ready,
        "command": execution.spec.command,
        "scale": getattr(execution.spec, "scale", 1),
        "source": execution.code.source,
        "reference": execution.code.reference,
        "commit": execution.code.commit,
        "snapshot": execution.code.snapshot,
        "changes": None
        if before is None
        else [asdict(change) for change in changes.settings(before.execution, execution)],
    }
