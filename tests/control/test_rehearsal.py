"""Rehearsals on this machine, with real processes."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from jupyter_saturn_deploy.backends.local.rehearse import Stage
from jupyter_saturn_deploy.control import rehearsal as rehearsals
from jupyter_saturn_deploy.control.code import Sources
from jupyter_saturn_deploy.control.deployments import Deployments
from jupyter_saturn_deploy.control.here import Here
from jupyter_saturn_deploy.control.rehearsal import Rehearsal, Rehearsals, State
from jupyter_saturn_deploy.models.errors import Conflict, Invalid, NotFound
from jupyter_saturn_deploy.models.runs import Run
from jupyter_saturn_deploy.sources.records import Records
from jupyter_saturn_deploy.sources.snapshots import Snapshots
from jupyter_saturn_deploy.store.db import Store
from tests.apps import APP, RUN, ask

LOG = logging.getLogger("test")


class Scene:
    """A server's rehearsals in a project of their own."""

    def __init__(self, directory: Path) -> None:
        self.state_dir = directory / "state"
        self.here = Here(
            owner="me",
            project=directory / "project",
            prefix=sys.prefix,
            image="",
            size="here",
            sizes=["here"],
            backend="local",
            backends=["local"],
            base_url="http://127.0.0.1:1/base/saturn-deploy/",
        )
        self.here.project.mkdir(exist_ok=True)
        self.store = Store(self.state_dir / "store.sqlite", LOG)
        self.sources = Sources(Snapshots(self.state_dir))
        self.deployments = Deployments(self.store, self.sources)
        self.stage = self.another_stage()
        self.all = Rehearsals(self.store, self.sources, self.stage, Records(self.state_dir), LOG)

    async def begin(self, command: str = RUN, **spec: Any) -> Rehearsal:
        return await self.all.begin(self.here, recipe(command, **spec))

    def another_stage(self) -> Stage:
        """As of another server, with the same state directory."""
        return Stage(
            state_dir=self.state_dir,
            capacity=1,
            grace=0.5,
            token_for=lambda run: f"token-of-{run.job_id}",
            packages=lambda prefix: [],
            image=lambda: "",
            log=LOG,
        )

    async def killed(self) -> None:
        """As if its process were: its claims are gone, and nobody looks after anything."""
        for task in [*self.all._playing, *self.all._tasks]:
            task.cancel()
        await self.stage.close()
        self.sources.close()
        self.store.close()

    def left(self) -> list[Path]:
        """What is in its directory."""
        try:
            return sorted((self.state_dir / "rehearsals").iterdir())
        except FileNotFoundError:
            return []


def recipe(command: str = RUN, **spec: Any) -> dict[str, Any]:
    """Of a deployment."""
    variables = {"APP": APP, **spec.pop("environment_variables", {})}
    return {
        "type": "deployment",
        "spec": {"name": "app", "command": command, "environment_variables": variables, **spec},
    }


@asynccontextmanager
async def opened(directory: Path) -> AsyncIterator[Scene]:
    """Such a scene, and that nothing is left of it."""
    scene = Scene(directory)
    await scene.all.open()
    try:
        yield scene
    finally:
        await scene.all.close()
        scene.sources.close()
        scene.store.close()
    assert scene.left() == []


async def until(good: Callable[[], object], seconds: float = 20) -> None:
    """Wait for it."""
    deadline = time.monotonic() + seconds
    while not good():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def decided(rehearsal: Rehearsal) -> Rehearsal:
    """Once it is up or has failed."""
    await until(lambda: rehearsal.state is not State.STARTING)
    return rehearsal


def alive(run: Run) -> list[psutil.Process]:
    """Its processes."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("SATURN_RUN_ID") == run.id and process.status() != "zombie":
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A second is a minute."""
    monkeypatch.setattr(Stage, "limit", 1.0)
    for place in ("models.runs", "control.diagnosis", "doctor.serving"):
        monkeypatch.setattr(f"jupyter_saturn_deploy.{place}.SLOW_START", 1.0)
    yield


