"""A server whose jobs and apps break."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.api.conftest import Api, api, jp_server_config, state_dir

__all__ = ["api", "jp_server_config", "state_dir"]


async def failed(api: Api, command: str, **spec: Any) -> Any:
    """A run of a new job, which ended as error."""
    run = await api.ended(await api.job("broken", command, **spec))
    assert run["state"] == "error", await api.log(run["id"])
    for text in (run["advice"]["sentence"], run["advice"]["do"]):
        assert 0 < len(text) <= 300 and text.isprintable(), text
    return run


async def well_once_fixed(api: Api, run: Any) -> None:
    """Its fix applied, the job runs well; applied again, nothing changes."""
    assert run["advice"]["fix"] is not None, run["advice"]
    fixed = await api("POST", f"runs/{run['id']}/fix")
    assert fixed.status == 200, fixed
    again = await api("POST", f"runs/{run['id']}/fix")
    assert again.body == fixed.body
    after = await api.ended(run["job_id"])
    assert after["state"] == "completed", (after["advice"], await api.log(after["id"]))
    assert after["advice"] is None


class Apps:
    """Deployments that do not outlive the test."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._made: list[str] = []

    async def deploy(self, command: str, name: str = "broken", **spec: Any) -> str:
        """The id of a new one that was started."""
        recipe = {"type": "deployment", "spec": {"name": name, "command": command, **spec}}
        made = await self.api("POST", "recipes", recipe)
        assert made.status == 201, made
        self._made.append(str(made.body["state"]["id"]))
        await self.wish(self._made[-1], "start")
        return self._made[-1]

    async def wish(self, deployment_id: str, wish: str) -> None:
        """Start, restart or stop it."""
        answer = await self.api("POST", f"deployments/{deployment_id}/{wish}")
        assert answer.status == 200, answer

    async def until(self, deployment_id: str, true: Callable[[Any], bool]) -> Any:
        """The first of its instances of which it is true, once it is."""
        deadline = time.monotonic() + 30
        while True:
            answer = await self.api("GET", f"deployments/{deployment_id}/instances")
            found = answer.body["instances"]
            if fitting := next(filter(true, found), None):
                return fitting
            assert time.monotonic() < deadline, (
                found,
                [await self.api.log(each["id"]) for each in found],
            )
            await asyncio.sleep(0.03)

    async def advised(self, command: str, restarts: int = 0, **spec: Any) -> Any:
        """The instance of a new deployment, with the advice on it after so many restarts."""
        made = await self.deploy(command, **spec)
        return await self.advised_again(made, restarts)

    async def advised_again(self, deployment_id: str, restarts: int = 0) -> Any:
        """Its instance, the same way."""
        found = await self.until(
            deployment_id,
            lambda each: (
                each["advice"]
                and each["restarts"] >= restarts
                and (each["state"] == "retrying" or not restarts)
            ),
        )
        for text in (found["advice"]["sentence"], found["advice"]["do"]):
            assert 0 < len(text) <= 300 and text.isprintable(), text
        return found

    async def well(self, deployment_id: str, revision: int = 1) -> Any:
        """Its instance of that revision, which serves and needs no advice."""
        found = await self.until(
            deployment_id, lambda each: each["ready"] and each["revision"] == revision
        )
        assert found["advice"] is None, found
        return found

    async def well_once_fixed(self, instance: Any) -> Any:
        """The fix on it applied and the deployment restarted, it serves where it should."""
        assert instance["advice"]["fix"] is not None, instance["advice"]
        fixed = await self.api("POST", f"runs/{instance['id']}/fix")
        assert fixed.status == 200, fixed
        await self.wish(instance["deployment_id"], "restart")
        found = await self.well(instance["deployment_id"], 2)
        assert found["serving"]["port"] == found["serving"]["given"]
        return found

    async def close(self) -> None:
        """Stop them all, to their last process."""
        for each in self._made:
            await self.wish(each, "stop")
        for each in self._made:
            found = await self.api("GET", f"deployments/{each}/instances")
            for instance in found.body["instances"]:
                await self.api.until(instance["id"], "stopped", "error", "completed")


@pytest.fixture
def apps(api: Api, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Apps]:
    """Deployments of the server, stopped in the end."""
    made = Apps(api)
    yield made
    jp_asyncio_loop.run_until_complete(made.close())
