"""Rows of runs and their attempts."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict

from ..models.errors import NotFound
from ..models.runs import LONGEST_DELAY, Attempt, Run, RunState
from .db import Database
from .lanes import OF_JOBS
from .rows import columns, from_row

IS_ACTIVE = "state NOT IN ('completed', 'error', 'stopped')"
# Spelled as the partial index is, or SQLite does not use it.
AMONG_ACTIVE = f"id IN (SELECT id FROM runs WHERE {IS_ACTIVE})"
# The same, where SQLite would rather go through every run that ever was, for their order's sake.
_RETRY_DUE = "(state = 'retrying' AND NOT (next_attempt_at BETWEEN :now AND :now + :longest))"
# One further away than any delay is due too: the clock was set back.


def new_id(db: Database) -> str:
    """32 hexadecimal digits that sort as runs are made: 16 of nanoseconds, 16 of chance.

    Behind every run there is, even when the clock was set back.
    """
    latest = db.execute("SELECT coalesce(max(id), '0') FROM runs").fetchone()[0]
    return f"{max(time.time_ns(), int(latest[:16], 16) + 1):016x}{os.urandom(8).hex()}"


def insert(db: Database, run: Run) -> None:
    """Add a run as it is."""
    row = columns(run)
    db.execute(
        f"INSERT INTO runs ({', '.join(row)}) VALUES ({', '.join(':' + name for name in row)})",
        row,
    )


def update(db: Database, run: Run) -> None:
    """Write what changes in a run's life."""
    db.execute(
        "UPDATE runs SET state = :state, reason = :reason, detail = :detail,"
        " exit_code = :exit_code, signal = :signal, started_at = :started_at,"
        " ended_at = :ended_at, next_attempt_at = :next_attempt_at,"
        " stop_reason = :stop_reason, attempt = :attempt, cell = :cell, cells = :cells,"
        " used = :used, cpu_seconds = :cpu_seconds, memory_peak = :memory_peak, disk = :disk,"
        " advice = :advice, serving = :serving, served = :served, crashes = :crashes"
        " WHERE id = :id",
        columns(run),
    )


def put_attempt(db: Database, attempt: Attempt) -> None:
    """Add an attempt, or write it anew."""
    row = asdict(attempt)
    row["state"] = attempt.state.value
    db.execute(
        f"INSERT OR REPLACE INTO attempts ({', '.join(row)})"
        f" VALUES ({', '.join(':' + name for name in row)})",
        row,
    )


def forget_attempts(db: Database, run_id: str, up_to: int) -> None:
    """Remove the rows of a run's attempts up to that number."""
    db.execute("DELETE FROM attempts WHERE run_id = ? AND number <= ?", (run_id, up_to))


def get(db: Database, owner: str, run_id: str) -> Run:
    """The owner's run of that id. Raises `NotFound`, for a deleted one too."""
    row = db.execute(
        "SELECT * FROM runs WHERE id = ? AND owner = ? AND deleted_at IS NULL AND job_id NOT IN"
        "     (SELECT id FROM resources WHERE deleted_at IS NOT NULL)",
        (run_id, owner),
    ).fetchone()
    if row is None:
        raise not_found(run_id)
    return from_row(row)


def not_found(run_id: str) -> NotFound:
    """There is no such run, or not for who asks."""
    return NotFound(f"there is no run with the id {run_id[:64]!r}")


def last_good(db: Database, run: Run) -> Run | None:
    """The last completed run of the same job before this one."""
    row = db.execute(
        "SELECT * FROM runs WHERE job_id = ? AND id < ? AND state = 'completed'"
        " AND deleted_at IS NULL ORDER BY id DESC LIMIT 1",
        (run.job_id, run.id),
    ).fetchone()
    return None if row is None else from_row(row)


def find_any(db: Database, run_id: str) -> Run | None:
    """The run of that id, whoever owns it, deleted or not: it may have to be ended first."""
    row = db.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
    return None if row is None else from_row(row)


def active(db: Database, *, job_id: str | None = None) -> list[Run]:
    """Every run that has not ended, in the order in which they were wished."""
    rows = db.execute(
        f"SELECT * FROM runs WHERE {AMONG_ACTIVE} AND (:job_id IS NULL OR job_id = :job_id)"
        " ORDER BY id",
        {"job_id": job_id},
    )
    return [from_row(row) for row in rows]


