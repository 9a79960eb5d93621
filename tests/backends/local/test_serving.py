"""Instances on this machine: where they are seen to listen, how they go, what is kept of them."""

from __future__ import annotations

import asyncio
import struct
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_saturn_deploy.backends.local import backend as local
from jupyter_saturn_deploy.backends.local.serving import Watch
from jupyter_saturn_deploy.models.errors import StoreUnavailable
from jupyter_saturn_deploy.models.runs import KEPT_LIVES, Reason, Run, RunState, Serving
from tests.apps import APP, RUN, ask
from tests.backends.contract import app, eventually, key, opened, with_wish
from tests.backends.local.conftest import ThisMachine


def test_one_that_listens_on_another_port_is_found_after_a_while(place: ThisMachine) -> None:
    port = local.free_port()
    run = place.instance(f"{RUN} {port}", environment_variables={"APP": APP})

    async def scene() -> None:
        async with opened(place) as (backend, journal):
            await backend.start(run)
            began = await journal.running(run)
            serving = await journal.serving(run)
            assert serving.port == port != serving.given
            assert 3 <= serving.at - began.at < 6
            assert await ask(port, "env/PORT") == str(serving.given)
            await backend.stop(with_wish(run))
            await journal.end(run)

    asyncio.run(scene())


def test_one_that_others_can_reach_is_told_of(place: ThisMachine) -> None:
    run = place.instance(f"HOST=0.0.0.0; {RUN}", environment_variables={"APP": APP})

    async def scene() -> None:
        async with opened(place) as (backend, journal):
            await backend.start(run)
            serving = await journal.serving(run)
            assert serving.beyond and serving.host == "127.0.0.1"
            await backend.stop(with_wish(run))
            await journal.end(run)

    asyncio.run(scene())


def test_one_that_stops_listening_is_seen_not_to_serve(
    place: ThisMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "_PORT_SCAN", 0.1)
    run = app(place)

    async def scene() -> None:
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await ask((await journal.serving(run)).port, "deaf")
            await eventually(lambda: journal.of(run)[-1].serving is None)
            assert journal.of(run)[-1].state is RunState.RUNNING
            await backend.stop(with_wish(run))
            await journal.end(run)

    asyncio.run(scene())


