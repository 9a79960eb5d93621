"""Which ended runs go by themselves. Only the engine calls it."""

from __future__ import annotations

from ..store import runs
from ..store.db import Database

KEPT = 10
"""Latest ended runs of each job, however old."""
DAY = 24 * 3600.0


def expire(db: Database, now: float, days: int) -> int:
    """Mark as deleted the runs that ended more than `days` ago, but for the `KEPT` latest of each
    job. At most a thousand at a time; returns how many."""
    return runs.expire(db, now, ended_before=now - days * DAY, kept=KEPT, limit=1000)
