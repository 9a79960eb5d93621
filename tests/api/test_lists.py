"""Many jobs and runs over HTTP: filters, orders, pages, pins, doing things to several, the disk."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from jupyter_server.serverapp import ServerApp

from tests.api.conftest import Api


async def ids(api: Api, query: str, job_id: str = "") -> list[str]:
    """Those of the runs on all pages."""
    path = f"jobs/{job_id}/runs" if job_id else "runs"
    found: list[str] = []
    key = ""
    while True:
        page = (await api("GET", f"{path}?limit=2&next_key={key}{query and '&' + query}")).body
        found += [run["id"] for run in page["runs"]]
        key = page["next_key"]
        if key is None:
            return found


async def test_runs_are_listed_by_filter_and_order_and_counted(api: Api) -> None:
    quick, slow = await api.job("quick", "true"), await api.job("slow", "sleep 0.$((RANDOM % 5))")
    made = [await api.ended(job_id) for job_id in (quick, slow, slow, quick, slow)]
    newest = [run["id"] for run in made][::-1]
    of_slow = [run for run in made if run["job_id"] == slow]

    assert await ids(api, "") == newest
    assert await ids(api, "order=oldest") == newest[::-1]
    assert await ids(api, "contains=SLO") == [run["id"] for run in of_slow][::-1]
    assert await ids(api, "state=completed&contains=nothing") == []
    assert await ids(api, "", quick) == [made[3]["id"], made[0]["id"]]
    assert await ids(api, f"since={made[2]['created_at']}") == newest[:3]
    assert await ids(api, f"until={made[2]['created_at']}") == newest[3:]
    zone = "2100-01-01T00:00:00+02:00"
    assert await ids(api, f"since=1969-01-01T00:00:00Z&until={zone}") == newest
    assert await ids(api, "since=9999-01-01T00:00:00Z") == []
    assert await ids(api, f"project={api.project}") == newest
    longest = await ids(api, "order=longest", slow)
    assert sorted(longest) == sorted(run["id"] for run in of_slow)
    assert await ids(api, f"order=shortest&job_id={slow}") == longest[::-1]
    for query, total in (("", 5), ("contains=quick", 2), ("state=error", 0), (f"job_id={slow}", 3)):
        answer = await api("GET", f"runs?limit=1&count=true{query and '&' + query}")
        assert answer.body["total"] == total
    assert "total" not in (await api("GET", "runs")).body


def key(*parts: object) -> str:
    """As a list gives one."""
    return urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


RUN_ID = "0" * 32


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("runs?state=nonsense", "state"),
        ("runs?since=yesterday", "since"),
        ("runs?until=2026-01-01T00:00:00", "until"),
        ("runs?pinned=perhaps", "pinned"),
        ("runs?count=x", "count"),
        ("runs?order=random", "order"),
        ("runs?order=longest", "order"),
        ("runs?order=largest", "order"),
        ("recipes?order=newest", "order"),
        ("recipes/job/a?format=xml", "format"),
        ("recipes/job/a?values=x", "values"),
        ("runs?next_key=x", "next_key"),
        ("runs?next_key=é", "next_key"),
        (f"runs?next_key={key('newest')}", "next_key"),
        (f"runs?next_key={key('newest', 1)}", "next_key"),
        (f"runs?next_key={key('newest', 'x')}", "next_key"),
        (f"runs?next_key={key('newest', 1, RUN_ID)}", "next_key"),
        (f"runs?next_key={key('oldest', RUN_ID)}", "next_key"),
        (f"runs?next_key={key(*['x'] * 1000)}", "next_key"),
        (f"runs?job_id=x&order=longest&next_key={key('longest', RUN_ID)}", "next_key"),
        (f"runs?job_id=x&order=longest&next_key={key('longest', 2**64, RUN_ID)}", "next_key"),
        (f"runs?job_id=x&order=longest&next_key={key('longest', True, RUN_ID)}", "next_key"),
        (f"runs?job_id=x&order=largest&next_key={key('longest', 1, RUN_ID)}", "next_key"),
        (
            f"runs?job_id=x&order=longest&next_key={key('longest', float('nan'), RUN_ID)}",
            "next_key",
        ),
        (f"recipes?next_key={key('name', 'a')}", "next_key"),
        (f"recipes?next_key={key('name', 'active', 'a')}", "next_key"),
        (f"recipes?next_key={key('name', 'named', 1)}", "next_key"),
        (f"recipes?order=activity&next_key={key('name', 'named', 'a')}", "next_key"),
    ],
)
async def test_a_bad_query_is_422_with_the_field_and_the_fix(
    api: Api, path: str, field: str
) -> None:
    answer = await api("GET", path)
    assert answer.status == 422, answer
    [problem] = answer.body["errors"]
    assert problem["field"] == field and problem["fix"]


async def test_jobs_are_listed_by_activity(api: Api) -> None:
    jobs = {name: await api.job(name, "true") for name in ("new", "early", "late")}
    active = await api.job("active", "sleep 1000")
    run_id = await api.start(active)
    for name in ("early", "late"):
        await api.ended(jobs[name])

    async def names(query: str) -> list[str]:
        found: list[str] = []
        next_key = ""
        while True:
            page = (await api("GET", f"recipes?limit=1&{query}&next_key={next_key}")).body
            found += [recipe["spec"]["name"] for recipe in page["recipes"]]
            next_key = page["next_key"]
            if next_key is None:
                return found

    assert await names("order=activity") == ["active", "late", "early", "new"]
    assert await names("order=activity&contains=TRUE") == ["late", "early", "new"]
    assert await names("contains=l") == ["active", "early", "late"]
    await api("POST", "jobs/stop", {"ids": [active]})
    await api.until(run_id, "stopped")
    assert await names("order=activity") == ["late", "early", "active", "new"]


async def test_a_list_of_long_scripts_is_given_in_parts(api: Api) -> None:
    for number in range(20):
        await api.job(f"job-{number}", "true #" + "x" * 60_000)
    page = await api("GET", "recipes?limit=100")
    assert len(json.dumps(page.body)) < 1024 * 1024
    assert page.body["next_key"] is not None


async def test_a_pinned_run_says_so_and_is_listed_alone(api: Api) -> None:
    job_id = await api.job("a", "sleep 1000")
    run_id, other = await api.start(job_id), await api.start(job_id)
    answer = await api("PATCH", f"runs/{run_id}", {"pinned": True})
    assert (answer.status, answer.body["pinned"]) == (200, True)
    assert await ids(api, "pinned=true") == [run_id]
    assert await ids(api, "pinned=false") == [other, run_id]
    await api("POST", "runs/stop", {"ids": [run_id, other]})
    run = await api.until(run_id, "stopped")
    assert run["pinned"]
    assert (await api("PATCH", f"runs/{run_id}", {"pinned": False})).body["pinned"] is False
    assert await ids(api, "pinned=true") == []
    assert (await api("PATCH", f"runs/{run_id}", {"pinned": True})).status == 200
    assert (await api("DELETE", f"runs/{run_id}")).status == 200
    assert (await api("PATCH", f"runs/{run_id}", {"pinned": True})).status == 404


@pytest.mark.parametrize(
    "body", [None, [], {}, {"pinned": 1}, {"pinned": "true"}, {"pinned": True, "state": "error"}]
)
async def test_only_the_pin_of_a_run_can_be_changed(api: Api, body: object) -> None:
    answer = await api("PATCH", f"runs/{RUN_ID}", raw=json.dumps(body).encode())
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "pinned")


async def test_several_are_stopped_and_deleted_at_once(
    api: Api, jp_serverapp: ServerApp, caplog: pytest.LogCaptureFixture
) -> None:
    jobs = [await api.job(name, "sleep 1000") for name in ("a", "b")]
    made = [await api.start(job_id) for job_id in (*jobs, jobs[0])]
    answer = await api("POST", "runs/stop", {"ids": [made[0], "nonsense", made[0]]})
    assert answer.body["stopping"] == [made[0]]
    assert [error["id"] for error in answer.body["errors"]] == ["nonsense"]
    await api.until(made[0], "stopped")
    again = await api("POST", "runs/stop", {"ids": [made[0]]})
    assert again.body == {"stopping": [], "errors": []}
    answer = await api("POST", "runs/delete", {"ids": [*made, "nonsense"]})
    assert answer.body["deleted"] == [made[0]]
    assert {error["id"] for error in answer.body["errors"]} == {made[1], made[2], "nonsense"}
    answer = await api("POST", "jobs/stop", {"ids": [*jobs, "nonsense"]})
    assert answer.body["stopping"] == [made[1], made[2]]
    assert [error["id"] for error in answer.body["errors"]] == ["nonsense"]
    for run_id in made[1:]:
        await api.until(run_id, "stopped")
    caplog.clear()
    with caplog.at_level(logging.INFO):
        assert (await api("POST", "runs/delete", {"ids": made[1:]})).body["deleted"] == made[1:]
    [line] = [text for text in caplog.messages if text.startswith("audit: ")]
    assert line.endswith(f"delete run {made[1]} {made[2]}")


@pytest.mark.parametrize("path", ["runs/stop", "jobs/stop", "runs/delete", "jobs/delete"])
@pytest.mark.parametrize("body", [[], {}, {"ids": "x"}, {"ids": [1]}, {"ids": ["x"] * 1001}])
async def test_ids_are_a_list_that_is_not_too_long(api: Api, path: str, body: object) -> None:
    answer = await api("POST", path, body)
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "ids")


async def test_the_disk_says_what_is_kept_and_what_is_free(api: Api, state_dir: Path) -> None:
    before = (await api("GET", "disk")).body
    assert (before["used"], before["runs"]) == (0, 0)
    assert before["snapshots"] == {"count": 0, "bytes": 0}
    job_id = await api.job("a", "head -c 1000000 /dev/urandom | base64")
    run = await api.ended(job_id)
    assert run["disk"] >= 1_000_000
    after = (await api("GET", "disk")).body
    assert (after["used"], after["runs"]) == (run["disk"], 1)
    assert abs(after["free"] - shutil.disk_usage(state_dir).free) < 2**30
    assert (await api("GET", "recipes/job/a")).body["state"]["x-jupyter"]["disk"] == run["disk"]
    [listed] = (await api("GET", "recipes")).body["recipes"]
    assert "disk" not in listed["state"]["x-jupyter"]


async def test_a_job_s_runs_go_without_a_word_of_their_own(api: Api, state_dir: Path) -> None:
    job_id = await api.job("a", "true")
    made = [(await api.ended(job_id))["id"] for _ in range(3)]
    assert (await api("DELETE", f"jobs/{job_id}")).status == 200
    assert await ids(api, "") == []
    assert await ids(api, "contains=a") == await ids(api, "state=completed") == []
    for run_id in made:
        assert (await api("PATCH", f"runs/{run_id}", {"pinned": True})).status == 404
        assert (await api("DELETE", f"runs/{run_id}")).status == 404
    for _ in range(500):
        if not any((state_dir / "runs").iterdir()):
            break
        await asyncio.sleep(0.02)
    assert not any((state_dir / "runs").iterdir())


async def test_text_of_a_query_may_be_anything(api: Api) -> None:
    await api.job("a")
    for text in ("%", "'", '"', "\0", "\\", "é" * 1000, "[", "\U0001f600"):
        for path in ("runs?contains=", "recipes?contains=", "runs?project=", "runs?job_id="):
            answer = await api("GET", path + text)
            assert answer.status == 200, (path, text)
            assert not answer.body.get("runs")
