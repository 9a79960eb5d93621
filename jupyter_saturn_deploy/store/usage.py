"""Bytes on disk, as far as runs were measured when they ended."""

from __future__ import annotations

from dataclasses import dataclass

from .db import Database


@dataclass(frozen=True)
class Kept:
    """What is kept of runs."""

    runs: int
    bytes: int


def of_all(db: Database) -> Kept:
    """Of whoever's runs, of deleted ones too until they are gone."""
    runs = db.execute("SELECT count(*) FROM runs").fetchone()[0]
    size = db.execute(
        "SELECT coalesce(sum(disk), 0) FROM runs INDEXED BY runs_disk WHERE disk IS NOT NULL"
    ).fetchone()[0]
    return Kept(int(runs), int(size))


def of_job(db: Database, job_id: str) -> int:
    """Of all runs of a job, in bytes."""
    row = db.execute(
        "SELECT coalesce(sum(disk), 0) FROM runs INDEXED BY runs_disk"
        " WHERE job_id = ? AND disk IS NOT NULL",
        (job_id,),
    ).fetchone()
    return int(row[0])
