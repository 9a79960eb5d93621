"""Jobs and deployments as Saturn's recipes."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import url_path_join
from tornado import web

from .. import recipes
from ..control.deployments import Deployments
from ..control.jobs import Jobs
from ..control.resources import Wished
from ..models.errors import Invalid, NotFound
from ..models.resources import KINDS, Deployment, Job, Resource, Spec
from ..store import listing, resources
from ..store.db import Database
from . import lists, wire
from .base import Handler
from .recipe_text import as_yaml


class RecipesHandler(Handler):
    """All recipes, a new one, or one that is made so."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        limit, key = self.page()
        owner = self.services.owner.name
        wanted = lists.wanted_resources(self)
        order = lists.order_of_resources(self)
        after = lists.behind_resource(key, order)
        ours = self.get_query_argument("owner_name", owner) == owner

        def work(db: Database) -> dict[str, Any]:
            page = listing.page(db, wanted, order=order, after=after, limit=limit)
            return {
                "recipes": wire.recipes_json(db, page.resources, self.apps_url, values=False),
                "next_key": lists.next_key(order, page.end),
            }

        self.reply(
            await self.services.store.read(work) if ours else {"recipes": [], "next_key": None}
        )

    @web.authenticated
    @authorized
    async def post(self) -> None:
        body, unknown = self.body(), self.flag("enforce_unknown", True)
        wishes = self._wishes(body)
        here = await self.services.here()
        await self._answer(await wishes.create(here, body, enforce_unknown=unknown))

    @web.authenticated
    @authorized
    async def put(self) -> None:
        body, unknown = self.body(), self.flag("enforce_unknown", True)
        wishes = self._wishes(body)
        here = await self.services.here()
        await self._answer(await wishes.apply(here, body, enforce_unknown=unknown))

    def _wishes(self, body: Any) -> Jobs | Deployments:
        of_jobs = recipes.kind_of(body) is Job
        return self.services.jobs if of_jobs else self.services.deployments

    async def _answer(self, wished: Wished[Job] | Wished[Deployment]) -> None:
        made = wished.resource
        if wished.created:
            self.set_header(
                "Location",
                url_path_join(
                    self.base_url, "saturn-deploy/api/recipes", made.kind, made.spec.name
                ),
            )
        self.audit("create" if wished.created else "edit", f"{made.kind} {made.id}")
        self.reply(
            await self.services.store.read(
                lambda db: wire.recipe_json(db, made, self.apps_url, warnings=wished.warnings)
            ),
            201 if wished.created else 200,
        )


class RecipeCheckHandler(Handler):
    """Say of a recipe what would probably fail."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        from ..control.preflight import preflight  # seldom needed, never at the start

        here = await self.services.here()
        sources = self.services.sources
        doubts = await preflight(sources, here.project, here.prefix, self.body())
        self.reply({"problems": [asdict(doubt) for doubt in doubts]})


class RecipeHandler(Handler):
    """One recipe, by name."""

    @web.authenticated
    @authorized
    async def get(self, kind: str, name: str) -> None:
        owner = self.services.owner.name
        values = self.flag("values", True)
        form = self.get_query_argument("format", "") or "json"
        if form not in ("json", "yaml"):
            raise Invalid.field("format", f"{form[:40]!r} is not known", "use json or yaml")

        def work(db: Database) -> tuple[Resource[Spec], dict[str, Any]]:
            made = resources.find(db, owner, name, KINDS[kind]) if kind in KINDS else None
            if made is None:
                raise NotFound(f"there is no {kind[:40]} named {name[:64]!r}")
            return made, wire.recipe_json(db, made, self.apps_url, values=values)

        made, recipe = await self.services.store.read(work)
        if form == "yaml":
            text = await asyncio.to_thread(as_yaml, made, values=values)
            await self.finish(text, set_content_type="application/yaml; charset=utf-8")
        else:
            self.reply(recipe)


handlers = [
    (r"/saturn-deploy/api/recipes", RecipesHandler),
    (r"/saturn-deploy/api/recipes/check", RecipeCheckHandler),
    (r"/saturn-deploy/api/recipes/([^/]+)/([^/]+)", RecipeHandler),
]
