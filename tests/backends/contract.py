"""What every backend is held to. A backend's own test module derives from `BackendContract` and
brings a fixture `place`, where runs run for real."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any, Protocol

from jupyter_saturn_deploy.backends.base import Backend
from jupyter_saturn_deploy.models.runs import (
    ACTIVE,
    FINAL,
    Observation,
    Reason,
    Run,
    RunState,
    Serving,
    legal,
)
from tests.apps import APP, RUN, ask

DEADLINE = 10.0
ENDED = FINAL | {RunState.RETRYING}


class Place(Protocol):
    """Where a backend runs things."""

    def backend(self) -> Backend:
        """A backend over this place, as after a restart of the server. Grace 0.5 s."""

    def run(self, command: str, **spec: Any) -> Run:
        """A run that control has just written down as starting, attempt 1."""

    def instance(self, command: str, **spec: Any) -> Run:
        """The same of a deployment, whose name is `app`."""

    def alive(self, run: Run) -> Sequence[object]:
        """Whatever lives of that run."""


async def eventually(check: Callable[[], bool], within: float = DEADLINE) -> None:
    deadline = time.monotonic() + within
    while not check():
        assert time.monotonic() < deadline, f"it did not happen within {within} s"
        await asyncio.sleep(0.01)


class Journal:
    """Everything that a backend observed, in order."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.entries: list[Observation] = []

    async def write(self) -> None:
        async for observation in self.backend.facts():
            self.entries.append(observation)

    def of(self, run: Run) -> list[Observation]:
        return [seen for seen in self.entries if (seen.run_id, seen.attempt) == key(run)]

    async def until(self, run: Run, *states: RunState) -> Observation:
        """The first observation of this attempt in one of `states`."""

        def found() -> list[Observation]:
            return [seen for seen in self.of(run) if seen.state in states]

        await eventually(lambda: bool(found()))
        return found()[0]

    async def running(self, run: Run) -> Observation:
        return await self.until(run, RunState.RUNNING)

    async def serving(self, run: Run) -> Serving:
        """Where it can be reached, once it can be."""
        await eventually(lambda: any(seen.serving for seen in self.of(run)))
        return next(seen.serving for seen in self.of(run) if seen.serving)

    async def end(self, run: Run) -> Observation:
        """How its attempt ended, whatever became of the run."""
        return await self.until(run, *ENDED)


def key(run: Run) -> tuple[str, int]:
    return run.id, run.attempt


@asynccontextmanager
async def opened(place: Place, *active: Run) -> AsyncIterator[tuple[Backend, Journal]]:
    backend = place.backend()
    await backend.open(active)
    journal = Journal(backend)
    writing = asyncio.create_task(journal.write())
    try:
        yield backend, journal
    finally:
        await backend.close()
        await asyncio.wait_for(writing, DEADLINE)


def with_wish(run: Run, reason: Reason = Reason.USER) -> Run:
    """As control hands it over once somebody wished it stopped."""
    return replace(run, state=RunState.STOPPING, stop_reason=reason.value)


def app(place: Place) -> Run:
    """An instance of the little app."""
    return place.instance(RUN, environment_variables={"APP": APP})


def text(backend: Backend, run: Run) -> str:
    return backend.log(*key(run)).read_text()


