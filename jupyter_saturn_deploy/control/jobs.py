"""Wishes about jobs: create, edit, delete."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .. import recipes
from ..models.errors import FieldProblem, Invalid
from ..models.resources import NAME, Job, JobSpec
from ..models.runs import Reason
from ..store import resources, runs
from ..store.db import Database, Store
from .bulk import Outcome, in_turn
from .code import Sources, mismatches


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

    def __init__(self, store: Store, sources: Sources) -> None:
        self.store = store
        self.sources = sources

    async def create(self, here: Here, recipe: Any, *, enforce_unknown: bool = True) -> Wished:
        """A new job. Of two that race for a name, exactly one gets it."""
        spec, warnings = await self._settled(here, recipe, None, enforce_unknown)
        job = _new(here, spec)
        await self.store.write(lambda db: resources.insert(db, job))
        return Wished(job, True, warnings)

    async def apply(self, here: Here, recipe: Any, *, enforce_unknown: bool = True) -> Wished:
        """Create the job of that name, or make it what the recipe says."""
        while True:
            before = await self.store.read(lambda db: resources.find(db, here.owner, _name(recipe)))
            spec, warnings = await self._settled(here, recipe, before, enforce_unknown)
            if before is not None:
                job = await self._changed(before, spec)
            else:
                job = await self._inserted(_new(here, spec))
            if job is not None:
                return Wished(job, before is None, warnings)

    async def edit(self, here: Here, job_id: str, changes: Any) -> Wished:
        """Put the fields of `changes["spec"]` over those of a job, its name too."""
        while True:
            before = await self.store.read(lambda db: resources.get(db, here.owner, job_id))
            at_home = replace(here, project=Path(before.project))
            recipe = recipes.merge(changes, before.spec)
            spec, warnings = await self._settled(at_home, recipe, before, True)
            job = await self._changed(before, spec)
            if job is not None:
                return Wished(job, False, warnings)

    async def _settled(
        self, here: Here, recipe: Any, before: Job | None, enforce_unknown: bool
    ) -> tuple[JobSpec, list[str]]:
        """The recipe's spec with its source settled, and warnings.

        Freezing a project takes a while: so it happens before the transaction.
        """
        old = before.spec if before else None

        def work() -> tuple[JobSpec, list[str]]:
            parsed, warnings = _parsed(here, recipe, old, enforce_unknown)
            spec, more = self.sources.settle(here.project, parsed, old)
            return spec, warnings + more

        return await asyncio.to_thread(work)

    async def _inserted(self, job: Job) -> Job | None:
        """The job; None where one of its name came in between."""

        def work(db: Database) -> Job | None:
            if resources.find(db, job.owner, job.spec.name) is not None:
                return None
            resources.insert(db, job)
            return job

        return await self.store.write(work)

    async def _changed(self, before: Job, spec: JobSpec) -> Job | None:
        """The job with another spec; None where somebody changed or deleted it in between."""

        def work(db: Database) -> Job | None:
            if resources.find(db, before.owner, before.spec.name) != before:
                return None
            now = time.time()
            resources.update(db, before.id, spec, now)
            return replace(before, spec=spec, updated_at=now)

        return await self.store.write(work)

    async def delete(self, owner: str, job_id: str) -> None:
        """Take a job away: its active runs are stopped, its runs and logs go with it."""
        (await self.delete_many(owner, [job_id])).only()

    async def delete_many(self, owner: str, job_ids: Sequence[str]) -> Outcome:
        """Take several away. Their runs are out of sight at once; `retention.sweep` follows."""

        def work(db: Database, some: Sequence[str]) -> Outcome:
            refused = resources.missing(db, owner, some)
            known = [job_id for job_id in some if job_id not in refused]
            resources.mark_deleted(db, known, time.time())
            runs.wish_stopped(db, Reason.DELETED.value, job_ids=known)
            return Outcome(known, refused)

        return await in_turn(self.store, job_ids, work)


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
    if spec.backend is not None and spec.backend not in here.backends:
        problems.append(
            FieldProblem(
                "spec.x-jupyter.backend",
                f"{spec.backend[:60]!r} is not known",
                f"use {', '.join(here.backends)}, or leave it out",
            )
        )
    problems.extend(mismatches(spec))
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
