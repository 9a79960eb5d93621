"""Runs as lists show them: filtered, in an order, a page at a time."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from ..models.runs import Run
from .db import Database
from .lanes import Order, Position, Wanted, beginning, whole
from .rows import from_row

_BYTES = 512 * 1024
"""Of commands and scripts, after which a page ends: a longer one would hold the event loop."""


@dataclass(frozen=True)
class Page:
    """Some runs of a list, in its order."""

    runs: list[Run]
    end: Position | None
    """Behind which the next page begins; None: there is none."""


def page(
    db: Database,
    wanted: Wanted,
    *,
    order: Order = Order.NEWEST,
    after: Position | None = None,
    limit: int,
) -> Page:
    """At most `limit` runs from behind `after`. Orders by a measure take `wanted.job_id`."""
    merged = heapq.merge(
        *(
            lane.positions(db, order, limit + 1)
            for lane in beginning(db, wanted, order, after, limit + 1)
        ),
        reverse=order.descending,
    )
    positions = list(islice(merged, limit + 1))
    found: list[Run] = []
    size = 0
    for position in positions[:limit]:
        row = db.execute("SELECT * FROM runs WHERE id = ?", (position[-1],)).fetchone()
        found.append(from_row(row))
        size += len(row["execution"].encode())
        if size > _BYTES:
            break
    return Page(found, positions[len(found) - 1] if len(found) < len(positions) else None)


def count(db: Database, wanted: Wanted, *, order: Order = Order.NEWEST) -> int | None:
    """How many runs all pages hold together; None where to count them would take too long."""
    lanes = whole(db, wanted, order)
    return None if lanes is None else sum(lane.count(db) for lane in lanes)


def of_jobs(db: Database, job_ids: Sequence[str]) -> dict[str, tuple[int, Run]]:
    """For each job that has run: how many of its runs are active, and the run that stands for it:
    an active one that lives before one that waits, the newest of these; or else the newest."""
    marks = ",".join("?" * len(job_ids))
    jobs = db.execute(
        "SELECT id, active_runs, last_run_id FROM resources"
        f" WHERE id IN ({marks}) AND last_run_id IS NOT NULL",
        job_ids,
    ).fetchall()
    current: dict[str, tuple[int, Run]] = {}
    for job_id, active, last in jobs:
        shown = _foremost(db, job_id) if active else last
        row = db.execute("SELECT * FROM runs WHERE id = ?", (shown,)).fetchone()
        current[job_id] = (active, from_row(row))
    return current


def _foremost(db: Database, job_id: str) -> str:
    row = db.execute(
        "SELECT max(id) FROM runs INDEXED BY runs_of_job_by_state WHERE job_id = ?"
        " AND state IN ('starting', 'running', 'stopping', 'retrying', 'queued')"
        " AND deleted_at IS NULL GROUP BY state"
        " ORDER BY state NOT IN ('retrying', 'queued') DESC, state = 'retrying' DESC, 1 DESC",
        (job_id,),
    ).fetchone()
    return str(row[0])
