"""The table that says what changed, in order, to every process that uses the store."""

from __future__ import annotations

from dataclasses import dataclass

from .db import Database

_KEPT = 10_000


@dataclass(frozen=True)
class Change:
    """One change of one subject. Holds no values of the user's."""

    seq: int
    subject: str
    """`job`, `deployment`, `run` or `instance`."""
    id: str
    job_id: str
    """Of the job or deployment; its own id, if it is one."""
    owner: str
    project: str
    name: str
    """The resource's."""
    change: str
    """Of a resource: created, updated, deleted. Of the others: its state then, or deleted."""
    number: int | None
    reason: str | None
    exit_code: int | None


def latest(db: Database) -> int:
    """The number of the newest change, 0 when there is none."""
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM changes").fetchone()[0])


def since(db: Database, seq: int, limit: int = 1000) -> list[Change]:
    """Up to `limit` changes behind `seq`, oldest first."""
    rows = db.execute("SELECT * FROM changes WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit))
    return [Change(**row) for row in rows]


def trim(db: Database) -> None:
    """Forget all but the newest; who was away longer than that looks at everything anyway."""
    db.execute("DELETE FROM changes WHERE seq <= (SELECT max(seq) FROM changes) - ?", (_KEPT,))
