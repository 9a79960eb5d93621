"""Wishes about jobs: create, edit, delete."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .. import recipes
from ..models.errors import FieldProblem, Invalid
from ..models.resources import NAME, Job, JobSpec
from ..models.runs import Reason
from ..store import resources, runs
from ..store.db import Database, Store

SOURCES = ("live",)


@dataclass(frozen=True)
class Here:
    """What the server that takes a wish sits on: where defaults come from."""

    owner: str
    project: Path
    prefix: str
    image: str
    size: str
    sizes: Collection[str]
    backend: str
    backends: Collection[str]
    base_url: str


@dataclass(frozen=True)
class Wished:
    """A job as it now stands."""

    job: Job
    created: bool
    warnings: list[str]


class Jobs:
    """Writes wishes about jobs. Every method is one transaction: it happens whole or not at all.

    Raises `Invalid`, `Conflict`, `NotFound`, `StoreUnavailable`.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    async def create(self, here: Here, recipe: Any, *, enforce_unknown: bool = True) -> Wished:
        """A new job. Of two that race for a name, exactly one gets it."""
        spec, warnings = await asyncio.to_thread(_parsed, here, recipe, None, enforce_unknown)
        job = _new(here, spec)
        await self.store.write(lambda db: resources.insert(db, job))
        return Wished(job, True, warnings)

    async def apply(self, here: Here, recipe: Any, *, enforce_unknown: bool = True) -> Wished:
        """Create the job of that name, or make it what the recipe says."""

        def work(db: Database) -> Wished:
            before = resources.find(db, here.owner, _name(recipe))
            spec, warnings = _parsed(here, recipe, before.spec if before else None, enforce_unknown)
            if before is None:
                job = _new(here, spec)
                resources.insert(db, job)
                return Wished(job, True, warnings)
            return Wished(_change(db, before, spec), False, warnings)

        return await self.store.write(work)

    async def edit(self, here: Here, job_id: str, changes: Any) -> Wished:
        """Put the fields of `changes["spec"]` over those of a job, its name too."""

        def work(db: Database) -> Wished:
            before = resources.get(db, here.owner, job_id)
            at_home = replace(here, project=Path(before.project))
            spec, warnings = _parsed(
                at_home, recipes.merge(changes, before.spec), before.spec, True
            )
            return Wished(_change(db, before, spec), False, warnings)

        return await self.store.write(work)

    async def delete(self, owner: str, job_id: str) -> None:
        """Take a job away: its active runs are stopped, its runs and logs go with it."""
        await self.store.write(lambda db: _delete(db, owner, job_id), vital=True)


def _delete(db: Database, owner: str, job_id: str) -> None:
    resources.get(db, owner, job_id)
    now = time.time()
    runs.wish_stopped(db, Reason.DELETED.value, job_id=job_id)
    runs.mark_deleted(db, now, job_id=job_id)
    resources.mark_deleted(db, job_id, now)


def _new(here: Here, spec: JobSpec) -> Job:
    now = time.time()
    return Job(
        id=uuid.uuid4().hex,
        owner=here.owner,
        project=str(here.project),
        backend=spec.backend or here.backend,
        spec=spec,
        generation=1,
        created_at=now,
        updated_at=now,
    )


def _change(db: Database, before: Job, spec: JobSpec) -> Job:
    now = time.time()
    resources.update(db, before.id, spec, now)
    return replace(before, spec=spec, updated_at=now)


def _name(recipe: Any) -> str:
    """`""` where it gives none that a job could have."""
    spec = recipe.get("spec") if isinstance(recipe, dict) else None
    name = spec.get("name") if isinstance(spec, dict) else None
    return name if isinstance(name, str) and NAME.fullmatch(name) else ""


def _parsed(
    here: Here, recipe: Any, before: JobSpec | None, enforce_unknown: bool
) -> tuple[JobSpec, list[str]]:
    """The recipe's spec, held against what is really here."""
    spec, warnings = recipes.parse(
        recipe,
        owner=here.owner,
        defaults={"instance_type": here.size, "image": here.image},
        before=before,
        enforce_unknown=enforce_unknown,
    )
    problems = []
    if spec.instance_type not in here.sizes:
        problems.append(
            FieldProblem(
                "spec.instance_type",
                f"there is no size {spec.instance_type[:60]!r}",
                f"use {', '.join(sorted(here.sizes))}",
            )
        )
    for name, value, known in (
        ("source", spec.source, SOURCES),
        ("backend", spec.backend, here.backends),
    ):
        if value is not None and value not in known:
            problems.append(
                FieldProblem(
                    f"spec.x-jupyter.{name}",
                    f"{value[:60]!r} is not known",
                    f"use {', '.join(known)}, or leave it out",
                )
            )
    problems.extend(_directory_problems(here.project, spec.working_directory))
    if problems:
        raise Invalid(*problems)
    if spec.image != here.image:
        warnings.append(
            f"spec.image {spec.image[:200]!r} has no effect on the local backend,"
            " which runs on this machine as it is"
        )
    return spec, warnings


def _directory_problems(project: Path, relative: str) -> list[FieldProblem]:
    field = "spec.working_directory"
    try:
        directory = (project / relative).resolve()
        if not directory.is_relative_to(project.resolve()):
            return [
                FieldProblem(
                    field,
                    f"lies outside the project {project}",
                    "give a path inside it, relative to it",
                )
            ]
        if not directory.is_dir():
            return [
                FieldProblem(
                    field, f"{directory} does not exist or is no directory", "create it first"
                )
            ]
    except (OSError, ValueError, RuntimeError) as error:
        # Too long a name, a loop of links: what the system says is the clearest.
        return [FieldProblem(field, f"can't be used: {error}", "give another path")]
    return []
