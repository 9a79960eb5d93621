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

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

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
        # JupyterLab asks about news at its first start.
        self.set("@jupyterlab/apputils-extension/notification", {"fetchNews": "false"})
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


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A started JupyterLab on an empty project."""
    lab = Lab(tmp_path)
    lab.start()
    yield lab
    for recipe in lab("GET", "recipes?limit=500")["recipes"]:
        lab("POST", f"{recipe['type']}s/{recipe['state']['id']}/stop", {})
        if recipe["type"] == "deployment":
            lab.until_state(recipe["spec"]["name"], lambda state: not state["instances"])
    for run in lab("GET", "runs?state=active&limit=500")["runs"]:
        lab.until(run["id"], "completed", "error", "stopped")
    # Asked politely while it reads or saves a file, Jupyter's server never ends, this extension
    # or not; a page that was just closed has it save something.
    lab.kill()


@pytest.fixture
def fill(lab: Lab) -> Callable[[Callable[[sqlite3.Connection], None]], None]:
    """Writes into the store of the stopped server, and starts it again."""

    def write(work: Callable[[sqlite3.Connection], None]) -> None:
        lab.kill()
        with closing(sqlite3.connect(lab.state_dir / "store.sqlite", isolation_level=None)) as db:
            db.row_factory = sqlite3.Row
            db.execute("BEGIN IMMEDIATE")
            work(db)
            db.execute("COMMIT")
        lab.start()

    return write


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


@pytest.fixture
def page(lab: Lab, browser: Browser) -> Iterator[Page]:
    """JupyterLab's page, loaded."""
    page = browser.new_page(viewport={"width": 1360, "height": 860}, device_scale_factor=1)
    page.set_default_timeout(20_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{lab.url}lab?token={lab.token}")
    page.wait_for_selector(".jp-DirListing-content")
    yield page
    page.close()
    assert complaints == []


def picture(page: Page, name: str) -> None:
    """A picture of the page, kept where `SATURN_DEPLOY_PICTURES` names a directory."""
    where = os.environ.get("SATURN_DEPLOY_PICTURES")
    if where:
        page.screenshot(path=str(Path(where, f"{name}.png")))
