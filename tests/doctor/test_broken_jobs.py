"""Jobs broken in many ways, each really run: told the truth, and mended where an edit can do it."""

from __future__ import annotations

import json
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import Api
from tests.doctor.conftest import failed, well_once_fixed

pytestmark = pytest.mark.timeout(90)


def write(api: Api, name: str, text: str, mode: int = 0o644) -> Path:
    path = api.project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, newline="")
    path.chmod(mode)
    return path


def wheel(directory: Path, package: str, module: str) -> None:
    """The smallest one that pip installs."""
    directory.mkdir(exist_ok=True)
    stem = f"{package.replace('-', '_')}-1.0"
    info = f"{stem}.dist-info"
    files = {
        f"{module}.py": "VALUE = 1\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(directory / f"{stem}-py3-none-any.whl", "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)


@pytest.mark.parametrize(("module", "package"), [("nosuchduck", "nosuchduck"), ("fitz", "pymupdf")])
async def test_a_missing_module_is_named_with_its_environment_and_installed(
    api: Api, tmp_path: Path, module: str, package: str
) -> None:
    # Both are a directory of the test's own: pip writes into no environment here.
    wheel(tmp_path / "wheels", package, module)
    site = str(tmp_path / "site")
    variables = {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(tmp_path / "wheels"),
        "PIP_TARGET": site,
        "PYTHONPATH": site,
    }
    write(api, "run.py", f"import json\nimport {module}\nprint({module}.VALUE)\n")
    run = await failed(api, "python run.py", environment_variables=variables)
    advice = run["advice"]
    assert advice["sentence"] == f"the module {module} is missing from {sys.prefix}"
    assert advice["fix"] == {
        "label": f"Add “pip install {package}” to the start script",
        "kind": "start_script",
        "value": f"pip install {package}",
    }
    assert run["detail"] == f"ModuleNotFoundError: No module named '{module}'"
    await well_once_fixed(api, run)


async def test_a_missing_module_that_another_kernel_has_is_found_there(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (other / "lib" / version / "site-packages" / "nosuchduck").mkdir(parents=True)
    (other / "bin").mkdir()
    (other / "bin" / "python").symlink_to(sys.executable)
    kernel = tmp_path / "data" / "kernels" / "ducks"
    kernel.mkdir(parents=True)
    spec = {"argv": [str(other / "bin" / "python")], "display_name": "Ducks", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "data"))
    run = await failed(api, "python -m nosuchduck.quack")
    assert run["advice"]["sentence"] == (
        f"the module nosuchduck.quack is missing from {sys.prefix};"
        f" the environment of the kernel ducks, {other}, has it"
    )


async def test_a_module_of_the_project_that_python_does_not_look_for_is_found(api: Api) -> None:
    write(api, "src/ourlib.py", "VALUE = 1\n")
    write(api, "run.py", "import ourlib\n")
    run = await failed(api, "python run.py")
    assert run["advice"]["sentence"] == (
        "the module ourlib is in src, where Python does not look for it"
    )
    await well_once_fixed(api, run)


async def test_an_exception_is_told_with_the_line_of_the_project(api: Api) -> None:
    write(api, "run.py", "import json\n\ndef load():\n    json.loads('{')\n\nload()\n")
    script = "python run.py; echo 'Process finished with exit code 1'; exit 1"
    run = await failed(api, script)
    assert run["advice"]["sentence"].startswith("json.decoder.JSONDecodeError: Expecting property")
    assert run["advice"]["sentence"].endswith("(run.py, line 4)")
    assert run["advice"]["do"].startswith("look at run.py, line 4")
    assert run["advice"]["fix"] is None


async def test_an_exit_code_comes_with_the_last_words_that_matter(api: Api) -> None:
    run = await failed(api, "echo the table is empty; echo; echo -----; exit 3")
    assert run["advice"]["sentence"] == "exit code 3: the table is empty"
    run = await api.ended(await api.job("silent", "exit 4"))
    assert run["advice"]["sentence"] == "exit code 4, and it wrote nothing"


