"""Jobs as Saturn's recipes."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import url_path_join
from tornado import web

from ..control.jobs import Wished
from ..models.errors import Invalid, NotFound
from ..models.resources import Job
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
        wanted = lists.wanted_jobs(self)
        order = lists.order_of_jobs(self)
        after = lists.behind_job(key, order)
        ours = self.get_query_argument("type", "job") == "job"
        ours = ours and self.get_query_argument("owner_name", owner) == owner

        def work(db: Database) -> dict[str, Any]:
            page = listing.page(db, wanted, order=order, after=after, limit=limit)
            return {
                "recipes": wire.recipes_json(db, page.jobs, values=False),
                "next_key": lists.next_key(order, page.end),
            }

        self.reply(
            await self.services.store.read(work) if ours else {"recipes": [], "next_key": None}
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

        def work(db: Database) -> tuple[Job, dict[str, Any]]:
            job = resources.find(db, owner, name) if kind == "job" else None
            if job is None:
                raise NotFound(f"there is no {kind[:40]} named {name[:64]!r}")
            return job, wire.recipe_json(db, job, values=values)

        job, recipe = await self.services.store.read(work)
        if form == "yaml":
            text = await asyncio.to_thread(as_yaml, job, values=values)
            await self.finish(text, set_content_type="application/yaml; charset=utf-8")
        else:
            self.reply(recipe)


handlers = [
    (r"/saturn-deploy/api/recipes", RecipesHandler),
    (r"/saturn-deploy/api/recipes/check", RecipeCheckHandler),
    (r"/saturn-deploy/api/recipes/([^/]+)/([^/]+)", RecipeHandler),
]
