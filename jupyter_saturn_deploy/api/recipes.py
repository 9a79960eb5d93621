"""Jobs as Saturn's recipes."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import url_path_join
from tornado import web

from ..control.jobs import Wished
from ..models.errors import NotFound
from ..store import resources
from ..store.db import Database
from . import wire
from .base import Handler


class RecipesHandler(Handler):
    """All recipes, a new one, or one that is made so."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        limit, after = self.page()
        owner = self.services.owner.name
        prefix = self.get_query_argument("name", "")
        project = self.get_query_argument("project", None)
        wanted = self.get_query_argument("type", "job") == "job"
        wanted = wanted and self.get_query_argument("owner_name", owner) == owner

        def work(db: Database) -> dict[str, Any]:
            found = resources.page(
                db, owner, prefix=prefix, project=project, after=after, limit=limit + 1
            )
            shown = found[:limit]
            return {
                "recipes": wire.recipes_json(db, shown, values=False),
                "next_key": shown[-1].spec.name if len(found) > limit else None,
            }

        self.reply(
            await self.services.store.read(work) if wanted else {"recipes": [], "next_key": None}
        )

    @web.authenticated
    @authorized
    async def post(self) -> None:
        body = self.body()
        unknown = self.flag("enforce_unknown", True)
        here = await self.services.here()
        await self._answer(await self.services.jobs.create(here, body, enforce_unknown=unknown))

    @web.authenticated
    @authorized
    async def put(self) -> None:
        body = self.body()
        unknown = self.flag("enforce_unknown", True)
        here = await self.services.here()
        await self._answer(await self.services.jobs.apply(here, body, enforce_unknown=unknown))

    async def _answer(self, wished: Wished) -> None:
        job = wished.job
        if wished.created:
            self.set_header(
                "Location",
                url_path_join(self.base_url, "saturn-deploy/api/recipes/job", job.spec.name),
            )
        self.audit("create" if wished.created else "edit", f"job {job.id}")
        self.reply(
            await self.services.store.read(
                lambda db: wire.recipe_json(db, job, warnings=wished.warnings)
            ),
            201 if wished.created else 200,
        )


class RecipeHandler(Handler):
    """One recipe, by name."""

    @web.authenticated
    @authorized
    async def get(self, kind: str, name: str) -> None:
        owner = self.services.owner.name

        def work(db: Database) -> dict[str, Any]:
            job = resources.find(db, owner, name) if kind == "job" else None
            if job is None:
                raise NotFound(f"there is no {kind[:40]} named {name[:64]!r}")
            return wire.recipe_json(db, job)

        self.reply(await self.services.store.read(work))


handlers = [
    (r"/saturn-deploy/api/recipes", RecipesHandler),
    (r"/saturn-deploy/api/recipes/([^/]+)/([^/]+)", RecipeHandler),
]
