"""Rows of slots: what became of the times at which schedules were due."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from ..models.schedule import Outcome, Slot
from .db import Database

Position = tuple[float, str]
"""Time and job: where a slot is among all."""
OLDEST: Position = (float("-inf"), "")
_AT_A_TIME = 500


@dataclass(frozen=True)
class Page:
    """Some slots of a job, the latest first."""

    slots: list[Slot]
    end: float | None
    """Before which the next page begins; None: there is none."""


def put(db: Database, slot: Slot) -> bool:
    """Note what became of a slot. False, and nothing is done, where it has started before: each
    starts once."""
    done = db.execute(
        "INSERT INTO slots (job_id, scheduled_for, outcome, reason, count, run_id)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET outcome = excluded.outcome,"
        "     reason = excluded.reason, count = excluded.count, run_id = excluded.run_id"
        " WHERE outcome <> 'started'",
        (
            slot.job_id,
            slot.scheduled_for,
            slot.outcome.value,
            slot.reason,
            slot.count,
            slot.run_id,
        ),
    )
    return done.rowcount == 1


def get(db: Database, job_id: str, at: float) -> Slot | None:
    """What became of the slot then: noted by itself, or among missed ones in a row."""
    rows = page(db, job_id, until=at, limit=1).slots
    return rows[0] if rows and (rows[0].scheduled_for == at or rows[0].count > 1) else None


def page(
    db: Database,
    job_id: str,
    *,
    since: float = float("-inf"),
    until: float = float("inf"),
    before: float = float("inf"),
    limit: int,
) -> Page:
    """At most `limit` slots from `since` to `until`, and before `before`."""
    rows = db.execute(
        "SELECT slots.*, runs.id AS kept_id, runs.number FROM slots"
        " LEFT JOIN runs ON runs.id = slots.run_id AND runs.deleted_at IS NULL"
        " WHERE slots.job_id = ? AND slots.scheduled_for >= ? AND slots.scheduled_for <= ?"
        "     AND slots.scheduled_for < ?"
        " ORDER BY slots.scheduled_for DESC LIMIT ?",
        (job_id, since, until, before, limit + 1),
    ).fetchall()
    found = [_from_row(row) for row in rows[:limit]]
    return Page(found, found[-1].scheduled_for if len(rows) > limit else None)


def latest(db: Database, job_ids: Collection[str]) -> dict[str, Slot]:
    """The latest slot of each of these that has one."""
    found = {}
    for job_id in job_ids:
        for slot in page(db, job_id, limit=1).slots:
            found[job_id] = slot
    return found


def expire(db: Database, behind: Position, before: float, kept: int) -> Position | None:
    """Forget slots that are older, but for the `kept` latest of each job: of some behind that
    position. Returns where to go on; None: there are no more."""
    rows = db.execute(
        "SELECT scheduled_for, job_id FROM slots INDEXED BY slots_by_time"
        " WHERE (scheduled_for, job_id) > (?, ?) AND scheduled_for < ?"
        " ORDER BY scheduled_for, job_id LIMIT ?",
        (*behind, before, _AT_A_TIME),
    ).fetchall()
    for at, job_id in rows:
        db.execute(
            "DELETE FROM slots WHERE job_id = ? AND scheduled_for = ? AND EXISTS"
            "     (SELECT 1 FROM slots AS later WHERE later.job_id = slots.job_id"
            "      AND later.scheduled_for > slots.scheduled_for LIMIT 1 OFFSET ?)",
            (job_id, at, kept - 1),
        )
    return (rows[-1][0], rows[-1][1]) if len(rows) == _AT_A_TIME else None


def of_deleted_jobs(db: Database) -> int:
    """Forget some slots of deleted jobs. Returns how many."""
    done = db.execute(
        "DELETE FROM slots WHERE (job_id, scheduled_for) IN (SELECT job_id, scheduled_for"
        "     FROM resources CROSS JOIN slots ON job_id = resources.id"
        "     WHERE resources.deleted_at IS NOT NULL LIMIT ?)",
        (_AT_A_TIME,),
    )
    return done.rowcount


def _from_row(row: sqlite3.Row) -> Slot:
    return Slot(
        job_id=row["job_id"],
        scheduled_for=row["scheduled_for"],
        outcome=Outcome(row["outcome"]),
        reason=row["reason"],
        count=row["count"],
        run_id=row["kept_id"],
        run_number=row["number"],
    )
