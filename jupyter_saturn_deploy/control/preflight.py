"""A job held against what is here before it is made, without any of its effects."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..doctor.check import Doubt, check, draft_of
from ..models.errors import Invalid
from .code import Sources

_SECONDS = 1.0


async def preflight(sources: Sources, project: Path, prefix: str, recipe: Any) -> list[Doubt]:
    """What of a recipe would probably fail, as far as it was found within a second.

    What a recipe may not say at all is not told here. Raises `Invalid` where it has no `spec`.
    """
    spec = recipe.get("spec") if isinstance(recipe, dict) else None
    if not isinstance(spec, dict):
        raise Invalid.field("spec", "must be an object", 'e.g. {"name": …, "command": …}')
    found: list[Doubt] = []

    def work() -> None:
        for doubt in check(draft_of(spec), project, prefix):
            found.append(doubt)

    with suppress(asyncio.TimeoutError):  # a disk that doesn't answer
        await asyncio.wait_for(sources.apart(work), _SECONDS)
    return list(found)
