"""What a browser shows in place of an app that isn't ready."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.never_lost.server import Server
from tests.ui.conftest import picture

HOSTILE = "<img src=x onerror=document.body.remove()>"
APP = "<!DOCTYPE html><title>The app</title><h1>The app</h1>"


class Deployed(Server):
    """A Jupyter server, under an odd base URL, with a deployment called `web`."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, directory / "state")
        self.base_url = "/user/a%40b/"
        (self.project / "index.html").write_text(APP)

    def deploy(self, command: str) -> str:
        """Its id."""
        recipe = {"type": "deployment", "spec": {"name": "web", "command": command}}
        return str(self("POST", "recipes", recipe)["state"]["id"])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Deployed]:
    """Started; nothing of it is left."""
    server = Deployed(tmp_path)
    server.start()
    yield server
    for recipe in server("GET", "recipes")["recipes"]:
        path = f"deployments/{recipe['state']['id']}"
        server("POST", f"{path}/stop", {})
        for instance in server("GET", f"{path}/instances")["instances"]:
            server.until(instance["id"], "stopped")
    server.kill()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Of a phone."""
    page = browser.new_page(viewport={"width": 360, "height": 640})
    page.set_default_timeout(20_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.close()
    assert complaints == []


def visit(page: Page, server: Deployed) -> None:
    page.goto(f"{server.url}saturn-deploy/apps/web/?token={server.token}")


def test_a_stopped_app_is_started_from_its_page_and_then_shown(
    server: Deployed, page: Page
) -> None:
    (server.project / "go").mkdir()
    server.deploy(
        f"echo '{HOSTILE}'; while [ -d go ]; do sleep 0.05; done;"
        " exec python3 -m http.server --bind 127.0.0.1 $PORT"
    )
    visit(page, server)
    expect(page.locator("#state")).to_have_text("It is stopped.")
    expect(page.locator("#steps")).to_be_hidden()
    page.get_by_role("button", name="Start").click()
    step = page.locator("li[aria-current=step]")
    expect(step).to_have_text("Waiting for it to listen on its port")
    expect(page.locator("#log")).to_contain_text(HOSTILE)
    expect(page.get_by_role("button")).to_have_count(0)
    assert page.locator("img").count() == 0
    picture(page, "starting")
    (server.project / "go").rmdir()
    expect(page.get_by_role("heading", name="The app")).to_be_visible()
    assert page.title() == "The app"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_app_that_fails_says_why_in_text(server: Deployed, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    code = f"import sys; sys.exit('{HOSTILE}' + 'x' * 300)"
    deployment = server.deploy(f'python3 -c "{code}"')
    server("POST", f"deployments/{deployment}/start", {})
    visit(page, server)
    expect(page.locator("#state")).to_contain_text("It is not ready yet: ")
    expect(page.locator("#log")).to_contain_text(HOSTILE)
    picture(page, f"failing-{scheme}")
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, background[4:-1].split(","))) > 384) == (scheme == "light")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator("img").count() == 0
    assert all(url.startswith(server.url) for url in asked)


def test_an_app_that_isn_t_there_says_so(server: Deployed, page: Page) -> None:
    visit(page, server)
    expect(page.get_by_role("heading")).to_have_text("404 Not Found")
    expect(page.locator("#state")).to_have_text("There is no deployment of this name.")
