"""One deployment, by id: edit, start, stop, restart, roll back, delete; its instances, its
revisions."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..models.errors import Invalid
from ..models.resources import Deployment
from ..store import deployments, resources
from ..store.db import Database
from . import deployed, wire
from .base import Handler
from .bulk import answer_for_all

_ENDED = 20
"""Instances that have ended, as far as they are shown."""
_LAST = 2**62


class _Answering(Handler):
    """What its handlers share."""

    async def answer(self, made: Deployment, warnings: list[str] | None = None) -> None:
        """With the recipe as it is now."""
        self.reply(
            await self.services.store.read(
                lambda db: wire.recipe_json(db, made, self.apps_url, warnings=warnings or [])
            )
        )


class DeploymentHandler(_Answering):
    """Edit or delete."""

    @web.authenticated
    @authorized
    async def patch(self, deployment_id: str) -> None:
        body = self.body()
        wished = await self.services.deployments.edit(
            await self.services.here(), deployment_id, body
        )
        self.audit("edit", f"deployment {deployment_id}")
        await self.answer(wished.resource, wished.warnings)

    @web.authenticated
    @authorized
    async def delete(self, deployment_id: str) -> None:
        await self.services.deployments.delete(self.services.owner.name, deployment_id)
        self.audit("delete", f"deployment {deployment_id}")
        self.reply({})


class DeploymentActionHandler(_Answering):
    """Start, stop, restart."""

    @web.authenticated
    @authorized
    async def post(self, deployment_id: str, action: str) -> None:
        services = self.services
        self.body(optional=True)
        if action == "stop":
            made = await services.deployments.stop(services.owner.name, deployment_id)
        else:
            wish = getattr(services.deployments, action)
            made = await wish(await services.here(), deployment_id, self.user_name())
        self.audit(action, f"deployment {deployment_id}")
        await self.answer(made)


class RollbackHandler(_Answering):
    """Put an earlier revision in service again."""

    @web.authenticated
    @authorized
    async def post(self, deployment_id: str) -> None:
        services, body = self.services, self.body()
        number = body.get("revision") if isinstance(body, dict) else None
        if type(number) is not int or not 0 < number < _LAST:
            raise Invalid.field("revision", "must be given", 'send e.g. {"revision": 3}')
        made = await services.deployments.rollback(
            await services.here(), deployment_id, number, self.user_name()
        )
        self.audit(f"roll back to revision {number}", f"deployment {deployment_id}")
        await self.answer(made)


class InstancesHandler(Handler):
    """What runs, and what ran last."""

    @web.authenticated
    @authorized
    async def get(self, deployment_id: str) -> None:
        owner = self.services.owner.name

        def work(db: Database) -> list[dict[str, Any]]:
            made = resources.get(db, owner, deployment_id, Deployment)
            found = deployments.living(db, [made.id])[made.id]
            found += deployments.ended(db, made.id, _ENDED)
            return deployed.instances_json(db, found, made.spec.name)

        self.reply({"instances": await self.services.store.read(work)})


class RevisionsHandler(Handler):
    """What was in service, newest first."""

    @web.authenticated
    @authorized
    async def get(self, deployment_id: str) -> None:
        owner = self.services.owner.name
        limit, key = self.page()
        if key is not None and not (key.isascii() and key.isdigit() and len(key) < 19):
            raise Invalid.field("next_key", "is none of this list", "begin without it")
        before = int(key) if key is not None else _LAST

        def work(db: Database) -> dict[str, Any]:
            made = resources.get(db, owner, deployment_id, Deployment)
            found = deployments.revisions(db, made.id, before, limit + 1)
            living = deployments.living(db, [made.id])[made.id]
            ready = {run.revision for run in living if run.serving and not run.stop_reason}
            standing = deployments.standing(db, made.id)
            shown = deployed.revisions_json(found, standing, {n for n in ready if n})
            more = len(found) > limit
            return {
                "revisions": shown[:limit],
                "next_key": str(found[limit - 1].number) if more else None,
            }

        self.reply(await self.services.store.read(work))


class DeploymentsStopHandler(Handler):
    """Stop several."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        wish = self.services.deployments.stop_many
        await answer_for_all(self, "stop", "deployment", wish, "stopping")


class DeploymentsDeleteHandler(Handler):
    """Delete several."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        wish = self.services.deployments.delete_many
        await answer_for_all(self, "delete", "deployment", wish, "deleted")


handlers = [
    (r"/saturn-deploy/api/deployments/stop", DeploymentsStopHandler),
    (r"/saturn-deploy/api/deployments/delete", DeploymentsDeleteHandler),
    (r"/saturn-deploy/api/deployments/([^/]+)", DeploymentHandler),
    (r"/saturn-deploy/api/deployments/([^/]+)/(start|stop|restart)", DeploymentActionHandler),
    (r"/saturn-deploy/api/deployments/([^/]+)/rollback", RollbackHandler),
    (r"/saturn-deploy/api/deployments/([^/]+)/instances", InstancesHandler),
    (r"/saturn-deploy/api/deployments/([^/]+)/revisions", RevisionsHandler),
]
