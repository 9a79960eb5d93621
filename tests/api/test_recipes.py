"""Jobs over HTTP: create, list, edit, delete."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.api.conftest import Api

RECIPE = {"type": "job", "spec": {"name": "train", "command": "python train.py"}}


async def test_a_new_job_is_stopped_and_has_the_workspace_s_defaults(api: Api) -> None:
    answer = await api("POST", "recipes", RECIPE)
    assert answer.status == 201
    assert answer.headers["Location"].endswith("/saturn-deploy/api/recipes/job/train")
    spec, state = answer.body["spec"], answer.body["state"]
    workspace = (await api("GET", "workspace")).body
    assert spec["instance_type"] == workspace["size"]["value"]
    assert spec["image"] == workspace["image"]["value"]
    assert state["status"] == "stopped"
    assert state["x-jupyter"]["project"] == str(api.project.resolve())
    runs = await api("GET", f"jobs/{state['id']}/runs")
    assert runs.body == {"runs": [], "next_key": None}


async def test_of_racing_creates_exactly_one_gets_the_name(api: Api) -> None:
    answers = await asyncio.gather(*(api("POST", "recipes", RECIPE) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [201] + [409] * 7
    refused = next(answer.body for answer in answers if answer.status == 409)
    assert refused["errors"][0]["field"] == "spec.name"


async def test_applying_creates_once_and_then_updates(api: Api) -> None:
    assert (await api("PUT", "recipes", RECIPE)).status == 201
    changed = {**RECIPE, "spec": {**RECIPE["spec"], "retries": 3}}  # type: ignore[dict-item]
    answer = await api("PUT", "recipes", changed)
    assert (answer.status, answer.body["spec"]["retries"]) == (200, 3)
    assert len((await api("GET", "recipes")).body["recipes"]) == 1


async def test_a_job_can_be_renamed_unless_the_name_is_taken(api: Api) -> None:
    job_id = await api.job("a")
    await api.job("b")
    assert (await api("PATCH", f"jobs/{job_id}", {"spec": {"name": "b"}})).status == 409
    answer = await api("PATCH", f"jobs/{job_id}", {"spec": {"name": "c"}})
    assert (answer.body["state"]["id"], answer.body["spec"]["name"]) == (job_id, "c")
    assert (await api("GET", "recipes/job/a")).status == 404


async def test_lists_page_by_name_and_hide_values(api: Api) -> None:
    for number in range(7):
        await api.job(f"job-{number}", environment_variables={"KEY": "s3cret"})
    names: list[str] = []
    key = ""
    while True:
        page = (await api("GET", f"recipes?limit=3&next_key={key}")).body
        assert "s3cret" not in json.dumps(page)
        names += [recipe["spec"]["name"] for recipe in page["recipes"]]
        key = page["next_key"]
        if key is None:
            break
    assert names == [f"job-{number}" for number in range(7)]
    one = (await api("GET", "recipes/job/job-3")).body
    assert one["spec"]["environment_variables"] == {"KEY": "s3cret"}


async def test_lists_are_filtered_by_name_project_owner_and_type(api: Api) -> None:
    await api.job("abc")
    await api.job("xyz")

    async def names(query: str) -> list[str]:
        recipes = (await api("GET", f"recipes?{query}")).body["recipes"]
        return [recipe["spec"]["name"] for recipe in recipes]

    assert await names("name=ab") == ["abc"]
    assert await names("name=%") == []
    assert await names(f"project={api.project.resolve()}") == ["abc", "xyz"]
    assert await names("project=/elsewhere") == []
    assert await names("owner_name=somebody-else") == []
    assert await names("type=deployment") == []


async def test_a_deleted_job_is_gone_with_its_runs_and_logs(api: Api, state_dir: Path) -> None:
    job_id = await api.job("a", "echo hello")
    run = await api.ended(job_id)
    assert (await api("DELETE", f"jobs/{job_id}")).status == 200
    for method, path in [
        ("GET", "recipes/job/a"),
        ("GET", f"runs/{run['id']}"),
        ("GET", f"runs/{run['id']}/log"),
        ("DELETE", f"jobs/{job_id}"),
        ("POST", f"jobs/{job_id}/start"),
    ]:
        assert (await api(method, path)).status == 404, path
    for _ in range(500):
        if not (state_dir / "runs" / run["id"]).exists():
            break
        await asyncio.sleep(0.02)
    assert not (state_dir / "runs" / run["id"]).exists()


async def test_deleting_a_job_stops_what_runs(api: Api, tmp_path: Path) -> None:
    job_id = await api.job("a", f"echo $$ > {tmp_path}/pid; sleep 1000")
    await api.until(await api.start(job_id), "running")
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        await asyncio.sleep(0.02)
    pid = int((tmp_path / "pid").read_text())
    await api("DELETE", f"jobs/{job_id}")
    for _ in range(500):
        if not Path(f"/proc/{pid}").exists():
            break
        await asyncio.sleep(0.02)
    assert not Path(f"/proc/{pid}").exists()


async def test_several_are_deleted_at_once_and_each_failure_is_told(api: Api) -> None:
    first, second = await api.job("a"), await api.job("b")
    answer = await api("POST", "jobs/delete", {"ids": [first, "nonsense", second, first]})
    assert answer.body["deleted"] == [first, second]
    assert [error["id"] for error in answer.body["errors"]] == ["nonsense"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"instance_type": "huge"}, "spec.instance_type"),
        ({"working_directory": "../.."}, "spec.working_directory"),
        ({"working_directory": "/etc"}, "spec.working_directory"),
        ({"working_directory": "link"}, "spec.working_directory"),
        ({"working_directory": "missing"}, "spec.working_directory"),
        ({"working_directory": "a.txt"}, "spec.working_directory"),
        ({"working_directory": "x" * 5000}, "spec.working_directory"),
        ({"working_directory": "a\0b"}, "spec.working_directory"),
        ({"environment_variables": {"1A": ""}}, "spec.environment_variables"),
        ({"name": "Bad Name"}, "spec.name"),
        ({"command": ["python"]}, "spec.command"),
        ({"unknown": 1}, "spec.unknown"),
        ({"schedule": "* * * * * *"}, "spec.schedule"),
        ({"x-jupyter": {"time_zone": "Mars/Olympus"}}, "spec.x-jupyter.time_zone"),
        ({"x-jupyter": {"backend": "moon"}}, "spec.x-jupyter.backend"),
        ({"x-jupyter": {"source": "zip"}}, "spec.x-jupyter.source"),
        ({"x-jupyter": {"source": "git"}}, "spec.x-jupyter.reference"),
    ],
)
async def test_a_bad_field_is_422_with_the_field_and_the_fix(
    api: Api, changes: dict[str, object], field: str
) -> None:
    (api.project / "a.txt").write_text("")
    (api.project / "link").symlink_to("/tmp")
    spec = {"name": "train", "command": "true", **changes}
    for method in ("POST", "PUT"):
        answer = await api(method, "recipes", {"type": "job", "spec": spec})
        assert answer.status == 422, answer
        assert [error["field"] for error in answer.body["errors"]] == [field]
        assert answer.body["errors"][0]["fix"]
    assert (await api("GET", "recipes")).body["recipes"] == []


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b"null", 422),
        (b"[]", 422),
        (b'{"type": "deployment", "spec": {}}', 422),
        (b'{"type": "job", "spec": {"name": "a", "command": "' + b"x" * 10_000_000 + b'"}}', 413),
    ],
)
async def test_what_is_no_recipe_is_refused(api: Api, raw: bytes, status: int) -> None:
    answer = await api("POST", "recipes", raw=raw)
    assert answer.status == status, answer
    assert answer.body["message"]


async def test_an_image_that_is_not_this_one_s_is_warned_of(api: Api) -> None:
    spec = {"name": "a", "command": "true", "image": "elsewhere/py:1", "secrets": [{"name": "x"}]}
    answer = await api("POST", "recipes", {"type": "job", "spec": spec})
    assert answer.status == 201
    assert len(answer.body["warnings"]) == 2
