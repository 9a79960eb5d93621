"""Rows of resources."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import TypeVar

from ..models.errors import Conflict, DeployError, NotFound
from ..models.resources import SPECS, Resource, Spec
from .db import Database

R = TypeVar("R", bound=Resource[Spec])


def insert(db: Database, resource: Resource[Spec]) -> None:
    """Add a resource. Raises `Conflict` when its owner has one of that kind and name."""
    with _Names(resource.kind, resource.spec.name):
        db.execute(
            "INSERT INTO resources"
            " (id, kind, owner, project, name, backend, spec, generation, created_at, updated_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                resource.id,
                resource.kind,
                resource.owner,
                resource.project,
                resource.spec.name,
                resource.backend,
                resource.spec.model_dump_json(),
                resource.generation,
                resource.created_at,
                resource.updated_at,
            ),
        )


def update(db: Database, resource: Resource[Spec]) -> None:
    """Write its spec, and name. Raises `Conflict` when the name is taken."""
    with _Names(resource.kind, resource.spec.name):
        db.execute(
            "UPDATE resources SET name = ?, spec = ?, updated_at = ? WHERE id = ?",
            (
                resource.spec.name,
                resource.spec.model_dump_json(),
                resource.updated_at,
                resource.id,
            ),
        )


def get(db: Database, owner: str, resource_id: str, kind: type[R]) -> R:
    """The owner's resource of that id and kind. Raises `NotFound`."""
    row = db.execute(
        "SELECT * FROM resources WHERE id = ? AND owner = ? AND kind = ? AND deleted_at IS NULL",
        (resource_id, owner, kind.kind),
    ).fetchone()
    if row is None:
        raise _not_found(kind.kind, resource_id)
    return from_row(row, kind)


def find(db: Database, owner: str, name: str, kind: type[R]) -> R | None:
    """The owner's resource of that name and kind."""
    row = db.execute(
        "SELECT * FROM resources WHERE owner = ? AND kind = ? AND name = ? AND deleted_at IS NULL",
        (owner, kind.kind, name),
    ).fetchone()
    return None if row is None else from_row(row, kind)


def owner(db: Database, resource_id: str) -> str:
    """Whose it is, deleted or not."""
    row = db.execute("SELECT owner FROM resources WHERE id = ?", (resource_id,)).fetchone()
    return str(row[0])


def next_number(db: Database, job_id: str) -> int:
    """The number of the next run of a job, or instance of a deployment; counts on even when runs
    are deleted."""
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


def missing(
    db: Database, owner: str, ids: Sequence[str], kind: type[Resource[Spec]]
) -> dict[str, DeployError]:
    """Which of these the owner does not have, with the refusal to give."""
    rows = db.execute(
        "SELECT id FROM resources WHERE id IN (SELECT value FROM json_each(?))"
        " AND owner = ? AND kind = ? AND deleted_at IS NULL",
        (json.dumps(ids), owner, kind.kind),
    )
    known = {row["id"] for row in rows}
    return {each: _not_found(kind.kind, each) for each in ids if each not in known}


def mark_deleted(db: Database, ids: Sequence[str], at: float) -> None:
    """Hide resources and free their names; `purge` takes the rows once their runs are gone."""
    db.execute(
        "UPDATE resources SET deleted_at = ? WHERE id IN (SELECT value FROM json_each(?))",
        (at, json.dumps(ids)),
    )


_PURGEABLE = (
    "deleted_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.job_id = resources.id)"
)


def purgeable(db: Database) -> bool:
    """Whether there are deleted resources that no run belongs to any more."""
    return db.execute(f"SELECT 1 FROM resources WHERE {_PURGEABLE} LIMIT 1").fetchone() is not None


def purge(db: Database) -> None:
    """Remove them."""
    db.execute(f"DELETE FROM resources WHERE {_PURGEABLE}")


def names(db: Database, job_ids: Sequence[str]) -> dict[str, str]:
    """Id to name."""
    marks = ",".join("?" * len(job_ids))
    rows = db.execute(f"SELECT id, name FROM resources WHERE id IN ({marks})", job_ids)
    return {row["id"]: row["name"] for row in rows}


def _not_found(kind: str, resource_id: str) -> NotFound:
    return NotFound(f"there is no {kind} with the id {resource_id[:64]!r}")


class _Names:
    """Turns the unique index's refusal, the only judge in a race, into `Conflict`."""

    def __init__(self, kind: str, name: str) -> None:
        self.kind = kind
        self.name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlite3.IntegrityError) and "resources.name" in str(error):
            raise Conflict(
                "spec.name",
                f"there is a {self.kind} named {self.name!r} already",
                f"choose another name, or edit that {self.kind}",
            ) from None


def from_row(row: sqlite3.Row, kind: type[R]) -> R:
    """The resource that a whole row is of, which is of that kind."""
    return kind(
        id=row["id"],
        owner=row["owner"],
        project=row["project"],
        backend=row["backend"],
        spec=SPECS[kind.kind].model_validate_json(row["spec"]),
        generation=row["generation"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
