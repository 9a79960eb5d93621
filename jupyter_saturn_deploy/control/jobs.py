"""Wishes about jobs: create, edit, delete."""

from __future__ import annotations

import time
import uuid
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .. import recipes
from ..doctor import fixes
from ..models.code import LIVE
from ..models.errors import Conflict, FieldProblem, Invalid, StoreUnavailable
from ..models.resources import NAME, Job, JobSpec
from ..models.runs import Reason
from ..sources.shown import shown
from ..store import resources, runs, schedules, workspaces
from ..store.db import Database, Store
from ..store.workspaces import Known
from .bulk import Outcome, in_turn
from .code import Sources, mismatches
from .schedule import Ahead, ahead, follow, gone_on, refusals


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


@dataclass(frozen=True)
class _Settled:
    """What a recipe comes to."""

    spec: JobSpec
    slots: Ahead | None
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
        settled = await self._settled(here, recipe, None, enforce_unknown)
        job = _new(here, settled.spec)
        await self.store.write(lambda db: _insert(db, here, job, settled))
        return Wished(job, True, settled.warnings)

    async def apply(self, here: Here, recipe: Any, *, enforce_unknown: bool = True) -> Wished:
        """Create the job of that name, or make it what the recipe says."""
        while True:
            before = await self.store.read(lambda db: resources.find(db, here.owner, _name(recipe)))
            at_home = here if before is None else _at_home(here, before)
            settled = await self._settled(at_home, recipe, before, enforce_unknown)
            if before is not None:
                job = await self._changed(at_home, before, settled)
            else:
                job = await self._inserted(at_home, settled)
            if job is not None:
                return Wished(job, before is None, settled.warnings)

    async def edit(self, here: Here, job_id: str, changes: Any) -> Wished:
        """Put the fields of `changes["spec"]` over those of a job, its name too."""
        return await self._edit(here, job_id, lambda _: changes)

    async def fix(self, here: Here, run_id: str) -> Wished:
        """Apply to a job what the advice on a run of it offers; a second time changes nothing.

        Raises `Conflict` where there is nothing to apply, or not to the job as it is now.
        """
        run = await self.store.read(lambda db: runs.get(db, here.owner, run_id))
        fix = run.advice.fix if run.advice else None
        if fix is None:
            raise Conflict("fix", f"run {run.number} has nothing to fix by itself", "edit the job")

        def changes(spec: JobSpec) -> dict[str, Any] | None:
            fields = fixes.changes(fix, run.execution.spec, spec)
            return {"spec": fields} if fields else None

        return await self._edit(here, run.job_id, changes)

    async def _edit(
        self, here: Here, job_id: str, changes_of: Callable[[JobSpec], Any | None]
    ) -> Wished:
        """With the changes that the job as it is asks for; None: nothing is to be changed."""
        while True:
            before = await self.store.read(lambda db: resources.get(db, here.owner, job_id))
            at_home = _at_home(here, before)
            changes = changes_of(before.spec)
            if changes is None:
                return Wished(before, False, [])
            recipe = recipes.merge(changes, before.spec)
            settled = await self._settled(at_home, recipe, before, True)
            job = await self._changed(at_home, before, settled)
            if job is not None:
                return Wished(job, False, settled.warnings)

    async def remember(self, here: Callable[[], Awaitable[Here]]) -> None:
        """Keep where this server runs things for those that its schedules start when it is gone.

        Does nothing while there is no schedule: the wish for one keeps it too.
        """
        with suppress(StoreUnavailable):
            if await self.store.read(schedules.any_there):
                at = await here()
                await self.store.write(lambda db: _remember(db, at, str(at.project)))

    async def suspend(self, owner: str, job_id: str, suspended: bool) -> Job:
        """Switch the schedule of a job off, or on again. Raises `Invalid` where it has none."""

        def work(db: Database) -> Job:
            before = resources.get(db, owner, job_id)
            kept = schedules.get(db, job_id)
            if kept is None:
                raise Invalid.field(
                    "schedule", "the job has no schedule", "give it one: spec.schedule"
                )
            if before.spec.suspended is suspended:
                return before
            job = _with(before, before.spec.model_copy(update={"suspended": suspended}))
            resources.update(db, job.id, job.spec, job.updated_at)
            schedules.put(db, gone_on(kept, before.spec, job.spec, job.updated_at))
            return job

        return await self.store.write(work)

    async def _settled(
        self, here: Here, recipe: Any, before: Job | None, enforce_unknown: bool
    ) -> _Settled:
        """The recipe's spec with its source settled, its next slots, and warnings.

        Freezing a project takes a while: so it happens before the transaction.
        """
        old = before.spec if before else None

        def work() -> _Settled:
            parsed, warnings = _parsed(here, recipe, old, enforce_unknown)
            spec, more = self.sources.settle(here.project, parsed, old)
            slots, yet_more = ahead(spec, time.time())
            return _Settled(spec, slots, warnings + more + yet_more)

        return await self.sources.apart(work)

    async def _inserted(self, here: Here, settled: _Settled) -> Job | None:
        """A new job; None where one of its name came in between."""
        job = _new(here, settled.spec)

        def work(db: Database) -> Job | None:
            if resources.find(db, job.owner, job.spec.name) is not None:
                return None
            _insert(db, here, job, settled)
            return job

        return await self.store.write(work)

    async def _changed(self, here: Here, before: Job, settled: _Settled) -> Job | None:
        """The job with another spec; None where somebody changed or deleted it in between."""

        def work(db: Database) -> Job | None:
            if resources.find(db, before.owner, before.spec.name) != before:
                return None
            job = _with(before, settled.spec)
            resources.update(db, job.id, job.spec, job.updated_at)
            _follow(db, here, before.spec, job, settled)
            return job

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


