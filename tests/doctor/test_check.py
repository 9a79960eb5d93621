"""A recipe is looked at before it is a job; nothing of it runs."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import Api


async def problems(api: Api, command: str, **spec: Any) -> list[Any]:
    recipe = {"type": "job", "spec": {"name": "checked", "command": command, **spec}}
    answer = await api("POST", "recipes/check", recipe)
    assert answer.status == 200, answer
    return list(answer.body["problems"])


async def only(api: Api, command: str, **spec: Any) -> Any:
    found = await problems(api, command, **spec)
    assert len(found) == 1, found
    return found[0]


def write(api: Api, name: str, text: str, mode: int = 0o644) -> None:
    path = api.project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, newline="")
    path.chmod(mode)


@pytest.mark.parametrize(
    "command",
    [
        "python run.py --rows 'a b' > out.txt",
        "cd sub && python -u other.py",
        "DAY=1 python run.py && nothing-that-is-looked-at",
        "bash go.sh",
        "./go.sh",
        "echo $HOME | wc -l",
        "python $SCRIPT",
        "python -c 'import nosuchduck'",
        "if [ -f no.py ]; then python no.py; fi",
        "make data && python no.py",
        "echo 'print(1)' > no.py && python no.py",
    ],
)
async def test_of_what_is_right_or_not_known_nothing_is_said(api: Api, command: str) -> None:
    write(
        api,
        "run.py",
        "import json\nimport beside\nimport pytest, tornado.web\n"
        "try:\n    import nosuchduck\nexcept ImportError:\n    pass\n",
    )
    write(api, "beside.py", "")
    write(api, "sub/other.py", "print(1)\n")
    write(api, "go.sh", "#!/bin/bash\necho went\n", 0o755)
    assert await problems(api, command) == []


async def test_what_is_no_shell_is_told_with_its_line(api: Api) -> None:
    found = await problems(api, "echo one\necho 'two", start_script="if true; then\necho\n")
    assert [item["field"] for item in found] == ["spec.command", "spec.start_script"]
    assert found[0]["sentence"].startswith("the command is no valid shell, line 2: unexpected EOF")
    assert found[1]["sentence"].startswith("the start script is no valid shell, line ")


async def test_nothing_of_it_runs(api: Api, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    touch = f"touch {mark}"
    write(api, "run.py", f"import os\nos.system({touch!r})\n")
    write(api, "go.sh", f"{touch}\n")
    for command in (touch, f"$({touch})", f"`{touch}`", "python run.py", "bash go.sh"):
        await problems(api, command, start_script=touch)
        await problems(api, command, start_script=f"set +n; {touch}; BASH_ENV={mark}")
    assert not mark.exists()


async def test_a_file_that_is_not_there_is_told_and_where_it_is(api: Api) -> None:
    write(api, "work/run.py", "print(1)\n")
    found = await only(api, "python run.py")
    assert (
        found["sentence"] == "there is no file run.py in the project; the project has work/run.py"
    )
    assert found["fix"] == {
        "label": "Work in work",
        "kind": "working_directory",
        "value": "work",
    }
    assert await problems(api, "python run.py", working_directory="work") == []
    assert (await only(api, "bash nosuch.sh"))["fix"] is None
    frozen = {"source": "snapshot"}
    assert await problems(api, "python run.py", **{"x-jupyter": frozen}) == []
    assert await problems(api, "python run.py", start_script="curl -O http://x/run.py") == []


async def test_code_that_can_t_be_read_is_told(api: Api) -> None:
    write(api, "run.py", "x = 1\nif x\n")
    found = await only(api, "python run.py")
    assert found["sentence"].startswith("run.py is no valid Python, line 2: expected ':'")
    write(api, "go.sh", "echo one\nfi\n")
    assert (await only(api, "bash go.sh"))["sentence"].startswith("go.sh is no valid shell, line 2")
    write(api, "dos.sh", "echo one\r\n")
    assert "Windows line endings" in (await only(api, "bash dos.sh"))["sentence"]
    write(api, "late.sh", "echo\n")
    found = await only(api, "./late.sh now")
    assert found["sentence"] == "./late.sh is not executable"
    assert found["fix"]["value"] == "bash late.sh now"


async def test_a_module_that_is_probably_missing_is_told_once_it_is_not_installed(api: Api) -> None:
    write(api, "run.py", "import json\nfrom nosuchduck.sql import query\nimport yaml\n")
    found = await only(api, "python run.py")
    assert found["sentence"] == f"the module nosuchduck.sql is probably missing from {sys.prefix}"
    assert found["fix"]["kind"] == "start_script"
    assert found["fix"]["value"].endswith("pip install nosuchduck")
    for script in (found["fix"]["value"], "pip install -r requirements.txt", "export PYTHONPATH=x"):
        assert await problems(api, "python run.py", start_script=script) == []
    write(api, "lib/nosuchduck/__init__.py", "")
    found = await only(api, "python run.py")
    assert found["sentence"] == "the module nosuchduck is in lib, where Python does not look for it"


async def test_a_notebook_s_imports_are_looked_at(api: Api) -> None:
    cells = ["%matplotlib inline\nimport nosuchduck", "%%bash\nimport x", "!ls\nimport json", "a ="]
    content = {
        "metadata": {"kernelspec": {"name": "python3"}},
        "cells": [{"cell_type": "code", "source": [cell]} for cell in cells],
    }
    write(api, "a.ipynb", json.dumps(content))
    found = await only(api, "jupyter saturn-deploy run-notebook a.ipynb")
    assert found["sentence"] == f"the module nosuchduck is probably missing from {sys.prefix}"


async def test_hostile_files_and_recipes_are_answered_within_a_second_or_so(api: Api) -> None:
    write(api, "deep.py", "(" * 100_000)
    write(api, "long.py", "x = 1\n" * 2_000_000)
    write(api, "nul.py", "x = 1\0")
    write(api, "odd.ipynb", '{"cells": [{"cell_type": "code", "source": 3}]}')
    os.mkfifo(api.project / "pipe.py")
    for command in (
        "python deep.py",
        "python long.py",
        "python nul.py",
        "python pipe.py",
        "jupyter saturn-deploy run-notebook odd.ipynb",
        "(" * 60_000,
        "$(" * 20_000,
        "python " + "../" * 1000 + "x.py",
        "python \udcff.py",
        "",
    ):
        begun = time.monotonic()
        for found in await problems(api, command):
            assert len(found["sentence"]) <= 300
        assert time.monotonic() - begun < 3
    for body in ([], {"spec": []}, {"type": "job"}):
        assert (await api("POST", "recipes/check", body)).status == 422
    odd = {"spec": {"command": 3, "start_script": None, "x-jupyter": [], "working_directory": "/"}}
    assert (await api("POST", "recipes/check", odd)).body == {"problems": []}
