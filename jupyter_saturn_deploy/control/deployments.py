"""Wishes about deployments: what they are made of, and that they run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ..models.code import Code
from ..models.deployments import How, Revision
from ..models.errors import Conflict, Invalid
from ..models.resources import Deployment
from ..models.runs import Execution
from ..store import deployments, resources
from ..store.db import Database
from .bulk import Outcome, in_turn
from .here import Here
from .resources import Resources, Settled, with_spec

_PUT = Callable[[Database, Deployment, Code], None]


class Deployments(Resources[Deployment]):
    """See `Resources`. An edit reaches what runs with the next restart."""

    kind = Deployment

    def _follow(
        self,
        db: Database,
        here: Here,
        before: Deployment | None,
        resource: Deployment,
        settled: Settled,
    ) -> None:
        """Nothing: what is in service stays so."""

    def _end(self, db: Database, ids: Sequence[str]) -> None:
        deployments.wish_stopped(db, ids)

    async def start(self, here: Here, deployment_id: str, by: str) -> Deployment:
        """Put it in service as it is now; one that is to run already stays as it runs.

        Raises `Invalid` where its files can't be had, e.g. an unknown git reference.
        """

        def put(db: Database, deployment: Deployment, code: Code) -> None:
            if not deployments.standing(db, deployment.id).wanted:
                _put(db, here, deployment, code, How.START, by)

        return await self._put_in_service(here, deployment_id, put)

    async def restart(self, here: Here, deployment_id: str, by: str) -> Deployment:
        """Put it in service as it is now, instance by instance: each of a later revision that is
        ready takes the place of one of an earlier."""

        def put(db: Database, deployment: Deployment, code: Code) -> None:
            _put(db, here, deployment, code, How.RESTART, by)

        return await self._put_in_service(here, deployment_id, put)

    async def rollback(self, here: Here, deployment_id: str, number: int, by: str) -> Deployment:
        """Put an earlier revision in service again: its settings, and the very commit or snapshot
        that it ran. The deployment becomes what it was then, but for its name.

        Raises `Conflict` where its files are not to be had any more.
        """
        earlier = await self.store.read(lambda db: _earlier(db, here.owner, deployment_id, number))
        code = earlier.execution.code
        if code.snapshot is not None:
            snapshot = code.snapshot
            if await self.sources.apart(self.sources.snapshots.renewed, snapshot) is None:
                raise Conflict(
                    "revision", f"the files of revision {number} are gone", "choose another one"
                )

        def work(db: Database) -> Deployment:
            before = resources.get(db, here.owner, deployment_id, Deployment)
            spec = earlier.execution.spec.model_copy(update={"name": before.spec.name})
            deployment = with_spec(before, spec)
            resources.update(db, deployment)
            _put(db, here, deployment, code, How.ROLLBACK, by, number)
            return deployment

        return await self.store.write(work)

    async def stop(self, owner: str, deployment_id: str) -> Deployment:
        """Wish that it runs no more."""
        (await self.stop_many(owner, [deployment_id])).only()
        return await self.store.read(lambda db: resources.get(db, owner, deployment_id, Deployment))

    async def stop_many(self, owner: str, ids: Sequence[str]) -> Outcome:
        """The same for several."""

        def work(db: Database, some: Sequence[str]) -> Outcome:
            refused = resources.missing(db, owner, some, Deployment)
            known = [each for each in some if each not in refused]
            deployments.wish_stopped(db, known)
            return Outcome(known, refused)

        return await in_turn(self.store, ids, work)

    async def _put_in_service(self, here: Here, deployment_id: str, put: _PUT) -> Deployment:
        while True:
            deployment = await self.store.read(
                lambda db: resources.get(db, here.owner, deployment_id, Deployment)
            )
            # To ask git takes a while: so it happens before the transaction.
            code = await self.sources.apart(
                self.sources.resolve, Path(deployment.project), deployment.spec
            )

            def work(db: Database, deployment: Deployment = deployment, code: Code = code) -> bool:
                now = resources.get(db, here.owner, deployment_id, Deployment)
                if now.spec != deployment.spec:
                    return False  # edited in between: its code may be another
                put(db, deployment, code)
                return True

            if await self.store.write(work):
                return deployment


def _earlier(db: Database, owner: str, deployment_id: str, number: int) -> Revision:
    resources.get(db, owner, deployment_id, Deployment)
    return deployments.revision(db, deployment_id, number)


def _put(
    db: Database,
    here: Here,
    deployment: Deployment,
    code: Code,
    how: How,
    by: str,
    origin: int | None = None,
) -> None:
    if deployment.backend not in here.backends:
        raise Invalid.field(
            "backend",
            f"{deployment.backend!r} is not configured here",
            "edit the deployment's backend",
        )
    revision = Revision(
        deployment.id,
        deployments.next_number(db, deployment.id),
        Execution(deployment.spec, deployment.project, here.prefix, here.base_url, code),
        deployment.backend,
        deployment.generation,
        how,
        origin,
        by,
        time.time(),
    )
    deployments.put_in_service(db, revision)
