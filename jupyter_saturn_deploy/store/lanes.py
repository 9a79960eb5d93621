"""Ranges of an index in which runs lie in a list's order already.

A list is merged from the beginnings of its lanes, so that a page costs the same wherever it lies.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from ..models.runs import RunState
from .db import Database

Position = tuple[str | float, ...]
"""Of a run in a list: its id, in an order by a measure behind that measure."""

Terms = dict[str, Sequence[object]]
"""SQL, all of which is to be true, with the values of its question marks."""

OF_JOBS = "revision IS NULL"
"""Spelled as in the partial indexes: the others are instances, which no list of runs shows."""
_MANY = 1000
"""Jobs beyond which runs are looked through for theirs, instead of jobs for their runs."""


class Order(str, Enum):
    """Orders of a list. The last three are of one job's runs, as far as they were measured."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LONGEST = "longest"
    SHORTEST = "shortest"
    LARGEST = "largest"

    @property
    def descending(self) -> bool:
        """Whether what is larger, or newer, comes first."""
        return self not in (Order.OLDEST, Order.SHORTEST)

    @property
    def measure(self) -> str | None:
        """The column it is by, where that is not the age."""
        return {
            Order.LONGEST: "duration",
            Order.SHORTEST: "duration",
            Order.LARGEST: "memory_peak",
        }.get(self)


@dataclass(frozen=True)
class Wanted:
    """Which runs a list is of; what is left out filters nothing."""

    owner: str
    job_id: str | None = None
    project: str | None = None
    states: frozenset[RunState] = frozenset()
    since: str = ""
    """The beginning of the first id."""
    until: str = "g"
    """The beginning of the first id behind the last."""
    pinned: bool = False
    contains: str = ""
    """Text in the job's name, in lower case."""


@dataclass(frozen=True)
class Lane:
    """The entries of an index that these terms choose."""

    index: str
    terms: Terms

    def positions(self, db: Database, order: Order, limit: int) -> list[Position]:
        """The first ones, in order."""
        columns = ["id"] if order.measure is None else [order.measure, "id"]
        way = "DESC" if order.descending else "ASC"
        rows = self._select(
            db, ", ".join(columns), f" ORDER BY {', '.join(f'{c} {way}' for c in columns)}", limit
        )
        return [tuple(row) for row in rows]

    def count(self, db: Database) -> int:
        """How many there are."""
        return int(self._select(db, "count(*)")[0][0])

    def _select(
        self, db: Database, columns: str, order: str = "", limit: int = -1
    ) -> list[Sequence[str | float]]:
        # Named, as SQLite without statistics might think another index better.
        return db.execute(
            f"SELECT {columns} FROM runs INDEXED BY {self.index}"
            f" WHERE deleted_at IS NULL AND {' AND '.join(self.terms)}{order} LIMIT ?",
            (*(value for values in self.terms.values() for value in values), limit),
        ).fetchall()


def beginning(
    db: Database, wanted: Wanted, order: Order, after: Position | None, limit: int
) -> list[Lane]:
    """Lanes in which the first `limit` runs behind `after` lie."""
    jobs = _jobs(db, wanted)
    if order.measure is not None:
        return [_measured(wanted, order.measure, order, after)] if jobs else []
    first, last = wanted.since, wanted.until
    if after is not None and order.descending:
        last = min(last, str(after[-1]))
    elif after is not None:
        # Behind that id and before any other.
        first = max(first, f"{after[-1]}0")
    wanted = replace(wanted, since=first, until=last)
    if jobs is not None and not wanted.pinned:
        return _of_jobs(db, jobs, wanted, order, limit)
    return _of_projects(db, jobs, wanted)


def whole(db: Database, wanted: Wanted, order: Order) -> list[Lane] | None:
    """Lanes that hold all of them, to be counted; None where that would take too long."""
    jobs = _jobs(db, wanted)
    if jobs is None and wanted.contains and not wanted.pinned:
        return None
    if order.measure is not None:
        return [_measured(wanted, order.measure, order, None)] if jobs else []
    if jobs is not None and not wanted.pinned:
        index = "runs_of_job_by_state" if wanted.states else "runs_of_job"
        return [Lane(index, _among(jobs) | _states(wanted) | _window(wanted))]
    return _of_projects(db, jobs, wanted)


