"""Resources as lists show them: filtered, in an order, a page at a time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import Enum

from ..models.resources import KINDS, Deployment, Job, Resource, Spec
from .db import Database
from .resources import from_row

_BYTES = 512 * 1024
"""Of specs and instances, after which a page ends: a longer one would hold the event loop."""
_INSTANCE = 2500
"""Bytes of an instance with its lives, which a deployment is shown with, beside its command."""


class Order(str, Enum):
    """Orders of a list of resources."""

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
    """Which resources a list is of; what is left out filters nothing."""

    owner: str
    prefix: str = ""
    """Of the name."""
    project: str | None = None
    contains: str = ""
    """Text in the name or the command; ASCII letters in either case."""
    kinds: tuple[str, ...] = (Job.kind,)
    """One kind after the other."""


@dataclass(frozen=True)
class Page:
    """Some resources of a list, in its order."""

    resources: list[Resource[Spec]]
    end: tuple[str, str] | None
    """Behind which the next page begins: kind and part, and value there. None: there is none."""


def page(
    db: Database,
    wanted: Wanted,
    *,
    order: Order = Order.NAME,
    after: tuple[str, str] | None = None,
    limit: int,
) -> Page:
    """At most `limit` resources from behind `after`, the end of another page; fewer where their
    scripts are long or their instances many."""
    parts = {f"{kind}.{name}": part for kind in wanted.kinds for name, part in PARTS[order].items()}
    begin, value = after or (next(iter(parts), ""), None)
    if begin not in parts:  # no kind, or a key of the list of another one
        return Page([], None)
    found: list[Resource[Spec]] = []
    end: tuple[str, str] | None = None
    size = 0
    for name in list(parts)[list(parts).index(begin) :]:
        kind, _, _ = name.partition(".")
        behind = value if name == begin else None
        for row in _rows(db, wanted, kind, parts[name], behind, limit + 1):
            if len(found) == limit or size > _BYTES:
                return Page(found, end)
            found.append(from_row(row, KINDS[kind]))
            end = (name, row[parts[name].column])
            size += _size(row)
    return Page(found, None)


def _size(row: sqlite3.Row) -> int:
    """Of what it is shown as, about."""
    spec = len(row["spec"].encode())
    if row["kind"] != Deployment.kind:
        return spec
    instances: int = row["active_runs"]
    return spec + instances * (_INSTANCE + spec)


def _rows(
    db: Database, wanted: Wanted, kind: str, part: _Part, after: str | None, limit: int
) -> Iterator[sqlite3.Row]:
    terms = ["owner = :owner", "kind = :kind", "deleted_at IS NULL", part.term]
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
            **{name: value for name, value in asdict(wanted).items() if name != "kinds"},
            "kind": kind,
            "after": after,
            "written": json.dumps(wanted.contains, ensure_ascii=False)[1:-1],
            "limit": limit,
        },
    )
