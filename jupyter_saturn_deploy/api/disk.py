"""What jobs take on disk."""

from __future__ import annotations

import asyncio
import shutil

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..store import usage
from .base import Handler


class DiskHandler(Handler):
    """What is kept of all jobs, and the space that is left."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        services = self.services
        kept = await services.store.read(usage.of_all)
        count, size = await asyncio.to_thread(services.sources.snapshots.held)
        free = (await asyncio.to_thread(shutil.disk_usage, services.store.path.parent)).free
        self.reply(
            {
                "used": kept.bytes + size,
                "free": free,
                "runs": kept.runs,
                "snapshots": {"count": count, "bytes": size},
            }
        )


handlers = [(r"/saturn-deploy/api/disk", DiskHandler)]