def _of_projects(db: Database, jobs: Sequence[str] | None, wanted: Wanted) -> list[Lane]:
    """One for each project and state."""
    rest = _window(wanted)
    if jobs is not None:
        rest |= _among(jobs)
    elif wanted.contains:
        rest["(SELECT instr(name, ?) FROM resources WHERE id = job_id)"] = (wanted.contains,)
    if (
        jobs is None
        and db.execute("SELECT 1 FROM resources WHERE deleted_at IS NOT NULL").fetchone()
    ):
        # Their runs are hidden one by one, a little later.
        rest["job_id NOT IN (SELECT id FROM resources WHERE deleted_at IS NOT NULL)"] = ()
    owner: Terms = {"owner = ?": (wanted.owner,), OF_JOBS: ()}
    if wanted.pinned:
        chosen: Terms = {"pinned = 1": ()}
        if wanted.project is not None:
            chosen["project = ?"] = (wanted.project,)
        return [Lane("runs_pinned", owner | chosen | _states(wanted) | rest)]
    found = []
    for project in _projects(db, wanted):
        of_project = owner | {"project = ?": (project,)}
        if not wanted.states:
            found.append(Lane("runs_of_project", of_project | rest))
        for state in wanted.states:
            of_state: Terms = {"state = ?": (state.value,)}
            found.append(Lane("runs_of_project_by_state", of_project | of_state | rest))
    return found


def _projects(db: Database, wanted: Wanted) -> list[str]:
    if wanted.project is not None:
        return [wanted.project]
    next_one = (
        f"SELECT min(project) FROM runs WHERE owner = :owner AND deleted_at IS NULL AND {OF_JOBS}"
    )
    rows = db.execute(
        # From one to the next, instead of through all runs.
        f"WITH RECURSIVE projects (name) AS ({next_one} UNION ALL"
        f"     SELECT ({next_one} AND project > name) FROM projects WHERE name IS NOT NULL)"
        " SELECT name FROM projects WHERE name IS NOT NULL",
        {"owner": wanted.owner},
    )
    return [row[0] for row in rows]


def _jobs(db: Database, wanted: Wanted) -> list[str] | None:
    """The jobs whose runs are wanted, as far as they have any; None: all, or too many to name."""
    terms: Terms = {}
    if wanted.job_id is not None:
        terms["id = ?"] = (wanted.job_id,)
    if wanted.contains:
        terms["instr(name, ?)"] = (wanted.contains,)
    if not terms:
        return None
    if wanted.project is not None:
        terms["project = ?"] = (wanted.project,)
    index, of_kind = "sqlite_autoindex_resources_1", ""
    if wanted.job_id is None:
        index, of_kind = "resources_activity", " AND kind = 'job'"
    rows = db.execute(
        f"SELECT id FROM resources INDEXED BY {index} WHERE owner = ?{of_kind}"
        f" AND deleted_at IS NULL AND last_run_id IS NOT NULL AND {' AND '.join(terms)} LIMIT ?",
        [wanted.owner, *(value for values in terms.values() for value in values), _MANY + 1],
    ).fetchall()
    return [row[0] for row in rows] if len(rows) <= _MANY else None


def _of_jobs(
    db: Database, jobs: Sequence[str], wanted: Wanted, order: Order, limit: int
) -> list[Lane]:
    """One for each job and state; of many, those that begin first: no page takes from more."""
    [(between, bounds)] = _window(wanted).items()
    of_state = " AND state = states.value" if wanted.states else ""
    index = "runs_of_job_by_state" if wanted.states else "runs_of_job"
    end, way = ("max", "DESC") if order.descending else ("min", "ASC")
    rows = db.execute(
        f"SELECT jobs.value, states.value, (SELECT {end}(id) FROM runs INDEXED BY {index}"
        f"     WHERE job_id = jobs.value{of_state} AND deleted_at IS NULL AND {between}) AS first"
        " FROM json_each(?) AS jobs, json_each(?) AS states"
        f" WHERE first IS NOT NULL ORDER BY first {way} LIMIT ?",
        (*bounds, json.dumps(jobs), json.dumps([*wanted.states] or [None]), limit),
    )
    found = []
    for job_id, state, _ in rows:
        terms: Terms = {"job_id = ?": (job_id,)}
        if state is not None:
            terms["state = ?"] = (state,)
        found.append(Lane(index, terms | _window(wanted)))
    return found


def _measured(wanted: Wanted, measure: str, order: Order, after: Position | None) -> Lane:
    index = {"duration": "runs_of_job_by_duration", "memory_peak": "runs_of_job_by_memory"}[measure]
    terms: Terms = {"job_id = ?": (wanted.job_id,), f"{measure} IS NOT NULL": ()}
    terms |= _window(wanted) | _states(wanted)
    if after is not None:
        terms[f"({measure}, id) {'<' if order.descending else '>'} (?, ?)"] = after
    if wanted.pinned:
        terms["pinned = 1"] = ()
    return Lane(index, terms)


def _window(wanted: Wanted) -> Terms:
    return {"id >= ? AND id < ?": (wanted.since, wanted.until)}


def _among(jobs: Sequence[str]) -> Terms:
    return {"job_id IN (SELECT value FROM json_each(?))": (json.dumps(jobs),)}


def _states(wanted: Wanted) -> Terms:
    if not wanted.states:
        return {}
    marks = ", ".join("?" * len(wanted.states))
    return {f"state IN ({marks})": [state.value for state in wanted.states]}
