"""Apps as users have them: deployed by the command for their file, opened in a real browser."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp
from playwright.async_api import Browser, Page, Playwright, Response, async_playwright
from tornado.httpserver import HTTPServer

from tests.api.conftest import JSON, Api, api, jp_server_config, state_dir
from tests.ui.conftest import FLAGS

__all__ = ["api", "jp_server_config", "state_dir"]  # fixtures

_NO_MATTER = ("/favicon.ico", "/voila/labextensions/jupyter-saturn-deploy/")
"""What pages ask for in vain: Voila doesn't follow the link by which a clone is installed."""


class Site:
    """A Jupyter server, and the browser of its owner."""

    def __init__(self, api: Api, root: str, token: str) -> None:
        self.api = api
        self.root = root
        """The server's address; ends with a slash."""
        self.token = token
        self.complaints: list[str] = []
        self._playwright: Playwright
        self._browser: Browser
        self._deployed: list[str] = []

    async def open(self) -> None:
        """Start the browser."""
        executable = shutil.which("chromium")
        assert executable, "chromium is missing: run bin/setup test"
        self._playwright = await async_playwright().start()
        self._browser = await self._playwright.chromium.launch(
            executable_path=executable, args=FLAGS
        )

    async def close(self) -> None:
        """End the browser and what was deployed."""
        await self._browser.close()
        await self._playwright.stop()
        for deployment in self._deployed:
            await self.api("POST", f"deployments/{deployment}/stop")
            for instance in await self._instances(deployment):
                await self.api.until(instance["id"], "stopped")

    async def deploy(self, framework: str, path: str, code: str) -> str:
        """The address of an app, ready, whose file the project has at that path.

        It is started by the command that the interface gives for the file.
        """
        file = self.api.project / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(code)
        known = (await self.api("GET", f"frameworks?path={path}")).body
        [command] = [each["command"] for each in known["frameworks"] if each["id"] == framework]
        spec = {"name": known["name"], "command": command}
        made = await self.api("POST", "recipes", {"type": "deployment", "spec": spec})
        assert made.status == 201, made
        deployment = made.body["state"]["id"]
        self._deployed.append(deployment)
        assert (await self.api("POST", f"deployments/{deployment}/start")).status == 200
        await self._ready(deployment)
        return f"{self.root}saturn-deploy/apps/{known['name']}/"

    async def page(self, url: str) -> Page:
        """That page of an app."""
        page = await self._browser.new_page()
        page.set_default_timeout(20_000)
        await page.goto(f"{self.root}saturn-deploy/api/status?token={self.token}")  # signs in
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self._seen)
        await page.goto(url)
        return page

    def _seen(self, response: Response) -> None:
        if response.status >= 400 and not any(each in response.url for each in _NO_MATTER):
            self.complaints.append(f"{response.status} {response.url}")

    async def _ready(self, deployment: str) -> None:
        deadline = time.monotonic() + 30
        while True:
            for instance in await self._instances(deployment):
                if instance["ready"]:
                    return
                log = await self.api.log(instance["id"])
                assert not instance["restarts"], log.decode(errors="replace")
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)

    async def _instances(self, deployment: str) -> JSON:
        answer = await self.api("GET", f"deployments/{deployment}/instances")
        return answer.body["instances"]


@pytest.fixture
def site(
    api: Api,
    jp_serverapp: ServerApp,
    http_server: HTTPServer,
    http_server_port: tuple[Any, int],
    jp_base_url: str,
    jp_asyncio_loop: asyncio.AbstractEventLoop,
) -> Iterator[Site]:
    """A started server, whose pages must not complain."""
    root = f"http://127.0.0.1:{http_server_port[1]}{jp_base_url}"
    site = Site(api, root, jp_serverapp.identity_provider.token)
    jp_asyncio_loop.run_until_complete(site.open())
    yield site
    jp_asyncio_loop.run_until_complete(site.close())
    assert site.complaints == []
