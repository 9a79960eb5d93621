"""Rows of what is wished of deployments, of their revisions, and of their instances."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from ..models.deployments import How, Instance, Revision, Standing
from ..models.errors import NotFound
from ..models.resources import DeploymentSpec
from ..models.runs import Reason, Run, Serving
from .db import Database
from .rows import execution_text, from_row, read_execution
from .runs import IS_ACTIVE

_INSTANCES = f"{IS_ACTIVE} AND revision IS NOT NULL"


def standings(db: Database, ids: Sequence[str]) -> dict[str, Standing]:
    """What is wished of each of these deployments that was ever started."""
    marks = ",".join("?" * len(ids))
    rows = db.execute(f"SELECT * FROM deployments WHERE deployment_id IN ({marks})", ids)
    return {row["deployment_id"]: _standing(row) for row in rows}


def standing(db: Database, deployment_id: str) -> Standing:
    """What is wished of one."""
    return standings(db, [deployment_id]).get(deployment_id, Standing())


def put_in_service(db: Database, revision: Revision) -> None:
    """Add a revision and wish it to run."""
    spec = revision.execution.spec
    assert isinstance(spec, DeploymentSpec)
    db.execute(
        "INSERT INTO revisions"
        " (deployment_id, number, execution, backend, generation, how, origin, by, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            revision.deployment_id,
            revision.number,
            execution_text(revision.execution),
            revision.backend,
            revision.generation,
            revision.how.value,
            revision.origin,
            revision.by,
            revision.created_at,
        ),
    )
    db.execute(
        "INSERT INTO deployments (deployment_id, wanted, revision, scale) VALUES (?, 1, ?, ?)"
        " ON CONFLICT (deployment_id) DO UPDATE SET wanted = 1, revision = excluded.revision,"
        " scale = excluded.scale",
        (revision.deployment_id, revision.number, spec.scale),
    )


def wish_stopped(db: Database, ids: Sequence[str]) -> None:
    """Wish these deployments to run no more; what is being replaced is let finish nothing."""
    which = "IN (SELECT value FROM json_each(:ids))"
    values = {"ids": json.dumps(ids), "user": Reason.USER.value, "replaced": Reason.REPLACED.value}
    db.execute(
        f"UPDATE deployments SET wanted = 0 WHERE deployment_id {which} AND wanted = 1", values
    )
    db.execute(
        f"UPDATE runs INDEXED BY runs_instances SET stop_reason = :user WHERE {_INSTANCES}"
        f" AND job_id {which} AND stop_reason = :replaced",
        values,
    )


def note_opened(db: Database, deployment_id: str, at: float, by: str) -> None:
    """Somebody looked at it."""
    db.execute(
        "UPDATE deployments SET opened_at = ?, opened_by = ? WHERE deployment_id = ?",
        (at, by, deployment_id),
    )


def next_number(db: Database, deployment_id: str) -> int:
    """Of the revision that comes next; counts on even when old ones are gone."""
    return standing(db, deployment_id).revision + 1


def revision(db: Database, deployment_id: str, number: int) -> Revision:
    """One revision. Raises `NotFound`."""
    row = db.execute(
        "SELECT * FROM revisions WHERE deployment_id = ? AND number = ?", (deployment_id, number)
    ).fetchone()
    if row is None:
        raise NotFound(f"there is no revision {number} of that deployment")
    return _revision(row)


def revisions(db: Database, deployment_id: str, before: int, limit: int) -> list[Revision]:
    """Up to `limit` revisions numbered lower than `before`, newest first."""
    rows = db.execute(
        "SELECT * FROM revisions WHERE deployment_id = ? AND number < ?"
        " ORDER BY number DESC LIMIT ?",
        (deployment_id, before, limit),
    )
    return [_revision(row) for row in rows]


def expire(db: Database, kept: int) -> None:
    """Forget all but the latest `kept` revisions of each deployment."""
    db.execute(
        "DELETE FROM revisions WHERE number <= (SELECT revision - ? FROM deployments"
        " WHERE deployments.deployment_id = revisions.deployment_id)"
        " AND NOT EXISTS (SELECT 1 FROM runs WHERE job_id = revisions.deployment_id"
        f"     AND {_INSTANCES} AND runs.revision = revisions.number)",
        (kept,),
    )


def under_way(db: Database) -> dict[str, Standing]:
    """Deployments that are to run, or of which something still does."""
    rows = db.execute(
        "SELECT * FROM deployments WHERE wanted = 1 OR deployment_id IN"
        f" (SELECT job_id FROM runs INDEXED BY runs_instances WHERE {_INSTANCES})"
    )
    return {row["deployment_id"]: _standing(row) for row in rows}


def instances(db: Database) -> dict[str, list[Instance]]:
    """Every instance that has not ended, by its deployment."""
    found: dict[str, list[Instance]] = {}
    for row in db.execute(
        "SELECT job_id, id, revision, instance, serving IS NOT NULL, served,"
        f" stop_reason IS NOT NULL FROM runs INDEXED BY runs_instances WHERE {_INSTANCES}"
        " ORDER BY id"
    ):
        found.setdefault(row[0], []).append(
            Instance(row[1], row[2], row[3], bool(row[4]), bool(row[5]), bool(row[6]))
        )
    return found


def served(db: Database, owner: str) -> list[tuple[str, str, list[tuple[str, Serving]]]]:
    """Id and name of each deployment of the owner's, with its instances that requests may be sent
    to: by their run's id, where they listen."""
    rows = db.execute(
        "SELECT id, name FROM resources INDEXED BY resources_name"
        " WHERE owner = ? AND kind = 'deployment' AND deleted_at IS NULL",
        (owner,),
    )
    found: dict[str, tuple[str, str, list[tuple[str, Serving]]]] = {
        row["id"]: (row["id"], row["name"], []) for row in rows
    }
    for row in db.execute(
        f"SELECT job_id, id, serving FROM runs INDEXED BY runs_instances WHERE {_INSTANCES}"
        " AND serving IS NOT NULL AND stop_reason IS NULL ORDER BY instance, id"
    ):
        if row["job_id"] in found:
            found[row["job_id"]][2].append((row["id"], Serving(**json.loads(row["serving"]))))
    return list(found.values())


def living(db: Database, ids: Sequence[str]) -> dict[str, list[Run]]:
    """The instances of each of these deployments that have not ended, oldest first."""
    found: dict[str, list[Run]] = {each: [] for each in ids}
    for row in db.execute(
        f"SELECT * FROM runs INDEXED BY runs_instances WHERE {_INSTANCES}"
        " AND job_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(ids),),
    ):
        found[row["job_id"]].append(from_row(row))
    return found


def ended(db: Database, deployment_id: str, limit: int) -> list[Run]:
    """The latest instances that have ended, newest first."""
    rows = db.execute(
        "SELECT * FROM runs INDEXED BY runs_of_job WHERE job_id = ? AND deleted_at IS NULL"
        f" AND NOT ({IS_ACTIVE}) ORDER BY id DESC LIMIT ?",
        (deployment_id, limit),
    )
    return [from_row(row) for row in rows]


def _standing(row: sqlite3.Row) -> Standing:
    return Standing(
        bool(row["wanted"]), row["revision"], row["scale"], row["opened_at"], row["opened_by"]
    )


def _revision(row: sqlite3.Row) -> Revision:
    return Revision(
        row["deployment_id"],
        row["number"],
        read_execution(row["execution"], DeploymentSpec),
        row["backend"],
        row["generation"],
        How(row["how"]),
        row["origin"],
        row["by"],
        row["created_at"],
    )
