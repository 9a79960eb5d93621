"""run, stop, logs."""

from __future__ import annotations

import signal
import subprocess

from .conftest import Shell


def test_a_shell_script_goes_on_with_what_a_job_wrote_and_how_it_ended(shell: Shell) -> None:
    shell.server.job("train", "echo model-7; echo careful >&2; exit 4")
    script = 'model=$(jupyter saturn-deploy run train --wait); echo "$? of $model"'
    ended = subprocess.run(
        ["sh", "-c", script],
        capture_output=True,
        text=True,
        cwd=shell.server.project,
        env=shell.environ,
    )
    assert ended.stdout == "4 of model-7\ncareful\n"
    assert "run 1 of train: exit code 4" in ended.stderr


def test_a_run_that_completes_ends_well(shell: Shell) -> None:
    shell.server.job("fine", "echo good")
    ended = shell("run", "job/fine", "--wait")
    assert ended.stdout == "good\n"
    assert "run 1 of fine: completed" in ended.stderr


def test_a_run_that_a_signal_ended_exits_as_shells_say_it(shell: Shell) -> None:
    shell.server.job("killed", "kill -KILL $$")
    shell("run", "killed", "--wait", code=128 + signal.SIGKILL)


def test_what_a_run_writes_passes_byte_by_byte(shell: Shell) -> None:
    shell.server.job("bytes", r"printf '\000\033[31m\377\r\n'")
    process = shell.begin("run", "bytes", "--wait")
    assert process.communicate(timeout=30)[0] == b"\x00\x1b[31m\xff\r\n"


def test_a_run_is_started_without_waiting(shell: Shell) -> None:
    job_id = shell.server.job("later", "echo late")
    ended = shell("run", "later")
    assert ended.stdout.startswith("run 1 of later: ")
    assert "jupyter saturn-deploy logs later --run 1 -f" in ended.stderr
    (run,) = shell.server("GET", f"jobs/{job_id}/runs")["runs"]
    assert shell.out("logs", "later", "--run", "1", "-f") == "late\n"
    assert shell.server("GET", f"runs/{run['id']}")["state"] == "completed"
    assert shell.out("logs", "later") == "late\n"


def test_interrupting_leaves_the_run_and_says_how_to_stop_it(shell: Shell) -> None:
    job_id = shell.server.job("long", "echo up; sleep 60")
    process = shell.begin("run", "long", "--wait")
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    process.send_signal(signal.SIGINT)
    words = process.communicate(timeout=20)[1].decode()
    assert process.returncode == 130
    assert words == "run 1 of long goes on\nto stop it: jupyter saturn-deploy stop long --run 1\n"
    (run,) = shell.server("GET", f"jobs/{job_id}/runs")["runs"]
    assert run["state"] == "running"
    shell("stop", "long", "--run", "1")
    shell.server.until(run["id"], "stopped")


def test_waiting_ends_in_time_and_leaves_the_run(shell: Shell) -> None:
    job_id = shell.server.job("slow", "sleep 60")
    ended = shell("run", "slow", "--wait", "--timeout", "0.2", code=1)
    assert "run 1 of slow goes on after 0.2 s" in ended.stderr
    assert "stop slow --run 1" in ended.stderr
    assert shell.out("stop", "slow") == "slow: 1 run to stop\n"
    (run,) = shell.server("GET", f"jobs/{job_id}/runs")["runs"]
    shell.server.until(run["id"], "stopped")
    assert shell.out("stop", "slow") == "slow: 0 runs to stop\n"


def test_waiting_needs_to_be_asked_for(shell: Shell) -> None:
    assert "--timeout is for --wait" in shell("run", "x", "--timeout", "1", code=2).stderr
    assert "'soon' is no number" in shell("run", "x", "--wait", "--timeout", "soon", code=2).stderr


def test_logs_are_those_of_the_run_and_attempt_that_is_asked_for(shell: Shell) -> None:
    job_id = shell.server.job("twice", "date +%N")
    for _ in range(2):
        shell.server.until(shell.server.run(job_id), "completed")
    first, second = (shell.out("logs", "twice", "--run", number) for number in "12")
    assert first != second
    assert shell.out("logs", "twice") == second
    assert shell.out("logs", "twice", "--run", "1", "--attempt", "1") == first
    for words, asked in {
        "has no run 3": ["--run", "3"],
        "has had 1 attempt": ["--attempt", "2"],
        "say --run": ["--instance", "1"],
    }.items():
        assert words in shell("logs", "twice", *asked, code=1).stderr
    assert "'0' is no number" in shell("logs", "twice", "--run", "0", code=2).stderr


def test_a_job_that_never_ran_has_no_log(shell: Shell) -> None:
    shell.server.job("idle", "true")
    assert "idle has not run yet" in shell("logs", "idle", code=1).stderr


def test_logs_of_an_instance_are_followed(shell: Shell) -> None:
    spec = {"name": "served", "command": "echo serving; exec sleep 60"}
    shell.server("POST", "recipes", {"type": "deployment", "spec": spec})
    assert "served has no instance" in shell("logs", "served", code=1).stderr
    shell("start", "served")
    process = shell.begin("logs", "served", "-f", "--instance", "1")
    assert process.stdout is not None
    assert process.stdout.readline() == b"serving\n"
    assert "say --instance" in shell("logs", "served", "--run", "1", code=1).stderr
    assert "has no instance 2" in shell("logs", "served", "--instance", "2", code=1).stderr
    assert "only jobs have runs" in shell("stop", "served", "--run", "1", code=1).stderr
    assert shell.out("stop", "served").startswith("served: stop")
    assert process.communicate(timeout=20)[0] == b""
    assert process.returncode == 0


def test_only_jobs_run(shell: Shell) -> None:
    spec = {"name": "app", "command": "true"}
    shell.server("POST", "recipes", {"type": "deployment", "spec": spec})
    assert "app is a deployment" in shell("run", "app", code=1).stderr
    assert "app is a deployment" in shell("run", "deployment/app", code=1).stderr
    assert "no job or deployment 'nothing'" in shell("run", "nothing", code=1).stderr
