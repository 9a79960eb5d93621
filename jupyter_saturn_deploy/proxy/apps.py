"""What there is to reach. Who keeps it up to date is another matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Upstream:
    """A ready instance: where it listens."""

    run_id: str
    host: str
    """`127.0.0.1` or `::1`."""
    port: int


@dataclass(frozen=True)
class App:
    """A deployment as its visitors see it."""

    id: str
    name: str
    upstreams: tuple[Upstream, ...]
    """Those in rotation; none while nothing of it is ready."""


class Apps(Protocol):
    """Every deployment of the owner, from memory."""

    changed: list[Callable[[], None]]
    """Called after any app or upstream came, went or moved."""

    def find(self, name: str) -> App | None:
        """The deployment of that name; None where there is none. Never waits."""

    def opened(self, app: App, by: str) -> None:
        """A page of `app` was opened by that user. Returns at once."""
