"""Tokens that a person made, to be used outside."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Token:
    """One of them, without what proves it: that is never kept."""

    id: str
    """32 hexadecimal digits."""
    owner: str
    name: str
    created_at: float
    last_used_at: float | None = None