async def test_a_command_that_is_a_file_of_the_project_needs_its_directory(api: Api) -> None:
    write(api, "go", "#!/bin/sh\necho went\n", 0o755)
    run = await failed(api, "go --now")
    assert run["advice"]["sentence"] == (
        "go is a file of the project, and the shell finds it only as ./go"
    )
    assert run["advice"]["fix"]["value"] == "./go --now"
    await well_once_fixed(api, run)


async def test_a_command_that_is_nowhere_is_not_found(api: Api) -> None:
    run = await failed(api, "cd / && nosuchcommand --now")
    assert run["advice"]["sentence"] == "the command nosuchcommand is not found"
    assert run["advice"]["fix"] is None


async def test_a_program_that_the_code_starts_is_no_missing_file(api: Api) -> None:
    write(api, "run.py", "import subprocess\nsubprocess.run(['nosuchcommand', '-v'])\n")
    run = await failed(api, "python run.py")
    assert run["advice"]["sentence"] == "the command nosuchcommand is not found"


@pytest.mark.parametrize(
    ("name", "text", "by"),
    [
        ("go.sh", "echo went\n", "bash go.sh"),
        ("go", "#!/usr/bin/env python3\nprint('went')\n", "python3 go"),
        ("run.py", "print('went')\n", "python run.py"),
    ],
)
async def test_a_file_that_is_not_executable_is_run_by_its_interpreter(
    api: Api, name: str, text: str, by: str
) -> None:
    write(api, name, text)
    run = await failed(api, f"./{name} a 'b c'")
    assert run["advice"]["sentence"] == f"./{name} is not executable"
    assert run["advice"]["fix"]["value"] == f"{by} a 'b c'"
    await well_once_fixed(api, run)


async def test_windows_line_endings_are_seen(api: Api) -> None:
    write(api, "go.sh", "#!/bin/bash\r\necho went\r\n", 0o755)
    write(api, "run.py", "#!/usr/bin/env python3\r\nprint('went')\r\n", 0o755)
    run = await failed(api, "./go.sh")
    assert run["advice"]["sentence"].startswith("./go.sh has Windows line endings")
    write(api, "other.sh", "nosuch\r\n")
    run = await api.ended(await api.job("other", "bash ./other.sh"))
    assert run["advice"]["sentence"].startswith("./other.sh has Windows line endings")
    run = await api.ended(await api.job("python", "./run.py"))
    assert run["advice"]["sentence"].startswith("./run.py has Windows line endings")
    await well_once_fixed(api, run)


async def test_a_plain_sigkill_is_not_taken_for_want_of_memory(api: Api) -> None:
    run = await failed(api, "echo busy; kill -9 $$")
    assert run["signal"] == 9
    assert run["advice"]["sentence"].startswith("killed by SIGKILL: by whom is not known")
    assert "out of memory" not in run["advice"]["sentence"]


async def test_python_without_memory_says_so(api: Api) -> None:
    # The room for addresses, not a control group: Python itself is refused.
    write(api, "run.py", "x = 1\ny = bytearray(1 << 40)\n")
    run = await failed(api, "ulimit -v 4000000; python run.py")
    assert run["advice"]["sentence"].startswith(
        "Python got no more memory at run.py, line 2: MemoryError"
    )


async def test_a_start_script_that_fails_is_told_with_its_last_line(api: Api) -> None:
    run = await failed(api, "echo never", start_script="echo no licence today\nfalse\n")
    assert run["advice"]["sentence"] == (
        "the start script failed with exit code 1: no licence today"
    )
    run = await api.ended(
        await api.job("other", "echo never", start_script="nosuchcommand\necho on\n")
    )
    assert run["advice"]["sentence"] == (
        "the start script failed: the command nosuchcommand is not found"
    )


