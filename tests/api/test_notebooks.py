"""Notebooks as jobs, with real kernels."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import Api

COMMAND = "jupyter-saturn-deploy run-notebook analysis.ipynb"
pytestmark = pytest.mark.timeout(90)


@pytest.fixture(autouse=True)
def kernels_of_this_environment(jp_environ: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest-jupyter hides them from the server; a run inherits that."""
    monkeypatch.delenv("JUPYTER_DATA_DIR", raising=False)
    monkeypatch.delenv("JUPYTER_PATH", raising=False)


def notebook(api: Api, *cells: str, kernel: str = "python3", name: str = "analysis.ipynb") -> None:
    """Write one into the project; a cell that begins with # is Markdown."""
    content = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": kernel, "display_name": kernel}},
        "cells": [
            {"id": f"c{n}", "cell_type": "markdown", "metadata": {}, "source": source}
            if source.startswith("#")
            else {
                "id": f"c{n}",
                "cell_type": "code",
                "metadata": {},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
            for n, source in enumerate(cells)
        ],
    }
    path = api.project / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content))


async def executed(api: Api, run_id: str) -> Any:
    answer = await api("GET", f"runs/{run_id}/notebook")
    assert answer.status == 200, answer
    return answer.body


async def test_a_notebook_runs_and_lies_executed_beside_its_log(api: Api) -> None:
    notebook(api, "# Title", "print('hello')", "6 * 7")
    before = (api.project / "analysis.ipynb").read_bytes()
    run = await api.ended(await api.job("a", COMMAND))
    assert (run["state"], run["progress"]) == ("completed", {"cell": 2, "of": 2})
    assert await api.log(run["id"]) == b"hello\n42\n"
    cells = (await executed(api, run["id"]))["cells"]
    assert "".join(cells[1]["outputs"][0]["text"]) == "hello\n"
    assert "".join(cells[2]["outputs"][0]["data"]["text/plain"]) == "42"
    assert (api.project / "analysis.ipynb").read_bytes() == before


async def test_a_failing_cell_is_named_in_the_row_and_what_ran_is_kept(api: Api) -> None:
    notebook(api, "x = 1", "# words", "x / 0", "print('never')")
    run = await api.ended(await api.job("a", COMMAND))
    assert (run["state"], run["exit_code"]) == ("error", 1)
    assert run["detail"] == "cell 2 of 3: ZeroDivisionError: division by zero"
    cells = (await executed(api, run["id"]))["cells"]
    assert cells[2]["outputs"][0]["ename"] == "ZeroDivisionError"
    assert cells[3]["outputs"] == []


async def test_how_far_it_is_can_be_seen_while_it_runs(api: Api) -> None:
    notebook(api, "1", "import time, os\nwhile not os.path.exists('go'): time.sleep(0.05)", "2")
    run_id = await api.start(await api.job("a", COMMAND))
    for _ in range(400):
        run = (await api("GET", f"runs/{run_id}")).body
        if run["progress"] == {"cell": 2, "of": 3}:
            break
        await asyncio.sleep(0.05)
    assert run["sentence"] == "running, cell 2 of 3"
    (api.project / "go").touch()
    assert (await api.until(run_id, "completed"))["progress"] == {"cell": 3, "of": 3}


async def test_a_notebook_s_cells_run_in_its_own_directory(api: Api) -> None:
    notebook(api, "import os; print(os.getcwd())", name="sub/n.ipynb")
    run = await api.ended(await api.job("a", "jupyter-saturn-deploy run-notebook sub/n.ipynb"))
    lines = (await api.log(run["id"])).splitlines()
    # A kernel that is shut down may complain about its own sockets; nothing else is let pass.
    assert [line for line in lines if not line.endswith(b"non-socket")] == [
        bytes(api.project.resolve() / "sub")
    ]


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda api: None, "there is no notebook"),
        (lambda api: (api.project / "analysis.ipynb").write_text("{}"), "is no notebook"),
        (lambda api: (api.project / "analysis.ipynb").write_text("no json"), "is no notebook"),
        (lambda api: notebook(api, "1", kernel="klingon"), "asks for the kernel 'klingon'"),
        (lambda api: notebook(api, "import os; os._exit(1)"), "cell 1 of 1: the kernel died"),
    ],
)
async def test_what_cannot_be_run_says_why(api: Api, prepare: Any, words: str) -> None:
    prepare(api)
    run = await api.ended(await api.job("a", COMMAND))
    assert (run["state"], run["exit_code"]) == ("error", 1)
    assert words in run["detail"]


async def test_a_stopped_notebook_leaves_no_kernel(api: Api, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    notebook(
        api,
        f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid()))",
        "time.sleep(99)",
    )
    run_id = await api.start(await api.job("a", COMMAND))
    for _ in range(400):
        if pid_file.exists() and pid_file.read_text():
            break
        await asyncio.sleep(0.05)
    await api("POST", f"runs/{run_id}/stop")
    await api.until(run_id, "stopped")
    assert not Path(f"/proc/{pid_file.read_text()}").exists()


async def test_a_run_without_a_notebook_has_none(api: Api) -> None:
    run = await api.ended(await api.job("a", "true"))
    assert run["progress"] is None
    assert (await api("GET", f"runs/{run['id']}/notebook")).status == 404
