"""Runs over HTTP, with real processes."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from tests.api.conftest import Api


async def test_a_command_runs_in_the_project_with_its_files_at_the_same_path(api: Api) -> None:
    script = api.project / "sub" / "script.sh"
    script.parent.mkdir()
    script.write_text("pwd; cat data.txt")
    script.chmod(0o750)
    (api.project / "data.txt").write_text("the data\n")
    job_id = await api.job("a", "bash sub/script.sh && stat -c %a sub/script.sh")
    run = await api.ended(job_id)
    assert (run["state"], run["exit_code"], run["reason"]) == ("completed", 0, None)
    project = str(api.project.resolve()).encode()
    assert await api.log(run["id"]) == project + b"\nthe data\n750\n"
    recipe = (await api("GET", "recipes/job/a")).body
    assert recipe["state"]["status"] == "completed"
    assert recipe["state"]["x-jupyter"]["last_run"]["id"] == run["id"]


async def test_a_working_directory_inside_the_project(api: Api) -> None:
    (api.project / "sub").mkdir()
    run = await api.ended(await api.job("a", "pwd", working_directory="sub"))
    assert await api.log(run["id"]) == f"{api.project.resolve()}/sub\n".encode()


async def test_a_working_directory_that_vanished_is_told(api: Api) -> None:
    (api.project / "sub").mkdir()
    job_id = await api.job("a", "pwd", working_directory="sub", retries=2)
    (api.project / "sub").rmdir()
    run = await api.ended(job_id)
    assert (run["state"], run["reason"]) == ("error", "working-directory")
    assert "working directory" in run["sentence"]


async def test_a_run_has_the_server_s_environment_and_the_job_s_variables(api: Api) -> None:
    os.environ["JPY_API_TOKEN"] = "the server's own"
    try:
        job_id = await api.job(
            "a",
            'printf "%s|%s|%s|" "$ODD" "$EMPTY" "${JPY_API_TOKEN-none}"; '
            'python -c "import sys, jupyter_server; print(sys.prefix)"',
            environment_variables={"ODD": "a b'c\"d$e\\\n*é", "EMPTY": ""},
        )
        run = await api.ended(job_id)
    finally:
        del os.environ["JPY_API_TOKEN"]
    prefix = (await api("GET", "workspace")).body["environment"]["value"]
    expected = "a b'c\"d$e\\\n*é||none|" + prefix + "\n"
    assert (await api.log(run["id"])).decode() == expected


async def test_the_token_of_a_run_names_its_owner_and_dies_with_the_job(api: Api) -> None:
    job_id = await api.job("a", 'printf %s "$SATURN_TOKEN $SATURN_BASE_URL"')
    run = await api.ended(job_id)
    token, base_url = (await api.log(run["id"])).decode().split(" ")
    assert base_url.endswith("/saturn-deploy/")
    header = {"Authorization": f"token {token}"}
    assert (await api("GET", "user", headers=header)).status == 200
    # Without an XSRF cookie: a token in a header is no cookie.
    assert (await api("POST", f"jobs/{job_id}/stop", headers=header)).status == 200
    assert (await api("DELETE", f"jobs/{job_id}", headers=header)).status == 200
    assert (await api("GET", "user", headers=header)).status == 401


async def test_the_start_script_comes_first_and_its_exports_arrive(api: Api) -> None:
    job_id = await api.job("a", "echo $GREETING", start_script="export GREETING=hello")
    assert await api.log((await api.ended(job_id))["id"]) == b"hello\n"


async def test_after_a_failed_start_script_the_command_is_not_run(api: Api) -> None:
    job_id = await api.job("a", "echo ran > ran", start_script="false\necho not reached")
    run = await api.ended(job_id)
    assert (run["state"], run["reason"]) == ("error", "start-script")
    assert not (api.project / "ran").exists()


async def test_each_start_is_exactly_one_run(api: Api) -> None:
    job_id = await api.job("a", "echo x >> count")
    for _ in range(3):
        await api.ended(job_id)
    assert (api.project / "count").read_text() == "x\n" * 3
    runs = (await api("GET", f"jobs/{job_id}/runs")).body["runs"]
    assert [run["number"] for run in runs] == [3, 2, 1]


async def test_a_failed_run_says_why(api: Api) -> None:
    job_id = await api.job("a", "sleep 0.1; python -c 'import nonsense_module'")
    run = await api.ended(job_id)
    assert (run["state"], run["reason"], run["exit_code"]) == ("error", "exit", 1)
    assert run["sentence"].startswith("exit code 1 after ")
    assert run["detail"] == "ModuleNotFoundError: No module named 'nonsense_module'"


async def test_a_run_at_its_time_limit_is_an_error_and_not_tried_again(api: Api) -> None:
    extension = {"x-jupyter": {"timeout": 1}}
    job_id = await api.job("a", "sleep 1000", retries=3, **extension)  # type: ignore[arg-type]
    run = await api.ended(job_id)
    assert (run["state"], run["reason"], run["exit_code"]) == ("error", "timeout", 124)
    assert len(run["attempts"]) == 1


async def test_a_stopped_run_is_stopped_with_all_its_processes(api: Api, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    job_id = await api.job(
        "a", f"(setsid sleep 1000 & echo $! >> {pids}); sleep 1000 & echo $! >> {pids}; wait"
    )
    run_id = await api.start(job_id)
    await api.until(run_id, "running")
    while not pids.exists() or len(pids.read_text().split()) < 2:
        await asyncio.sleep(0.02)
    answer = await api("POST", f"runs/{run_id}/stop")
    assert answer.status == 200
    run = await api.until(run_id, "stopped")
    assert run["reason"] == "user"
    for pid in pids.read_text().split():
        assert not Path(f"/proc/{pid}").exists()
    assert (await api("POST", f"runs/{run_id}/stop")).body["state"] == "stopped"


async def test_what_has_no_place_is_queued_and_says_how_far_behind(api: Api) -> None:
    job_id = await api.job("a", "sleep 1000")
    ids = [await api.start(job_id) for _ in range(5)]
    for run_id in ids[:2]:
        await api.until(run_id, "running")
    last = (await api("GET", f"runs/{ids[4]}")).body
    assert (last["state"], last["queue_position"], last["sentence"]) == ("queued", 3, "queued, 3rd")
    assert (await api("GET", "runs?state=queued")).body["runs"][0]["id"] == ids[4]
    assert sorted((await api("POST", f"jobs/{job_id}/stop")).body["stopping"]) == sorted(ids)
    for run_id in ids:
        await api.until(run_id, "stopped")


async def test_a_restarted_job_is_one_new_run(api: Api) -> None:
    job_id = await api.job("a", "sleep 1000")
    old = await api.start(job_id)
    await api.until(old, "running")
    answer = await api("POST", f"jobs/{job_id}/restart")
    assert answer.status == 201
    assert (await api.until(old, "stopped"))["reason"] == "user"
    await api.until(answer.body["id"], "running")
    await api("POST", f"jobs/{job_id}/stop")
    await api.until(answer.body["id"], "stopped")


async def test_runs_page_by_key_and_are_filtered(api: Api) -> None:
    good, bad = await api.job("good", "true"), await api.job("bad", "false")
    made = [(await api.ended(job_id))["id"] for job_id in (good, bad, good, bad, good)]

    async def ids(query: str) -> list[str]:
        return [run["id"] for run in (await api("GET", f"runs?{query}")).body["runs"]]

    assert await ids("limit=500") == made[::-1]
    page = (await api("GET", "runs?limit=2")).body
    assert [run["id"] for run in page["runs"]] == made[:2:-1]
    assert await ids(f"limit=500&next_key={page['next_key']}") == made[2::-1]
    assert await ids("state=error") == [made[3], made[1]]
    assert await ids(f"job_id={bad}&state=completed") == []
    assert await ids("state=active") == []
    for query in ("state=nonsense", "limit=0", "limit=x", "limit=501", "limit=-1"):
        assert (await api("GET", f"runs?{query}")).status == 422, query


async def test_an_active_run_is_not_deleted(api: Api) -> None:
    run_id = await api.start(await api.job("a", "sleep 1000"))
    assert (await api("DELETE", f"runs/{run_id}")).status == 409
    await api("POST", f"runs/{run_id}/stop")
    await api.until(run_id, "stopped")
    assert (await api("DELETE", f"runs/{run_id}")).status == 200
    assert (await api("GET", f"runs/{run_id}")).status == 404


async def test_saturn_s_pods_are_attempts(api: Api) -> None:
    job_id = await api.job("a", "echo hello; exec sleep 1000")
    run_id = await api.start(job_id)
    await api.until(run_id, "running")
    query = f"workload_type=job&workload_id={job_id}"
    [pod] = (await api("GET", f"active/pods?{query}")).body["pod_summaries"]
    assert pod["status"] == "running"
    while True:
        whole = (await api("GET", f"active/pods/{pod['name']}")).body
        if whole["container_summaries"][0]["logs"]:
            break
        await asyncio.sleep(0.02)
    assert whole["labels"]["saturncloud.io/resource-id"] == job_id
    assert (await api("GET", f"active/pods/{pod['name']}/logs")).body == {"logs": "hello\n"}
    await api("POST", f"jobs/{job_id}/stop")
    await api.until(run_id, "stopped")
    assert (await api("GET", f"active/pods?{query}")).body["pod_summaries"] == []
    [past] = (await api("GET", f"jobs/{job_id}/history")).body["pods"]
    assert (past["pod_name"], past["status"]) == (pod["name"], "stopped")
    path = f"jobs/{job_id}/logs"
    assert (await api("GET", path)).body == {"logs": "hello\n"}
    assert (await api("GET", f"{path}?pod_name={pod['name']}")).body == {"logs": "hello\n"}
    assert (await api("GET", f"{path}?pod_name=../../etc/passwd")).status == 404
