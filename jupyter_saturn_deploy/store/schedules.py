"""Rows of schedules: when each is to be looked at next. What they say is in the jobs' specs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

from ..models.resources import Job
from .db import Database
from .resources import from_row as job_from_row


@dataclass(frozen=True)
class Schedule:
    """Where a schedule stands. Slots are in seconds since the epoch, infinite where none is."""

    job_id: str
    next_fire: float
    """The first slot that nobody has decided on."""
    following: float | None
    """The one after it; None: not looked up yet."""
    look_at: float | None
    """When to decide: `next_fire`, or 0 for at once. None: it is suspended."""
    last_slot: float | None = None
    """The latest slot that was decided on."""
    waiting: bool = False
    """It has not started."""
    resumed_at: float | None = None
    """When it was last switched on again."""
    trouble: str | None = None
    """Why it can't be decided on now."""


@dataclass(frozen=True)
class Due:
    """A schedule that is to be looked at, with its job."""

    schedule: Schedule
    job: Job
    active: int
    """The job's runs that have not ended."""


def get(db: Database, job_id: str) -> Schedule | None:
    """The job's schedule; None where it has none."""
    row = db.execute("SELECT * FROM schedules WHERE job_id = ?", (job_id,)).fetchone()
    return None if row is None else _from_row(row)


def of_jobs(db: Database, job_ids: Collection[str]) -> Mapping[str, Schedule]:
    """The schedules of those that have one."""
    rows = db.execute(
        "SELECT * FROM schedules WHERE job_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(job_ids)),),
    )
    return {row["job_id"]: _from_row(row) for row in rows}


def any_there(db: Database) -> bool:
    """Whether there is one at all."""
    return db.execute("SELECT 1 FROM schedules LIMIT 1").fetchone() is not None


def put(db: Database, schedule: Schedule) -> None:
    """Write a schedule, in the place of the one its job has."""
    row = asdict(schedule)
    db.execute(
        f"INSERT OR REPLACE INTO schedules ({', '.join(row)})"
        f" VALUES ({', '.join(':' + name for name in row)})",
        row,
    )


def remove(db: Database, job_id: str) -> None:
    """The job has no schedule any more."""
    db.execute("DELETE FROM schedules WHERE job_id = ?", (job_id,))


def next_look(db: Database, but: Collection[str]) -> float | None:
    """When the first schedule is to be looked at, but for those of these jobs."""
    row = db.execute(
        "SELECT look_at FROM schedules INDEXED BY schedules_due WHERE look_at IS NOT NULL"
        " AND job_id NOT IN (SELECT value FROM json_each(?)) ORDER BY look_at LIMIT 1",
        (json.dumps(list(but)),),
    ).fetchone()
    return None if row is None else float(row[0])


def in_time(db: Database, now: float, limit: int, but: Collection[str]) -> list[str]:
    """Jobs to be looked at of which at most one slot has passed, and the one after is known."""
    return _ids(db, "(next_fire > :now OR following > :now)", {"now": now, "limit": limit}, but)


def behind(db: Database, now: float, limit: int, but: Collection[str]) -> list[str]:
    """Jobs to be looked at of which several slots have passed, or it isn't known how many."""
    return _ids(
        db,
        "next_fire <= :now AND (following IS NULL OR following <= :now)",
        {"now": now, "limit": limit},
        but,
    )


def short(db: Database, limit: int) -> list[str]:
    """Jobs whose slot after the next one is to be looked up."""
    rows = db.execute(
        "SELECT job_id FROM schedules INDEXED BY schedules_short"
        " WHERE following IS NULL AND trouble IS NULL LIMIT ?",
        (limit,),
    )
    return [row[0] for row in rows]


def look_ahead(db: Database, job_id: str, next_fire: float, following: float) -> None:
    """Write which slot comes after the next one, if it is still the next one."""
    db.execute(
        "UPDATE schedules SET following = ? WHERE job_id = ? AND next_fire = ?",
        (following, job_id, next_fire),
    )


def trouble(db: Database, job_id: str, words: str, look_at: float) -> None:
    """Note why a schedule can't be decided on, and when to try again."""
    db.execute(
        "UPDATE schedules SET trouble = ?, look_at = iif(look_at IS NULL, NULL, ?)"
        " WHERE job_id = ?",
        (words, look_at, job_id),
    )


def due(db: Database, job_id: str) -> Due | None:
    """One of them, whole. Raises `ValueError` for a job whose spec can't be read."""
    schedule = get(db, job_id)
    row = db.execute("SELECT * FROM resources WHERE id = ?", (job_id,)).fetchone()
    if schedule is None or row is None or row["deleted_at"] is not None:
        return None
    return Due(schedule, job_from_row(row), row["active_runs"])


def _ids(db: Database, which: str, values: dict[str, object], but: Collection[str]) -> list[str]:
    rows = db.execute(
        "SELECT job_id FROM schedules INDEXED BY schedules_due"
        f" WHERE look_at <= :now AND {which}"
        "     AND job_id NOT IN (SELECT value FROM json_each(:but))"
        " ORDER BY look_at LIMIT :limit",
        {**values, "but": json.dumps(list(but))},
    )
    return [row[0] for row in rows]


def _from_row(row: sqlite3.Row) -> Schedule:
    return Schedule(**{**dict(row), "waiting": bool(row["waiting"])})
