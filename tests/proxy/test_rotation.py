"""Which instances the door knows, by what the store says."""

from __future__ import annotations

import logging
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from jupyter_saturn_deploy.engine.follow import Follower
from jupyter_saturn_deploy.models.resources import Deployment, DeploymentSpec
from jupyter_saturn_deploy.models.runs import RunState, Serving
from jupyter_saturn_deploy.proxy.rotation import Rotation
from jupyter_saturn_deploy.store import resources, runs
from jupyter_saturn_deploy.store.db import Database, Store
from tests.proxy.conftest import until
from tests.store.made import add_run

T = TypeVar("T")
READY: dict[str, Any] = {"state": RunState.RUNNING, "revision": 1, "instance": 1, "served": True}


class Odd(Store):
    """A store of which reading goes wrong in a way that nobody thought of."""

    failing = False

    async def read(self, work: Callable[[Database], T]) -> T:
        if self.failing:
            raise TypeError("what is that?")
        return await super().read(work)


class Known:
    """A rotation, and the store it follows."""

    def __init__(self, directory: Path) -> None:
        log = logging.getLogger("test")
        self.store = Odd(directory / "store.sqlite", log)
        self.follower = Follower(self.store, log)
        self.rotation = Rotation(self.store, self.follower, "me", log)

    async def deployed(self, port: int, owner: str = "me") -> str:
        """The id of a new deployment named `app`, of which one instance is ready."""
        spec = DeploymentSpec(name="app", command="x", instance_type="here", image="")
        made = Deployment(uuid.uuid4().hex, owner, "/p", "local", spec, 1, 0.0, 0.0)

        def work(db: Database) -> None:
            resources.insert(db, made)
            add_run(db, made, **READY, serving=Serving("127.0.0.1", port, port, False, 1.0))

        await self.store.write(work)
        return made.id

    def ports(self) -> list[int]:
        """Where its requests would go."""
        app = self.rotation.find("app")
        return [] if app is None else [item.port for item in app.upstreams]


@asynccontextmanager
async def followed(directory: Path) -> AsyncIterator[Known]:
    made = Known(directory)
    made.follower.start()
    made.rotation.start()
    yield made
    await made.rotation.stop()
    await made.follower.stop()
    made.store.close()


async def test_who_follows_a_store_that_fails_oddly_follows_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with followed(tmp_path) as known:
        monkeypatch.setattr("jupyter_saturn_deploy.proxy.rotation._RETRY_SECONDS", 0.05)
        await until(lambda: known.rotation.find("app") is None)
        known.store.failing = True
        known.rotation._wake.set()
        deployment = await known.deployed(1111)
        known.store.failing = False
        await until(lambda: known.ports() == [1111])
        await known.store.write(lambda db: resources.mark_deleted(db, [deployment], 2.0))
        await until(lambda: known.rotation.find("app") is None)


async def test_a_deployment_is_not_reached_under_the_name_of_one_that_was_deleted(
    tmp_path: Path,
) -> None:
    async with followed(tmp_path) as known:
        old = await known.deployed(1111)
        await until(lambda: known.ports() == [1111])
        await known.store.write(lambda db: resources.mark_deleted(db, [old], 2.0))
        await known.deployed(2222)
        await until(lambda: known.ports() == [2222])
        assert len(await known.store.read(runs.active)) == 2


async def test_another_owner_s_deployment_is_not_reached(tmp_path: Path) -> None:
    async with followed(tmp_path) as known:
        await known.deployed(1111, owner="you")
        await known.deployed(2222)
        await until(lambda: known.ports() == [2222])
