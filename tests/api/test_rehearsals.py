"""Rehearsals over HTTP."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path

import psutil
import pytest

from tests.api.conftest import JSON, SERVES, Api
from tests.never_lost.server import Server


def recipe(command: str = SERVES, **spec: JSON) -> JSON:
    """Of a deployment."""
    return {"type": "deployment", "spec": {"name": "app", "command": command, **spec}}


async def decided(api: Api, rehearsal: JSON) -> JSON:
    """Once it is up or has failed."""
    for _ in range(1000):
        if rehearsal["state"] != "starting":
            return rehearsal
        await asyncio.sleep(0.02)
        rehearsal = (await api("GET", f"rehearsals/{rehearsal['id']}")).body
    pytest.fail(str(rehearsal))


async def test_one_comes_up_is_looked_at_and_ended(api: Api, state_dir: Path) -> None:
    answer = await api("POST", "rehearsals", recipe(start_script="echo begun"))
    assert (answer.status, answer.body["state"]) == (202, "starting")
    up = await decided(api, answer.body)
    assert (up["state"], up["serving"]["port"]) == ("up", up["serving"]["given"])
    assert up["sentence"].startswith("came up after ")
    assert up["log"].startswith("begun\n")
    ended = await api("DELETE", f"rehearsals/{up['id']}")
    assert (ended.status, ended.body["state"], ended.body["serving"]) == (200, "ended", None)
    for _ in range(500):
        if not (state_dir / "rehearsals" / up["id"]).exists():
            break
        await asyncio.sleep(0.02)
    assert not (state_dir / "rehearsals" / up["id"]).exists()
    assert (await api("GET", f"rehearsals/{up['id']}")).body["log"].startswith("begun\n")
    assert (await api("GET", "recipes")).body["recipes"] == []
    assert (await api("GET", "runs")).body["runs"] == []


async def test_one_that_fails_says_why_and_no_value_of_a_variable(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    variables = {"KEY": "s3cret"}
    answer = await api("POST", "rehearsals", recipe("exit 3", environment_variables=variables))
    failed = await decided(api, answer.body)
    assert failed["state"] == "failed"
    assert failed["sentence"].startswith("ended after ")
    assert "with exit code 3" in failed["sentence"]
    assert failed["advice"]["sentence"]
    assert "s3cret" not in json.dumps(failed) + caplog.text


async def test_its_name_may_be_taken(api: Api) -> None:
    await api.deployment("app")
    answer = await api("POST", "rehearsals", recipe("true"))
    assert answer.status == 202
    assert (await decided(api, answer.body))["state"] == "failed"


async def test_what_create_refuses_is_refused_likewise(api: Api) -> None:
    for field, body in (
        ("spec.scale", recipe(scale=33)),
        ("spec.name", recipe(name="No")),
        ("spec.command", {"type": "deployment", "spec": {"name": "app"}}),
        ("spec.nonsense", recipe(nonsense=1)),
        ("type", {"type": "job", "spec": {"name": "app", "command": "true"}}),
        ("type", {}),
        ("", []),
        ("", None),
    ):
        raw = json.dumps(body).encode()
        answer = await api("POST", "rehearsals", raw=raw)
        assert (answer.status, answer.body["errors"][0]["field"]) == (422, field), body
    assert (await api("POST", "rehearsals", raw=b"{")).status == 400


async def test_a_third_one_at_once_is_refused_with_what_to_do(api: Api) -> None:
    for _ in range(2):
        assert (await api("POST", "rehearsals", recipe("sleep 1000"))).status == 202
    answer = await api("POST", "rehearsals", recipe("sleep 1000"))
    assert answer.status == 409
    assert answer.body["errors"][0]["fix"].startswith("end one of them")


async def test_one_that_never_was_is_not_found(api: Api) -> None:
    for method in ("GET", "DELETE"):
        for odd in ("0" * 32, "x" * 3000, "%00", "..%2F..", "%F0%9F%98%80"):
            assert (await api(method, f"rehearsals/{odd}")).status == 404, odd


async def test_a_recipe_of_a_deployment_is_checked_too(api: Api) -> None:
    answer = await api("POST", "recipes/check", recipe("python missing.py"))
    [problem] = answer.body["problems"]
    assert (answer.status, problem["field"]) == (200, "spec.command")
    assert "missing.py" in problem["sentence"]
    assert (await api("POST", "recipes/check", recipe())).body == {"problems": []}


def test_after_the_server_was_killed_the_next_one_sweeps_what_it_rehearsed(
    tmp_path: Path,
) -> None:
    server = Server(tmp_path, tmp_path / "state")
    server.start()
    try:
        begun = server("POST", "rehearsals", recipe("trap '' TERM; sleep 1000"))
        while not _alive(begun["id"]):
            pass
        server.kill()
        assert _alive(begun["id"])
        server.start()
        for _ in range(300):
            if not _alive(begun["id"]):
                break
        assert not _alive(begun["id"])
        again = server("POST", "rehearsals", recipe("sleep 1000"))
        while not _alive(again["id"]):
            pass
    finally:
        server.terminate()
    assert not _alive(again["id"])


def _alive(rehearsal_id: str) -> list[int]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("SATURN_RUN_ID") == rehearsal_id:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found