def test_one_that_comes_up_says_where_it_listens_and_ends_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsals, "SHOWN", 0.5)

    async def scene() -> None:
        async with opened(tmp_path) as here:
            rehearsal = await here.begin()
            assert rehearsal.state is State.STARTING
            run = (await decided(rehearsal)).run
            assert rehearsal.state is State.UP and run.serving is not None
            assert rehearsal.sentence.startswith("came up after ")
            assert rehearsal.sentence.endswith(f", listens on 127.0.0.1:{run.serving.port}")
            assert await ask(run.serving.port, "env/SATURN_BASE_PATH") == (
                "/base/saturn-deploy/apps/app"
            )
            assert await here.all.log(rehearsal) == "life 1\n"
            assert (here.state_dir / "rehearsals" / run.id).stat().st_mode & 0o777 == 0o700
            await until(lambda: rehearsal.over)
            assert time.time() - run.serving.at < 3
            assert rehearsal.state is State.ENDED
            assert rehearsal.log.startswith("life 1\n")
            assert alive(run) == []
            await until(lambda: here.left() == [])

    asyncio.run(scene())


def test_one_that_ends_says_how_and_what_to_do(tmp_path: Path) -> None:
    async def scene() -> None:
        async with opened(tmp_path) as here:
            failed = await decided(await here.begin("python -c 'import nonsense_module'"))
            assert failed.state is State.FAILED
            assert failed.sentence.startswith("ended after ")
            assert failed.sentence.endswith(
                " with exit code 1: ModuleNotFoundError: No module named 'nonsense_module'"
            )
            assert failed.advice is not None and "nonsense_module" in failed.advice.sentence
            assert "Traceback" in failed.log
            done = await decided(await here.begin("echo done"))
            assert done.sentence.endswith(" with exit code 0: done") or "code 0" in done.sentence
            assert done.advice is not None and done.advice.fix is not None
            assert done.advice.fix.kind == "make_job"

    asyncio.run(scene())


def test_one_that_is_killed_after_it_came_up_has_failed(tmp_path: Path) -> None:
    async def scene() -> None:
        async with opened(tmp_path) as here:
            rehearsal = await decided(await here.begin())
            for process in alive(rehearsal.run):
                with suppress(psutil.Error):  # gone with another
                    process.kill()
            await until(lambda: rehearsal.state is State.FAILED)
            assert rehearsal.sentence.startswith("came up, but killed by SIGKILL after ")

    asyncio.run(scene())


def test_one_that_listens_on_nothing_is_given_up(tmp_path: Path, hurried: None) -> None:
    async def scene() -> None:
        async with opened(tmp_path) as here:
            rehearsal = await decided(await here.begin("trap '' TERM; echo begun; sleep 1000"))
            assert (rehearsal.state, rehearsal.sentence) == (
                State.FAILED,
                "listens on nothing after 1 s",
            )
            assert rehearsal.advice is not None
            assert "listens on nothing yet" in rehearsal.advice.sentence
            await until(lambda: rehearsal.over)
            assert alive(rehearsal.run) == []
            assert rehearsal.log.startswith("begun\n")

    asyncio.run(scene())


