"""The same for several things in one request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from ..control.bulk import Outcome
from ..models.errors import Invalid
from .base import Handler

_MOST = 1000
_IN_A_LINE = 100
"""Ids in one line of the audit."""


async def answer_for_all(
    handler: Handler,
    action: str,
    subject: str,
    work: Callable[[str, Sequence[str]], Awaitable[Outcome]],
    told_as: str,
) -> None:
    """Do `work` for the owner with the body's `ids`; answers what was done, as `told_as`, and why
    the rest was not."""
    ids = _ids(handler.body())
    outcome = await work(handler.services.owner.name, ids)
    done = [item for item in ids if item not in outcome.refused]
    for start in range(0, len(done), _IN_A_LINE):
        handler.audit(action, f"{subject} {' '.join(done[start : start + _IN_A_LINE])}")
    errors = [{"id": item, "message": str(why)} for item, why in outcome.refused.items()]
    handler.reply({told_as: outcome.done, "errors": errors})


def _ids(body: object) -> list[str]:
    ids = body.get("ids") if isinstance(body, dict) else None
    if not isinstance(ids, list) or not all(
        isinstance(item, str) and item.isascii() for item in ids
    ):
        raise Invalid.field("ids", "must be a list of ids", 'send {"ids": ["…"]}')
    if len(ids) > _MOST:
        raise Invalid.field("ids", "are too many", f"send at most {_MOST} at a time")
    return list(dict.fromkeys(ids))
