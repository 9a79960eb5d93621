"""Rows of resources."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from ..models.errors import Conflict, DeployError, NotFound
from ..models.resources import Job, JobSpec
from .db import Database


def insert(db: Database, job: Job) -> None:
    """Add a job. Raises `Conflict` when its owner has one of that name."""
    with _Names(job.spec.name):
        db.execute(
            "INSERT INTO resources"
            " (id, kind, owner, project, name, backend, spec, generation, created_at, updated_at)"
            " VALUES (?, 'job', ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                job.id,
                job.owner,
                job.project,
                job.spec.name,
                job.backend,
                job.spec.model_dump_json(),
                job.generation,
                job.created_at,
                job.updated_at,
            ),
        )


def update(db: Database, job_id: str, spec: JobSpec, at: float) -> None:
    """Give a job another spec, and name. Raises `Conflict` when the name is taken."""
    with _Names(spec.name):
        db.execute(
            "UPDATE resources SET name = ?, spec = ?, updated_at = ? WHERE id = ?",
            (spec.name, spec.model_dump_json(), at, job_id),
        )


def get(db: Database, owner: str, job_id: str) -> Job:
    """The owner's job of that id. Raises `NotFound`."""
    row = db.execute(
        "SELECT * FROM resources WHERE id = ? AND owner = ? AND deleted_at IS NULL",
        (job_id, owner),
    ).fetchone()
    if row is None:
        raise _not_found(job_id)
    return from_row(row)


def find(db: Database, owner: str, name: str) -> Job | None:
    """The owner's job of that name."""
    row = db.execute(
        "SELECT * FROM resources"
        " WHERE owner = ? AND kind = 'job' AND name = ? AND deleted_at IS NULL",
        (owner, name),
    ).fetchone()
    return None if row is None else from_row(row)


def next_number(db: Database, job_id: str) -> int:
    """The number of the job's next run; counts on even when runs are deleted."""
    row = db.execute(
        "UPDATE resources SET runs_made = runs_made + 1 WHERE id = ? RETURNING runs_made",
        (job_id,),
    ).fetchone()
    return int(row[0])


def generation(db: Database, owner: str, job_id: str) -> int | None:
    """Of the tokens that are good for this resource; None when its owner has no such one."""
    row = db.execute(
        "SELECT generation FROM resources WHERE id = ? AND owner = ? AND deleted_at IS NULL",
        (job_id, owner),
    ).fetchone()
    return None if row is None else int(row[0])


def missing(db: Database, owner: str, job_ids: Sequence[str]) -> dict[str, DeployError]:
    """Which of these the owner does not have, with the refusal to give."""
    rows = db.execute(
        "SELECT id FROM resources WHERE id IN (SELECT value FROM json_each(?))"
        " AND owner = ? AND deleted_at IS NULL",
        (json.dumps(job_ids), owner),
    )
    known = {row["id"] for row in rows}
    return {job_id: _not_found(job_id) for job_id in job_ids if job_id not in known}


def mark_deleted(db: Database, job_ids: Sequence[str], at: float) -> None:
    """Hide jobs and free their names; `purge` takes the rows once their runs are gone."""
    db.execute(
        "UPDATE resources SET deleted_at = ? WHERE id IN (SELECT value FROM json_each(?))",
        (at, json.dumps(job_ids)),
    )


_PURGEABLE = (
    "deleted_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.job_id = resources.id)"
)


def purgeable(db: Database) -> bool:
    """Whether there are deleted jobs that no run belongs to any more."""
    return db.execute(f"SELECT 1 FROM resources WHERE {_PURGEABLE} LIMIT 1").fetchone() is not None


def purge(db: Database) -> None:
    """Remove them."""
    db.execute(f"DELETE FROM resources WHERE {_PURGEABLE}")


def names(db: Database, job_ids: Sequence[str]) -> dict[str, str]:
    """Id to name."""
    marks = ",".join("?" * len(job_ids))
    rows = db.execute(f"SELECT id, name FROM resources WHERE id IN ({marks})", job_ids)
    return {row["id"]: row["name"] for row in rows}


def _not_found(job_id: str) -> NotFound:
    return NotFound(f"there is no job with the id {job_id[:64]!r}")


class _Names:
    """Turns the unique index's refusal, the only judge in a race, into `Conflict`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlite3.IntegrityError) and "resources.name" in str(error):
            raise Conflict(
                "spec.name",
                f"there is a job named {self.name!r} already",
                "choose another name, or edit that job",
            ) from None


def from_row(row: sqlite3.Row) -> Job:
    """The job that a whole row is of."""
    return Job(
        id=row["id"],
        owner=row["owner"],
        project=row["project"],
        backend=row["backend"],
        spec=JobSpec.model_validate_json(row["spec"]),
        generation=row["generation"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
