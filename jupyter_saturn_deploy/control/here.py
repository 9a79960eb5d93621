"""What the server that takes a wish sits on: where defaults come from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from ..models.resources import Resource, Spec


@dataclass(frozen=True)
class Here:
    """One server, at the time of a wish."""

    owner: str
    project: Path
    prefix: str
    image: str
    size: str
    sizes: Collection[str]
    backend: str
    backends: Collection[str]
    base_url: str

    def at_home(self, resource: Resource[Spec]) -> Here:
        """In the resource's own project: another server's may be another one."""
        return replace(self, project=Path(resource.project))
