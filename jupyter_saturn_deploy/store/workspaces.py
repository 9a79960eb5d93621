"""What servers knew of where runs happen, for those that start when no server is there."""

from __future__ import annotations

import time
from dataclasses import dataclass

from .db import Database


@dataclass(frozen=True)
class Known:
    """Of the last server that sat on a project."""

    prefix: str
    """Of the environment that runs get."""
    base_url: str
    """Of this extension's routes there."""


def remember(db: Database, owner: str, project: str, known: Known) -> None:
    """Keep it, in the place of what an earlier server said."""
    db.execute(
        "INSERT INTO workspaces (owner, project, prefix, base_url, at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET prefix = excluded.prefix, base_url = excluded.base_url,"
        "     at = excluded.at",
        (owner, project, known.prefix, known.base_url, time.time()),
    )


def recall(db: Database, owner: str, project: str) -> Known | None:
    """Of that project, or else of the owner's last server; None: there never was one."""
    row = db.execute(
        "SELECT prefix, base_url FROM workspaces WHERE owner = ?"
        " ORDER BY project = ? DESC, at DESC LIMIT 1",
        (owner, project),
    ).fetchone()
    return None if row is None else Known(row["prefix"], row["base_url"])
