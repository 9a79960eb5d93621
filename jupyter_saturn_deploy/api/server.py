"""About this server: status, user, orgs, sizes, workspace."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..models.errors import StoreUnavailable
from ..store import changes
from .base import Handler

SATURN_VERSION = "2026.02.01"
"""Of Saturn's interface: its client asks for `api/active/pods` from here on."""


class StatusHandler(Handler):
    """Who acts, and what everybody should know."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        services = self.services
        warnings = list(services.store.warnings)
        with suppress(StoreUnavailable):
            await services.store.read(changes.latest)
        if services.store.trouble is not None:
            warnings.append(services.store.trouble)
        holder = await asyncio.to_thread(lambda: services.engine.holder)
        engine: dict[str, Any] | None = None
        if holder is not None:
            here = holder.pid == os.getpid()
            engine = {"pid": holder.pid, "kind": holder.kind, "here": here}
        self.reply(
            {
                "version": SATURN_VERSION,
                "project": str(services.workspace.project),
                "engine": engine,
                "culled": under_hub(os.environ),
                "warnings": warnings,
            }
        )


def under_hub(environ: Mapping[str, str]) -> bool:
    """Whether JupyterHub started this server: it may end one that nobody uses."""
    return bool(environ.get("JUPYTERHUB_API_TOKEN") or environ.get("JUPYTERHUB_USER"))


class UserHandler(Handler):
    """Who asks."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        name = self.user_name()
        self.reply({"id": name, "username": name, "name": name, "default_org_id": "local"})


class OrgsHandler(Handler):
    """Saturn's organisations: here there is one."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        self.reply({"orgs": [{"id": "local", "name": "local", "is_primary": True}]})


class ServersHandler(Handler):
    """The sizes there are."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        read = await asyncio.to_thread(self.services.workspace.read)
        sizes = {size["name"]: size for size in read["size"]["sizes"]}
        self.reply({"sizes": sizes, "disk_space": [], "auto_shutoff": []})


class WorkspaceHandler(Handler):
    """What this server sits on, each value with where it was read."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        self.reply(await asyncio.to_thread(self.services.workspace.read))


class NothingHandler(Handler):
    """What is no route of ours."""

    async def prepare(self, *args: Any, **kwargs: Any) -> None:
        """404, as JSON."""
        await super().prepare(*args, **kwargs)
        raise web.HTTPError(404, f"there is nothing at {self.request.path[:200]}")


handlers = [
    (r"/saturn-deploy/api/status", StatusHandler),
    (r"/saturn-deploy/api/user", UserHandler),
    (r"/saturn-deploy/api/orgs", OrgsHandler),
    (r"/saturn-deploy/api/info/servers", ServersHandler),
    (r"/saturn-deploy/api/workspace", WorkspaceHandler),
]