@pytest.mark.parametrize("error", [OSError(24, "Too many open files"), struct.error("short")])
def test_one_is_looked_for_again_when_the_system_would_not_say(
    place: ThisMachine, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    really, asked = Watch.look, list[str]()

    def refused(watch: Watch) -> Serving | None:
        asked.append("once")
        if len(asked) < 3:
            raise error
        return really(watch)

    monkeypatch.setattr(Watch, "look", refused)
    monkeypatch.setattr(local, "_SCAN", 0.1)
    run = app(place)

    async def scene() -> None:
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.serving(run)
            await backend.stop(with_wish(run))
            await journal.end(run)

    asyncio.run(scene())


def test_one_that_nobody_can_see_is_replaced_all_the_same(
    place: ThisMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(watch: Watch) -> Serving | None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(Watch, "look", refused)
    run = app(place)

    async def scene() -> None:
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.running(run)
            await backend.stop(with_wish(run, Reason.REPLACED))
            await journal.end(run)

    asyncio.run(scene())


def test_one_that_can_be_given_no_token_begins_anew(
    place: ThisMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = app(place)

    def no_key(run: Run) -> str:
        raise StoreUnavailable("the key of the tokens can't be used")

    async def scene() -> None:
        async with opened(place) as (backend, journal):
            monkeypatch.setattr(backend, "_token_for", no_key)
            await backend.start(run)
            seen = await journal.end(run)
            assert (seen.state, seen.reason) == (RunState.RETRYING, Reason.NOT_STARTED)
            assert seen.detail == "the key of the tokens can't be used"

    asyncio.run(scene())


def test_one_that_stopped_listening_while_nobody_looked_is_seen_at_once(
    place: ThisMachine,
) -> None:
    run = app(place)

    async def scene() -> None:
        async with opened(place) as (backend, journal):
            await backend.start(run)
            serving = await journal.serving(run)
        await ask(serving.port, "deaf")
        known = replace(run, state=RunState.RUNNING, serving=serving)
        async with opened(place, known) as (backend, journal):
            await eventually(lambda: [seen.serving for seen in journal.of(run)] == [serving, None])
            await backend.stop(with_wish(known))
            await journal.end(run)

    asyncio.run(scene())


def test_the_delays_between_lives_grow_until_one_lasts(
    place: ThisMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_saturn_deploy.models.runs.LONG_LIFE", 0.5)

    async def scene() -> None:
        async with opened(place) as (backend, journal):
            made = place.instance("sleep $((SATURN_ATTEMPT / 4)); false")
            waited = []
            for attempt in range(1, 5):
                run = replace(made, attempt=attempt)
                await backend.start(run)
                seen = await journal.end(run)
                assert seen.next_attempt_at is not None
                waited.append(seen.next_attempt_at - seen.at)
                made = replace(made, crashes=seen.crashes)
            assert waited == pytest.approx([1, 2, 4, 1])

    asyncio.run(scene())


def test_one_whose_supervisor_was_killed_is_swept_and_begins_anew(place: ThisMachine) -> None:
    run = app(place)

    async def scene() -> None:
        async with opened(place) as (backend, journal):
            await backend.start(run)
            port = (await journal.serving(run)).port
            place.shim(run).kill()
            seen = await journal.end(run)
            assert (seen.state, seen.reason, seen.crashes) == (RunState.RETRYING, Reason.LOST, 1)
            assert not place.alive(run)
            with pytest.raises(OSError):
                await ask(port)

    asyncio.run(scene())


def test_one_that_nobody_uses_is_replaced_soon(place: ThisMachine) -> None:
    run = app(place)

    async def scene() -> None:
        async with opened(place) as (backend, journal):
            await backend.start(run)
            port = (await journal.serving(run)).port
            began = time.monotonic()
            await backend.stop(with_wish(run, Reason.REPLACED))
            # Whoever has not noticed yet still gets an answer.
            await asyncio.sleep(0.2)
            assert await ask(port) == f"{run.id} 1"
            await journal.end(run)
            assert 0.4 < time.monotonic() - began < 3

    asyncio.run(scene())


def test_one_that_is_used_for_ever_is_replaced_all_the_same(
    place: ThisMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "DRAIN", 0.5)
    run = app(place)

    async def scene() -> None:
        async with opened(place) as (backend, journal):
            await backend.start(run)
            asked = asyncio.create_task(ask((await journal.serving(run)).port, "slow/60"))
            await asyncio.sleep(0.1)
            await backend.stop(with_wish(run, Reason.REPLACED))
            assert (await journal.end(run)).state is RunState.STOPPED
            assert await asked == "slow "

    asyncio.run(scene())


def test_one_that_is_being_replaced_answers_though_the_server_restarts(place: ThisMachine) -> None:
    run = app(place)

    async def scene() -> None:
        async with opened(place) as (backend, journal):
            await backend.start(run)
            serving = await journal.serving(run)
            asked = asyncio.create_task(ask(serving.port, "slow/1.5"))
            await asyncio.sleep(0.1)
            await backend.stop(with_wish(run, Reason.REPLACED))
            await asyncio.sleep(0.1)
        going = replace(with_wish(run, Reason.REPLACED), serving=serving)
        async with opened(place, going) as (_, journal):
            assert await asked == f"slow {run.id} 1"
            assert (await journal.end(run)).state is RunState.STOPPED

    asyncio.run(scene())


def test_one_that_is_replaced_before_it_serves_goes_soon(place: ThisMachine) -> None:
    run = place.instance("sleep 60")

    async def scene() -> None:
        async with opened(place) as (backend, journal):
            await backend.start(run)
            await journal.running(run)
            await backend.stop(with_wish(run, Reason.REPLACED))
            assert (await journal.end(run)).state is RunState.STOPPED
            assert not place.alive(run)

    asyncio.run(scene())


def lives(place: ThisMachine, run: Run) -> list[int]:
    """Of which something is kept."""
    return sorted(int(path.name) for path in place.directory(run).parent.iterdir())


def test_of_the_lives_of_an_instance_the_latest_are_kept(place: ThisMachine) -> None:
    made = place.instance("echo $SATURN_ATTEMPT; false")

    async def scene() -> None:
        async with opened(place) as (backend, journal):
            for attempt in range(1, KEPT_LIVES + 3):
                run = replace(made, attempt=attempt)
                await backend.start(run)
                await journal.end(run)
                assert lives(place, run) == list(range(max(attempt - 9, 1), attempt + 1))
                assert backend.log(*key(run)).read_text() == f"{attempt}\n"

    asyncio.run(scene())


def test_lives_that_a_crash_left_are_forgotten_with_the_next_and_of_a_job_none(
    place: ThisMachine,
) -> None:
    instance, job = place.instance("false"), place.run("false", retries=50)
    for run in (instance, job):
        for attempt in (1, 2, 3, 25):
            left = place.directory(replace(run, attempt=attempt))
            left.mkdir(parents=True, mode=0o700)
            (left / "log").write_text("old")
    closed = place.directory(replace(instance, attempt=2)) / "project"
    closed.mkdir(mode=0o500)

    async def scene() -> None:
        async with opened(place) as (backend, journal):
            for run in (instance, job):
                run = replace(run, attempt=30)
                await backend.start(run)
                await journal.end(run)

    asyncio.run(scene())
    assert lives(place, instance) == [25, 30]
    assert lives(place, job) == [1, 2, 3, 25, 30]


def test_a_disk_that_keeps_old_lives_keeps_nobody_from_serving(
    place: ThisMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path) -> None:
        raise OSError("not now")

    monkeypatch.setattr("jupyter_saturn_deploy.backends.local.attempt.remove", refused)
    run = replace(app(place), attempt=12)
    place.directory(replace(run, attempt=1)).mkdir(parents=True)

    async def scene() -> None:
        async with opened(place) as (backend, journal):
            await backend.start(run)
            with suppress(OSError):
                await ask((await journal.serving(run)).port, "die/0")
            assert (await journal.end(run)).exit_code == 0

    asyncio.run(scene())
    assert lives(place, run) == [1, 12]
