"""Rows of tokens that people made. What is deleted is revoked."""

from __future__ import annotations

from dataclasses import asdict

from ..models.errors import NotFound
from ..models.tokens import Token
from .db import Database

GENERATION = 1
"""Of all of them: one that is to be worth nothing is deleted."""


def insert(db: Database, token: Token) -> None:
    """Add one."""
    db.execute(
        "INSERT INTO tokens (id, owner, name, created_at, last_used_at)"
        " VALUES (:id, :owner, :name, :created_at, :last_used_at)",
        asdict(token),
    )


def of_owner(db: Database, owner: str) -> list[Token]:
    """All of one owner's, the newest first."""
    rows = db.execute(
        "SELECT id, owner, name, created_at, last_used_at FROM tokens WHERE owner = ?"
        " ORDER BY created_at DESC, id",
        (owner,),
    )
    return [Token(*row) for row in rows]


def find(db: Database, owner: str, token_id: str) -> Token | None:
    """The owner's token of that id."""
    row = db.execute(
        "SELECT id, owner, name, created_at, last_used_at FROM tokens WHERE id = ? AND owner = ?",
        (token_id, owner),
    ).fetchone()
    return None if row is None else Token(*row)


def note_used(db: Database, token_id: str, at: float) -> None:
    """It was good for a request."""
    db.execute("UPDATE tokens SET last_used_at = ? WHERE id = ?", (at, token_id))


def delete(db: Database, owner: str, token_id: str) -> None:
    """Revoke it. Raises `NotFound`."""
    gone = db.execute("DELETE FROM tokens WHERE id = ? AND owner = ?", (token_id, owner))
    if not gone.rowcount:
        raise NotFound(f"there is no token with the id {token_id[:64]!r}")
