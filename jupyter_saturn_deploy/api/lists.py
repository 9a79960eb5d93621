"""Lists: what a query asks for (filters, order, where the page begins), and pages of runs."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any, TypeVar, cast

from ..models.errors import Invalid
from ..models.resources import KINDS
from ..store import lanes, listing, pages
from ..store.db import Database
from . import wire
from .base import Handler

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_ID = re.compile("[0-9a-f]{32}")
_ELSEWHERE = ("workspace",)
"""Saturn's types of which there is none here: its client asks for them all the same."""
_LAST_ID = "g"
"""Behind every id: these are hexadecimal digits."""
Choice = TypeVar("Choice", bound=Enum)


def wanted_runs(handler: Handler, *, job_id: str | None = None) -> lanes.Wanted:
    """The filters of a list of runs; `job_id` is that of the path, where it has one."""
    return lanes.Wanted(
        owner=handler.services.owner.name,
        job_id=job_id or handler.get_query_argument("job_id", "") or None,
        project=handler.get_query_argument("project", "") or None,
        states=frozenset(handler.states()),
        since=_id_at(handler, "since") or "",
        until=_id_at(handler, "until") or _LAST_ID,
        pinned=handler.flag("pinned", False),
        contains=handler.get_query_argument("contains", "").lower(),
    )


async def reply_with_runs(handler: Handler, wanted: lanes.Wanted) -> None:
    """A page of these runs, as the rest of the query says."""
    limit, key = handler.page()
    order = _order_of_runs(handler, wanted)
    after = _behind_run(key, order)
    counted = handler.flag("count", False)

    def work(db: Database) -> dict[str, Any]:
        page = pages.page(db, wanted, order=order, after=after, limit=limit)
        answer = {
            "runs": wire.runs_json(db, page.runs),
            "next_key": next_key(order, page.end),
        }
        return answer | ({"total": pages.count(db, wanted, order=order)} if counted else {})

    handler.reply(await handler.services.store.read(work))


def wanted_resources(handler: Handler) -> listing.Wanted:
    """The filters of a list of resources; without `type`, of all kinds."""
    kind = handler.get_query_argument("type", "")
    if kind and kind not in (*KINDS, *_ELSEWHERE):
        raise Invalid.field("type", f"{kind[:40]!r} is not known", f"use {', '.join(KINDS)}")
    return listing.Wanted(
        owner=handler.services.owner.name,
        prefix=handler.get_query_argument("name", ""),
        project=handler.get_query_argument("project", "") or None,
        contains=handler.get_query_argument("contains", ""),
        kinds=tuple(each for each in KINDS if kind in ("", each)),
    )


def _order_of_runs(handler: Handler, wanted: lanes.Wanted) -> lanes.Order:
    """`order` of a list of runs."""
    order = _choice(handler, lanes.Order, lanes.Order.NEWEST)
    if order.measure is not None and wanted.job_id is None:
        raise Invalid.field(
            "order", f"{order.value} is for the runs of one job", "give job_id, or use newest"
        )
    return order


def order_of_resources(handler: Handler) -> listing.Order:
    """`order` of a list of resources."""
    return _choice(handler, listing.Order, listing.Order.NAME)


def next_key(order: Enum, position: Sequence[str | float] | None) -> str | None:
    """What a list says so that it can be asked for its next page."""
    if position is None:
        return None
    written = json.dumps([order.value, *position]).encode()
    return base64.urlsafe_b64encode(written).decode().rstrip("=")


def _behind_run(key: str | None, order: lanes.Order) -> lanes.Position | None:
    """The position in a list of runs that such a key says."""
    position = _read(key, order)
    if position is None:
        return None
    *measures, run_id = position or ("",)
    if not isinstance(run_id, str) or not _ID.fullmatch(run_id):
        raise _no_key()
    if [_is_measure(value) for value in measures] != [True] * (order.measure is not None):
        raise _no_key()
    return tuple(position)


def _is_measure(value: object) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    # SQLite has no larger ones.
    return number and abs(cast(float, value)) < 2**63


def behind_resource(key: str | None, order: listing.Order) -> tuple[str, str] | None:
    """The position in a list of resources that such a key says."""
    position = _read(key, order)
    if position is None:
        return None
    if not all(isinstance(value, str) and value.isascii() for value in position):
        raise _no_key()
    kind, _, part = str(position[0] if position else "").partition(".")
    if len(position) != 2 or kind not in KINDS or part not in listing.PARTS[order]:
        raise _no_key()
    return str(position[0]), str(position[1])


def _read(key: str | None, order: Enum) -> list[str | float] | None:
    if key is None:
        return None
    try:
        read = json.loads(base64.b64decode(key + "=" * (-len(key) % 4), b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        raise _no_key() from None
    if not isinstance(read, list) or read[:1] != [order.value]:
        raise _no_key()
    return read[1:]


def _no_key() -> Invalid:
    return Invalid.field(
        "next_key", "is none of this list", "begin without it; a key is good for its order alone"
    )


def _choice(handler: Handler, choices: type[Choice], default: Choice) -> Choice:
    text = handler.get_query_argument("order", "")
    try:
        return choices(text) if text else default
    except ValueError:
        known = ", ".join(choice.value for choice in choices)
        raise Invalid.field("order", f"{text[:40]!r} is no order", f"use {known}") from None


def moment(handler: Handler, name: str) -> timedelta | None:
    """A time of the query, since the epoch."""
    text = handler.get_query_argument(name, "")
    if not text:
        return None
    try:
        # Python 3.10 does not read the Z.
        return datetime.fromisoformat(re.sub("[zZ]$", "+00:00", text)) - _EPOCH
    except (ValueError, TypeError):
        raise Invalid.field(
            name, "is no time with a zone", "give it in ISO 8601, e.g. 2026-02-01T06:00:00Z"
        ) from None


def _id_at(handler: Handler, name: str) -> str | None:
    """The beginning of the ids of that time, which hold the nanoseconds since the epoch."""
    at = moment(handler, name)
    if at is None:
        return None
    digits = f"{max(at // timedelta(microseconds=1), 0) * 1000:016x}"
    return digits if len(digits) == 16 else _LAST_ID
