"""apply and deploy."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any

from .conftest import Shell

JOB = "type: job\nspec:\n  name: {name}\n  command: {command}\n"


def deployment(shell: Shell, name: str) -> Any:
    return shell.server("GET", f"recipes/deployment/{name}")


def test_files_are_applied_again_and_again(shell: Shell) -> None:
    first = JOB.format(name="one", command="echo 1")
    file = shell.write(
        "two.yaml", f"{first}---\ntype: deployment\nspec: {{name: two, command: sleep 9}}\n"
    )
    assert shell.out("apply", file) == "created job/one\ncreated deployment/two\n"
    assert shell.out("apply", file) == "unchanged job/one\nunchanged deployment/two\n"
    changed = JOB.format(name="one", command="echo 2")
    assert shell.out("apply", "-", given=changed) == "updated job/one\n"
    assert shell.server("GET", "recipes/job/one")["spec"]["command"] == "echo 2"


def test_json_and_files_of_the_older_schema_are_applied(shell: Shell) -> None:
    text = json.dumps({"type": "job", "spec": {"name": "as-json", "command": "true"}})
    assert shell.out("apply", shell.write("one.json", text)) == "created job/as-json\n"


def test_a_dry_run_does_nothing(shell: Shell) -> None:
    text = JOB.format(name="dry", command="echo")
    assert shell.out("apply", "--dry-run", "-", given=text) == "created job/dry (dry run)\n"
    assert "no job or deployment 'dry'" in shell("get", "dry", code=1).stderr


def test_each_error_says_where_it_is_and_the_rest_is_applied(shell: Shell) -> None:
    bad = JOB.format(name="Bad", command="echo") + "  bogus: 1\n"
    good = JOB.format(name="good", command="echo")
    mixed = shell.write("mixed.yaml", f"{bad}---\n{good}")
    broken = shell.write("broken.yaml", "type: job\nspec: [1\n")
    ended = shell("apply", mixed, broken, "nowhere.yaml", code=1)
    assert ended.stdout == "failed job/Bad\ncreated job/good\n"
    lines = ended.stderr.splitlines()
    assert any(line.startswith("mixed.yaml:5:3: Bad: spec.bogus: is not known (") for line in lines)
    assert any(line.startswith("mixed.yaml:3:3: Bad: spec.name: ") for line in lines)
    assert any(line.startswith("broken.yaml:3:1: ") for line in lines)
    assert "nowhere.yaml: No such file or directory" in lines
    assert len(lines) == 4


def test_what_became_of_files_is_data_too(shell: Shell) -> None:
    text = JOB.format(name="told", command="echo")
    (result,) = json.loads(shell.out("apply", "-", "-o", "json", given=text))
    assert (result["file"], result["type"], result["name"]) == ("-", "job", "told")
    assert result["outcome"] == "created"


def test_a_file_that_is_too_large_is_refused_in_words(shell: Shell) -> None:
    file = shell.write("large.yaml", "# " + "x" * 2_000_000)
    assert "larger than" in shell("apply", file, code=1).stderr


def test_an_apps_file_is_served_and_served_again_when_it_changed(shell: Shell) -> None:
    app = (
        "from flask import Flask\napp = Flask(__name__)\n@app.get('/')\ndef hello():\n"
        "    return 'version {}'\n"
    )
    file = shell.write("hello_app.py", app.format(1))
    ended = shell("deploy", file, "--wait")
    url = ended.stdout.strip()
    assert url == f"{shell.server.url}saturn-deploy/apps/hello-app/"
    assert "created hello-app: " in ended.stderr
    assert fetched(shell, url) == "version 1"
    shell.write("hello_app.py", app.format(2))
    ended = shell("deploy", f"./{file}", "--wait")
    assert "updated hello-app: " in ended.stderr
    deadline = time.monotonic() + 5  # the door hears of it a moment later
    while fetched(shell, url) != "version 2":
        assert time.monotonic() < deadline
    assert deployment(shell, "hello-app")["state"]["x-jupyter"]["revision"] == 2
    shell.out("delete", "hello-app", "--yes")


def test_a_command_a_name_and_a_scale_are_taken(shell: Shell) -> None:
    file = shell.write("plain.py", "print('no framework')\n")
    assert "plain.py: say --command" in shell("deploy", file, code=1).stderr
    shell("deploy", file, "--command", "exec sleep 60", "--name", "plain", "--scale", "2")
    spec = deployment(shell, "plain")["spec"]
    assert (spec["command"], spec["scale"]) == ("exec sleep 60", 2)
    shell("deploy", file, "--command", "exec sleep 61", "--name", "plain")
    recipe = deployment(shell, "plain")
    assert (recipe["spec"]["command"], recipe["spec"]["scale"]) == ("exec sleep 61", 2)
    assert recipe["state"]["x-jupyter"]["wanted"] is True
    shell.out("delete", "plain", "--yes")


def test_waiting_for_an_app_that_can_not_serve_ends_with_advice(shell: Shell) -> None:
    file = shell.write("broken_app.py", "")
    began = time.monotonic()
    ended = shell(
        "deploy", file, "--command", "python -c 'import nowhere_at_all'", "--wait", code=1
    )
    assert time.monotonic() - began < 30
    assert ended.stdout == ""
    assert "nowhere_at_all" in ended.stderr
    shell.out("delete", "broken-app", "--yes")


def test_a_file_outside_of_the_project_is_refused(shell: Shell) -> None:
    assert "outside of the project" in shell("deploy", "/etc/hosts", code=1).stderr
    assert "no file" in shell("deploy", "nowhere.py", code=1).stderr


def fetched(shell: Shell, url: str) -> str:
    request = urllib.request.Request(url, headers={"Authorization": f"token {shell.server.token}"})
    with urllib.request.urlopen(request, timeout=20) as response:
        return str(response.read().decode())
