"""Saturn's own client and its command `sc`, unchanged, against a real server."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.never_lost.server import Server

pytestmark = pytest.mark.timeout(180)

JOB = """\
schema_version: 2025.10.01
type: job
spec:
  name: nightly
  description: as Saturn's documentation writes them
  image: ""
  instance_type: this-machine
  command: echo "hello from $SATURN_RUN_ID"; sleep {seconds}
  environment_variables: {{}}
  working_directory: ""
  start_script: ""
  git_repositories: []
  schedule: null
  concurrency_policy: Allow
  retries: 0
"""
DEPLOYMENT = """\
schema_version: 2025.10.01
type: deployment
spec:
  name: web
  command: python -m http.server --bind "${HOST:-0.0.0.0}" "${PORT:-8000}"
  scale: 1
  routes:
    - {subdomain: web, container_port: 8000, visibility: owner}
  viewers: []
"""

Sc = Callable[..., str]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory = tmp_path_factory.mktemp("sc")
    server = Server(directory, directory / "state")
    server.start()
    yield server
    for recipe in server("GET", "recipes?limit=500")["recipes"]:
        server("DELETE", f"{recipe['type']}s/{recipe['state']['id']}")
    deadline = time.monotonic() + 15
    while list((server.state_dir / "runs").iterdir()) and time.monotonic() < deadline:
        time.sleep(0.1)
    server.kill()


@pytest.fixture
def sc(server: Server, tmp_path: Path) -> Sc:
    """Runs `sc` with what every run has in its environment; what it printed."""

    def run(*arguments: str) -> str:
        environ = {
            **os.environ,
            "SATURN_BASE_URL": f"{server.url}saturn-deploy/",
            "SATURN_TOKEN": server.token,
            "HOME": str(tmp_path),
            "COLUMNS": "200",
        }
        done = subprocess.run(
            [str(Path(sys.executable).with_name("sc")), *arguments],
            env=environ,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout

    return run


def eventually(look: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_job_from_its_recipe_to_its_end(sc: Sc, server: Server, tmp_path: Path) -> None:
    recipe = tmp_path / "job.yaml"
    recipe.write_text(JOB.format(seconds=30))
    sc("apply", str(recipe), "--start")
    job = server("GET", "recipes/job/nightly")["state"]
    server.until(job["x-jupyter"]["last_run"]["id"], "running")
    assert "nightly" in sc("list", "job") and "running" in sc("list", "job", "night")
    assert "running" in sc("pods", "job", "nightly")
    assert "hello from" in sc("logs", "job", "nightly")
    sc("stop", "job", "nightly")
    server.until(job["x-jupyter"]["last_run"]["id"], "stopped")
    recipe.write_text(JOB.format(seconds=0))
    sc("apply", str(recipe))
    assert server("GET", "recipes/job/nightly")["state"]["id"] == job["id"]
    sc("start", "job", "nightly")
    last = server("GET", "recipes/job/nightly")["state"]["x-jupyter"]["last_run"]["id"]
    server.until(last, "completed")
    assert last in sc("logs", "job", "nightly", "--source", "historical")
    assert last[:8] in sc("pods", "job", "nightly", "--source", "historical")


def test_what_sc_gets_it_can_apply_again_and_clone(sc: Sc, server: Server, tmp_path: Path) -> None:
    recipe = tmp_path / "job.yaml"
    recipe.write_text(JOB.format(seconds=0).replace("nightly", "daily"))
    sc("apply", str(recipe))
    before = server("GET", "recipes/job/daily")["spec"]
    recipe.write_text(sc("get", "job", "daily"))
    sc("apply", str(recipe))
    assert server("GET", "recipes/job/daily")["spec"] == before
    # Without a command of its own it gives the clone none.
    sc("clone", "job", "daily", "job", "weekly", "--command", before["command"])
    assert server("GET", "recipes/job/weekly")["spec"]["command"] == before["command"]
    sc("delete", "job", "weekly")
    assert "weekly" not in sc("list", "resource")


def test_a_schedule_is_given_and_switched_off_and_on(
    sc: Sc, server: Server, tmp_path: Path
) -> None:
    recipe = tmp_path / "job.yaml"
    recipe.write_text(JOB.format(seconds=0).replace("nightly", "timed"))
    sc("apply", str(recipe))
    sc("schedule", "timed", "0 6 * * *")
    spec = server("GET", "recipes/job/timed")["spec"]
    assert (spec["schedule"], spec["x-jupyter"]["suspended"]) == ("0 6 * * *", False)
    sc("schedule", "timed", "--disable")
    assert server("GET", "recipes/job/timed")["spec"]["x-jupyter"]["suspended"] is True
    sc("schedule", "timed")
    assert server("GET", "recipes/job/timed")["spec"]["x-jupyter"]["suspended"] is False


def test_a_deployment_from_its_recipe_to_its_end(sc: Sc, server: Server, tmp_path: Path) -> None:
    recipe = tmp_path / "web.yaml"
    recipe.write_text(DEPLOYMENT)
    sc("apply", str(recipe), "--start")

    def ready() -> bool:
        state = server("GET", "recipes/deployment/web")["state"]
        return state["status"] == "running" and not state["x-jupyter"]["rolling"]

    eventually(ready)
    assert "running" in sc("list", "deployment")
    assert "running" in sc("pods", "deployment", "web")
    sc("restart", "deployment", "web")
    eventually(ready)
    assert server("GET", "recipes/deployment/web")["state"]["x-jupyter"]["revision"] == 2
    eventually(lambda: "Serving HTTP" in sc("logs", "deployment", "web"))
    sc("stop", "deployment", "web")
    eventually(lambda: "stopped" in sc("list", "deployment"))
    sc("delete", "deployment", "web")
    assert "web" not in sc("list", "deployment")


def test_sizes_are_named_and_what_there_is_not_is_an_empty_list(sc: Sc) -> None:
    assert "this-machine" in sc("options")
    sc("list", "workspace")