def occupied(db: Database, backend: str) -> int:
    """How many places of that backend are taken."""
    row = db.execute(
        f"SELECT count(*) FROM runs WHERE {IS_ACTIVE} AND {OF_JOBS} AND backend = ?"
        " AND state IN ('starting', 'running', 'stopping')",
        (backend,),
    ).fetchone()
    return int(row[0])


def to_stop(db: Database, backend: str) -> list[Run]:
    """Active runs that somebody wishes stopped."""
    rows = db.execute(
        f"SELECT * FROM runs WHERE {IS_ACTIVE} AND backend = ? AND stop_reason IS NOT NULL",
        (backend,),
    )
    return [from_row(row) for row in rows]


def due(db: Database, backend: str, now: float, limit: int) -> list[Run]:
    """Up to `limit` of jobs' runs that may begin an attempt now: due retries first, then what is
    queued, in order; none whose job has an earlier run that is still being stopped."""
    found: list[Run] = []
    for which in (_RETRY_DUE, "state = 'queued'"):
        rows = db.execute(
            "WITH stopping AS (SELECT job_id, min(id) AS first FROM runs"
            f"     WHERE {IS_ACTIVE} AND {OF_JOBS} AND backend = :backend"
            "     AND state IN ('starting', 'running', 'stopping') AND stop_reason IS NOT NULL"
            "     GROUP BY job_id)"
            f" SELECT * FROM runs WHERE {IS_ACTIVE} AND {OF_JOBS} AND backend = :backend"
            f" AND {which} AND stop_reason IS NULL AND NOT EXISTS (SELECT 1 FROM stopping"
            "     WHERE stopping.job_id = runs.job_id AND stopping.first < runs.id)"
            " ORDER BY id LIMIT :left",
            _times(backend, now) | {"left": limit - len(found)},
        )
        found.extend(from_row(row) for row in rows)
    return found


def due_instances(db: Database, backend: str, now: float) -> list[Run]:
    """Instances that may begin a life now: they wait for nobody."""
    rows = db.execute(
        f"SELECT * FROM runs INDEXED BY runs_instances WHERE {IS_ACTIVE} AND revision IS NOT NULL"
        f" AND backend = :backend AND ({_RETRY_DUE} OR state = 'queued') AND stop_reason IS NULL"
        " ORDER BY id",
        _times(backend, now),
    )
    return [from_row(row) for row in rows]


def _times(backend: str, now: float) -> dict[str, str | float]:
    return {"backend": backend, "now": now, "longest": LONGEST_DELAY}


def next_retry(db: Database, backend: str, now: float) -> float | None:
    """When the first retry that is not due yet falls due."""
    row = db.execute(
        f"SELECT min(next_attempt_at) FROM runs WHERE {IS_ACTIVE} AND backend = ?"
        " AND state = 'retrying' AND next_attempt_at > ?",
        (backend, now),
    ).fetchone()
    return None if row[0] is None else float(row[0])


def queue_position(db: Database, run: Run) -> int | None:
    """1 for the first in line; None for a run that is not queued."""
    if run.state is not RunState.QUEUED:
        return None
    row = db.execute(
        f"SELECT count(*) FROM runs WHERE {IS_ACTIVE} AND {OF_JOBS} AND state = 'queued'"
        " AND backend = ?"
        " AND id <= ?",
        (run.backend, run.id),
    ).fetchone()
    return int(row[0])


def attempts(db: Database, run_ids: Sequence[str]) -> dict[str, list[Attempt]]:
    """The attempts of each run, in order."""
    found: dict[str, list[Attempt]] = {run_id: [] for run_id in run_ids}
    marks = ",".join("?" * len(run_ids))
    for row in db.execute(
        f"SELECT * FROM attempts WHERE run_id IN ({marks}) ORDER BY run_id, number", run_ids
    ):
        attempt = dict(row)
        attempt["state"] = RunState(attempt["state"])
        found[row["run_id"]].append(Attempt(**attempt))
    return found


