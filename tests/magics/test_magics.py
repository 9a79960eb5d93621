"""Magics, in an IPython shell, with a real server."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from IPython.utils.capture import capture_output

from jupyter_saturn_deploy.magics import Listing, Resource, Run, RunFailed
from tests.never_lost.server import Server

APP = """\
import http.server, os
address = (os.environ["HOST"], int(os.environ["PORT"]))
http.server.HTTPServer(address, http.server.SimpleHTTPRequestHandler).serve_forever()
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory = tmp_path_factory.mktemp("magics")
    server = Server(directory, directory / "state")
    server.start()
    (server.project / "notebooks").mkdir()
    (server.project / "serve.py").write_text(APP)
    yield server
    for recipe in server("GET", "recipes?limit=500")["recipes"]:
        server("POST", f"{recipe['type']}s/{recipe['state']['id']}/stop", {})
    deadline = time.monotonic() + 10
    while any(server.state_dir.glob("runs/*/*/lock")) and time.monotonic() < deadline:
        if not server("GET", "recipes?type=deployment")["recipes"][0]["state"]["x-jupyter"][
            "instances"
        ]:
            break
        time.sleep(0.05)
    server.kill()


@pytest.fixture
def do(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], tuple[ExecutionResult, str]]]:
    """Runs a cell in the project's directory `notebooks`: its result, and what it printed."""
    monkeypatch.setenv("SATURN_BASE_URL", f"{server.url}saturn-deploy/")
    monkeypatch.setenv("SATURN_TOKEN", server.token)
    monkeypatch.chdir(server.project / "notebooks")
    shell = InteractiveShell()
    shell.run_line_magic("load_ext", "jupyter_saturn_deploy")

    def run(cell: str) -> tuple[ExecutionResult, str]:
        with capture_output(display=False) as captured:
            result = shell.run_cell(cell)
        return result, captured.stdout + captured.stderr

    yield run
    # It keeps its history in a file of its own.
    shell.history_manager.end_session()


Do = Callable[[str], tuple[ExecutionResult, str]]


def test_a_cell_becomes_a_job_of_the_project_and_is_watched(do: Do, server: Server) -> None:
    cell = (
        '%%saturn_job nightly --schedule "0 6 * * *" --tz Europe/Berlin --env WHO="Ana B" --watch\n'
        "import os\nprint('from', os.path.basename(os.getcwd()), os.environ['WHO'])\n"
    )
    result, printed = do(cell)
    assert result.success and "from notebooks Ana B" in printed
    made = result.result
    assert isinstance(made, Resource)
    assert (made.name, made.kind, made.status) == ("nightly", "job", "completed")
    spec = server("GET", "recipes/job/nightly")["spec"]
    assert (spec["schedule"], spec["working_directory"]) == ("0 6 * * *", "notebooks")
    assert spec["x-jupyter"]["time_zone"] == "Europe/Berlin"
    script = server.project / "notebooks" / "saturn_jobs" / "nightly.py"
    assert script.read_text().startswith("# Written by %%saturn_job")
    assert "import os" in script.read_text()


def test_a_cell_finds_the_modules_beside_its_notebook(do: Do, server: Server) -> None:
    (server.project / "notebooks" / "beside_it.py").write_text("WORD = 'found'\n")
    assert "found" in do("%%saturn_job finds --watch\nimport beside_it\nprint(beside_it.WORD)\n")[1]


def test_the_cell_again_is_the_same_job_made_anew(do: Do, server: Server) -> None:
    do("%%saturn_job again --retries 2\nprint(1)\n")
    first = server("GET", "recipes/job/again")
    do("%%saturn_job again\nprint(2)\n")
    second = server("GET", "recipes/job/again")
    assert first["state"]["id"] == second["state"]["id"]
    assert "print(2)" in (server.project / "notebooks" / "saturn_jobs" / "again.py").read_text()


