"""What the server tells others: events, metrics, activity, an audit line for each change."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_events import EventLogger
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import HTTPResponse

from jupyter_saturn_deploy import events
from tests.api.conftest import Api

RUN, JOB = events.SCHEMA.format("run"), events.SCHEMA.format("job")


async def test_each_change_is_one_event_that_holds_no_values(
    api: Api, jp_serverapp: ServerApp
) -> None:
    heard: list[tuple[str, dict[str, Any]]] = []

    async def listen(logger: EventLogger, schema_id: str, data: dict[str, Any]) -> None:
        heard.append((schema_id, data))

    assert jp_serverapp.event_logger is not None
    for schema_id in (RUN, JOB):
        jp_serverapp.event_logger.add_listener(schema_id=schema_id, listener=listen)
    job_id = await api.job("a", "exit 3", environment_variables={"KEY": "s3cret"})
    run = await api.ended(job_id)
    await api("DELETE", f"jobs/{job_id}")
    for _ in range(200):
        if heard and heard[-1] == (
            JOB,
            {"job_id": job_id, "name": "a", "project": str(api.project), "change": "deleted"},
        ):
            break
        await asyncio.sleep(0.02)
    states = [data["state"] for schema_id, data in heard if schema_id == RUN]
    # That its runs went too is said by the job's one event.
    assert states == ["queued", "starting", "running", "error"]
    assert [data["change"] for schema_id, data in heard if schema_id == JOB] == [
        "created",
        "deleted",
    ]
    failed = next(data for _, data in heard if data.get("state") == "error")
    assert (failed["run_id"], failed["exit_code"], failed["reason"]) == (run["id"], 3, "exit")
    assert "s3cret" not in json.dumps(heard)


async def test_metrics_count_runs_by_state(
    api: Api, jp_fetch: Callable[..., Awaitable[HTTPResponse]]
) -> None:
    async def value(name: str) -> float:
        text = (await jp_fetch("metrics")).body.decode()
        return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))

    failed = 'saturn_deploy_runs_ended_total{state="error"}'
    before = await value(failed), await value("saturn_deploy_start_latency_seconds_count")
    await api.ended(await api.job("a", "false"))
    job_id = await api.job("b", "sleep 1000")
    ids = [await api.start(job_id) for _ in range(3)]
    for run_id in ids[:2]:
        await api.until(run_id, "running")
    await asyncio.sleep(0.05)
    assert await value('saturn_deploy_runs{state="running"}') == 2
    assert await value("saturn_deploy_queue_length") == 1
    await api("POST", f"jobs/{job_id}/stop")
    for run_id in ids:
        await api.until(run_id, "stopped")
    after = await value(failed), await value("saturn_deploy_start_latency_seconds_count")
    assert after == (before[0] + 1, before[1] + 3)


async def test_a_server_with_active_runs_is_not_idle(api: Api, jp_serverapp: ServerApp) -> None:
    [app] = jp_serverapp.extension_manager.extension_apps["jupyter_saturn_deploy"]
    assert app.current_activity() is None
    run_id = await api.start(await api.job("a", "sleep 1000"))
    await api.until(run_id, "running")
    assert list(app.current_activity()) == [run_id]
    await api("POST", f"runs/{run_id}/stop")
    await api.until(run_id, "stopped")
    await asyncio.sleep(0.05)
    assert app.current_activity() is None


async def test_a_run_of_a_deleted_job_is_no_activity(
    api: Api, jp_serverapp: ServerApp, state_dir: Path
) -> None:
    [app] = jp_serverapp.extension_manager.extension_apps["jupyter_saturn_deploy"]
    job_id = await api.job("a", "sleep 1000")
    run_id = await api.start(job_id)
    await api.until(run_id, "running")
    await api("DELETE", f"jobs/{job_id}")
    for _ in range(200):
        if app.current_activity() is None:
            break
        await asyncio.sleep(0.02)
    assert app.current_activity() is None
    for _ in range(500):
        if not (state_dir / "runs" / run_id).exists():
            break
        await asyncio.sleep(0.02)
    assert not (state_dir / "runs" / run_id).exists()


async def test_who_changed_what_is_written_down_and_no_value_is(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    job_id = await api.job("a", "echo $KEY", environment_variables={"KEY": "s3cret"})
    run = await api.ended(job_id)
    await api("DELETE", f"jobs/{job_id}")
    for line in (f"create job {job_id}", f"start job {job_id} run {run['id']}"):
        assert line in caplog.text
    assert f"delete job {job_id}" in caplog.text
    assert "s3cret" not in caplog.text