def wish_stopped(
    db: Database, reason: str, *, run_ids: Sequence[str] = (), job_ids: Sequence[str] = ()
) -> list[str]:
    """Note that these runs, or all runs of these jobs, are to be stopped; the first reason given
    stays.

    Returns the ids of those that have not ended, in the order in which they were wished.
    """
    # By way of the active ones, which are few, not of all that these jobs ever had.
    which = (
        f"{AMONG_ACTIVE} AND (+id IN (SELECT value FROM json_each(:runs))"
        " OR +job_id IN (SELECT value FROM json_each(:jobs)))"
    )
    values = {"reason": reason, "runs": json.dumps(run_ids), "jobs": json.dumps(job_ids)}
    db.execute(
        f"UPDATE runs SET stop_reason = :reason WHERE {which} AND stop_reason IS NULL", values
    )
    return [
        row["id"] for row in db.execute(f"SELECT id FROM runs WHERE {which} ORDER BY id", values)
    ]


def states(db: Database, owner: str, run_ids: Sequence[str]) -> dict[str, tuple[int, RunState]]:
    """Number and state of each of these that there is and is the owner's."""
    rows = db.execute(
        "SELECT id, number, state FROM runs WHERE id IN (SELECT value FROM json_each(?))"
        " AND owner = ? AND deleted_at IS NULL AND job_id NOT IN"
        "     (SELECT id FROM resources WHERE deleted_at IS NOT NULL)",
        (json.dumps(run_ids), owner),
    )
    return {row["id"]: (row["number"], RunState(row["state"])) for row in rows}


def pin(db: Database, run_id: str, pinned: bool) -> None:
    """Keep a run however old it grows, or no longer."""
    db.execute("UPDATE runs SET pinned = ? WHERE id = ? AND pinned <> ?", (pinned, run_id, pinned))


def mark_deleted(db: Database, at: float, run_ids: Sequence[str]) -> None:
    """Hide these runs; `purge` takes the rows once the backend forgot them."""
    db.execute(
        "UPDATE runs SET deleted_at = ? WHERE id IN (SELECT value FROM json_each(?))"
        " AND deleted_at IS NULL",
        (at, json.dumps(run_ids)),
    )


def mark_expired(db: Database, at: float, run_ids: Sequence[str]) -> list[str]:
    """Hide these runs, but for those that were pinned meanwhile and whose job is not deleted.
    Returns the hidden ones."""
    rows = db.execute(
        "UPDATE runs SET deleted_at = ? WHERE id IN (SELECT value FROM json_each(?))"
        " AND deleted_at IS NULL AND (pinned = 0 OR job_id IN"
        "     (SELECT id FROM resources WHERE deleted_at IS NOT NULL))"
        " RETURNING id",
        (at, json.dumps(run_ids)),
    )
    return [row["id"] for row in rows]


def of_deleted_jobs(db: Database, limit: int) -> list[str]:
    """Up to `limit` ended runs of deleted jobs that are not hidden themselves yet."""
    rows = db.execute(
        "SELECT runs.id FROM resources CROSS JOIN runs ON job_id = resources.id"
        f" WHERE resources.deleted_at IS NOT NULL AND runs.deleted_at IS NULL AND NOT ({IS_ACTIVE})"
        " LIMIT ?",
        (limit,),
    )
    return [row["id"] for row in rows]


def expired(db: Database, *, ended_before: float, kept: int, limit: int) -> list[str]:
    """Up to `limit` runs that ended before then and are not pinned, but for the `kept` latest
    ended and not pinned of each job."""
    rows = db.execute(
        "SELECT id FROM (SELECT id, ended_at,"
        "     row_number() OVER (PARTITION BY job_id ORDER BY id DESC) AS place FROM runs"
        f"     WHERE NOT ({IS_ACTIVE}) AND deleted_at IS NULL AND pinned = 0)"
        " WHERE place > ? AND ended_at < ? LIMIT ?",
        (kept, ended_before, limit),
    )
    return [row["id"] for row in rows]


def deleted(db: Database, backend: str, limit: int = 500) -> list[str]:
    """Hidden runs of that backend that have ended: theirs is to be forgotten."""
    rows = db.execute(
        f"SELECT id FROM runs WHERE deleted_at IS NOT NULL AND NOT ({IS_ACTIVE}) AND backend = ?"
        " LIMIT ?",
        (backend, limit),
    )
    return [row["id"] for row in rows]


def purge(db: Database, run_ids: Sequence[str]) -> None:
    """Remove rows, attempts too."""
    db.executemany("DELETE FROM runs WHERE id = ?", [(run_id,) for run_id in run_ids])