def test_one_that_listens_elsewhere_comes_up_with_advice(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    async def scene() -> None:
        async with opened(tmp_path) as here:
            rehearsal = await decided(await here.begin(f"HOST=0.0.0.0 {RUN} {port}"))
            assert rehearsal.state is State.UP
            assert rehearsal.advice is not None
            assert "without signing in" in rehearsal.advice.sentence

    asyncio.run(scene())


def test_one_that_is_ended_leaves_nothing_and_stays_ended(tmp_path: Path) -> None:
    async def scene() -> None:
        async with opened(tmp_path) as here:
            slow = await here.begin("sleep 1000 & sleep 1000")
            up = await decided(await here.begin())
            for rehearsal in (slow, up):
                assert here.all.end(rehearsal.run.id).state is State.ENDED
            assert (slow.sentence, up.sentence) == (
                "ended before it came up",
                "came up, and was ended",
            )
            await until(lambda: slow.over and up.over)
            assert (alive(slow.run), alive(up.run)) == ([], [])
            assert here.all.end(up.run.id).state is State.ENDED
            assert here.all.get(up.run.id) is up
            with pytest.raises(NotFound):
                here.all.get("0" * 32)

    asyncio.run(scene())


def test_one_more_than_two_at_once_is_refused_until_one_is_over(tmp_path: Path) -> None:
    async def scene() -> None:
        async with opened(tmp_path) as here:
            begun = await asyncio.gather(
                *(here.begin("sleep 1000") for _ in range(5)), return_exceptions=True
            )
            playing = [item for item in begun if isinstance(item, Rehearsal)]
            refused = [item for item in begun if isinstance(item, Conflict)]
            assert (len(playing), len(refused)) == (2, 3)
            assert refused[0].problems[0].fix.startswith("end one of them")
            here.all.end(playing[0].run.id)
            await until(lambda: playing[0].over)
            await here.begin("sleep 1000")

    asyncio.run(scene())


def test_what_create_refuses_is_refused(tmp_path: Path) -> None:
    async def scene() -> None:
        async with opened(tmp_path) as here:
            for field, body in (
                ("spec.scale", recipe(scale=0)),
                ("spec.name", recipe(name="No")),
                ("spec.working_directory", recipe(working_directory="..")),
                ("spec.x-jupyter.reference", recipe(**{"x-jupyter": {"source": "git"}})),
                (
                    "spec.x-jupyter.snapshot",
                    recipe(**{"x-jupyter": {"source": "snapshot", "snapshot": "0" * 64}}),
                ),
                ("type", {**recipe(), "type": "job"}),
                ("type", {}),
                ("", None),
            ):
                with pytest.raises(Invalid) as refused:
                    await here.all.begin(here.here, body)
                assert refused.value.problems[0].field == field
            assert here.left() == []

    asyncio.run(scene())


def test_one_of_a_deployment_that_exists_has_its_values_and_its_token(tmp_path: Path) -> None:
    async def scene() -> None:
        async with opened(tmp_path) as here:
            hidden = {"environment_variables": {"KEY": "value"}}
            made = (await here.deployments.create(here.here, recipe(**hidden))).resource
            changed = recipe('echo "$KEY $SATURN_TOKEN"', environment_variables={"KEY": None})
            changed["spec"]["environment_variables"].pop("APP")
            rehearsal = await decided(await here.all.begin(here.here, changed))
            assert rehearsal.log == f"value token-of-{made.id}\n"

    asyncio.run(scene())


def test_a_snapshot_that_is_not_made_yet_is_the_project_as_it_is_and_that_is_said(
    tmp_path: Path,
) -> None:
    async def scene() -> None:
        async with opened(tmp_path) as here:
            (here.here.project / "data").write_text("as it is")
            frozen = {"x-jupyter": {"source": "snapshot"}}
            rehearsal = await decided(await here.begin("cat data", **frozen))
            assert rehearsal.log == "as it is"
            assert rehearsal.sentence.endswith(
                " (with the project as it is: it will be frozen when the deployment is made)"
            )
            assert not (here.state_dir / "snapshots").exists()
            digest = here.sources.snapshots.pack(
                here.here.project, lambda *_: None, lambda: False
            ).digest
            (here.here.project / "data").write_text("another")
            frozen["x-jupyter"]["snapshot"] = digest
            rehearsal = await decided(await here.begin("cat data", **frozen))
            assert (rehearsal.log, "frozen" in rehearsal.sentence) == ("as it is", False)

    asyncio.run(scene())


def test_the_server_s_end_is_theirs(tmp_path: Path) -> None:
    async def scene() -> Rehearsal:
        async with opened(tmp_path) as here:
            return await decided(await here.begin())

    rehearsal = asyncio.run(scene())
    assert alive(rehearsal.run) == []


def test_what_a_killed_server_left_is_swept_and_nothing_of_one_that_lives(tmp_path: Path) -> None:
    async def scene() -> None:
        killed = Scene(tmp_path)
        await killed.all.open()
        orphan = await decided(await killed.begin())
        await killed.killed()
        async with opened(tmp_path) as here:
            await until(lambda: not alive(orphan.run) and here.left() == [])
            ours = await decided(await here.begin())
            other = here.another_stage()
            await other.open([])
            await other.sweep()
            await other.close()
            assert ours.state is State.UP and alive(ours.run)
            assert [path.name for path in here.left()] == [ours.run.id]

    asyncio.run(scene())


def test_one_whose_supervisor_was_killed_with_the_server_is_swept_too(tmp_path: Path) -> None:
    async def scene() -> None:
        killed = Scene(tmp_path)
        await killed.all.open()
        orphan = await decided(await killed.begin())
        await killed.killed()
        shims = [process.parent() for process in alive(orphan.run)]
        [shim] = [each for each in shims if each and "shim.py" in " ".join(each.cmdline())]
        shim.kill()
        assert alive(orphan.run)
        async with opened(tmp_path) as here:
            await until(lambda: not alive(orphan.run) and here.left() == [])

    asyncio.run(scene())


def test_without_any_server_it_ends_at_its_limit(tmp_path: Path, hurried: None) -> None:
    async def scene() -> Run:
        killed = Scene(tmp_path)
        await killed.all.open()
        rehearsal = await killed.begin("sleep 1000")
        await until(lambda: rehearsal.run.started_at)
        await killed.killed()
        return rehearsal.run

    run = asyncio.run(scene())
    deadline = time.monotonic() + 10
    while alive(run):
        assert time.monotonic() < deadline
        time.sleep(0.02)
