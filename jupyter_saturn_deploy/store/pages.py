"""Runs as lists show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..models.runs import ACTIVE, Run, RunState
from .db import Database
from .runs import AMONG_ACTIVE, from_row


def page(
    db: Database,
    owner: str,
    *,
    job_id: str | None = None,
    project: str | None = None,
    states: Iterable[RunState] = (),
    before: str | None = None,
    limit: int,
) -> list[Run]:
    """Runs, newest first, from behind the id `before`."""
    where = ["owner = ?", "deleted_at IS NULL"]
    values: list[object] = [owner]
    if job_id is not None:
        where.append("job_id = ?")
        values.append(job_id)
    if project is not None:
        where.append("project = ?")
        values.append(project)
    chosen = [state.value for state in states]
    if chosen:
        if set(chosen) <= {state.value for state in ACTIVE}:
            where.append(AMONG_ACTIVE)
        where.append(f"state IN ({','.join('?' * len(chosen))})")
        values.extend(chosen)
    if before is not None:
        where.append("id < ?")
        values.append(before)
    rows = db.execute(
        f"SELECT * FROM runs WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?",
        (*values, limit),
    )
    return [from_row(row) for row in rows]


def of_jobs(db: Database, job_ids: Sequence[str]) -> dict[str, tuple[int, Run]]:
    """For each job that has run: how many of its runs are active, and the run that stands for it:
    an active one that lives before one that waits, the newest of these; or else the newest."""
    if not job_ids:
        return {}
    marks = ",".join("?" * len(job_ids))
    current: dict[str, tuple[int, Run]] = {}
    for row in db.execute(
        f"SELECT * FROM runs WHERE {AMONG_ACTIVE} AND deleted_at IS NULL"
        f" AND +job_id IN ({marks})"  # by way of the active ones, not of all of these jobs
        " ORDER BY state IN ('starting', 'running', 'stopping'), state = 'retrying', id",
        job_ids,
    ):
        current[row["job_id"]] = (current.get(row["job_id"], (0, None))[0] + 1, from_row(row))
    for job_id in set(job_ids) - set(current):
        row = db.execute(
            "SELECT * FROM runs WHERE job_id = ? AND deleted_at IS NULL ORDER BY id DESC LIMIT 1",
            (job_id,),
        ).fetchone()
        if row is not None:
            current[job_id] = (0, from_row(row))
    return current
