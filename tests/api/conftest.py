"""A Jupyter server with the extension, on a state directory and a project of the test's own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import HTTPClientError, HTTPResponse

from jupyter_saturn_deploy.backends.local.attempt import AttemptDirectory, Found
from tests.api.contract import conforms

JSON = Any
SERVES = 'exec python -m http.server "$PORT" --bind "$HOST"'
"""A command that serves the project's files."""


class Answer(NamedTuple):
    """What a request got."""

    status: int
    body: JSON
    headers: Any


class Api:
    """Speaks to `saturn-deploy/api` and holds each answer against openapi.yaml."""

    def __init__(self, fetch: Callable[..., Awaitable[HTTPResponse]], project: Path) -> None:
        self._fetch = fetch
        self.project = project

    async def __call__(
        self, method: str, path: str, body: JSON = None, *, raw: bytes | None = None, **more: Any
    ) -> Answer:
        """`body` is sent as JSON, `raw` as it is; never raises for a status."""
        if raw is not None:
            more["body"] = raw
        elif method in ("POST", "PUT", "PATCH"):
            more["body"] = json.dumps(body) if body is not None else ""
        path, _, query = path.partition("?")
        if query:
            more["params"] = dict(item.split("=", 1) for item in query.split("&"))
        try:
            response = await self._fetch("saturn-deploy/api", path, method=method, **more)
        except HTTPClientError as error:
            assert error.response is not None
            response = error.response
        return Answer(response.code, conforms(method, path, response), response.headers)

    async def undescribed(self, method: str, path: str) -> int:
        """The status of a request that openapi.yaml does not know."""
        with pytest.raises(HTTPClientError) as refused:
            more = {"body": "{}"} if method == "PATCH" else {}
            await self._fetch("saturn-deploy/api", path, method=method, **more)
        return int(refused.value.code)

    async def job(self, name: str, command: str = "true", **spec: JSON) -> str:
        """The id of a new job."""
        recipe = {"type": "job", "spec": {"name": name, "command": command, **spec}}
        answer = await self("POST", "recipes", recipe)
        assert answer.status == 201, answer
        return str(answer.body["state"]["id"])

    async def deployment(self, name: str, command: str = SERVES, **spec: JSON) -> str:
        """The id of a new deployment."""
        recipe = {"type": "deployment", "spec": {"name": name, "command": command, **spec}}
        answer = await self("POST", "recipes", recipe)
        assert answer.status == 201, answer
        return str(answer.body["state"]["id"])

    async def state(self, name: str) -> JSON:
        """A deployment's state."""
        return (await self("GET", f"recipes/deployment/{name}")).body["state"]

    async def until_state(self, name: str, good: Callable[[JSON], object]) -> JSON:
        """A deployment's state, once it is good."""
        deadline = time.monotonic() + 20
        while not good(state := await self.state(name)):
            assert time.monotonic() < deadline, state
            await asyncio.sleep(0.02)
        return state

    async def up(self, name: str, **spec: JSON) -> str:
        """The id of a new deployment, of which all instances serve."""
        made = await self.deployment(name, **spec)
        assert (await self("POST", f"deployments/{made}/start")).status == 200
        wanted = spec.get("scale", 1)
        await self.until_state(name, lambda state: state["x-jupyter"]["ready"] == wanted)
        return made

    async def down(self, *names: str) -> None:
        """Stop deployments, and wait until nothing of them runs."""
        for name in names:
            await self("POST", f"deployments/{(await self.state(name))['id']}/stop")
        for name in names:
            await self.until_state(name, lambda state: state["status"] == "stopped")

    async def start(self, job_id: str) -> str:
        """The id of a new run of it."""
        answer = await self("POST", f"jobs/{job_id}/start")
        assert answer.status == 201, answer
        return str(answer.body["id"])

    async def until(self, run_id: str, *states: str) -> JSON:
        """The run, once it is in one of these states."""
        deadline = time.monotonic() + 20
        while True:
            run = (await self("GET", f"runs/{run_id}")).body
            if run["state"] in states:
                return run
            assert time.monotonic() < deadline, run
            await asyncio.sleep(0.02)

    async def ended(self, job_id: str) -> JSON:
        """A new run of it, ended."""
        return await self.until(await self.start(job_id), "completed", "error", "stopped")

    async def log(self, run_id: str) -> bytes:
        """Its log."""
        return bytes((await self("GET", f"runs/{run_id}/log")).body)


@pytest.fixture
def state_dir(tmp_path: Path) -> Iterator[Path]:
    """The extension's own. What still runs after the server's end is ended: a deployment of a test
    that failed would run on for good."""
    directory = tmp_path / "state"
    yield directory
    for path in directory.glob("runs/*/*"):
        attempt = AttemptDirectory(path)
        running = attempt.running()
        if running is not None and attempt.find() is Found.ALIVE:
            os.kill(running.pid, signal.SIGTERM)


@pytest.fixture
def jp_server_config(state_dir: Path) -> dict[str, Any]:
    """With the extension, two places and a short grace."""
    return {
        "ServerApp": {"jpserver_extensions": {"jupyter_saturn_deploy": True}},
        "SaturnDeployApp": {"state_dir": str(state_dir), "max_runs": 2, "grace": 1.0},
    }


@pytest.fixture
def api(
    jp_serverapp: ServerApp,
    jp_fetch: Callable[..., Awaitable[HTTPResponse]],
    jp_asyncio_loop: asyncio.AbstractEventLoop,
    jp_root_dir: Path,
) -> Api:
    """The interface of a started server."""
    # pytest-jupyter starts no extension by itself.
    jp_asyncio_loop.run_until_complete(jp_serverapp.extension_manager.start_all_extensions())
    return Api(jp_fetch, jp_root_dir)
