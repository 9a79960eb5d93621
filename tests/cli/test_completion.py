"""Completion in shells."""

from __future__ import annotations

import re
import subprocess
from functools import partial

import pytest

from .conftest import Shell

COMPLETE = """
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_jupyter_saturn_deploy
echo "${COMPREPLY[*]}"
"""


def completed(shell: Shell, *words: str) -> list[str]:
    """What bash offers for the last of them."""
    script = shell.server.directory / "completion.bash"
    script.write_text(shell.out("completion", "bash"))
    ended = subprocess.run(
        ["bash", "-c", COMPLETE, "bash", str(script), *words],
        capture_output=True,
        text=True,
        env=shell.environ,
        cwd=shell.server.project,
        check=True,
    )
    assert ended.stderr == ""
    return ended.stdout.split()


def test_commands_options_and_values_are_completed(shell: Shell) -> None:
    offers = partial(completed, shell, "jupyter-saturn-deploy")
    assert offers("wor") == ["workspace"]
    assert offers("delete", "--y") == ["--yes"]
    assert offers("list", "--output", "") == ["table", "json", "yaml", "name"]
    assert offers("token", "") == ["create", "list", "revoke"]
    assert offers("token", "list", "-o", "j") == ["json"]
    assert offers("apply", "") == []  # files, which bash knows


def test_it_is_completed_behind_jupyter_too(shell: Shell) -> None:
    assert completed(shell, "jupyter", "sat") == ["saturn-deploy"]
    assert completed(shell, "jupyter", "saturn-deploy", "sched") == ["schedule"]
    assert completed(shell, "jupyter", "lab", "sched") == []


def test_names_are_completed_where_names_are_meant(shell: Shell) -> None:
    shell.server.job("complete-me", "true")
    spec = {"name": "complete-app", "command": "true"}
    shell.server("POST", "recipes", {"type": "deployment", "spec": spec})
    offers = partial(completed, shell, "jupyter", "saturn-deploy")
    assert sorted(offers("get", "complete-")) == ["complete-app", "complete-me"]
    assert offers("run", "complete-") == ["complete-me"]


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_every_shell_has_every_command(shell: Shell, name: str) -> None:
    script = shell.out("completion", name)
    for command in "list get apply run logs stop delete schedule deploy token".split():
        assert re.search(rf"\b{command}\b", script), command


def test_another_shell_is_refused(shell: Shell) -> None:
    assert "invalid choice: 'tcsh'" in shell("completion", "tcsh", code=2).stderr
