"""JupyterLab as a process of its own, and a real browser."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.never_lost.server import Server

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()


class Lab(Server):
    """`jupyter lab` under an odd base URL."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, directory / "state", places=2, app="jupyterlab.labapp")
        self.base_url = "/user/a%40b/"
        self._settle()
        # Of the frameworks that other tests serve.
        others = ("@jupyter-widgets/jupyterlab-manager", "@pyviz/jupyterlab_pyviz")
        disabled = dict.fromkeys([*others, "@voila-dashboards/jupyterlab-preview"], True)
        page = directory / "config" / "labconfig" / "page_config.json"
        page.parent.mkdir(parents=True)
        page.write_text(json.dumps({"disabledExtensions": disabled}))

    def set(self, plugin: str, values: dict[str, object]) -> None:
        """Settings of a plugin; a page that is loaded from then on has them."""
        kept = self.directory / "config" / "lab" / "user-settings"
        file = kept / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))

    def _settle(self) -> None:
        """The settings every test begins with."""
        # JupyterLab asks about news at its first start.
        self.set("@jupyterlab/apputils-extension/notification", {"fetchNews": "false"})

    def end(self) -> None:
        """Stop what runs, and wait until it is gone."""
        for run in self("GET", "runs?state=active&limit=500")["runs"]:
            self("POST", f"runs/{run['id']}/stop", {})
            self.until(run["id"], "completed", "error", "stopped")
        for recipe in self("GET", "recipes?type=deployment&limit=500")["recipes"]:
            if recipe["state"]["x-jupyter"]["wanted"]:
                self("POST", f"deployments/{recipe['state']['id']}/stop", {})
            if recipe["state"]["x-jupyter"]["instances"]:
                self.until_state(recipe["spec"]["name"], lambda state: not state["instances"])

    def clear(self) -> None:
        """End and remove what a test made, for the next one."""
        for kind in ("job", "deployment"):
            recipes = self("GET", f"recipes?type={kind}&limit=500")["recipes"]
            if recipes:
                ids = [recipe["state"]["id"] for recipe in recipes]
                self("POST", f"{kind}s/delete", {"ids": ids})
        for token in self("GET", "tokens")["tokens"]:
            self("DELETE", f"tokens/{token['id']}")
        for path in self.project.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.rmtree(self.directory / "config" / "lab")
        self._settle()

    def deployment(self, name: str, command: str, **spec: Any) -> str:
        """The id of a new deployment."""
        recipe = {"type": "deployment", "spec": {"name": name, "command": command, **spec}}
        return str(self("POST", "recipes", recipe)["state"]["id"])

    def until_state(
        self, name: str, good: Callable[[Any], object], seconds: float = 20
    ) -> dict[str, Any]:
        """A deployment's state, once what is ours of it is good."""
        deadline = time.monotonic() + seconds
        while True:
            state: dict[str, Any] = self("GET", f"recipes/deployment/{name}")["state"]
            if good(state["x-jupyter"]):
                return state
            assert time.monotonic() < deadline, state
            time.sleep(0.05)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A started JupyterLab."""
    lab = Lab(tmp_path_factory.mktemp("lab"))
    lab.start()
    yield lab
    # Asked politely while it reads or saves a file, Jupyter's server never ends, this extension
    # or not; a page that was just closed has it save something.
    lab.kill()


@pytest.fixture
def lab(server: Lab) -> Iterator[Lab]:
    """A started JupyterLab on an empty project; the tests of a file share it."""
    yield server
    server.end()
    server.clear()


@pytest.fixture
def fill(lab: Lab) -> Iterator[Callable[[Callable[[sqlite3.Connection], None]], None]]:
    """Writes into the store of the stopped server, and starts it again; emptied at the end."""

    def write(work: Callable[[sqlite3.Connection], None]) -> None:
        lab.kill()
        with closing(sqlite3.connect(lab.state_dir / "store.sqlite", isolation_level=None)) as db:
            db.row_factory = sqlite3.Row
            db.execute("BEGIN IMMEDIATE")
            work(db)
            db.execute("COMMIT")
        lab.start()

    yield write
    lab.end()
    lab.kill()
    shutil.rmtree(lab.state_dir)
    lab.start()


@pytest.fixture(autouse=True)
def jp_server_cleanup() -> None:
    """Nothing: pytest-jupyter's own would run a loop while the browser's is running."""


@pytest.fixture(autouse=True)
def jp_asyncio_loop() -> None:
    """Nothing, for the same reason."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    executable = shutil.which("chromium")
    assert executable, "chromium is missing: run bin/setup test"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """What the pages share: what was loaded once is there."""
    context = browser.new_context(viewport={"width": 1360, "height": 860}, device_scale_factor=1)
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def dark(lab: Lab) -> None:
    """Named before `page`, that is loaded in the dark theme."""
    lab.set("@jupyterlab/apputils-extension/themes", {"theme": "JupyterLab Dark"})


@pytest.fixture
def page(lab: Lab, context: BrowserContext) -> Iterator[Page]:
    """JupyterLab's page, loaded, with nothing open."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    # A page that is closed may still have something saved for its own workspace.
    page.goto(f"{lab.url}lab/workspaces/{uuid4().hex}?token={lab.token}")
    page.wait_for_selector(".jp-DirListing-content")
    yield page
    for each in context.pages:
        each.close()
    context.clear_permissions()
    authorized = {"Authorization": f"token {lab.token}"}
    kernels = f"{lab.url}api/kernels"
    for kernel in context.request.get(kernels, headers=authorized).json():
        context.request.delete(f"{kernels}/{kernel['id']}", headers=authorized)
    assert complaints == []


def picture(page: Page, name: str) -> None:
    """A picture of the page, kept where `SATURN_DEPLOY_PICTURES` names a directory."""
    where = os.environ.get("SATURN_DEPLOY_PICTURES")
    if where:
        page.screenshot(path=str(Path(where, f"{name}.png")))
