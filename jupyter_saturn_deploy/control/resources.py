"""Wishes about resources of either kind: create, edit, delete."""

from __future__ import annotations

import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from .. import recipes
from ..doctor import fixes
from ..models.errors import Conflict
from ..models.resources import NAME, Resource, Spec
from ..models.runs import Reason, Run
from ..store import resources, runs
from ..store.db import Database, Store
from .bulk import Outcome, in_turn
from .code import Sources
from .here import Here
from .reading import parsed

R = TypeVar("R", bound=Resource[Spec])


@dataclass(frozen=True)
class Wished(Generic[R]):
    """A resource as it now stands."""

    resource: R
    created: bool
    warnings: list[str]
    changed: bool = True
    """False: it was so before."""


@dataclass(frozen=True)
class Settled:
    """What a recipe comes to."""

    spec: Spec
    ahead: Any
    """What was found out for the kind's own rows."""
    warnings: list[str]


class Resources(ABC, Generic[R]):
    """Writes wishes. Every method is one transaction: it happens whole or not at all.

    Raises `Invalid`, `Conflict`, `NotFound`, `StoreUnavailable`.
    """

    kind: type[R]

    def __init__(self, store: Store, sources: Sources) -> None:
        self.store = store
        self.sources = sources

    def _ahead(self, spec: Spec) -> tuple[Any, list[str]]:
        """What has to be found out before the transaction, and warnings."""
        return None, []

    @abstractmethod
    def _follow(
        self, db: Database, here: Here, before: R | None, resource: R, settled: Settled
    ) -> None:
        """Write the kind's own rows, with the resource's."""

    @abstractmethod
    def _end(self, db: Database, ids: Sequence[str]) -> None:
        """Take back what is wished of resources that are deleted now."""

    async def create(self, here: Here, recipe: Any, *, enforce_unknown: bool = True) -> Wished[R]:
        """A new one. Of two that race for a name, exactly one gets it."""
        settled = await self._settled(here, recipe, None, enforce_unknown)
        resource = self._new(here, settled.spec)

        def work(db: Database) -> None:
            resources.insert(db, resource)
            self._follow(db, here, None, resource, settled)

        await self.store.write(work)
        return Wished(resource, True, settled.warnings)

    async def apply(self, here: Here, recipe: Any, *, enforce_unknown: bool = True) -> Wished[R]:
        """Create the one of that name, or make it what the recipe says."""
        while True:
            before = await self.store.read(
                lambda db: resources.find(db, here.owner, name_of(recipe), self.kind)
            )
            at_home = here if before is None else here.at_home(before)
            settled = await self._settled(at_home, recipe, before, enforce_unknown)
            if before is not None and settled.spec == before.spec:
                return Wished(before, False, settled.warnings, changed=False)
            if before is not None:
                resource = await self._changed(at_home, before, settled)
            else:
                resource = await self._inserted(at_home, settled)
            if resource is not None:
                return Wished(resource, before is None, settled.warnings)

    async def compared(self, here: Here, recipe: Any, *, enforce_unknown: bool = True) -> Wished[R]:
        """What `apply` would do, without doing it; nothing is frozen either."""
        before = await self.store.read(
            lambda db: resources.find(db, here.owner, name_of(recipe), self.kind)
        )
        at_home = here if before is None else here.at_home(before)
        old = before.spec if before else None
        spec, warnings = await self.sources.apart(parsed, at_home, recipe, old, enforce_unknown)
        if before is None:
            return Wished(self._new(at_home, spec), True, warnings)
        return Wished(before, False, warnings, changed=spec != before.spec)

    async def edit(self, here: Here, resource_id: str, changes: Any) -> Wished[R]:
        """Put the fields of `changes["spec"]` over its own, its name too."""
        given = {} if changes is None else changes  # JSON's null is no wish to leave all as it is
        return await self._edit(here, resource_id, lambda _: given)

    async def fix(self, here: Here, run: Run) -> Wished[R]:
        """Apply what the advice on a run of it offers; a second time changes nothing.

        Raises `Conflict` where there is nothing to apply, or not to the resource as it is now.
        """
        fix = run.advice.fix if run.advice else None
        if fix is None:
            raise Conflict(
                "fix",
                f"run {run.number} has nothing to fix by itself",
                f"edit the {self.kind.kind}",
            )

        def changes(spec: Spec) -> dict[str, Any] | None:
            fields = fixes.changes(fix, run.execution.spec, spec)
            return {"spec": fields} if fields else None

        return await self._edit(here, run.job_id, changes)

    async def _edit(
        self, here: Here, resource_id: str, changes_of: Callable[[Spec], Any | None]
    ) -> Wished[R]:
        """With the changes that the resource as it is asks for; None: nothing is to be changed."""
        while True:
            before = await self.store.read(
                lambda db: resources.get(db, here.owner, resource_id, self.kind)
            )
            at_home = here.at_home(before)
            changes = changes_of(before.spec)
            if changes is None:
                return Wished(before, False, [])
            recipe = recipes.merge(changes, before)
            settled = await self._settled(at_home, recipe, before, True)
            resource = await self._changed(at_home, before, settled)
            if resource is not None:
                return Wished(resource, False, settled.warnings)

    async def _settled(
        self, here: Here, recipe: Any, before: R | None, enforce_unknown: bool
    ) -> Settled:
        """The recipe's spec with its source settled, and warnings.

        Freezing a project takes a while: so it happens before the transaction.
        """
        old = before.spec if before else None

        def work() -> Settled:
            read, warnings = parsed(here, recipe, old, enforce_unknown)
            spec, more = self.sources.settle(here.project, read, old)
            ahead, yet_more = self._ahead(spec)
            return Settled(spec, ahead, warnings + more + yet_more)

        return await self.sources.apart(work)

    def _new(self, here: Here, spec: Spec) -> R:
        now = time.time()
        return self.kind(
            id=uuid.uuid4().hex,
            owner=here.owner,
            project=str(here.project),
            backend=spec.backend or here.backend,
            spec=spec,
            generation=1,
            created_at=now,
            updated_at=now,
        )

    async def _inserted(self, here: Here, settled: Settled) -> R | None:
        """A new one; None where one of its name came in between."""
        resource = self._new(here, settled.spec)

        def work(db: Database) -> R | None:
            if resources.find(db, resource.owner, resource.spec.name, self.kind) is not None:
                return None
            resources.insert(db, resource)
            self._follow(db, here, None, resource, settled)
            return resource

        return await self.store.write(work)

    async def _changed(self, here: Here, before: R, settled: Settled) -> R | None:
        """It with another spec; None where somebody changed or deleted it in between."""

        def work(db: Database) -> R | None:
            if resources.find(db, before.owner, before.spec.name, self.kind) != before:
                return None
            resource = with_spec(before, settled.spec)
            resources.update(db, resource)
            self._follow(db, here, before, resource, settled)
            return resource

        return await self.store.write(work)

    async def delete(self, owner: str, resource_id: str) -> None:
        """Take it away: what runs of it is stopped, its runs and logs go with it."""
        (await self.delete_many(owner, [resource_id])).only()

    async def delete_many(self, owner: str, ids: Sequence[str]) -> Outcome:
        """Take several away. Their runs are out of sight at once; `retention.sweep` follows."""

        def work(db: Database, some: Sequence[str]) -> Outcome:
            refused = resources.missing(db, owner, some, self.kind)
            known = [each for each in some if each not in refused]
            resources.mark_deleted(db, known, time.time())
            self._end(db, known)
            runs.wish_stopped(db, Reason.DELETED.value, job_ids=known)
            return Outcome(known, refused)

        return await in_turn(self.store, ids, work)


def with_spec(resource: R, spec: Spec) -> R:
    """It as it is from now on; the spec is of its kind."""
    return replace(resource, spec=spec, updated_at=time.time())


def name_of(recipe: Any) -> str:
    """The name that a recipe gives; `""` where it is none that a resource could have."""
    spec = recipe.get("spec") if isinstance(recipe, dict) else None
    name = spec.get("name") if isinstance(spec, dict) else None
    return name if isinstance(name, str) and NAME.fullmatch(name) else ""
