"""Wishes about jobs, by servers that share a state directory."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_saturn_deploy.control.code import Sources
from jupyter_saturn_deploy.control.here import Here
from jupyter_saturn_deploy.control.jobs import Jobs
from jupyter_saturn_deploy.models.errors import Invalid
from jupyter_saturn_deploy.sources.snapshots import Snapshots
from jupyter_saturn_deploy.store.db import Store


def at(project: Path) -> Here:
    """A server in that project, with one file and one directory of that name in it."""
    (project / f"only-in-{project.name}").mkdir(parents=True)
    (project / f"{project.name}.py").write_text(f"print({project.name!r})\n")
    return Here(
        owner="me",
        project=project,
        prefix="/usr",
        image="",
        size="here",
        sizes=["here"],
        backend="local",
        backends=["local"],
        base_url="http://127.0.0.1:1/saturn-deploy/",
    )


def recipe(**spec: Any) -> dict[str, Any]:
    """The same job each time."""
    return {"type": "job", "spec": {"name": "job", "command": "true", **spec}}


def test_a_job_that_another_projects_server_is_given_anew_stays_in_its_own_project(
    tmp_path: Path,
) -> None:
    snapshots = Snapshots(tmp_path / "state")

    async def scene() -> None:
        store = Store(tmp_path / "state" / "store.sqlite", logging.getLogger("test"))
        sources = Sources(snapshots)
        jobs = Jobs(store, sources)
        one, other = at(tmp_path / "one"), at(tmp_path / "other")
        try:
            await jobs.create(one, recipe())
            again = recipe(
                **{"working_directory": "only-in-one", "x-jupyter": {"source": "snapshot"}}
            )
            wished = await jobs.apply(other, again)
            assert (wished.created, wished.resource.project) == (False, str(one.project))
            rows = snapshots.rows(wished.resource.spec.snapshot or "")
            assert [row[0] for row in rows] == ["one.py", "only-in-one"]
        finally:
            sources.close()
            store.close()

    asyncio.run(scene())


def test_a_project_whose_path_is_no_text_is_refused_in_words(tmp_path: Path) -> None:
    async def scene() -> None:
        store = Store(tmp_path / "state" / "store.sqlite", logging.getLogger("test"))
        sources = Sources(Snapshots(tmp_path / "state"))
        here = replace(at(tmp_path / "one"), project=tmp_path / "pr\udcffject")
        here.project.mkdir()
        try:
            with pytest.raises(Invalid) as refused:
                await Jobs(store, sources).create(here, recipe())
            [problem] = refused.value.problems
            assert problem.field == "project" and "pr\\xffject" in problem.message
        finally:
            sources.close()
            store.close()

    asyncio.run(scene())
