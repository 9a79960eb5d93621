"""Schedules over HTTP."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from jupyter_saturn_deploy.store.db import Database, Store
from tests.api.conftest import JSON, Api

YEARLY = "0 6 1 1 *"


@pytest.fixture
def store(state_dir: Path) -> Iterator[Store]:
    """The server's, as another process would open it."""
    store = Store(state_dir / "store.sqlite", logging.getLogger("test"))
    yield store
    store.close()


async def state(api: Api, name: str = "a") -> JSON:
    return (await api("GET", f"recipes/job/{name}")).body["state"]["x-jupyter"]


async def test_a_schedule_is_told_in_words_with_its_next_fires(api: Api) -> None:
    shown = (await api("GET", "schedule?expression=30 6 * * 1-5&time_zone=Europe/Berlin")).body
    assert shown["words"] == "at 06:30 on Monday to Friday, Europe/Berlin time"
    assert len(shown["next"]) == 5
    assert all(fire["wall"].endswith(" 06:30") for fire in shown["next"])
    assert shown["next"] == sorted(shown["next"], key=lambda fire: fire["at"])
    many = (await api("GET", "schedule?expression=@hourly&count=50")).body["next"]
    assert len(many) == 50


async def test_a_schedule_that_never_fires_says_so_and_is_stored_with_a_warning(api: Api) -> None:
    shown = (await api("GET", "schedule?expression=0 0 31 2 *")).body
    assert (shown["never"], shown["next"]) == (True, [])
    recipe = {"type": "job", "spec": {"name": "a", "command": "true", "schedule": "0 0 31 2 *"}}
    answer = await api("POST", "recipes", recipe)
    assert answer.status == 201
    assert "never" in answer.body["warnings"][0]
    told = await state(api)
    assert told["next_fire"] is None
    assert told["schedule"]["never"] is True


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("expression=* * * * * *", "expression"),
        ("expression=", "expression"),
        ("time_zone=UTC", "expression"),
        ("expression=@daily&time_zone=Mars/Olympus", "time_zone"),
        ("expression=@daily&count=0", "count"),
        ("expression=" + "9" * 1000, "expression"),
    ],
)
async def test_what_is_no_schedule_is_422_with_a_way_out(api: Api, query: str, field: str) -> None:
    answer = await api("GET", f"schedule?{query}")
    assert answer.status == 422
    assert answer.body["errors"][0]["field"] == field
    assert answer.body["errors"][0]["fix"]


async def test_a_scheduled_job_shows_when_it_is_due(api: Api) -> None:
    await api.job("a", schedule=YEARLY, **{"x-jupyter": {"time_zone": "Europe/Berlin"}})
    told = await state(api)
    assert told["next_fire"].endswith("-01-01T05:00:00.000Z")
    assert told["schedule"]["words"].endswith("Europe/Berlin time")
    assert told["schedule"]["time_zone"] == "Europe/Berlin"
    assert (told["schedule"]["never"], told["schedule"]["overdue_since"]) == (False, None)
    assert told["schedule"]["last_slot"] is None
    await api.job("b")
    told = await state(api, "b")
    assert (told["next_fire"], told["schedule"]) == (None, None)


async def test_a_schedule_is_switched_off_and_on_without_being_lost(api: Api) -> None:
    job_id = await api.job("a", schedule=YEARLY)
    off = await api("POST", f"jobs/{job_id}/unschedule")
    assert off.body["spec"]["x-jupyter"]["suspended"] is True
    assert (await state(api))["next_fire"] is None
    assert (await api("GET", "recipes/job/a")).body["spec"]["schedule"] == YEARLY
    on = await api("POST", f"jobs/{job_id}/schedule")
    assert on.body["spec"]["x-jupyter"]["suspended"] is False
    assert on.body["state"]["x-jupyter"]["next_fire"] is not None
    again = await api("POST", f"jobs/{job_id}/schedule")
    assert again.body["state"] == on.body["state"]


async def test_what_has_no_schedule_can_not_be_switched(api: Api) -> None:
    job_id = await api.job("a")
    for action in ("schedule", "unschedule"):
        answer = await api("POST", f"jobs/{job_id}/{action}")
        assert (answer.status, answer.body["errors"][0]["field"]) == (422, "schedule")
        assert (await api("POST", f"jobs/{'0' * 32}/{action}")).status == 404


