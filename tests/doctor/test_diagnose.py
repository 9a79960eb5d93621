"""What the doctor makes of evidence that no test can bring about: kills for want of memory, and
logs as programs of all kinds leave them."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from jupyter_saturn_deploy.doctor.diagnose import diagnosed
from jupyter_saturn_deploy.doctor.lastwords import read
from jupyter_saturn_deploy.logs.tail import plain
from jupyter_saturn_deploy.models.advice import Advice, Evidence
from jupyter_saturn_deploy.models.code import Usage
from jupyter_saturn_deploy.models.resources import JobSpec
from jupyter_saturn_deploy.models.runs import (
    Ending,
    Execution,
    Reason,
    Run,
    RunState,
    after_attempt,
)

GIB = 1024**3


def advice(project: Path, tail: str, evidence: Any = None, **ending: Any) -> Advice:
    """On a run of `python run.py` that ended so."""
    spec = JobSpec(name="job", command="python run.py", instance_type="here", image="")
    execution = Execution(spec, str(project), "/usr", "http://x/")
    run = Run("r", "j", 1, "me", "local", execution, "manual", "me", 1, 0.0, attempt=1)
    found = Evidence(tail=plain(tail), memory=24 * GIB, **(evidence or {}))
    seen = after_attempt(run, 1, Ending(1.0, **{"exit_code": 1, **ending}, evidence=found))
    assert seen.state is RunState.ERROR
    said = diagnosed(run, seen).advice
    assert said is not None and len(said.sentence) <= 300 and len(said.do) <= 300
    return said


KILLED: dict[str, Any] = {"exit_code": 137, "signal": int(signal.SIGKILL)}


def test_a_kill_that_the_kernel_counted_is_out_of_memory(tmp_path: Path) -> None:
    usage = Usage(memory_peak=22 * GIB)
    said = advice(tmp_path, "loading\n", {"oom_kills": 1}, usage=usage, **KILLED)
    assert said.sentence == (
        "out of memory: the kernel killed it; it held 22 GB at its peak of the 24 GB there are"
    )


@pytest.mark.parametrize(
    "last",
    [
        "cell 2 of 3: the kernel died (out of memory, or killed)",
        "concurrent.futures.process.BrokenProcessPool: A process in the process pool was"
        " terminated abruptly while the future was running or pending.",
        "bash: line 1: 4711 Killed                  python big.py",
    ],
)
def test_so_is_one_of_a_process_below_that_the_log_tells_of(tmp_path: Path, last: str) -> None:
    assert advice(tmp_path, last, {"oom_kills": 2}).sentence.startswith("out of memory")
    assert "out of memory:" not in advice(tmp_path, last, {"oom_kills": 0}).sentence


@pytest.mark.parametrize("counted", [0, None])
def test_a_kill_that_it_did_not_count_is_only_a_kill(tmp_path: Path, counted: int | None) -> None:
    said = advice(tmp_path, "", {"oom_kills": counted}, **KILLED)
    assert said.sentence.startswith("killed by SIGKILL: by whom is not known")


def test_an_error_beside_somebody_elses_want_of_memory_is_an_error(tmp_path: Path) -> None:
    said = advice(tmp_path, "ValueError: no rows\n", {"oom_kills": 1})
    assert said.sentence == "ValueError: no rows"


def test_a_disk_without_room_is_full_whatever_the_log_says(tmp_path: Path) -> None:
    said = advice(tmp_path, "could not write\n", {"free": 0})
    assert said.sentence == "a disk it writes to is full, and could not write"
    assert "could not write" not in advice(tmp_path, "no rows\n", {"free": GIB}).sentence


def test_what_could_not_be_started_says_why(tmp_path: Path) -> None:
    for detail, words in {
        "No space left on device: /x": "a disk is full",
        "Argument list too long": "could not be started: Argument list too long",
    }.items():
        reason = {"reason": Reason.NOT_STARTED, "detail": detail, "exit_code": None}
        assert words in advice(tmp_path, "", **reason).sentence
    lost = advice(tmp_path, "", reason=Reason.LOST, exit_code=None)
    assert lost.sentence.startswith("its supervisor was killed")


def test_a_script_of_the_project_that_hides_a_package_is_named(tmp_path: Path) -> None:
    (tmp_path / "random.py").write_text("")
    tail = "ModuleNotFoundError: No module named 'random.x'; 'random' is not a package"
    assert advice(tmp_path, tail).sentence == (
        "the project's own random.py hides the package that has the module random.x"
    )


@pytest.mark.parametrize(
    ("tail", "line"),
    [
        ("one\ntwo\n\n---\n", "two"),
        ("no rows\nProcess finished with exit code 1\n", "no rows"),
        ("no rows\nmake: *** [Makefile:2: all] Error 1\n", "no rows"),
        ("Traceback (most recent call last):\n  File \"a.py\", line 1\nx.Odd: it is\nbye\n",
         "x.Odd: it is"),
        ("Traceback (most recent call last):\n  File \"a.py\", line 1\nValueError: handled\n"
         + "going on\n" * 9 + "psql: no server\n", "psql: no server"),
        ("ValueError: first\nException ignored in: <function f>\nTraceback (most recent call"
         " last):\n  File \"a.py\", line 1\nTypeError: unimportant\n", "ValueError: first"),
        ("KeyError: 'a'\n\nDuring handling of the above exception, another exception occurred:\n\n"
         "Traceback (most recent call last):\n  File \"a.py\", line 3, in <module>\n"
         "RuntimeError: no a\n", "RuntimeError: no a"),
        ("╭──── Traceback (most recent call last) ────╮\n│ a.py:1 │\n╰───╯\nValueError: rich\n",
         "ValueError: rich"),
        ("E   ImportError while loading conftest\n10%\r50%\r100%\n", "100%"),
        ("a.py:3: DeprecationWarning: old\n  f()\n", "f()"),
        ("logout\n", "logout"),
        ("", ""),
    ],
)  # fmt: skip
def test_the_line_that_matters_is_found(tail: str, line: str) -> None:
    assert read(plain(tail)).line == line


def test_no_log_takes_long_to_read(tmp_path: Path) -> None:
    lines = ["x: " * 5000, "'" * 16_000, "line 1: " * 2000, "a." * 8000, "a" * 16_000, " " * 16_000]
    for line in lines:
        for code in (1, 2, 126, 127):
            begun = time.process_time()
            advice(tmp_path, f"{line}\n" * 3 + line, exit_code=code)
            assert time.process_time() - begun < 1


def test_a_search_of_a_large_project_ends(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"d{number}" / "sub").mkdir(parents=True)
    os.symlink(tmp_path, tmp_path / "loop")
    (tmp_path / "d7" / "sub" / "in.csv").touch()
    tail = "FileNotFoundError: [Errno 2] No such file or directory: 'in.csv'"
    said = advice(tmp_path, tail)
    assert said.fix is not None and said.fix.value == "d7/sub"