def _insert(db: Database, here: Here, job: Job, settled: _Settled) -> None:
    resources.insert(db, job)
    _follow(db, here, None, job, settled)


def _follow(db: Database, here: Here, before: JobSpec | None, job: Job, settled: _Settled) -> None:
    follow(db, job.id, before, job.spec, settled.slots, job.updated_at)
    if settled.slots is not None:
        # Its runs may begin when no server is there to ask.
        _remember(db, here, job.project)


def _remember(db: Database, here: Here, project: str) -> None:
    workspaces.remember(db, here.owner, project, Known(here.prefix, here.base_url))


def _with(job: Job, spec: JobSpec) -> Job:
    return replace(job, spec=spec, updated_at=time.time())


def _at_home(here: Here, job: Job) -> Here:
    """In the job's own project: another server's may be another one."""
    return replace(here, project=Path(job.project))


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
    problems.extend(refusals(spec))
    problems.extend(_project_problems(here.project))
    problems.extend(_directory_problems(here.project, spec))
    if problems:
        raise Invalid(*problems)
    if spec.image != here.image:
        warnings.append(
            f"spec.image {spec.image[:200]!r} has no effect on the local backend,"
            " which runs on this machine as it is"
        )
    return spec, warnings


def _project_problems(project: Path) -> list[FieldProblem]:
    """The store keeps its path as text."""
    try:
        str(project).encode()
    except UnicodeEncodeError:
        message = f"the path {shown(str(project))} is no valid UTF-8"
        return [FieldProblem("project", message, "rename it, or set project_dir to another")]
    return []


def _directory_problems(project: Path, spec: JobSpec) -> list[FieldProblem]:
    field = "spec.working_directory"
    try:
        directory = (project / spec.working_directory).resolve()
        if not directory.is_relative_to(project.resolve()):
            return [
                FieldProblem(
                    field,
                    f"lies outside the project {project}",
                    "give a path inside it, relative to it",
                )
            ]
        # A commit or a snapshot may have what the project has not now; the run will tell.
        if spec.source in (None, LIVE) and not directory.is_dir():
            return [
                FieldProblem(
                    field, f"{directory} does not exist or is no directory", "create it first"
                )
            ]
    except (OSError, ValueError, RuntimeError) as error:
        # Too long a name, a loop of links: what the system says is the clearest.
        return [FieldProblem(field, f"can't be used: {error}", "give another path")]
    return []
