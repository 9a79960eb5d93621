"""Digests that rows refer to: of snapshots, of lists of files and packages."""

from __future__ import annotations

from .db import Database


def of_resources(db: Database) -> set[str]:
    """Snapshots that a resource's next run would get, those that runs wait or live with, and those
    that a deployment can go back to."""
    rows = db.execute(
        "SELECT json_extract(spec, '$.snapshot') FROM resources"
        " WHERE deleted_at IS NULL AND json_extract(spec, '$.snapshot') IS NOT NULL"
        " UNION SELECT json_extract(execution, '$.code.snapshot') FROM runs"
        " WHERE state NOT IN ('completed', 'error', 'stopped')"
        " UNION SELECT json_extract(execution, '$.code.snapshot') FROM revisions"
    )
    return {row[0] for row in rows if row[0] is not None}


def of_runs(db: Database, after: str, limit: int) -> tuple[set[str], str | None]:
    """Lists that some runs refer to, by id from behind `after`; and the id to go on behind."""
    rows = db.execute(
        "SELECT id, json_extract(used, '$.files'), json_extract(used, '$.packages') FROM runs"
        " WHERE id > ? ORDER BY id LIMIT ?",
        (after, limit),
    ).fetchall()
    found = {digest for row in rows for digest in row[1:] if digest is not None}
    return found, rows[-1][0] if len(rows) == limit else None
