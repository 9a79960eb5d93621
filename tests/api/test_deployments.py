"""Deployments over HTTP, with real processes."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml
from jupyter_events import EventLogger
from jupyter_server.serverapp import ServerApp

from jupyter_saturn_deploy import events
from tests.api.conftest import JSON, SERVES, Api

ID = "0" * 32


async def get(serving: JSON, path: str) -> str:
    """What an instance answers, asked where it listens."""
    url = f"http://{serving['host']}:{serving['port']}/{path}"

    def read() -> str:
        with urllib.request.urlopen(url, timeout=5) as response:
            return str(response.read().decode())

    return await asyncio.to_thread(read)


def told_pids(api: Api, name: str = "pids") -> str:
    """The beginning of a command that notes its process."""
    return f"echo $$ >> {api.project / name}; "


async def gone(api: Api, name: str = "pids") -> None:
    """Wait until no such process is left."""
    pids = (api.project / name).read_text().split()
    assert pids
    for _ in range(500):
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"some of {pids} live on")


async def test_a_new_one_is_stopped_and_has_its_url(api: Api) -> None:
    await api.deployment("app", scale=2)
    recipe = (await api("GET", "recipes/deployment/app")).body
    state = recipe["state"]
    assert (state["status"], recipe["spec"]["scale"]) == ("stopped", 2)
    assert state["url"].endswith("/saturn-deploy/apps/app/")
    assert state["routes"] == [{"url": state["url"], "container_port": 8000, "visibility": "owner"}]
    own = state["x-jupyter"]
    assert (own["ready"], own["scale"], own["revision"], own["wanted"]) == (0, 2, None, False)
    assert (own["sentence"], own["instances"], own["needs_restart"]) == ("never started", [], False)


async def test_a_name_is_unique_among_deployments_and_a_job_may_have_it_too(api: Api) -> None:
    await api.deployment("app")
    recipe = {"type": "deployment", "spec": {"name": "app", "command": "true"}}
    answer = await api("POST", "recipes", recipe)
    assert (answer.status, answer.body["errors"][0]["field"]) == (409, "spec.name")
    await api.job("app")
    kinds = [each["type"] for each in (await api("GET", "recipes?name=app")).body["recipes"]]
    assert sorted(kinds) == ["deployment", "job"]


async def test_of_two_that_race_for_a_name_exactly_one_gets_it(api: Api) -> None:
    recipe = {"type": "deployment", "spec": {"name": "app", "command": "true"}}
    answers = await asyncio.gather(*(api("POST", "recipes", recipe) for _ in range(5)))
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409, 409]


async def test_started_it_is_pending_then_all_instances_serve_stopped_nothing_is_left(
    api: Api,
) -> None:
    (api.project / "data.txt").write_text("the data")
    made = await api.deployment("app", told_pids(api) + SERVES, scale=2)
    answer = await api("POST", f"deployments/{made}/start")
    assert (answer.status, answer.body["state"]["status"]) == (200, "pending")
    state = await api.until_state("app", lambda state: state["x-jupyter"]["ready"] == 2)
    own = state["x-jupyter"]
    assert (state["status"], own["revision"], own["sentence"]) == (
        "running",
        1,
        "2 of 2 instances ready",
    )
    assert sorted(item["instance"] for item in own["instances"]) == [1, 2]
    for item in own["instances"]:
        serving = item["serving"]
        assert (serving["port"], serving["beyond"]) == (serving["given"], False)
        assert await get(serving, "data.txt") == "the data"
    again = await api("POST", f"deployments/{made}/start")
    assert again.body["state"]["x-jupyter"]["revision"] == 1

    assert (await api("POST", f"deployments/{made}/stop")).body["state"]["status"] == "stopping"
    state = await api.until_state("app", lambda state: state["status"] == "stopped")
    own = state["x-jupyter"]
    assert (own["ready"], own["scale"], own["sentence"]) == (0, 2, "stopped")
    await gone(api)
    ended = (await api("GET", f"deployments/{made}/instances")).body["instances"]
    assert [(item["state"], item["reason"]) for item in ended] == [("stopped", "user")] * 2


async def test_a_restart_is_a_new_revision_whose_instance_takes_the_place(api: Api) -> None:
    made = await api.up("app")
    old = (await api.state("app"))["x-jupyter"]["instances"][0]
    assert (await api("POST", f"deployments/{made}/restart")).status == 200
    served = []

    def taken_over(state: JSON) -> bool:
        own = state["x-jupyter"]
        served.append(own["ready"])
        return own["revision"] == 2 and not own["rolling"] and len(own["instances"]) == 1

    new = (await api.until_state("app", taken_over))["x-jupyter"]["instances"][0]
    assert min(served) == 1  # at every moment somebody served
    assert (new["revision"], new["ready"]) == (2, True)
    before = (await api("GET", f"deployments/{made}/instances")).body["instances"][1]
    assert (before["id"], before["reason"]) == (old["id"], "replaced")
    revisions = (await api("GET", f"deployments/{made}/revisions")).body["revisions"]
    assert [(item["number"], item["how"], item["in_service"]) for item in revisions] == [
        (2, "restart", True),
        (1, "start", False),
    ]
    await api.down("app")


async def test_an_edit_of_what_runs_waits_for_a_restart(api: Api) -> None:
    made = await api.up("app")

    async def needs_restart(spec: JSON) -> bool:
        answer = await api("PATCH", f"deployments/{made}", {"spec": spec})
        assert answer.status == 200, answer
        return bool(answer.body["state"]["x-jupyter"]["needs_restart"])

    assert not await needs_restart({"description": "for everybody", "tags": {"a": "b"}})
    assert await needs_restart({"environment_variables": {"KEY": "value"}})
    assert (await api.state("app"))["x-jupyter"]["revision"] == 1
    await api("POST", f"deployments/{made}/restart")
    state = await api.until_state("app", lambda state: state["x-jupyter"]["revision"] == 2)
    assert not state["x-jupyter"]["needs_restart"]
    await api.down("app")
    assert not await needs_restart({"scale": 3})


async def test_a_rollback_brings_the_settings_of_a_revision_back(api: Api) -> None:
    made = await api.up("app", environment_variables={"KEY": "old"})
    await api("PATCH", f"deployments/{made}", {"spec": {"command": "exit 3"}})
    await api("PATCH", f"deployments/{made}", {"spec": {"environment_variables": {}}})
    await api("POST", f"deployments/{made}/restart")
    await api.until_state("app", lambda state: state["x-jupyter"]["advice"])
    state = await api.state("app")
    assert (state["status"], state["x-jupyter"]["ready"]) == ("running", 1)  # the old one goes on

    answer = await api("POST", f"deployments/{made}/rollback", {"revision": 1})
    assert (answer.status, answer.body["spec"]["command"]) == (200, SERVES)
    assert answer.body["spec"]["environment_variables"] == {"KEY": "old"}
    state = await api.until_state(
        "app", lambda state: len(state["x-jupyter"]["instances"]) == 1 and not _rolling(state)
    )
    assert state["x-jupyter"]["instances"][0]["revision"] == 3
    found = await api("GET", f"deployments/{made}/revisions?limit=2")
    assert [(item["how"], item["origin"]) for item in found.body["revisions"]] == [
        ("rollback", 1),
        ("restart", None),
    ]
    changed = {item["name"]: item for item in found.body["revisions"][1]["changes"]}
    assert (changed["command"]["before"], changed["command"]["after"]) == (SERVES, "exit 3")
    assert "old" not in json.dumps(found.body)  # no value of a variable
    rest = await api("GET", f"deployments/{made}/revisions?next_key={found.body['next_key']}")
    assert [item["number"] for item in rest.body["revisions"]] == [1]
    assert rest.body["next_key"] is None
    await api.down("app")


def _rolling(state: JSON) -> bool:
    return bool(state["x-jupyter"]["rolling"])


async def test_a_rollback_to_nothing_is_refused(api: Api) -> None:
    made = await api.deployment("app")
    assert (await api("POST", f"deployments/{made}/rollback", {"revision": 1})).status == 404
    for body in (
        {},
        [],
        1,
        {"revision": 0},
        {"revision": "1"},
        {"revision": 2**70},
        {"revision": True},
    ):
        answer = await api("POST", f"deployments/{made}/rollback", body)
        assert (answer.status, answer.body["errors"][0]["field"]) == (422, "revision"), body
    answer = await api("POST", f"deployments/{ID}/rollback", {"revision": 1})
    assert answer.status == 404


@pytest.mark.parametrize("scale", [0, -1, 33, "2", 1.5, True, [1], 2**70])
async def test_a_scale_that_makes_no_sense_is_refused(api: Api, scale: object) -> None:
    recipe = {"type": "deployment", "spec": {"name": "app", "command": "true", "scale": scale}}
    answer = await api("POST", "recipes", recipe)
    assert answer.status == 422
    assert [error["field"] for error in answer.body["errors"]] == ["spec.scale"]


@pytest.mark.parametrize("field", ["retries", "schedule", "concurrency_policy"])
async def test_what_only_a_job_has_is_not_known_of_a_deployment(api: Api, field: str) -> None:
    recipe = {"type": "deployment", "spec": {"name": "app", "command": "true", field: 1}}
    answer = await api("POST", "recipes", recipe)
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, f"spec.{field}")


async def test_a_job_s_id_means_nothing_among_deployments_nor_the_other_way(api: Api) -> None:
    job, made = await api.job("a"), await api.deployment("b")
    for method, path, body in (
        ("PATCH", "", {"spec": {"command": "false"}}),
        ("POST", "/start", None),
        ("POST", "/stop", None),
        ("POST", "/restart", None),
        ("GET", "/code", None),
        ("DELETE", "", None),
    ):
        assert (await api(method, f"deployments/{job}{path}", body)).status == 404, path
        assert (await api(method, f"jobs/{made}{path}", body)).status == 404, path
    for path in ("instances", "revisions"):
        assert (await api("GET", f"deployments/{job}/{path}")).status == 404
    assert (await api("POST", f"deployments/{job}/rollback", {"revision": 1})).status == 404
    assert (await api("GET", f"jobs/{made}/runs")).status == 404
    for path in ("deployments/stop", "deployments/delete"):
        (_, done), (_, errors) = (await api("POST", path, {"ids": [job]})).body.items()
        assert (done, [error["id"] for error in errors]) == ([], [job])
    kept = (await api("GET", "recipes")).body["recipes"]
    assert [each["spec"]["command"] for each in kept] == ["true", SERVES]


async def test_no_verb_means_something_where_it_is_not_described(api: Api) -> None:
    made = await api.deployment("app")
    for method in ("PATCH", "DELETE"):
        for path in ("start", "rollback", "instances"):
            answer = await api.undescribed(method, f"deployments/{made}/{path}")
            assert answer == 405, (method, path)
    assert (await api("GET", "recipes/deployment/app")).status == 200


async def test_of_a_running_one_that_is_deleted_nothing_is_left(api: Api, state_dir: Path) -> None:
    made = await api.deployment("app", told_pids(api) + SERVES)
    await api("POST", f"deployments/{made}/start")
    state = await api.until_state("app", lambda state: state["x-jupyter"]["ready"] == 1)
    run_id = state["x-jupyter"]["instances"][0]["id"]
    assert (await api("DELETE", f"deployments/{made}")).status == 200
    assert (await api("GET", "recipes/deployment/app")).status == 404
    assert (await api("GET", f"runs/{run_id}")).status == 404
    await gone(api)
    for _ in range(500):
        if not (state_dir / "runs" / run_id).exists():
            break
        await asyncio.sleep(0.02)
    assert not (state_dir / "runs" / run_id).exists()
    assert (await api("DELETE", f"deployments/{made}")).status == 404
    await api.deployment("app")  # the name is free again


async def test_lists_hold_both_kinds_or_the_one_that_is_asked_for(api: Api) -> None:
    await api.job("a")
    await api.deployment("b")
    for query, names in (
        ("", ["a", "b"]),
        ("?type=", ["a", "b"]),
        ("?type=job", ["a"]),
        ("?type=deployment", ["b"]),
    ):
        found = (await api("GET", f"recipes{query}")).body["recipes"]
        assert sorted(each["spec"]["name"] for each in found) == names, query
    # Saturn's client asks for these, and there are none.
    assert (await api("GET", "recipes?type=workspace")).body["recipes"] == []
    answer = await api("GET", "recipes?type=model")
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "type")


async def test_lists_page_through_both_kinds(api: Api) -> None:
    for index in range(3):
        await api.job(f"a{index}")
        await api.deployment(f"b{index}")
    for order in ("name", "activity"):
        found, key = [], ""
        for _ in range(10):
            answer = await api("GET", f"recipes?limit=2&order={order}{key}")
            found += [each["spec"]["name"] for each in answer.body["recipes"]]
            if answer.body["next_key"] is None:
                break
            key = f"&next_key={answer.body['next_key']}"
        assert sorted(found) == ["a0", "a1", "a2", "b0", "b1", "b2"], order


async def test_a_recipe_goes_out_as_yaml_and_comes_back_the_same(api: Api) -> None:
    await api.deployment("app", scale=3, environment_variables={"A": "1"}, tags={"team": "x"})
    before = (await api("GET", "recipes/deployment/app")).body
    text = (await api("GET", "recipes/deployment/app?format=yaml")).body.decode()
    recipe = yaml.safe_load(text)
    assert (recipe["type"], "state" in recipe) == ("deployment", False)
    await api("DELETE", f"deployments/{before['state']['id']}")
    answer = await api("PUT", "recipes", recipe)
    assert (answer.status, answer.body["spec"]) == (201, before["spec"])
    again = await api("PUT", "recipes", recipe)
    assert (again.status, again.body["spec"]) == (200, before["spec"])


async def test_lists_of_runs_hold_no_instances_but_each_has_its_log(api: Api) -> None:
    job = await api.job("a")
    run = await api.ended(job)
    await api.up("b", start_script="echo begun")
    assert [each["id"] for each in (await api("GET", "runs")).body["runs"]] == [run["id"]]
    assert (await api("GET", "runs?count=true")).body["total"] == 1
    assert [each["type"] for each in (await api("GET", "recipes?type=job")).body["recipes"]] == [
        "job"
    ]
    instance = (await api.state("b"))["x-jupyter"]["instances"][0]["id"]
    assert (await api.log(instance)).startswith(b"begun\n")
    assert (await api("GET", f"runs/{instance}")).body["job_name"] == "b"
    await api.down("b")


async def test_several_are_stopped_and_deleted_at_once(api: Api) -> None:
    ids = [await api.up("a"), await api.up("b")]
    answer = await api("POST", "deployments/stop", {"ids": [*ids, ID]})
    assert sorted(answer.body["stopping"]) == sorted(ids)
    assert [error["id"] for error in answer.body["errors"]] == [ID]
    for name in ("a", "b"):
        await api.until_state(name, lambda state: state["status"] == "stopped")
    answer = await api("POST", "deployments/delete", {"ids": [*ids, ID]})
    assert sorted(answer.body["deleted"]) == sorted(ids)
    assert (await api("GET", "recipes")).body["recipes"] == []


async def test_an_instance_is_told_where_to_listen_and_what_it_is_called(api: Api) -> None:
    names = "HOST PORT SATURN_BASE_PATH SATURN_TOKEN SATURN_BASE_URL KEY".split()
    shown = "; ".join(f'echo "$ {name}=${name}"'.replace("$ ", "") for name in names)
    await api.up("app", start_script=shown, environment_variables={"KEY": "välue"})
    state = await api.state("app")
    instance = state["x-jupyter"]["instances"][0]
    lines = (await api.log(instance["id"])).decode().splitlines()[: len(names)]
    told = dict(line.split("=", 1) for line in lines)
    assert told["HOST"] == "127.0.0.1"
    assert int(told["PORT"]) == instance["serving"]["port"]
    assert state["url"].endswith(told["SATURN_BASE_PATH"] + "/")
    assert told["KEY"] == "välue"
    header = {"Authorization": f"token {told['SATURN_TOKEN']}"}
    assert told["SATURN_BASE_URL"].endswith("/saturn-deploy/")
    assert (await api("GET", "user", headers=header)).status == 200
    assert told["SATURN_TOKEN"] not in json.dumps(state)
    await api.down("app")


async def test_one_that_ends_is_started_again_later_each_time_with_the_reason(api: Api) -> None:
    made = await api.deployment("app", "echo x >> count; exit 0")
    await api("POST", f"deployments/{made}/start")

    def restarted(state: JSON) -> bool:
        found = state["x-jupyter"]["instances"]
        return bool(found) and found[0]["restarts"] >= 1 and found[0]["state"] == "retrying"

    state = await api.until_state("app", restarted)
    instance = state["x-jupyter"]["instances"][0]
    assert (state["status"], instance["reason"], instance["exit_code"]) == ("error", "exit", 0)
    assert "looks like a task" in state["x-jupyter"]["advice"]["sentence"]
    assert state["x-jupyter"]["advice_run"] == instance["id"]
    assert state["x-jupyter"]["advice"]["fix"]["kind"] == "make_job"
    first, second = instance["attempts"][:2]
    waited = _seconds(second["started_at"]) - _seconds(first["ended_at"])
    next_wait = _seconds(instance["next_attempt_at"]) - _seconds(second["ended_at"])
    assert 0.9 < waited < next_wait < 2.2
    await api.down("app")
    assert len((api.project / "count").read_text()) >= 4


def _seconds(moment: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp()


async def test_one_that_dies_is_there_again_without_anyone_acting(api: Api) -> None:
    await api.deployment("app", told_pids(api) + SERVES)
    made = (await api.state("app"))["id"]
    await api("POST", f"deployments/{made}/start")
    await api.until_state("app", lambda state: state["x-jupyter"]["ready"] == 1)
    await asyncio.to_thread(_kill, api.project / "pids")
    state = await api.until_state("app", _has_restarted)
    assert state["x-jupyter"]["instances"][0]["attempts"][0]["signal"] == 9
    await api.down("app")


def _kill(pids: Path) -> None:
    import os
    import signal

    os.kill(int(pids.read_text().split()[-1]), signal.SIGKILL)


async def test_a_fix_edits_the_deployment_which_then_waits_for_a_restart(api: Api) -> None:
    made = await api.deployment("app", "exec python -m http.server $PORT --bind 127.0.0.1")
    await api("POST", f"deployments/{made}/start")
    state = await api.until_state("app", lambda state: state["x-jupyter"]["advice"])
    run_id = state["x-jupyter"]["advice_run"]
    answer = await api("POST", f"runs/{run_id}/fix")
    assert (answer.status, answer.body["type"]) == (200, "deployment")
    assert "HOST" in answer.body["spec"]["command"]
    assert answer.body["state"]["x-jupyter"]["needs_restart"]
    await api.down("app")


async def test_each_change_is_one_event_that_holds_no_values(
    api: Api, jp_serverapp: ServerApp
) -> None:
    heard: list[tuple[str, dict[str, Any]]] = []

    async def listen(logger: EventLogger, schema_id: str, data: dict[str, Any]) -> None:
        heard.append((schema_id, data))

    deployment, instance = events.SCHEMA.format("deployment"), events.SCHEMA.format("instance")
    assert jp_serverapp.event_logger is not None
    for name in ("job", "run", "deployment", "instance"):
        jp_serverapp.event_logger.add_listener(
            schema_id=events.SCHEMA.format(name), listener=listen
        )
    made = await api.up("app", environment_variables={"KEY": "s3cret"})
    await api.down("app")
    await api("DELETE", f"deployments/{made}")
    for _ in range(500):
        if heard and heard[-1][1].get("change") == "deleted":
            break
        await asyncio.sleep(0.02)
    assert heard[-1] == (
        deployment,
        {"deployment_id": made, "name": "app", "project": str(api.project), "change": "deleted"},
    )
    assert {schema for schema, _ in heard} == {deployment, instance}
    assert heard[0][1]["change"] == "created"
    states = [data["state"] for schema, data in heard if schema == instance]
    assert (states[:2], states[-1]) == (["queued", "starting"], "stopped")
    assert states.count("running") >= 2  # it runs, then it is ready
    of_instance = next(data for schema, data in heard if schema == instance)
    assert (of_instance["deployment_id"], of_instance["deployment_name"]) == (made, "app")
    assert "s3cret" not in json.dumps(heard)


ODD = [None, 0, -1, 1.5, True, "", "x", [], {}, [[]], {"a": 1}, "\0", "a" * 5000, 2**70]


@pytest.mark.parametrize(
    "field",
    "name command scale image instance_type tags working_directory environment_variables"
    " start_script description routes viewers x-jupyter owner".split(),
)
async def test_odd_values_are_taken_or_refused_and_never_a_failure(api: Api, field: str) -> None:
    made = await api.deployment("app", "true")
    for odd in ODD:
        recipe = {"type": "deployment", "spec": {"name": "b", "command": "true", field: odd}}
        for method, path, body in (
            ("POST", "recipes", recipe),
            ("PUT", "recipes", recipe),
            ("PATCH", f"deployments/{made}", {"spec": {field: odd}}),
        ):
            answer = await api(method, path, body)
            assert answer.status in (200, 201, 409, 422), (method, odd, answer)
            if answer.status == 422:
                assert all(each["message"] and each["fix"] for each in answer.body["errors"])


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b'"a"', b'{"spec": 1}', b"\xff"])
async def test_bodies_that_are_no_wish_are_refused(api: Api, raw: bytes) -> None:
    made = await api.deployment("app", "true")
    for method, path in (
        ("PATCH", f"deployments/{made}"),
        ("POST", f"deployments/{made}/rollback"),
        ("POST", "deployments/stop"),
        ("POST", "deployments/delete"),
    ):
        assert (await api(method, path, raw=raw)).status in (400, 422), path


@pytest.mark.parametrize("key", ["x", "-1", "9" * 30, "%00", "1.5", "%C2%B2"])
async def test_a_page_of_revisions_that_never_was_is_refused(api: Api, key: str) -> None:
    made = await api.deployment("app")
    answer = await api("GET", f"deployments/{made}/revisions?next_key={key}")
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "next_key")


@pytest.mark.parametrize("odd", ["%00", "x" * 3000, "..%2Fa", "%F0%9F%98%80", "a b", "'--"])
async def test_an_id_that_never_was_is_not_found(api: Api, odd: str) -> None:
    for method, path, body in (
        ("PATCH", "", {"spec": {}}),
        ("DELETE", "", None),
        ("POST", "/start", None),
        ("POST", "/stop", None),
        ("POST", "/rollback", {"revision": 1}),
        ("GET", "/instances", None),
        ("GET", "/revisions", None),
        ("GET", "/code", None),
    ):
        assert (await api(method, f"deployments/{odd}{path}", body)).status == 404, path


async def test_saturn_s_pods_are_the_lives_of_instances(api: Api) -> None:
    made = await api.deployment("app", told_pids(api) + SERVES, start_script="echo begun")
    query = f"workload_type=deployment&workload_id={made}"
    assert (await api("GET", f"active/pods?{query}")).body["pod_summaries"] == []
    assert (await api("GET", f"deployments/{made}/logs")).body == {"logs": ""}
    await api("POST", f"deployments/{made}/start")
    await api.until_state("app", lambda state: state["x-jupyter"]["ready"] == 1)
    [first] = (await api("GET", f"active/pods?{query}")).body["pod_summaries"]
    whole = (await api("GET", f"active/pods/{first['name']}")).body
    assert (first["status"], first["labels"]["saturncloud.io/resource-id"]) == ("running", made)
    assert whole["container_summaries"][0]["previous"] is None
    await asyncio.to_thread(_kill, api.project / "pids")
    await api.until_state("app", _has_restarted)

    [second] = (await api("GET", f"active/pods?{query}")).body["pod_summaries"]
    assert second["name"] == first["name"][:-1] + "2"
    path = f"active/pods/{second['name']}"
    [container] = (await api("GET", path)).body["container_summaries"]
    before = container["previous"]
    assert (before["exit_code"], before["status"], before["logs"][:6]) == (137, "error", "begun\n")
    assert before["finished_at"] and container["finished_at"] is None
    logs = (await api("GET", f"{path}/logs?previous=true")).body["logs"]
    assert logs == before["logs"]
    await api.down("app")
    assert (await api("GET", f"active/pods?{query}")).body["pod_summaries"] == []
    past = (await api("GET", f"deployments/{made}/history")).body["pods"]
    assert [(pod["pod_name"], pod["status"]) for pod in past] == [
        (first["name"], "error"),
        (second["name"], "stopped"),
    ]
    log = await api("GET", f"deployments/{made}/logs?pod_name={first['name']}")
    assert log.body["logs"].startswith("begun\n")


def _has_restarted(state: JSON) -> bool:
    own = state["x-jupyter"]
    return own["ready"] == 1 and own["instances"][0]["restarts"] == 1


async def test_an_instance_that_waits_for_its_next_life_is_a_live_pod(api: Api) -> None:
    made = await api.deployment("app", "echo sorry; exit 3")
    await api("POST", f"deployments/{made}/start")
    await api.until_state("app", lambda state: state["status"] == "error")
    query = f"workload_type=deployment&workload_id={made}"
    [pod] = (await api("GET", f"active/pods?{query}")).body["pod_summaries"]
    [container] = (await api("GET", f"active/pods/{pod['name']}")).body["container_summaries"]
    assert (container["logs"], container["exit_code"]) in (("sorry\n", 3), ("", None))
    await api.down("app")


async def test_pods_are_of_the_resource_that_is_asked_for(api: Api) -> None:
    job, made = await api.job("a"), await api.up("b")
    [pod] = (await api("GET", f"active/pods?workload_type=deployment&workload_id={made}")).body[
        "pod_summaries"
    ]
    for path in (
        f"active/pods?workload_type=deployment&workload_id={job}",
        f"active/pods?workload_type=job&workload_id={made}",
        f"jobs/{made}/history",
        f"deployments/{job}/history",
        f"deployments/{job}/logs",
        f"jobs/{job}/logs?pod_name={pod['name']}",
    ):
        assert (await api("GET", path)).status == 404, path
    answer = await api("GET", f"active/pods?workload_type=workspace&workload_id={made}")
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "workload_type")
    await api.down("b")


async def test_an_instance_that_is_stopped_by_itself_is_followed_by_another(api: Api) -> None:
    await api.up("app")
    [old] = (await api.state("app"))["x-jupyter"]["instances"]
    assert (await api("POST", f"runs/{old['id']}/stop")).status == 200
    await api.until_state(
        "app",
        lambda state: (
            state["x-jupyter"]["ready"] == 1
            and [item["id"] for item in state["x-jupyter"]["instances"]] != [old["id"]]
        ),
    )
    await api.down("app")


async def test_what_is_there_of_a_run_is_there_of_an_instance(api: Api) -> None:
    await api.up("app", start_script="echo begun")
    [alive] = (await api.state("app"))["x-jupyter"]["instances"]
    run = f"runs/{alive['id']}"
    assert (await api("DELETE", run)).status == 409
    assert (await api("POST", f"{run}/fix")).status == 409
    for state in ("running", "stopped"):
        seen = (await api("GET", run)).body
        assert (seen["state"], seen["max_attempts"]) == (state, None)
        assert (await api("GET", f"{run}/metrics")).status == 200
        assert (await api("GET", f"{run}/changes")).status == 200
        assert (await api("GET", f"{run}/notebook")).status == 404
        found = (await api("GET", f"{run}/log/search?q=begun")).body
        assert found["count"] == 1
        if state == "running":
            await api.down("app")
    assert (await api("PATCH", run, {"pinned": True})).body["pinned"] is True
    assert (await api("DELETE", run)).status == 200
    assert (await api("GET", run)).status == 404
