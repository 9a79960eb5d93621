"""Rows of schedules: when each is to be looked at next. What they say is in the jobs' specs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

from ..models.resources import Job
from ..models.schedule import NEVER
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


def next_look(db: Database, but: Collection[str]) -> float:
    """When the first schedule is to be looked at, but for those of these jobs; or `NEVER`."""
    row = db.execute(
        "SELECT look_at FROM schedules INDEXED BY schedules_due WHERE look_at IS NOT NULL"
        " AND job_id NOT IN (SELECT value FROM json_each(?)) ORDER BY look_at LIMIT 1",
        (json.dumps(list(but)),),
    ).fetchone()
    return NEVER if row is None else float(row[0])


def in_time(db: Database, now: float, limit: int, but: Collection[str]) -> list[sqlite3.Row]:
    """Schedules to be looked at of which at most one slot has passed, and the one after is known,
    but for those of some jobs; for `due_of`."""
    return _rows(db, "(next_fire > :now OR following > :now)", now, limit, but)


def behind(db: Database, now: float, limit: int, but: Collection[str]) -> list[sqlite3.Row]:
    """Those of which several slots have passed, or it isn't known how many."""
    return _rows(
        db, "next_fire <= :now AND (following IS NULL OR following <= :now)", now, limit, but
    )


def short(db: Database, limit: int) -> list[sqlite3.Row]:
    """Those whose slot after the next one is to be looked up."""
    return db.execute(
        "SELECT schedules.*, resources.* FROM schedules INDEXED BY schedules_short"
        " CROSS JOIN resources ON id = job_id WHERE following IS NULL AND trouble IS NULL LIMIT ?",
        (limit,),
    ).fetchall()


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


def decided(db: Database, schedule: Schedule) -> None:
    """Write where a schedule stands once its slots are decided on; nothing troubles it then."""
    db.execute(
        "UPDATE schedules SET next_fire = ?, following = ?, look_at = ?, last_slot = ?,"
        " waiting = ?, trouble = NULL WHERE job_id = ?",
        (
            schedule.next_fire,
            schedule.following,
            schedule.look_at,
            schedule.last_slot,
            schedule.waiting,
            schedule.job_id,
        ),
    )


def row_of(db: Database, job_id: str) -> sqlite3.Row | None:
    """That of one job."""
    row: sqlite3.Row | None = db.execute(
        "SELECT schedules.*, resources.* FROM schedules JOIN resources ON id = job_id"
        " WHERE job_id = ?",
        (job_id,),
    ).fetchone()
    return row


def due_of(row: sqlite3.Row) -> Due:
    """What such a row says. Raises `ValueError` where the job's spec can't be read."""
    return Due(_from_row(row), job_from_row(row, Job), row["active_runs"])


def _rows(
    db: Database, which: str, now: float, limit: int, but: Collection[str]
) -> list[sqlite3.Row]:
    return db.execute(
        # The schedules first: of jobs there may be many more.
        "SELECT schedules.*, resources.* FROM schedules INDEXED BY schedules_due"
        f" CROSS JOIN resources ON id = job_id WHERE look_at <= :now AND {which}"
        "     AND job_id NOT IN (SELECT value FROM json_each(:but))"
        " ORDER BY look_at LIMIT :limit",
        {"now": now, "limit": limit, "but": json.dumps(list(but))},
    ).fetchall()


def _from_row(row: sqlite3.Row) -> Schedule:
    return Schedule(
        job_id=row["job_id"],
        next_fire=row["next_fire"],
        following=row["following"],
        look_at=row["look_at"],
        last_slot=row["last_slot"],
        waiting=bool(row["waiting"]),
        resumed_at=row["resumed_at"],
        trouble=row["trouble"],
    )
