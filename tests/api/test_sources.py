"""Where the files of runs come from, over HTTP."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from jupyter_saturn_deploy.sources.git_process import end_all
from tests.api.conftest import Api


def git(project: Path, *arguments: str) -> str:
    """What git says in the project."""
    names = {
        f"GIT_{who}_{what}": "ana" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    answer = subprocess.run(
        ["git", *arguments],
        cwd=project,
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **names, "GIT_CONFIG_GLOBAL": os.devnull},
    )
    return answer.stdout.strip()


@pytest.fixture
def repository(api: Api) -> Path:
    """The project, in git, with one commit on main that holds a.py."""
    git(api.project, "init", "-q", "-b", "main")
    (api.project / "a.py").write_text("print('one')\n")
    git(api.project, "add", ".")
    git(api.project, "commit", "-qm", "The first")
    return api.project


async def frozen(api: Api) -> Any:
    """A packing, ended."""
    answer = await api("POST", "snapshots")
    assert answer.status == 202
    deadline = time.monotonic() + 20
    while (packing := (await api("GET", f"snapshots/{answer.body['id']}")).body)[
        "state"
    ] == "packing":
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    return packing


async def of(api: Api, name: str, **source: Any) -> Any:
    """The answer to the wish for a job with that source."""
    spec = {"name": name, "command": "cat a.py", "x-jupyter": source}
    return await api("POST", "recipes", {"type": "job", "spec": spec})


async def test_a_preview_names_what_would_be_packed_and_what_not(api: Api) -> None:
    (api.project / "a.py").write_text("x" * 1000)
    (api.project / ".env").write_text("PASSWORD=1")
    (api.project / "out").symlink_to("/etc/hostname")
    preview = (await api("GET", "snapshots/preview")).body
    assert (preview["files"], preview["bytes"]) == (1, 1000)
    assert preview["largest"] == [{"path": "a.py", "bytes": 1000}]
    assert ".env" in [item["path"] for item in preview["left_out"]]
    [problem] = preview["problems"]
    assert problem["path"] == "out" and problem["fix"]


async def test_a_job_is_given_the_snapshot_that_was_made_before_it(api: Api) -> None:
    (api.project / "a.py").write_text("one")
    packing = await frozen(api)
    assert packing["state"] == "done"
    assert packing["files"] == packing["packed_files"] == 1
    job = await of(api, "frozen", source="snapshot", snapshot=packing["snapshot"])
    assert job.status == 201
    (api.project / "a.py").write_text("two, changed since")
    job_id = job.body["state"]["id"]
    code = (await api("GET", f"jobs/{job_id}/code")).body
    assert code["snapshot"]["digest"] == packing["snapshot"]
    assert code["changed"] == [{"path": "a.py", "change": "changed"}]
    newer = await frozen(api)
    change = {"spec": {"x-jupyter": {"source": "snapshot", "snapshot": newer["snapshot"]}}}
    assert (await api("PATCH", f"jobs/{job_id}", change)).status == 200
    assert (await api("GET", f"jobs/{job_id}/code")).body["changed_count"] == 0


async def test_a_recipe_without_a_snapshot_freezes_the_project_and_then_keeps_it(api: Api) -> None:
    (api.project / "a.py").write_text("one")
    first = await of(api, "frozen", source="snapshot")
    digest = first.body["spec"]["x-jupyter"]["snapshot"]
    assert first.status == 201 and digest
    (api.project / "a.py").write_text("two")
    spec = {"name": "frozen", "command": "true", "x-jupyter": {"source": "snapshot"}}
    again = await api("PUT", "recipes", {"type": "job", "spec": spec})
    assert again.body["spec"]["x-jupyter"]["snapshot"] == digest
    edited = await api("PATCH", f"jobs/{first.body['state']['id']}", {"spec": {"retries": 1}})
    assert edited.body["spec"]["x-jupyter"]["snapshot"] == digest


async def test_another_source_lets_go_of_what_belonged_to_the_old_one(api: Api) -> None:
    job = await of(api, "frozen", source="snapshot")
    change = {"spec": {"x-jupyter": {"source": "live"}}}
    edited = await api("PATCH", f"jobs/{job.body['state']['id']}", change)
    own = edited.body["spec"]["x-jupyter"]
    assert (own["source"], own["snapshot"]) == ("live", None)


@pytest.mark.parametrize(
    ("source", "field"),
    [
        ({"source": "zip"}, "source"),
        ({"source": "git"}, "reference"),
        ({"source": "git", "reference": "--upload-pack=x"}, "reference"),
        ({"source": "git", "reference": "a b"}, "reference"),
        ({"source": "git", "reference": "no-such-branch"}, "reference"),
        ({"source": "live", "reference": "main"}, "reference"),
        ({"reference": "main"}, "reference"),
        ({"source": "snapshot", "snapshot": "0" * 64}, "snapshot"),
        ({"source": "snapshot", "snapshot": "../../etc"}, "snapshot"),
        ({"snapshot": "0" * 64}, "snapshot"),
        ({"source": 5}, "source"),
    ],
)
async def test_what_makes_no_sense_is_refused_at_its_field(
    api: Api, repository: Path, source: dict[str, Any], field: str
) -> None:
    answer = await of(api, "wrong", **source)
    assert answer.status == 422
    assert answer.body["errors"][0]["field"] == f"spec.x-jupyter.{field}"
    assert answer.body["errors"][0]["fix"]


async def test_without_a_repository_git_is_refused(api: Api) -> None:
    answer = await of(api, "nowhere", source="git", reference="main")
    assert answer.status == 422
    assert "repository" in answer.body["message"]


async def test_a_project_that_cannot_be_frozen_is_refused_with_what_is_in_the_way(api: Api) -> None:
    (api.project / "hosts").symlink_to("/etc/hosts")
    os.mkfifo(api.project / "pipe")
    answer = await of(api, "odd", source="snapshot")
    assert answer.status == 422
    assert "hosts" in answer.body["message"] and "pipe" in answer.body["message"]
    packing = await frozen(api)
    assert packing["state"] == "failed" and "hosts" in packing["problem"]["message"]


async def test_a_reference_says_what_it_means_and_what_is_not_in_it(
    api: Api, repository: Path
) -> None:
    (repository / "b.py").write_text("new")
    (repository / "a.py").write_text("print('two')\n")
    answer = (await api("GET", "git?reference=main")).body
    assert answer["commit"] == git(repository, "rev-parse", "main")
    assert (answer["subject"], answer["author"]) == ("The first", "ana")
    assert (answer["changed"], answer["changed_count"]) == (["a.py", "b.py"], 2)
    unknown = await api("GET", "git?reference=nothing")
    assert unknown.status == 422 and unknown.body["errors"][0]["field"] == "reference"
    assert (await api("GET", "git?reference=--all")).status == 422


async def test_work_that_is_not_committed_is_named_as_missing_from_a_git_job(
    api: Api, repository: Path
) -> None:
    (repository / "a.py").write_text("print('two')\n")
    answer = await of(api, "pinned", source="git", reference="main")
    assert answer.status == 201
    [warning] = answer.body["warnings"]
    assert "a.py" in warning


async def test_a_job_whose_reference_is_out_of_reach_can_still_be_edited(
    api: Api, repository: Path
) -> None:
    git(repository, "branch", "topic")
    job = (await of(api, "topical", source="git", reference="topic")).body["state"]["id"]
    git(repository, "branch", "-d", "topic")
    answer = await api("PATCH", f"jobs/{job}", {"spec": {"description": "mine"}})
    assert (answer.status, answer.body["spec"]["description"]) == (200, "mine")
    [warning] = answer.body["warnings"]
    assert "topic is unknown" in warning
    changed = {"x-jupyter": {"source": "git", "reference": "topical"}}
    assert (await api("PATCH", f"jobs/{job}", {"spec": changed})).status == 422


async def test_a_reference_is_resolved_anew_for_each_run(api: Api, repository: Path) -> None:
    job_id = (await of(api, "newest", source="git", reference="main")).body["state"]["id"]
    first = await api.ended(job_id)
    (repository / "a.py").write_text("print('two')\n")
    git(repository, "commit", "-qam", "The second")
    second = await api.ended(job_id)
    commits = git(repository, "log", "--format=%H", "main").split()
    assert [second["code"]["commit"], first["code"]["commit"]] == commits
    git(repository, "branch", "-qm", "main", "trunk")
    gone = await api("POST", f"jobs/{job_id}/start")
    assert gone.status == 422
    assert gone.body["errors"][0]["field"] == "spec.x-jupyter.reference"


async def test_a_packing_can_be_cancelled_and_unknown_ones_are_not_found(api: Api) -> None:
    for number in range(2000):
        (api.project / f"{number}.txt").write_text(str(number))
    packing = (await api("POST", "snapshots")).body
    waiting = (await api("POST", "snapshots")).body
    assert (await api("DELETE", f"snapshots/{waiting['id']}")).body["state"] == "cancelled"
    await api("DELETE", f"snapshots/{packing['id']}")
    deadline = time.monotonic() + 20
    while (seen := (await api("GET", f"snapshots/{packing['id']}")).body)["state"] == "packing":
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)
    assert seen["state"] == "cancelled" and seen["snapshot"] is None
    assert (await api("GET", "snapshots/none")).status == 404
    assert (await api("DELETE", "snapshots/none")).status == 404


async def test_of_a_snapshot_that_is_damaged_the_panel_hears_that_there_is_none(
    api: Api, state_dir: Path
) -> None:
    for number in range(50):
        (api.project / f"{number}.py").write_text(f"print({number})\n")
    job = (await of(api, "frozen", source="snapshot")).body["state"]["id"]
    assert (await api("GET", f"jobs/{job}/code")).body["snapshot"] is not None
    [about] = (state_dir / "snapshots").glob("*.json.gz")
    about.write_bytes(about.read_bytes()[:-20])
    answer = await api("GET", f"jobs/{job}/code")
    assert (answer.status, answer.body["snapshot"], answer.body["changed"]) == (200, None, [])


async def test_a_project_that_is_gone_has_lost_all_its_files(api: Api, tmp_path: Path) -> None:
    (api.project / "a.py").write_text("print('one')\n")
    job = (await of(api, "frozen", source="snapshot")).body["state"]["id"]
    api.project.rename(tmp_path / "elsewhere")
    try:
        answer = await api("GET", f"jobs/{job}/code")
    finally:
        (tmp_path / "elsewhere").rename(api.project)
    assert answer.body["changed"] == [{"path": "a.py", "change": "removed"}]


async def test_while_a_remote_does_not_answer_the_server_does(
    api: Api, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(repository, "remote", "add", "origin", str(tmp_path))
    own = tmp_path / "bin"
    own.mkdir()
    (own / "git").write_text(
        f"""#!/bin/sh
        case "$*" in *" fetch "*) touch {tmp_path}/asked-$$; exec sleep 64; esac
        exec {shutil.which("git")} "$@"
        """
    )
    (own / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(own), prepend=os.pathsep)
    # More than asyncio has threads.
    waiting = [
        asyncio.create_task(api("GET", "git?reference=origin/main", request_timeout=60))
        for _ in range(min(32, (os.cpu_count() or 1) + 4) + 1)
    ]
    try:
        deadline = time.monotonic() + 10
        while len(list(tmp_path.glob("asked-*"))) < len(waiting) and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        run = await asyncio.wait_for(api.ended(await api.job("job", "true")), 10)
        assert run["state"] == "completed"
        assert (await asyncio.wait_for(api("GET", "workspace"), 5)).status == 200
    finally:
        end_all()
        answers = await asyncio.gather(*waiting)
    assert {answer.status for answer in answers} == {422}