async def test_saturn_s_client_gives_and_takes_a_schedule(api: Api) -> None:
    job_id = await api.job("a", **{"x-jupyter": {"starting_deadline": None}})
    for schedule, expected in ((YEARLY, YEARLY), (None, None), ("@daily", "@daily"), ("", None)):
        body = {"cron_schedule_options": {"schedule": schedule}}
        answer = await api("PATCH", f"jobs/{job_id}", body)
        assert answer.body["spec"]["schedule"] == expected
        assert answer.body["spec"]["x-jupyter"]["starting_deadline"] is None
        assert (answer.body["state"]["x-jupyter"]["schedule"] is None) is (expected is None)
    refused = await api("PATCH", f"jobs/{job_id}", {"cron_schedule_options": {"schedule": "x"}})
    assert [error["field"] for error in refused.body["errors"]] == ["spec.schedule"]
    for wrong in (None, 1, {}, {"schedule": 5}, {"schedule": YEARLY, "more": 1}):
        answer = await api("PATCH", f"jobs/{job_id}", {"cron_schedule_options": wrong})
        assert (answer.status, answer.body["errors"][0]["field"]) == (422, "cron_schedule_options")


async def test_the_same_recipe_again_leaves_the_schedule_as_it_is(api: Api) -> None:
    spec = {"name": "a", "command": "true", "schedule": "@every 36h"}
    first = await api("PUT", "recipes", {"type": "job", "spec": spec})
    await asyncio.sleep(1.1)
    again = await api("PUT", "recipes", {"type": "job", "spec": spec})
    assert [each.status for each in (first, again)] == [201, 200]
    due = [each.body["state"]["x-jupyter"]["next_fire"] for each in (first, again)]
    assert due[0] == due[1]
    other = {**spec, "schedule": "@every 35h"}
    changed = await api("PUT", "recipes", {"type": "job", "spec": other})
    assert changed.body["state"]["x-jupyter"]["next_fire"] < due[0]


async def test_slots_page_from_the_latest_on(api: Api, store: Store) -> None:
    job_id = await api.job("a", schedule=YEARLY)
    now = datetime.now(timezone.utc)
    times = [(now - timedelta(minutes=n)).replace(microsecond=0) for n in range(5)]

    def fill(db: Database) -> None:
        for at in times:
            db.execute(
                "INSERT INTO slots VALUES (?, ?, 'missed', 'off', 2, NULL)",
                (job_id, at.timestamp()),
            )

    await store.write(fill)
    page = (await api("GET", f"jobs/{job_id}/slots?limit=3")).body
    rest = (await api("GET", f"jobs/{job_id}/slots?limit=3&next_key={page['next_key']}")).body
    shown = page["slots"] + rest["slots"]
    assert [slot["scheduled_for"] for slot in shown] == [
        at.isoformat(timespec="milliseconds").replace("+00:00", "Z") for at in times
    ]
    assert rest["next_key"] is None
    assert shown[0]["count"] == 2 and shown[0]["run_id"] is None
    since = times[1].isoformat().replace("+00:00", "Z")
    some = (await api("GET", f"jobs/{job_id}/slots?since={since}")).body["slots"]
    assert len(some) == 2
    assert (await state(api))["schedule"]["last_slot"] == shown[0]
    for wrong in ("since=yesterday", "next_key=x", "limit=0"):
        assert (await api("GET", f"jobs/{job_id}/slots?{wrong}")).status == 422
    assert (await api("GET", f"jobs/{'0' * 32}/slots")).status == 404


async def test_a_due_slot_becomes_a_run_that_says_so(api: Api, store: Store) -> None:
    job_id = await api.job("a", "true", schedule="* * * * *")
    slot = time.time() // 60 * 60
    due = "UPDATE schedules SET next_fire = ?, following = ?"
    await store.write(lambda db: db.execute(due, (slot, slot + 60)).rowcount)
    # Any edit has the engine look at the schedule.
    await api("PATCH", f"jobs/{job_id}", {"spec": {"retries": 1}})
    deadline = time.monotonic() + 10
    while not (found := (await api("GET", f"jobs/{job_id}/runs")).body["runs"]):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    run = await api.until(found[-1]["id"], "completed")
    assert run["trigger"] in ("schedule", "catch-up")
    assert datetime.fromisoformat(run["scheduled_for"].replace("Z", "+00:00")).timestamp() == slot
    slots = (await api("GET", f"jobs/{job_id}/slots")).body["slots"]
    assert (slots[-1]["outcome"], slots[-1]["run_number"]) == ("started", 1)
    told = await state(api)
    assert told["next_fire"] > run["scheduled_for"]


async def test_without_jupyterhub_nobody_ends_an_idle_server(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await api("GET", "status")).body["culled"] is False
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "x")
    assert (await api("GET", "status")).body["culled"] is True
