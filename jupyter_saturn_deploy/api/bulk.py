"""Deleting several things in one request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ..models.errors import DeployError, Invalid
from .base import Handler

_MOST = 1000


async def delete_all(
    handler: Handler, subject: str, delete: Callable[[str], Awaitable[None]]
) -> None:
    """Delete each of the body's `ids`; answers which were and why the others were not."""
    body = handler.body()
    ids = body.get("ids") if isinstance(body, dict) else None
    if not isinstance(ids, list) or not all(
        isinstance(item, str) and item.isascii() for item in ids
    ):
        raise Invalid.field("ids", "must be a list of ids", 'send {"ids": ["…"]}')
    if len(ids) > _MOST:
        raise Invalid.field("ids", "are too many", f"send at most {_MOST} at a time")
    deleted, errors = [], []
    for item in dict.fromkeys(ids):
        try:
            await delete(item)
            deleted.append(item)
            handler.audit("delete", f"{subject} {item}")
        except DeployError as error:
            errors.append({"id": item, "message": str(error)})
    handler.reply({"deleted": deleted, "errors": errors})
