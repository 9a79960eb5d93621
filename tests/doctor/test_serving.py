"""What the doctor makes of an instance by what is known of it: where it listens, since when."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_saturn_deploy.doctor.diagnose import diagnosed
from jupyter_saturn_deploy.doctor.fixes import changes
from jupyter_saturn_deploy.doctor.serving import standing
from jupyter_saturn_deploy.models.advice import Advice, Change, Evidence
from jupyter_saturn_deploy.models.errors import Conflict
from jupyter_saturn_deploy.models.resources import DeploymentSpec
from jupyter_saturn_deploy.models.runs import (
    Ending,
    Execution,
    Run,
    RunState,
    Serving,
    after_attempt,
)

GIVEN = 23456


def instance(project: Path, command: str, **spec: Any) -> Run:
    """One that has run for ten seconds at 1010."""
    made = DeploymentSpec(name="app", command=command, instance_type="here", image="", **spec)
    execution = Execution(made, str(project), "/usr", "http://x/")
    run = Run("r", "d", 1, "me", "local", execution, "manual", "me", 1, 0.0, attempt=1)
    return replace(run, revision=1, instance=1, state=RunState.RUNNING, started_at=1000.0)


def serves(
    project: Path, command: str, port: int = GIVEN, beyond: bool = False, **spec: Any
) -> Advice | None:
    """On one that listens there."""
    run = instance(project, command, **spec)
    return standing(replace(run, serving=Serving("127.0.0.1", port, GIVEN, beyond, 1001.0)), 1010.0)


def fixed(advice: Advice | None) -> str | None:
    assert advice is not None
    assert len(advice.sentence) <= 300 and len(advice.do) <= 300
    if advice.fix is None:
        return None
    assert advice.fix.kind is Change.COMMAND
    return str(advice.fix.value)


def test_one_that_listens_where_it_should_needs_no_advice(tmp_path: Path) -> None:
    for command in (
        "python app.py",
        'python -m panel serve a.py --address "${HOST:-0.0.0.0}" --port "${PORT:-8000}"',
        "uvicorn app:app --host $HOST --port $PORT",
        'gunicorn a:app --bind "${HOST:-0.0.0.0}:${PORT:-8000}"',
        "python app.py --database localhost:5432 --broker-host localhost.example",
    ):
        assert serves(tmp_path, command) is None, command


@pytest.mark.parametrize(
    ("command", "value"),
    [
        ("uvicorn a:b --port 8050 --host $HOST", "uvicorn a:b --port ${PORT:-8000} --host $HOST"),
        ("python a.py --port=8050", "python a.py --port=${PORT:-8000}"),
        ("python a.py -p 8050", "python a.py -p ${PORT:-8000}"),
        ("python a.py -p '8050'", None),
        ('python a.py -p "8050"', 'python a.py -p "${PORT:-8000}"'),
        ("gunicorn a:app -b $HOST:8050", "gunicorn a:app -b $HOST:${PORT:-8000}"),
        ("PORT=8050 python a.py", "PORT=${PORT:-8000} python a.py"),
        ("python -m http.server 8050", "python -m http.server ${PORT:-8000}"),
        ("streamlit run a.py --server.port 8050", "streamlit run a.py --server.port ${PORT:-8000}"),
        ("streamlit run a.py", "streamlit run a.py --server.port=${PORT:-8000}"),
        ("python -m panel serve a.py", "python -m panel serve a.py --port=${PORT:-8000}"),
        ("gunicorn a:app", "gunicorn a:app --bind=${HOST:-0.0.0.0}:${PORT:-8000}"),
        ("panel serve a.py --allow-websocket-origin=localhost:8050", None),
        ("panel serve a.py --allow-websocket-origin localhost:8050", None),
        ("python a.py --port 8050 --other 8050", None),
        ("python a.py --rows 8050", None),
        ("python -c 'run(port=8050)'", None),
        ("streamlit run a.py && true", None),
        ("python a.py", None),
    ],
)  # fmt: skip
def test_another_port_is_told_and_the_command_corrected_where_that_is_certain(
    tmp_path: Path, command: str, value: str | None
) -> None:
    advice = serves(tmp_path, command, port=8050)
    assert advice is not None and advice.sentence == (
        "listens on 8050, not on the 23456 it was given as PORT: served here all the same, but it"
        " would fail on Kubernetes, where only port 8000 is forwarded"
    )
    assert fixed(advice) == value


def test_another_port_in_the_code_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import web\n# not 8050\nweb.serve(80501)\nweb.serve(8050)\n")
    advice = serves(tmp_path, "python app.py", port=8050)
    assert advice is not None and advice.fix is None
    assert advice.do == "let it listen on the port that PORT names (app.py, line 4)"


def test_variables_that_hide_the_given_ones_are_to_go(tmp_path: Path) -> None:
    own = {"PORT": "8050", "HOST": "0.0.0.0"}
    advice = serves(tmp_path, "app --port 8050", port=8050, environment_variables=own)
    assert advice is not None and advice.fix is None
    assert advice.do.startswith("remove the environment variable PORT")
    advice = serves(tmp_path, "app --host 0.0.0.0", beyond=True, environment_variables=own)
    assert advice is not None and advice.fix is None
    assert advice.do.startswith("remove the environment variable HOST")


@pytest.mark.parametrize(
    ("command", "value"),
    [
        ("app --host 0.0.0.0", "app --host ${HOST:-0.0.0.0}"),
        ("app --ip=0.0.0.0 --port 8050", "app --ip=${HOST:-0.0.0.0} --port ${PORT:-8000}"),
        ("gunicorn a:b -b 0.0.0.0:8050", "gunicorn a:b -b ${HOST:-0.0.0.0}:${PORT:-8000}"),
        ("gunicorn a:b -b :8050", "gunicorn a:b -b ${HOST:-0.0.0.0}:${PORT:-8000}"),
        ("streamlit run a.py --server.port 8050",
         "streamlit run a.py --server.port ${PORT:-8000} --server.address=${HOST:-0.0.0.0}"),
        ("python -m http.server 8050",
         "python -m http.server ${PORT:-8000} --bind=${HOST:-0.0.0.0}"),
        ("python a.py", None),
        ("app '--host=0.0.0.0'", None),
    ],
)  # fmt: skip
def test_listening_to_all_is_told_before_anything_else(
    tmp_path: Path, command: str, value: str | None
) -> None:
    advice = serves(tmp_path, command, port=8050, beyond=True)
    assert advice is not None and advice.sentence == (
        "listens on 0.0.0.0: everybody who reaches this machine can open it without signing in"
    )
    assert fixed(advice) == value


@pytest.mark.parametrize(
    ("command", "value"),
    [
        ("app --host 127.0.0.1", "app --host ${HOST:-0.0.0.0}"),
        ("app --address=localhost", "app --address=${HOST:-0.0.0.0}"),
        ('app -b "localhost:$PORT"', 'app -b "${HOST:-0.0.0.0}:$PORT"'),
        ("uvicorn a:app --port $PORT", "uvicorn a:app --port $PORT --host=${HOST:-0.0.0.0}"),
        ("flask run -p $PORT", "flask run -p $PORT --host=${HOST:-0.0.0.0}"),
        ("app '--host=127.0.0.1'", None),
    ],
)
def test_a_loopback_address_of_its_own_would_fail_elsewhere(
    tmp_path: Path, command: str, value: str | None
) -> None:
    advice = serves(tmp_path, command)
    assert advice is not None and "it would fail on Kubernetes" in advice.sentence
    assert fixed(advice) == value


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("from flask import Flask\napp = Flask('a')\napp.run(port=int(p))\n", 3),
        ("import uvicorn\n\nuvicorn.run(app,\n  host='localhost')\n", 3),
        ("import gradio as gr\ndemo.launch(server_port=p)\n", 2),
        ("from flask import Flask\napp.run(host=os.environ['HOST'])\n", None),
        ("from flask import Flask\nsubprocess.run(['ls'])\n", None),
        ("import gradio as gr\ndemo.launch(server_name=name)\n", None),
        ("connect(host='localhost')\n", None),
    ],
)
def test_a_loopback_address_in_the_code_is_told_with_its_line(
    tmp_path: Path, code: str, line: int | None
) -> None:
    (tmp_path / "app.py").write_text(code)
    advice = serves(tmp_path, "python app.py")
    if line is None:
        assert advice is None
        return
    assert advice is not None and advice.fix is None
    assert advice.do == f"let it listen on the address that HOST names (app.py, line {line})"


def test_one_that_listens_on_nothing_is_told_after_a_while(tmp_path: Path) -> None:
    run = instance(tmp_path, "sleep 1000")
    assert standing(run, 1059.0) is None
    advice = standing(run, 1125.0)
    assert advice is not None and advice.fix is None
    assert advice.sentence == "running for 2 min 05 s, and listens on nothing yet"
    assert standing(replace(run, state=RunState.STARTING, started_at=None), 1125.0) is None


def ended(project: Path, command: str, tail: str, *, attempt: int = 1, **ending: Any) -> Advice:
    """On one that ended at 1003.2."""
    run = replace(instance(project, command), attempt=attempt)
    how = {"exit_code": 1, **ending}
    seen = after_attempt(run, attempt, Ending(1003.2, evidence=Evidence(tail=tail), **how), 1000.0)
    assert seen.state is RunState.RETRYING
    said = diagnosed(run, seen).advice
    assert said is not None and len(said.sentence) <= 300 and len(said.do) <= 300
    return said


def test_an_end_without_a_known_cause_is_told_with_its_restarts(tmp_path: Path) -> None:
    assert ended(tmp_path, "app", "no rows\n").sentence == "exited with code 1 after 3.2 s: no rows"
    assert ended(tmp_path, "app", "no rows\n", attempt=4, exit_code=9).sentence == (
        "exited with code 9 after 3.2 s, restarted 3 times: no rows"
    )


@pytest.mark.parametrize(
    ("tail", "port"),
    [
        ("[Errno 98] error while attempting to bind on address ('127.0.0.1', 8050): address already"
         " in use", 8050),
        ("Address already in use\nPort 8050 is in use by another program. Either identify it",
         8050),
        ("[2024-05-01 12:00:01 +0000] [4711] [ERROR] Connection in use: ('0.0.0.0', 8050)", 8050),
        ("2024-05-01 12:00:01,023 Cannot start Bokeh server, port 8050 is already in use", 8050),
        ("OSError: Cannot find empty port in range: 8050-8050. You can", 8050),
        ("Error: listen EADDRINUSE: address already in use :::8050", 8050),
        ("Port 8050 is not available", 8050),
        ("OSError: [Errno 98] Address already in use", None),
    ],
)  # fmt: skip
def test_a_taken_port_is_found_in_the_words_of_many_servers(
    tmp_path: Path, tail: str, port: int | None
) -> None:
    said = ended(tmp_path, "streamlit run a.py", tail)
    which = f"port {port}" if port else "the port that it wants"
    assert said.sentence == f"{which} is taken"
    assert fixed(said) == ("streamlit run a.py --server.port=${PORT:-8000}" if port else None)
    told = ended(tmp_path, "app --port 8050", tail)
    assert fixed(told) == "app --port ${PORT:-8000}"
    assert "is started again" in ended(tmp_path, "app --port $PORT", tail).do


def test_one_that_ends_well_after_it_served_is_no_job(tmp_path: Path) -> None:
    run = instance(tmp_path, "app")
    run = replace(run, serving=Serving("127.0.0.1", GIVEN, GIVEN, False, 1001.0))
    said = diagnosed(run, after_attempt(run, 1, Ending(1003.2, exit_code=0), 1000.0)).advice
    assert said is not None and said.fix is None
    assert said.sentence == "it served, and ended by itself after 3.2 s with exit code 0"


def test_no_edit_makes_a_job_of_it(tmp_path: Path) -> None:
    said = ended(tmp_path, "app", "", exit_code=0)
    assert said.fix is not None and said.fix.kind is Change.MAKE_JOB
    spec = instance(tmp_path, "app").execution.spec
    with pytest.raises(Conflict):
        changes(said.fix, spec, spec)


@pytest.mark.parametrize(
    ("tail", "value"),
    [
        ("Usage: uvicorn [OPTIONS] APP\nError: No such option: --prot Did you mean --port?",
         "app --port 1 --host=x"),
        ("│ No such option: --prot Did you mean --port? │", "app --port 1 --host=x"),
        ("usage: app [--port PORT] [--host H]\napp: error: unrecognized arguments: --prot 1",
         "app --port 1 --host=x"),
        ("app: unrecognized option '--prot'", None),
    ],
)  # fmt: skip
def test_an_option_that_there_is_not_is_told_with_the_one_that_was_meant(
    tmp_path: Path, tail: str, value: str | None
) -> None:
    said = ended(tmp_path, "app --prot 1 --host=x", tail, exit_code=2)
    assert said.sentence.startswith("there is no option --prot")
    assert fixed(said) == value