async def test_a_working_directory_that_is_gone_is_left_for_the_project(api: Api) -> None:
    (api.project / "sub").mkdir()
    job = await api.job("moved", "pwd", working_directory="sub")
    (api.project / "sub").rmdir()
    run = await api.ended(job)
    assert run["advice"]["sentence"] == (
        "the working directory sub does not exist in the project or can't be entered"
    )
    await well_once_fixed(api, run)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no /dev/full")
async def test_a_full_disk_is_told(api: Api) -> None:
    run = await failed(api, 'python -c \'print(1, file=open("/dev/full", "w"), flush=True)\'')
    assert run["advice"]["sentence"].startswith("a disk is full: OSError: [Errno 28] No space left")


async def test_a_file_without_permission_is_named(api: Api) -> None:
    write(api, "data/in.csv", "1\n", 0o000)
    # As root nothing is forbidden: another user's rights are asked for then.
    drop = "import os; os.getuid() or os.setuid(65534); " if os.getuid() == 0 else ""
    write(api, "run.py", f"{drop}open('data/in.csv')\n")
    for directory in (api.project, *api.project.parents):
        if directory.owner() == "root" and directory != Path("/"):
            directory.chmod(directory.stat().st_mode | 0o055)
    run = await failed(api, "python run.py")
    assert run["advice"]["sentence"] == (
        "no permission for the file of the project data/in.csv (its rights are 0)"
    )


@pytest.mark.parametrize("command", ["python run.py", "bash run.sh", "cat data/in.csv && false"])
async def test_a_file_that_lies_deeper_is_found_there(api: Api, command: str) -> None:
    write(api, "work/run.py", "print(open('data/in.csv').read())\n")
    write(api, "work/run.sh", "python run.py\n")
    write(api, "work/data/in.csv", "1\n")
    if command.startswith("cat"):
        write(api, "run.py", "print(open('data/in.csv').read())\n")
        command = "python run.py"
    run = await failed(api, command)
    assert "the project has work/" in run["advice"]["sentence"], run["advice"]
    assert run["advice"]["fix"] == {
        "label": "Work in work",
        "kind": "working_directory",
        "value": "work",
    }
    await well_once_fixed(api, run)


async def test_a_timeout_can_be_raised(api: Api) -> None:
    run = await failed(api, "echo waiting for rows; sleep 1.5", **{"x-jupyter": {"timeout": 1}})
    assert run["advice"]["sentence"] == (
        "it took longer than 1 s, the limit for one attempt; its last words were: waiting for rows"
    )
    assert run["advice"]["fix"] == {
        "label": "Raise the timeout to 2 s",
        "kind": "timeout",
        "value": 2,
    }
    await well_once_fixed(api, run)


async def test_code_that_can_t_be_read_is_told_with_its_line(api: Api) -> None:
    write(api, "run.py", "x = 1\nif x\n    print(x)\n")
    run = await failed(api, "python run.py")
    assert run["advice"]["sentence"].startswith("run.py, line 2 is no valid Python: expected ':'")
    run = await api.ended(await api.job("shell", "echo one\nif true; then"))
    assert run["advice"]["sentence"].startswith("the command is no valid shell, line 3: syntax")


async def test_a_crash_is_told(api: Api) -> None:
    run = await failed(api, "python -c 'import os; os.kill(os.getpid(), 11)'")
    assert run["advice"]["sentence"].startswith("a segmentation fault")


async def test_a_source_that_is_gone_is_told(api: Api, state_dir: Path) -> None:
    write(api, "run.py", "print(1)\n")
    job = await api.job("frozen", "python run.py", **{"x-jupyter": {"source": "snapshot"}})
    for path in (state_dir / "snapshots").iterdir():
        path.unlink()
    run = await api.ended(job)
    assert run["advice"]["sentence"].startswith("its code could not be put in place: ")
    assert run["advice"]["fix"] is None


