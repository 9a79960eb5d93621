"""list, get, start, restart, delete, schedule; and what holds of all commands."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from .conftest import BIN, Shell


def deployment(shell: Shell, name: str, command: str = "exec sleep 60") -> None:
    spec = {"name": name, "command": command}
    shell.server("POST", "recipes", {"type": "deployment", "spec": spec})


def on_a_terminal(
    shell: Shell, *arguments: str, typed: bytes = b"", columns: int = 60, **environ: str
) -> str:
    """What a terminal of so many columns shows."""
    screen, end = pty.openpty()
    process = subprocess.Popen(
        [str(BIN / "jupyter-saturn-deploy"), *arguments],
        stdin=end,
        stdout=end,
        stderr=end,
        cwd=shell.server.project,
        env={**shell.environ, "COLUMNS": str(columns), **environ},
    )
    os.close(end)
    os.write(screen, typed)
    shown = b""
    with os.fdopen(screen, "rb", buffering=0) as file:
        try:
            while piece := file.read(4096):
                shown += piece
        except OSError:  # so Linux says that the other side has gone
            pass
    process.wait(20)
    return shown.decode().replace("\r\n", "\n")


def row(table: str, name: str) -> list[str]:
    (found,) = [line for line in table.splitlines() if line.startswith(f"{name} ")]
    return re.split(" {2,}", found)


def test_jobs_and_deployments_are_listed_with_how_they_are(shell: Shell) -> None:
    job_id = shell.server.job("listed", "exit 3", schedule="0 0 1 1 *")
    shell.server.until(shell.server.run(job_id), "error")
    deployment(shell, "listed-app")
    table = shell.out("list")
    assert table.startswith("NAME ")
    assert row(table, "listed")[1:3] == ["job", "error"]
    assert re.search("ago|now", row(table, "listed")[3])
    assert re.search(r"in \d+ d|\d{4}-01-01", row(table, "listed")[4])
    assert "exit code 3" in row(table, "listed")[5]
    assert row(table, "listed-app")[1:3] == ["deployment", "stopped"]
    assert "listed-app" not in shell.out("list", "--type", "job")
    assert str(shell.server.project) in shell.out("list", "--all")


def test_a_list_is_data_too(shell: Shell) -> None:
    shell.server.job("data", "true", environment_variables={"KEY": "sekrit"})
    asked = ("list", "--type", "job", "--output")
    found = json.loads(shell.out(*asked, "json"))
    assert "data" in [recipe["spec"]["name"] for recipe in found]
    assert yaml.safe_load(shell.out(*asked, "yaml")) == found
    assert shell.out(*asked, "name").split() == [recipe["spec"]["name"] for recipe in found]
    assert "sekrit" not in json.dumps(found)


def test_names_of_both_kinds_are_listed_as_they_have_to_be_typed(shell: Shell) -> None:
    shell.server.job("double", "true")
    deployment(shell, "double")
    names = shell.out("list", "--output", "name").split()
    assert {"job/double", "deployment/double"} <= set(names)
    assert "job/double or deployment/double" in shell("get", "double", code=1).stderr
    assert "type" in shell.out("get", "deployment/double")


def test_one_is_shown_with_its_settings(shell: Shell) -> None:
    variables = {"KEY": "sekrit"}
    shell.server.job(
        "shown", "echo shown", environment_variables=variables, schedule="@daily", tags={"a": "b"}
    )
    facts = dict(re.findall(r"(?m)^([a-z ]+?)  +(.*)$", shell.out("get", "shown")))
    assert facts["command"] == "echo shown"
    assert facts["variables"] == "KEY"
    assert facts["schedule"].startswith("@daily (every day")
    assert json.loads(shell.out("get", "shown", "-o", "json"))["spec"]["schedule"] == "@daily"


def test_a_recipe_goes_out_without_secrets_unless_they_are_asked_for(shell: Shell) -> None:
    shell.server.job("kept", "true", environment_variables={"KEY": "sekrit"})
    for form in ("table", "json", "yaml"):
        assert "sekrit" not in shell.out("get", "kept", "-o", form)
    for form in ("json", "yaml"):
        assert "sekrit" in shell.out("get", "kept", "-o", form, "--values")


def test_a_recipe_that_went_out_is_applied_again(shell: Shell) -> None:
    shell.server.job("round", "true", environment_variables={"K": "v"}, schedule="@daily")
    exported = shell.out("get", "round", "-o", "yaml")
    assert shell.out("apply", "-", given=exported) == "unchanged job/round\n"
    complete = shell.out("get", "round", "-o", "yaml", "--values")
    shell.out("delete", "round", "--yes")
    assert shell.out("apply", "-", given=complete) == "created job/round\n"
    assert shell.out("get", "round", "-o", "yaml", "--values") == complete


def test_starting_and_restarting(shell: Shell) -> None:
    job_id = shell.server.job("restarted", "sleep 60")
    assert shell.out("start", "restarted").startswith("run 1 of restarted: ")
    assert shell.out("restart", "restarted").startswith("run 2 of restarted: ")
    for run in shell.server("GET", f"jobs/{job_id}/runs")["runs"]:
        shell.server("POST", f"runs/{run['id']}/stop", {})
    deployment(shell, "restarted-app")
    started = shell("start", "restarted-app")
    assert started.stdout == f"{shell.server.url}saturn-deploy/apps/restarted-app/\n"
    assert "restarted-app: " in started.stderr
    shell("restart", "restarted-app")
    shell.out("stop", "restarted-app")


def test_deleting_asks_on_a_terminal_and_refuses_where_nobody_can_answer(shell: Shell) -> None:
    shell.server.job("gone", "true")
    assert "say --yes" in shell("delete", "gone", code=2).stderr
    assert "nothing was deleted" in on_a_terminal(shell, "delete", "gone", typed=b"\n")
    shell.out("get", "gone")
    assert "deleted job gone" in on_a_terminal(shell, "delete", "gone", typed=b"y\n")
    assert "no job or deployment 'gone'" in shell("delete", "gone", "--yes", code=1).stderr
    shell.server.job("gone", "true")
    assert shell.out("delete", "gone", "--yes") == "deleted job gone\n"


def test_a_schedule_is_set_switched_and_told(shell: Shell) -> None:
    shell.server.job("timed", "true")
    assert "none" in shell.out("schedule", "timed")
    told = shell.out(
        "schedule", "timed", "0 6 * * *", "--tz", "Europe/Berlin", "--policy", "Forbid"
    )
    assert "every day at 06:00, Europe/Berlin time" in told
    assert re.search(r"next +in \d+ ", told)
    spec = shell.server("GET", "recipes/job/timed")["spec"]
    assert (spec["schedule"], spec["concurrency_policy"]) == ("0 6 * * *", "Forbid")
    assert spec["x-jupyter"]["time_zone"] == "Europe/Berlin"
    assert "switched off" in shell.out("schedule", "timed", "--off")
    assert "switched off" in shell.out("schedule", "timed")
    assert "switched off" not in shell.out("schedule", "timed", "--on")
    refused = shell("schedule", "timed", "61 * * * *", code=1)
    assert refused.stderr == (
        "jupyter saturn-deploy: spec.schedule: minute: '61' is above 59 (write 0 to 59)\n"
    )
    shell("schedule", "timed", "--on", "--off", code=2)


def test_a_table_fits_the_terminal(shell: Shell) -> None:
    shell.server.job("fitting", "true", description="x" * 200)
    shown = on_a_terminal(shell, "list", columns=50, NO_COLOR="1")
    assert "…" in shown
    assert max(map(len, shown.splitlines())) <= 50
    assert "…" not in shell.out("list")


def test_there_is_colour_on_a_terminal_alone_and_not_where_it_is_unwanted(shell: Shell) -> None:
    job_id = shell.server.job("coloured", "exit 1")
    shell.server.until(shell.server.run(job_id), "error")
    assert "\x1b[31merror" in on_a_terminal(shell, "list", columns=200)
    assert "\x1b" not in on_a_terminal(shell, "list", NO_COLOR="1")
    assert "\x1b" not in on_a_terminal(shell, "list", TERM="dumb")
    assert "\x1b" not in shell.out("list")


def test_nothing_that_a_log_says_reaches_the_terminal_by_a_table(shell: Shell) -> None:
    job_id = shell.server.job("wild", r"printf '\033]0;owned\007\342\200\256boom\n'; exit 1")
    shell.server.until(shell.server.run(job_id), "error")
    for told in (shell.out("list"), shell.out("get", "wild")):
        assert all(character.isprintable() or character == "\n" for character in told)


def test_a_token_is_shown_once_and_works_until_it_is_revoked(shell: Shell) -> None:
    made = shell("token", "create", "for ci")
    token, (token_id,) = made.stdout.strip(), re.findall("token ([0-9a-f]{32});", made.stderr)
    elsewhere = {
        "JUPYTER_RUNTIME_DIR": "/nowhere",
        "SATURN_BASE_URL": f"{shell.server.url}saturn-deploy/",
        "SATURN_TOKEN": token,
    }
    shell("list", **elsewhere)
    assert "sign in" in shell("token", "create", "more", code=1, **elsewhere).stderr
    listed = shell.out("token", "list")
    assert token not in listed
    assert row(listed, token_id)[1] == "for ci"
    assert [made["id"] for made in json.loads(shell.out("token", "list", "-o", "json"))] == [
        token_id
    ]
    assert shell.out("token", "revoke", token_id) == f"revoked {token_id}\n"
    refused = shell("list", code=1, **elsewhere)
    assert "the token is not valid" in refused.stderr
    assert token not in refused.stderr


def test_the_workspace_is_told_with_where_it_was_read(shell: Shell) -> None:
    assert row(shell.out("workspace"), "project")[1:] == [
        str(shell.server.project),
        "the server's root directory",
    ]
    read = json.loads(shell.out("workspace", "-o", "json"))
    assert read == yaml.safe_load(shell.out("workspace", "-o", "yaml"))
    assert read["project"]["value"] == str(shell.server.project)


@pytest.mark.parametrize(
    "arguments", [[], ["frobnicate"], ["list", "--frob"], ["list", "x"], ["get"], ["token"]]
)
def test_wrong_usage_exits_with_two(shell: Shell, arguments: list[str]) -> None:
    assert "usage: jupyter saturn-deploy" in shell(*arguments, code=2).stderr


def test_without_a_server_it_exits_with_three(shell: Shell, tmp_path: Path) -> None:
    lost = shell("list", code=3, JUPYTER_RUNTIME_DIR=str(tmp_path))
    assert "no Jupyter server with saturn-deploy runs here" in lost.stderr
    far = {"SATURN_BASE_URL": "http://127.0.0.1:1/", "SATURN_TOKEN": "sekrit"}
    refused = shell("list", code=3, **far)
    assert "http://127.0.0.1:1/ doesn't answer" in refused.stderr
    assert "sekrit" not in refused.stderr


def test_who_stops_reading_gets_no_traceback(shell: Shell) -> None:
    shell.server.job("printed", "yes | head -c 1000000")
    shell("run", "printed", "--wait")
    script = "jupyter-saturn-deploy logs printed | head -c 1"
    ended = subprocess.run(
        ["sh", "-c", script],
        capture_output=True,
        text=True,
        cwd=shell.server.project,
        env=shell.environ,
    )
    assert (ended.stdout, ended.stderr) == ("y", "")


def test_help_names_every_command(shell: Shell) -> None:
    told = shell.out("--help")
    for command in "list get apply run logs stop delete schedule deploy workspace engine".split():
        assert re.search(rf"(?m)^ +{command} +\w", told), command
