from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jupyter_saturn_deploy.workspace import Workspace
from jupyter_saturn_deploy.workspace.drift import DriftReader

TOKENS = Path(__file__).parents[2] / "labextension/src/tokens.ts"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(str(tmp_path), str(tmp_path), "", {}, "local")


def test_it_has_the_shape_that_the_panel_expects(workspace: Workspace) -> None:
    """Every name of IWorkspace, and of what it is made of, is there, and no other."""
    read = json.loads(json.dumps(workspace.read()))
    body = re.search(r"interface IWorkspace \{(.*?)\n\}", TOKENS.read_text(), re.DOTALL)
    assert body is not None
    declared = re.sub(r"/\*\*.*?\*/", "", body[1], flags=re.DOTALL)
    declared = re.sub(r"drift: \{.*?\} \| null", "drift: null", declared, flags=re.DOTALL)
    parts = re.split(r"^  (\w+): ISourced<", declared, flags=re.MULTILINE)[1:]
    expected = {
        name: {"value", "source", "not_from", *re.findall(r"(\w+): ", text.rpartition("&")[2])}
        if "&" in text
        else {"value", "source", "not_from"}
        for name, text in zip(parts[::2], parts[1::2], strict=True)
    }
    assert {name: set(part) for name, part in read.items()} == expected


def test_every_value_says_where_it_was_read(workspace: Workspace) -> None:
    for part in workspace.read().values():
        assert part["source"]
        assert all(isinstance(why, str) and why for why in part["not_from"])


def test_drift_has_the_shape_that_the_panel_expects(
    workspace: Workspace,
) -> None:
    workspace._drift = DriftReader(0.0, Path(sys.prefix))
    drift = json.loads(json.dumps(workspace.read()))["environment"]["drift"]
    assert drift["since"] == "1970-01-01T00:00:00Z"
    assert {"name": "pytest", "version": pytest.__version__} in drift["packages"]
    assert f"pytest=={pytest.__version__}" in drift["install"].split()


def test_settings_are_what_is_shown(tmp_path: Path) -> None:
    sizes = {"small": {"cores": 0.01, "memory": "1 MB", "display_name": "Small"}}
    read = Workspace(str(tmp_path), "/", "mine:1", sizes, "local").read()
    assert read["image"]["display"] == "mine:1"
    assert read["project"]["value"] == str(tmp_path.resolve())
    assert read["project"]["server_root"] == "/"
    assert (read["size"]["value"], read["size"]["display"]) == ("small", "Small")
    assert [size["name"] for size in read["size"]["sizes"]] == ["small"]
    assert read["backend"]["display"] == "this machine"


def test_defaults_are_those_it_shows(workspace: Workspace) -> None:
    read = workspace.read()
    assert workspace.default_size == read["size"]["value"]
    assert list(workspace.sizes) == [size["name"] for size in read["size"]["sizes"]]
    assert workspace.prefix == read["environment"]["value"] == sys.prefix
    assert str(workspace.project) == read["project"]["value"]
    assert workspace.image == read["image"]["value"]


def test_the_packages_are_those_of_this_interpreter(workspace: Workspace) -> None:
    environment = workspace.read()["environment"]
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "list", "--local", "--format=json"],
        capture_output=True,
        check=True,
    )
    names = {re.sub(r"[-_.]+", "-", p["name"]).lower() for p in json.loads(listed.stdout)}
    assert environment["packages"] == len(names)


def test_it_takes_less_than_20_ms_when_warm_and_starts_no_process(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    workspace.read()
    monkeypatch.setattr(subprocess, "Popen", refuse)
    took = []
    for _ in range(5):
        start = time.perf_counter()
        workspace.read()
        took.append(time.perf_counter() - start)
    assert min(took) < 0.020