async def test_the_files_of_a_copy_are_looked_at_not_those_of_the_project(api: Api) -> None:
    write(api, "a/run.py", "print(1)\n")
    job = await api.job("frozen", "python run.py", **{"x-jupyter": {"source": "snapshot"}})
    (api.project / "a").rename(api.project / "b")
    run = await api.ended(job)
    assert run["advice"]["fix"]["value"] == "a"


async def test_a_run_that_ends_well_and_says_nothing_is_no_failure(api: Api) -> None:
    run = await api.ended(await api.job("quiet", "true"))
    assert (run["state"], run["advice"], run["detail"]) == ("completed", None, None)


async def test_a_stopped_run_has_no_advice(api: Api) -> None:
    run_id = await api.start(await api.job("stopped", "sleep 60"))
    await api.until(run_id, "running")
    await api("POST", f"runs/{run_id}/stop")
    assert (await api.until(run_id, "stopped"))["advice"] is None


@pytest.fixture
def kernels_of_this_environment(jp_environ: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest-jupyter hides them from the server; a run inherits that."""
    monkeypatch.delenv("JUPYTER_DATA_DIR", raising=False)
    monkeypatch.delenv("JUPYTER_PATH", raising=False)


@pytest.mark.usefixtures("kernels_of_this_environment")
async def test_a_notebook_s_failure_is_told_with_its_cell(api: Api) -> None:
    def notebook(*cells: str) -> None:
        content: Any = {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
            "cells": [
                {
                    "id": f"c{number}",
                    "cell_type": "code",
                    "metadata": {},
                    "source": source,
                    "outputs": [],
                    "execution_count": None,
                }
                for number, source in enumerate(cells)
            ],
        }
        write(api, "a.ipynb", json.dumps(content))

    notebook("1", "import nosuchduck")
    job = await api.job("notebook", "jupyter-saturn-deploy run-notebook a.ipynb")
    run = await api.ended(job)
    assert run["advice"]["sentence"] == (
        f"the module nosuchduck is missing from {sys.prefix} in cell 2 of 2"
    )
    notebook("1 / 0")
    run = await api.ended(job)
    assert run["advice"]["sentence"] == "cell 1 of 1: ZeroDivisionError: division by zero"


async def test_a_fix_that_makes_no_sense_any_more_is_refused(api: Api) -> None:
    write(api, "go", "#!/bin/sh\necho went\n", 0o755)
    run = await failed(api, "go --now")
    answer = await api("PATCH", f"jobs/{run['job_id']}", {"spec": {"command": "echo other"}})
    assert answer.status == 200
    refused = await api("POST", f"runs/{run['id']}/fix")
    assert (refused.status, refused.body["errors"][0]["field"]) == (409, "fix")
    assert "another now" in refused.body["message"]
    other = await api.ended(await api.job("other", "exit 3"))
    assert (await api("POST", f"runs/{other['id']}/fix")).status == 409
    assert (await api("POST", "runs/none/fix")).status == 404


async def test_what_a_hostile_log_says_stays_text(api: Api) -> None:
    write(
        api,
        "run.py",
        "import sys\n"
        "sys.stdout.write('x' * 1_000_000 + '\\n')\n"
        "sys.stdout.write('\\x1b]0;title\\x07\\x1b[31mred\\u202egnp.exe\\x00\\u2066 <b>&\\n')\n"
        "sys.exit(3)\n",
    )
    run = await failed(api, "python run.py")
    assert run["advice"]["sentence"] == "exit code 3: redgnp.exe <b>&"
    write(api, "run.py", "import sys\nsys.stdout.write('x: ' * 400_000)\nsys.exit(127)\n")
    run = await api.ended(run["job_id"])
    assert run["advice"]["sentence"].endswith("…") and len(run["advice"]["sentence"]) == 300
    write(api, "run.py", "raise ModuleNotFoundError(\"No module named 'x; rm -rf ~'\")\n")
    run = await api.ended(run["job_id"])
    assert run["advice"]["fix"] is None
