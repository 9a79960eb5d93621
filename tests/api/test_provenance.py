"""What a run really ran with, and what differs from an earlier one, over HTTP."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.test_sources import git


@pytest.fixture
def repository(api: Api) -> Path:
    """The project, in git, with one commit on main."""
    git(api.project, "init", "-q", "-b", "main")
    (api.project / "a.py").write_text("print('one')\n")
    (api.project / "b.py").write_text("b = 1\n")
    git(api.project, "add", ".")
    git(api.project, "commit", "-qm", "The first")
    return api.project


async def changes(api: Api, run: Any, since: str = "") -> Any:
    """What differs in that run."""
    answer = await api("GET", f"runs/{run['id']}/changes?since={since}")
    assert answer.status == 200, answer
    return answer.body


async def test_a_live_run_says_which_commit_it_was_changed_from(api: Api, repository: Path) -> None:
    job_id = await api.job("live", "python a.py")
    clean = (await api.ended(job_id))["code"]
    head = git(repository, "rev-parse", "HEAD")
    assert (clean["source"], clean["commit"], clean["branch"]) == ("live", head, "main")
    assert (clean["dirty"], clean["same_path"]) == (False, True)
    assert clean["directory"] == str(repository)
    assert clean["packages"] and clean["environment"]
    (repository / "a.py").write_text("print('another')\n")
    assert (await api.ended(job_id))["code"]["dirty"] is True


async def test_an_edit_between_two_runs_is_named(api: Api, repository: Path) -> None:
    job_id = await api.job("live", "python a.py")
    first = await api.ended(job_id)
    assert (await changes(api, first))["since"] is None
    (repository / "a.py").write_text("print('another')\n")
    (repository / "c.py").write_text("new")
    (repository / "b.py").unlink()
    second = await changes(api, await api.ended(job_id))
    assert second["since"]["number"] == 1
    assert [(item["path"], item["change"]) for item in second["files"]] == [
        ("a.py", "changed"),
        ("b.py", "removed"),
        ("c.py", "added"),
    ]
    assert second["files_unknown"] is None and second["packages_unknown"] is None
    assert second["sentence"] == "3 files differ from run 1, which was good."
    third = await changes(api, await api.ended(job_id))
    assert third["sentence"] == "Nothing that is recorded differs from run 2, which was good."


async def test_what_the_earlier_run_wrote_itself_is_told_apart(api: Api, repository: Path) -> None:
    job_id = await api.job("writer", "echo result > out.csv")
    await api.ended(job_id)
    found = await changes(api, await api.ended(job_id))
    assert [(item["path"], item["during"]) for item in found["files"]] == [("out.csv", True)]
    assert found["sentence"].startswith("Nothing")


async def test_commits_between_two_runs_are_listed(api: Api, repository: Path) -> None:
    job_id = await api.job("live", "python a.py")
    await api.ended(job_id)
    for text in ("two", "three"):
        (repository / "a.py").write_text(f"print({text!r})\n")
        git(repository, "commit", "-qam", f"Say {text}")
    found = await changes(api, await api.ended(job_id))
    assert [item["subject"] for item in found["commits"]] == ["Say three", "Say two"]
    assert found["commits_count"] == 2
    assert [item["path"] for item in found["files"]] == ["a.py"]


async def test_settings_that_changed_are_told_without_values_of_variables(
    api: Api, repository: Path
) -> None:
    secret = {"KEPT": "same-secret", "OTHER": "old-secret", "GONE": "x"}
    job_id = await api.job("job", "true", environment_variables=secret)
    await api.ended(job_id)
    variables = {"KEPT": "same-secret", "OTHER": "new-secret", "NEW": "y"}
    change = {"spec": {"command": "true # more", "environment_variables": variables}}
    await api("PATCH", f"jobs/{job_id}", change)
    found = await changes(api, await api.ended(job_id))
    told = {item["field"]: (item["before"], item["after"]) for item in found["settings"]}
    assert told == {
        "command": ("true", "true # more"),
        "environment_variables.GONE": ("set", None),
        "environment_variables.NEW": (None, "set"),
        "environment_variables.OTHER": ("set", "set to another value"),
    }
    assert "secret" not in str(found)


async def test_a_commit_is_compared_with_the_project_and_with_another_commit(
    api: Api, repository: Path
) -> None:
    source = {"source": "git", "reference": "main"}
    job_id = await api.job("git", "python a.py", **{"x-jupyter": source})
    first = await api.ended(job_id)
    assert first["state"] == "completed" and first["code"]["directory"]
    assert (await changes(api, await api.ended(job_id)))["files"] == []
    (repository / "a.py").write_text("print('two, longer')\n")
    git(repository, "commit", "-qam", "The second")
    third = await changes(api, await api.ended(job_id))
    assert [item["path"] for item in third["files"]] == ["a.py"]
    await api("PATCH", f"jobs/{job_id}", {"spec": {"x-jupyter": {"source": "live"}}})
    (repository / "b.py").write_text("b = 1234\n")
    live = await changes(api, await api.ended(job_id))
    assert [item["path"] for item in live["files"]] == ["b.py"]
    assert "size" in live["files_unknown"]
    assert {"source", "reference"} == {item["field"] for item in live["settings"]}


async def test_a_run_of_another_job_or_none_is_no_comparison(api: Api) -> None:
    one = await api.ended(await api.job("one"))
    other = await api.ended(await api.job("other"))
    wrong = await api("GET", f"runs/{one['id']}/changes?since={other['id']}")
    assert wrong.status == 422 and wrong.body["errors"][0]["field"] == "since"
    assert (await api("GET", f"runs/{one['id']}/changes?since=none")).status == 404
    assert (await api("GET", "runs/none/changes")).status == 404


async def test_a_frozen_run_has_the_files_as_they_were_and_keeps_what_it_wrote(api: Api) -> None:
    (api.project / "a.txt").write_text("then")
    source = {"x-jupyter": {"source": "snapshot"}}
    job_id = await api.job("frozen", 'cat "$PWD/a.txt" > b.txt; pwd', **source)
    (api.project / "a.txt").write_text("now, and longer")
    run = await api.ended(job_id)
    assert run["state"] == "completed", run
    assert not (api.project / "b.txt").exists()
    code = run["code"]
    assert code["source"] == "snapshot" and code["snapshot"]
    log = await api("GET", f"runs/{run['id']}/log")
    assert log.body.decode().strip() == code["directory"]
    if os.geteuid() == 0:
        assert code["same_path"] and code["directory"] == str(api.project)


async def test_metrics_tell_what_a_run_took(api: Api) -> None:
    busy = (
        "import time; e = time.time() + 1.5; x = bytearray(50_000_000)\nwhile time.time() < e: pass"
    )
    run = await api.ended(await api.job("busy", f"python -c '{busy}'"))
    assert run["cpu_seconds"] > 0.5 and run["memory_peak"] > 50_000_000 and run["disk"] > 0
    metrics = (await api("GET", f"runs/{run['id']}/metrics")).body
    assert max(memory for _, _, memory in metrics["points"]) > 50_000_000
    assert max(cores for _, cores, _ in metrics["points"]) > 0.3
    assert metrics["limits"]["cores"] > 0 and metrics["limits"]["memory"] > 0
    assert (await api("GET", f"runs/{run['id']}/metrics?attempt=2")).status == 404