def test_a_failure_raises_with_the_doctor_s_sentence(do: Do) -> None:
    result, printed = do("%%saturn_job broken --watch\nimport no_such_module_anywhere\n")
    assert isinstance(result.error_in_exec, RunFailed)
    assert "no_such_module_anywhere is missing" in str(result.error_in_exec)
    assert "magics.py" not in printed


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("%%saturn_job a\n!ls\n", "line 1 of the cell is IPython's own"),
        ("%%saturn_job a\nif True\n", "line 1 of the cell is no Python"),
        ("%%saturn_job 'Bad Name'\n1\n", "no valid name"),
        ('%%saturn_job a --schedule "0 6"\n1\n', "spec.schedule"),
        ("%%saturn_job a --env X\n1\n", "NAME=VALUE"),
        ("%%saturn_job a --env 'X\n1\n", "No closing quotation"),
        ("%saturn run", "Give a name"),
        ("%saturn run nobody", "no job or deployment 'nobody'"),
        ("%saturn dance", "invalid choice"),
        ("%saturn deploy /etc/hostname", "not in the project"),
        ("%saturn deploy ../notes.txt", "notes.txt"),
    ],
)
def test_what_can_not_be_done_is_told_in_words_and_makes_nothing(
    do: Do, server: Server, cell: str, words: str
) -> None:
    (server.project / "notes.txt").write_text("nothing to serve")
    result, printed = do(cell)
    assert isinstance(result.error_in_exec, UsageError)
    assert words in printed + str(result.error_in_exec)
    names = [recipe["spec"]["name"] for recipe in server("GET", "recipes")["recipes"]]
    assert not {"a", "Bad Name"} & set(names)


def test_a_script_of_the_user_s_is_never_written_over(do: Do, server: Server) -> None:
    own = server.project / "notebooks" / "saturn_jobs" / "mine.py"
    own.parent.mkdir(exist_ok=True)
    own.write_text("print('mine')\n")
    result, _ = do("%%saturn_job mine\nprint('other')\n")
    assert isinstance(result.error_in_exec, UsageError)
    assert own.read_text() == "print('mine')\n"


def test_an_interrupted_watch_leaves_the_run_running(
    do: Do, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupyter_saturn_deploy.client import Client

    def interrupted(self: Client, run_id: str, attempt: int = 1) -> Iterator[bytes]:
        yield b"one line\n"
        raise KeyboardInterrupt

    do("%%saturn_job long\nimport time\ntime.sleep(60)\n")
    monkeypatch.setattr(Client, "follow", interrupted)
    result, printed = do("%saturn run long --wait")
    assert result.success and "it goes on" in printed
    assert isinstance(result.result, Run)
    server.until(result.result.run["id"], "running")
    do("%saturn stop long")
    server.until(result.result.run["id"], "stopped")


def test_all_are_listed_with_their_state_as_text_and_as_a_table(do: Do) -> None:
    do("%%saturn_job listed --watch\nprint('<b>')\n")
    result, _ = do("%saturn")
    listing = result.result
    assert isinstance(listing, Listing)
    assert listing["listed"].status == "completed"
    assert "listed" in repr(listing) and "completed" in repr(listing)
    assert "<td" in listing._repr_html_() and "<b>" not in listing._repr_html_()
    assert [each.name for each in listing].count("listed") == 1


def test_logs_are_shown_after_the_end_and_followed_before(do: Do) -> None:
    do("%%saturn_job talks --watch\nprint('word')\n")
    assert "word" in do("%saturn logs talks")[1]
    assert "word" in do("%saturn logs talks -f")[1]


def test_an_app_is_deployed_and_opened_and_stopped(do: Do, server: Server) -> None:
    cell = "%saturn deploy ../serve.py --name served --command 'python serve.py'"
    result, printed = do(cell)
    assert result.success, printed
    made = result.result
    assert (made.kind, made.status) == ("deployment", "running")
    assert made.url is not None and made.url in made._repr_html_()
    assert "1 of 1 instance ready" in printed
    again, _ = do(cell)
    assert again.result.recipe["state"]["x-jupyter"]["revision"] == 2
    assert do("%saturn open served")[0].result.url == made.url
    do("%saturn stop served")
    assert do("%saturn open served")[0].result.status in ("stopping", "stopped")


def test_without_a_server_it_says_what_to_do(
    do: Do, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SATURN_BASE_URL")
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    result, printed = do("%saturn")
    assert isinstance(result.error_in_exec, UsageError)
    assert "Start JupyterLab" in printed + str(result.error_in_exec)


def test_loading_brings_nothing_heavy() -> None:
    import subprocess
    import sys

    heavy = "tornado.web pydantic sqlite3 yaml jupyter_server"
    program = (
        "import sys, jupyter_saturn_deploy.magics;"
        f"print([name for name in {heavy.split()!r} if name in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ},
    )
    assert told.stdout.strip() == "[]"


def test_what_is_shown_keeps_up_with_what_happens(do: Do, server: Server) -> None:
    do("%%saturn_job short\nimport time\ntime.sleep(1)\n")
    run = do("%saturn run short")[0].result
    assert run.is_live
    server.until(run.run["id"], "completed")
    run.refresh()
    assert (run.state, run.exit_code, run.is_live) == ("completed", 0, False)
