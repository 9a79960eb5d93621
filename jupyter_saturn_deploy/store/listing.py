"""Jobs as lists show them: filtered, in an order, a page at a time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import Enum

from ..models.resources import Job
from .db import Database
from .resources import from_row

_BYTES = 512 * 1024
"""Of specs, after which a page ends: a longer one would hold the event loop."""


class Order(str, Enum):
    """Orders of a list of jobs."""

    NAME = "name"
    ACTIVITY = "activity"
    """Those with active runs first, then the others; of each those first that ran, or were made,
    last."""


@dataclass(frozen=True)
class _Part:
    """One after the other they make a list."""

    index: str
    term: str
    column: str
    """It is in this column's order."""
    descending: bool = False


PARTS: dict[Order, dict[str, _Part]] = {
    Order.NAME: {"named": _Part("resources_name", "name IS NOT NULL", "name")},
    Order.ACTIVITY: {
        "active": _Part("resources_activity", "active = 1", "activity", True),
        "rest": _Part("resources_activity", "active = 0", "activity", True),
    },
}


@dataclass(frozen=True)
class Wanted:
    """Which jobs a list is of; what is left out filters nothing."""

    owner: str
    prefix: str = ""
    """Of the name."""
    project: str | None = None
    contains: str = ""
    """Text in the name or the command; ASCII letters in either case."""


@dataclass(frozen=True)
class Page:
    """Some jobs of a list, in its order."""

    jobs: list[Job]
    end: tuple[str, str] | None
    """Behind which the next page begins: part, and value there. None: there is none."""


def page(
    db: Database,
    wanted: Wanted,
    *,
    order: Order = Order.NAME,
    after: tuple[str, str] | None = None,
    limit: int,
) -> Page:
    """At most `limit` jobs from behind `after`, whose part is one of the order's; fewer where
    their scripts are long."""
    parts = PARTS[order]
    begin, value = after or (next(iter(parts)), None)
    found: list[Job] = []
    end: tuple[str, str] | None = None
    size = 0
    for name in list(parts)[list(parts).index(begin) :]:
        for row in _rows(db, wanted, parts[name], value if name == begin else None, limit + 1):
            if len(found) == limit or size > _BYTES:
                return Page(found, end)
            found.append(from_row(row))
            end = (name, row[parts[name].column])
            size += len(row["spec"].encode())
    return Page(found, None)


def _rows(
    db: Database, wanted: Wanted, part: _Part, after: str | None, limit: int
) -> Iterator[sqlite3.Row]:
    terms = ["owner = :owner", "kind = 'job'", "deleted_at IS NULL", part.term]
    if after is not None:
        terms.append(f"{part.column} {'<' if part.descending else '>'} :after")
    if wanted.prefix:
        terms.append("substr(name, 1, length(:prefix)) = :prefix")
    if wanted.project is not None:
        terms.append("project = :project")
    if wanted.contains:
        # To look for it as it is written in JSON first saves reading the JSON of all the others.
        terms.append(
            "(instr(name, lower(:contains)) OR instr(lower(spec), lower(:written))"
            " AND instr(lower(json_extract(spec, '$.command')), lower(:contains)))"
        )
    yield from db.execute(
        f"SELECT * FROM resources INDEXED BY {part.index} WHERE {' AND '.join(terms)}"
        f" ORDER BY {part.column} {'DESC' if part.descending else 'ASC'} LIMIT :limit",
        {
            **asdict(wanted),
            "after": after,
            "written": json.dumps(wanted.contains, ensure_ascii=False)[1:-1],
            "limit": limit,
        },
    )