class BackendContract:
    def carry_out(self, place: Place, run: Run) -> tuple[list[Observation], str]:
        """All observations of one attempt from start to end, and its log."""

        async def scene() -> tuple[list[Observation], str]:
            async with opened(place) as (backend, journal):
                await backend.start(run)
                await journal.end(run)
                return journal.of(run), text(backend, run)

        return asyncio.run(scene())

    def outcome(self, place: Place, run: Run) -> Observation:
        return self.carry_out(place, run)[0][-1]

    def play(self, scene: Callable[[], Awaitable[None]]) -> None:
        async def played() -> None:
            await scene()

        asyncio.run(played())

    def test_a_command_that_ends_well_is_seen_running_then_completed(self, place: Place) -> None:
        before = time.time()
        run = place.run("echo one; sleep 0.2; echo two")
        (running, completed), log = self.carry_out(place, run)
        assert (running.state, completed.state) == (RunState.RUNNING, RunState.COMPLETED)
        assert completed.exit_code == 0
        assert completed.reason is None and completed.detail is None
        assert before <= running.at <= completed.at - 0.2 <= time.time()
        assert log == "one\ntwo\n"

    def test_every_step_it_observes_is_legal(self, place: Place) -> None:
        for command in ("true", "false", "exit 127"):
            state = RunState.STARTING
            for seen in self.carry_out(place, place.run(command, retries=1))[0]:
                assert legal(state, seen.state)
                state = seen.state

    def test_an_exit_code_other_than_0_is_an_error_with_the_log_s_end_as_evidence(
        self, place: Place
    ) -> None:
        command = r"echo working; printf '\033[31mValueError: \033[1mno\033[0m\n\n'; exit 3"
        seen = self.outcome(place, place.run(command))
        assert (seen.state, seen.reason, seen.exit_code) == (RunState.ERROR, Reason.EXIT, 3)
        assert seen.evidence and seen.evidence.tail == "working\nValueError: no\n\n"

    def test_a_command_killed_by_a_signal_says_which(self, place: Place) -> None:
        seen = self.outcome(place, place.run("sh -c 'kill -SEGV $$'"))
        assert (seen.state, seen.exit_code, seen.signal) == (RunState.ERROR, 139, 11)

    def test_a_failed_attempt_is_retried_while_retries_remain(self, place: Place) -> None:
        async def scene() -> None:
            first = place.run('echo $SATURN_ATTEMPT; [ "$SATURN_ATTEMPT" = 2 ]', retries=1)
            second = replace(first, attempt=2)
            async with opened(place) as (backend, journal):
                await backend.start(first)
                seen = await journal.end(first)
                assert (seen.state, seen.exit_code) == (RunState.RETRYING, 1)
                await backend.start(second)
                assert (await journal.end(second)).state is RunState.COMPLETED
                assert text(backend, first) == "1\n"
                assert text(backend, second) == "2\n"

        self.play(scene)

    def test_the_last_attempt_that_fails_is_an_error(self, place: Place) -> None:
        run = replace(place.run("exit 1", retries=1), attempt=2)
        assert self.outcome(place, run).state is RunState.ERROR

    def test_a_command_that_is_not_found_is_not_retried(self, place: Place) -> None:
        seen = self.outcome(place, place.run("no-such-command-anywhere", retries=3))
        assert (seen.state, seen.exit_code) == (RunState.ERROR, 127)

    def test_the_command_is_taken_byte_for_byte(self, place: Place) -> None:
        cases = {
            "printf '%s|' 'a  b' \"c'd\" e\\ f": "a  b|c'd|e f|",
            "false || echo yes && echo and": "yes\nand\n",
            "X=1; echo $X \"${X}2\" '$X' `echo sub` $(echo two)": "1 12 $X sub two\n",
            "echo grüße 🪐 日本 | cat": "grüße 🪐 日本\n",
            "echo one\necho two\n\n": "one\ntwo\n",
            "cat <<'E'\n$HOME \"quoted\" \\n\nE": '$HOME "quoted" \\n\n',
            "# a comment\necho $#": "0\n",
            "echo 'no end": None,
            "set -- a b; echo $2; (exit 0); echo $?": "b\n0\n",
        }
        for command, output in cases.items():
            seen, log = self.carry_out(place, place.run(command))
            if output is None:
                assert seen[-1].state is RunState.ERROR
            else:
                assert log == output, command

    def test_output_that_is_no_text_is_kept_byte_for_byte(self, place: Place) -> None:
        async def scene() -> None:
            run = place.run(r"printf '\377\376\000\r\n\303'")
            async with opened(place) as (backend, journal):
                await backend.start(run)
                await journal.end(run)
                assert backend.log(*key(run)).read_bytes() == b"\xff\xfe\x00\r\n\xc3"

        self.play(scene)

    def test_environment_variables_arrive_exactly(self, place: Place) -> None:
        values = {
            "PLAIN": "value",
            "QUOTES": "a 'b' \"c\" `d` $(e) $PATH \\",
            "LINES": " first\nsecond\n\n",
            "UNICODE": "grüße 🪐",
            "EMPTY": "",
            "HOME": "/elsewhere",
        }
        command = 'for n in PLAIN QUOTES LINES UNICODE EMPTY HOME; do printf "%s<" "${!n}"; done'
        _, log = self.carry_out(place, place.run(command, environment_variables=values))
        assert log == "".join(value + "<" for value in values.values())

    def test_the_command_is_told_who_it_is_and_nothing_of_the_launcher(self, place: Place) -> None:
        run = place.run("env | grep ^SATURN_ | sort; set | grep -c ^SATURN_")
        _, log = self.carry_out(place, run)
        names = [
            f"SATURN_{name}" for name in ("ATTEMPT", "BASE_URL", "OUTPUT_DIR", "RUN_ID", "TOKEN")
        ]
        *pairs, count = log.splitlines()
        assert [pair.partition("=")[0] for pair in pairs] == names
        assert dict(pair.split("=", 1) for pair in pairs)["SATURN_RUN_ID"] == run.id
        assert int(count) == len(names)

    def test_lines_are_seen_at_once_though_python_thinks_it_writes_to_a_file(
        self, place: Place
    ) -> None:
        async def scene() -> None:
            run = place.run("python3 -c 'import time; print(1); time.sleep(60)'")
            async with opened(place) as (backend, journal):
                await backend.start(run)
                await journal.running(run)
                await eventually(lambda: text(backend, run) == "1\n")
                await backend.stop(with_wish(run))
                await journal.end(run)

        self.play(scene)

    def test_what_the_start_script_sets_reaches_the_command(self, place: Place) -> None:
        script = "export A='it is'\nb=shell\ngreet() { echo hello $1; }\ncd /\ntrap 'echo bye' EXIT"
        run = place.run("echo $A $b $PWD; greet you", start_script=script)
        assert self.carry_out(place, run)[1] == "it is shell /\nhello you\nbye\n"

    def test_a_start_script_that_fails_or_exits_keeps_the_command_from_running(
        self, place: Place
    ) -> None:
        for script, code in {"false; true": 1, "echo hi; exit 7": 7, "exit 0": 1}.items():
            run = place.run("echo the command", start_script=script)
            seen, log = self.carry_out(place, run)
            assert (seen[-1].state, seen[-1].reason) == (RunState.ERROR, Reason.START_SCRIPT)
            assert seen[-1].exit_code == code
            assert "SD104" in log and "the command\n" not in log
            assert seen[-1].evidence and "SD104" in seen[-1].evidence.tail

    def test_a_missing_working_directory_is_told_and_not_retried(self, place: Place) -> None:
        run = place.run("echo the command", working_directory="no/such", retries=2)
        seen, log = self.carry_out(place, run)
        assert (seen[-1].state, seen[-1].reason) == (RunState.ERROR, Reason.WORKING_DIRECTORY)
        assert seen[-1].exit_code == 127
        assert "SD103" in log and "the command" not in log

    def test_a_timeout_ends_the_attempt_with_124_and_is_not_retried(self, place: Place) -> None:
        run = place.run("trap '' TERM; echo begun; sleep 60; sleep 60", timeout=1, retries=2)
        seen, log = self.carry_out(place, run)
        assert (seen[-1].state, seen[-1].reason) == (RunState.ERROR, Reason.TIMEOUT)
        assert seen[-1].exit_code == 124
        assert 1.0 <= seen[-1].at - seen[0].at < 4
        assert log.startswith("begun\n")
        assert not place.alive(run)

    def test_a_stopped_run_leaves_no_process_behind(self, place: Place) -> None:
        async def scene() -> None:
            run = place.run("sleep 60 & sleep 60 | cat", retries=3)
            async with opened(place) as (backend, journal):
                await backend.start(run)
                await journal.running(run)
                await eventually(lambda: len(place.alive(run)) > 2)
                await backend.stop(with_wish(run))
                await backend.stop(with_wish(run))
                seen = await journal.end(run)
                assert (seen.state, seen.reason) == (RunState.STOPPED, "user")
                assert not place.alive(run)

        self.play(scene)

    def test_a_command_may_end_well_when_it_is_stopped(self, place: Place) -> None:
        async def scene() -> None:
            program = (
                "import signal, sys, time\n"
                "def leave(*_): print('tidied up'); sys.exit(5)\n"
                "signal.signal(signal.SIGTERM, leave)\n"
                "print('ready')\n"
                "time.sleep(60)\n"
            )
            run = place.run('python3 -c "$PROGRAM"', environment_variables={"PROGRAM": program})
            async with opened(place) as (backend, journal):
                await backend.start(run)
                await journal.running(run)
                await eventually(lambda: "ready\n" in text(backend, run))
                await backend.stop(with_wish(run))
                seen = await journal.end(run)
                assert (seen.state, seen.exit_code) == (RunState.STOPPED, 5)
                written = text(backend, run)
                assert written == "ready\ntidied up\n", written

        self.play(scene)

    def test_a_stop_right_after_the_start_leaves_nothing_whenever_it_comes(
        self, place: Place
    ) -> None:
        async def scene() -> None:
            async with opened(place) as (backend, journal):
                for milliseconds in range(0, 60, 4):
                    run = place.run("sleep 60")
                    await backend.start(run)
                    await asyncio.sleep(milliseconds / 1000)
                    await backend.stop(with_wish(run))
                    assert (await journal.end(run)).state is RunState.STOPPED
                    assert not place.alive(run)

        self.play(scene)

    def test_starting_twice_runs_it_once(self, place: Place) -> None:
        async def scene() -> None:
            run = place.run("echo once; sleep 0.3")
            async with opened(place) as (backend, journal):
                await backend.start(run)
                await backend.start(run)
                await journal.running(run)
                await backend.start(run)
                await journal.end(run)
                await backend.start(run)
                await eventually(lambda: len(journal.of(run)) >= 4)
                assert text(backend, run) == "once\n"
                assert {seen.exit_code for seen in journal.of(run) if seen.state in ENDED} == {0}

        self.play(scene)

    def test_a_run_goes_on_when_the_server_is_gone_and_is_found_again(self, place: Place) -> None:
        async def scene() -> None:
            run = place.run("for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.1; done; exit 4")
            async with opened(place) as (backend, journal):
                await backend.start(run)
                began = await journal.running(run)
                assert began.used is not None
                log = backend.log(*key(run))
                await eventually(lambda: log.exists() and bool(log.read_bytes()))
            async with opened(place, replace(run, state=RunState.RUNNING)) as (backend, journal):
                assert await journal.running(run) == began
                size = log.stat().st_size
                await eventually(lambda: log.stat().st_size > size)
                seen = await journal.end(run)
                assert (seen.state, seen.exit_code) == (RunState.ERROR, 4)
                assert log.read_text() == "1\n2\n3\n4\n5\n6\n7\n8\n"

        self.play(scene)

    def test_a_run_that_ended_while_nobody_watched_has_its_true_end(self, place: Place) -> None:
        async def scene() -> None:
            run = place.run("sleep 0.2; exit 6")
            async with opened(place) as (backend, journal):
                await backend.start(run)
                began = await journal.running(run)
            await eventually(lambda: not place.alive(run))
            gone = time.time()
            await asyncio.sleep(0.3)
            async with opened(place, replace(run, state=RunState.STARTING)) as (_, journal):
                seen = await journal.end(run)
                assert journal.of(run)[0] == began
                assert (seen.state, seen.exit_code) == (RunState.ERROR, 6)
                assert began.at + 0.2 <= seen.at <= gone

        self.play(scene)

    def test_an_adopted_run_can_be_stopped(self, place: Place) -> None:
        async def scene() -> None:
            run = place.run("sleep 60")
            async with opened(place) as (backend, journal):
                await backend.start(run)
                await journal.running(run)
            async with opened(place, replace(run, state=RunState.RUNNING)) as (backend, journal):
                await backend.stop(with_wish(run))
                assert (await journal.end(run)).state is RunState.STOPPED
            assert not place.alive(run)

        self.play(scene)

    def test_a_run_that_was_to_be_stopped_is_stopped_on_the_next_start(self, place: Place) -> None:
        async def scene() -> None:
            run = place.run("sleep 60")
            async with opened(place) as (backend, journal):
                await backend.start(run)
                await journal.running(run)
            async with opened(place, with_wish(run)) as (_, journal):
                await eventually(lambda: bool(journal.of(run)))
            async with opened(place, with_wish(run)) as (backend, journal):
                await backend.stop(with_wish(run))
                assert (await journal.end(run)).state is RunState.STOPPED
            assert not place.alive(run)

        self.play(scene)

    def test_a_run_that_was_wished_and_never_began_is_begun_on_the_next_start(
        self, place: Place
    ) -> None:
        async def scene() -> None:
            run = place.run("echo late")
            async with opened(place, run) as (backend, journal):
                assert (await journal.end(run)).state is RunState.COMPLETED
                assert text(backend, run) == "late\n"

        self.play(scene)

    def test_a_run_that_never_began_and_is_to_be_stopped_never_begins(self, place: Place) -> None:
        async def scene() -> None:
            run = with_wish(place.run("echo never"))
            async with opened(place, run) as (backend, journal):
                assert (await journal.end(run)).state is RunState.STOPPED
                assert [seen.state for seen in journal.of(run)] == [RunState.STOPPED]
                assert not backend.log(*key(run)).exists()

        self.play(scene)

    def test_it_may_be_closed_and_opened_again(self, place: Place) -> None:
        async def scene() -> None:
            backend = place.backend()
            for command in ("true", "exit 1"):
                run = place.run(command)
                await backend.open([])
                journal = Journal(backend)
                writing = asyncio.create_task(journal.write())
                await backend.start(run)
                assert (await journal.end(run)).state not in ACTIVE
                await backend.close()
                await asyncio.wait_for(writing, DEADLINE)

        self.play(scene)

    def test_what_a_run_takes_is_seen_while_it_runs_and_told_at_its_end(self, place: Place) -> None:
        async def scene() -> None:
            program = (
                "import time\n"
                "held = b'x' * 60_000_000\n"
                "while time.process_time() < 0.8: pass\n"
                "print('done')\n"
                "time.sleep(60)"
            )
            run = place.run('python3 -c "$PROGRAM"', environment_variables={"PROGRAM": program})
            async with opened(place) as (backend, journal):
                assert await backend.metrics(*key(run)) == []
                await backend.start(run)
                began = await journal.running(run)
                deadline = time.monotonic() + DEADLINE
                while not (points := await backend.metrics(*key(run))):
                    assert time.monotonic() < deadline
                    await asyncio.sleep(0.05)
                while sum(point.cores for point in points) < 0.1 or points[-1].memory < 60e6:
                    assert time.monotonic() < deadline
                    await asyncio.sleep(0.05)
                    points = await backend.metrics(*key(run))
                assert points == sorted(points) and began.at <= points[0].at <= time.time()
                await eventually(lambda: text(backend, run) == "done\n")
                await backend.stop(with_wish(run))
                usage = (await journal.end(run)).usage
                assert usage is not None
                assert usage.cpu_seconds is not None and 0.7 < usage.cpu_seconds < 5
                assert usage.memory_peak is not None and 60e6 < usage.memory_peak < 200e6
                assert usage.disk is not None and 0 < usage.disk < 1e6
                assert await backend.metrics(*key(run))

        self.play(scene)

    def test_what_is_forgotten_leaves_no_log(self, place: Place) -> None:
        async def scene() -> None:
            run, other = place.run("echo secret"), place.run("echo kept")
            async with opened(place) as (backend, journal):
                for each in (run, other):
                    await backend.start(each)
                    await journal.end(each)
                await backend.forget([run.id, "0" * 32])
                assert not backend.log(*key(run)).exists()
                assert text(backend, other) == "kept\n"

        self.play(scene)

    def test_an_instance_is_told_where_to_listen_and_seen_once_it_does(self, place: Place) -> None:
        async def scene() -> None:
            run = app(place)
            async with opened(place) as (backend, journal):
                before = time.time()
                await backend.start(run)
                began = await journal.running(run)
                assert began.serving is None
                serving = await journal.serving(run)
                assert began.at <= serving.at <= time.time() and serving.at > before
                assert (serving.port, serving.beyond) == (serving.given, False)
                assert await ask(serving.port) == f"{run.id} 1"
                assert await ask(serving.port, "env/HOST") == serving.host == "127.0.0.1"
                assert await ask(serving.port, "env/PORT") == str(serving.port)
                path = await ask(serving.port, "env/SATURN_BASE_PATH")
                assert path.startswith("/") and path.endswith("/apps/app")
                await backend.stop(with_wish(run))
                assert (await journal.end(run)).state is RunState.STOPPED
                assert not place.alive(run)

        self.play(scene)

    def test_instances_at_once_have_each_a_port_of_their_own(self, place: Place) -> None:
        async def scene() -> None:
            made = [app(place) for _ in range(4)]
            async with opened(place) as (backend, journal):
                for run in made:
                    await backend.start(run)
                ports = {(await journal.serving(run)).port: run for run in made}
                assert len(ports) == 4
                for port, run in ports.items():
                    assert await ask(port) == f"{run.id} 1"
                    await backend.stop(with_wish(run))
                for run in made:
                    await journal.end(run)

        self.play(scene)

    def test_an_instance_goes_on_serving_when_the_server_is_gone(self, place: Place) -> None:
        async def scene() -> None:
            run = app(place)
            async with opened(place) as (backend, journal):
                await backend.start(run)
                serving = await journal.serving(run)
            assert await ask(serving.port) == f"{run.id} 1"
            known = replace(run, state=RunState.RUNNING, serving=serving)
            async with opened(place, known) as (backend, journal):
                await journal.running(run)
                await asyncio.sleep(0.5)  # long enough for a wrong look to show
                assert {seen.serving for seen in journal.of(run)} == {serving}
                await backend.stop(with_wish(known))
                await journal.end(run)

        self.play(scene)

    def test_an_instance_that_ends_is_to_begin_anew_whatever_its_end(self, place: Place) -> None:
        cases: list[tuple[dict[str, Any], int, Reason]] = [
            ({"command": "true"}, 0, Reason.EXIT),
            ({"command": "exit 3"}, 3, Reason.EXIT),
            ({"command": "/dev/null"}, 126, Reason.EXIT),
            ({"command": "no-such-command-anywhere"}, 127, Reason.EXIT),
            ({"command": "true", "start_script": "exit 7"}, 7, Reason.START_SCRIPT),
            ({"command": "true", "working_directory": "no"}, 127, Reason.WORKING_DIRECTORY),
        ]
        for spec, code, reason in cases:
            run = replace(place.instance(**spec), crashes=2)
            seen = self.outcome(place, run)
            found = (seen.state, seen.exit_code, seen.reason, seen.crashes)
            assert found == (RunState.RETRYING, code, reason, 3), spec

    def test_an_instance_s_next_life_has_a_log_of_its_own(self, place: Place) -> None:
        async def scene() -> None:
            first = app(place)
            second = replace(first, attempt=2, crashes=1)
            async with opened(place) as (backend, journal):
                await backend.start(first)
                with suppress(OSError):
                    await ask((await journal.serving(first)).port, "die/5")
                fallen = await journal.end(first)
                assert (fallen.state, fallen.exit_code) == (RunState.RETRYING, 5)
                assert fallen.usage is not None and fallen.evidence is not None
                await backend.start(second)
                assert await ask((await journal.serving(second)).port) == f"{first.id} 2"
                assert [text(backend, run) for run in (first, second)] == ["life 1\n", "life 2\n"]
                await backend.stop(with_wish(second))
                await journal.end(second)

        self.play(scene)

    def test_what_an_instance_was_asked_is_answered_before_it_is_replaced(
        self, place: Place
    ) -> None:
        async def scene() -> None:
            run = app(place)
            async with opened(place) as (backend, journal):
                await backend.start(run)
                port = (await journal.serving(run)).port
                asked = asyncio.create_task(ask(port, "slow/1.5"))
                await asyncio.sleep(0.2)
                await backend.stop(with_wish(run, Reason.REPLACED))
                assert await asked == f"slow {run.id} 1"
                seen = await journal.end(run)
                assert (seen.state, seen.reason) == (RunState.STOPPED, Reason.REPLACED)
                assert not place.alive(run)

        self.play(scene)

    def test_an_instance_that_a_user_stops_waits_for_nobody(self, place: Place) -> None:
        async def scene() -> None:
            run = app(place)
            async with opened(place) as (backend, journal):
                await backend.start(run)
                port = (await journal.serving(run)).port
                asked = asyncio.create_task(ask(port, "slow/60"))
                await asyncio.sleep(0.2)
                await backend.stop(with_wish(run))
                assert await asyncio.wait_for(asked, 5) == "slow "
                assert (await journal.end(run)).state is RunState.STOPPED

        self.play(scene)
