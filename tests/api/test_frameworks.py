"""Which framework a file is made with, over HTTP."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.api.conftest import Api


async def test_a_file_of_the_project_gets_its_framework_a_name_and_commands(api: Api) -> None:
    (api.project / "sub dir").mkdir()
    (api.project / "sub dir" / "My Äpp 2.py").write_text("import panel\n")
    answer = await api("GET", "frameworks?path=sub dir/My Äpp 2.py")
    assert (answer.status, answer.body["recognised"]) == (200, "panel")
    assert (answer.body["name"], answer.body["working_directory"]) == ("my-app-2", "")
    commands = {each["id"]: each["command"] for each in answer.body["frameworks"]}
    assert "'sub dir/My Äpp 2.py'" in commands["streamlit"]
    assert "notebook.ipynb" in commands["voila"]
    again = await api("GET", f"frameworks?path={api.project}/sub dir/../sub dir/My Äpp 2.py")
    assert again.body == answer.body


async def test_without_a_file_there_are_commands_to_begin_with(api: Api) -> None:
    answer = await api("GET", "frameworks")
    assert (answer.status, answer.body["recognised"], answer.body["name"]) == (200, None, "app")
    assert [each["id"] for each in answer.body["frameworks"] if each["first"]] == [
        *("model", "panel", "bokeh", "voila")
    ]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("9 lives.py", "lives"),
        ("日本.py", "app"),
        (f"{'long-' * 20}.py", "long-long-long-long-long-long-long-long"),
        ("a__b--c..py", "a-b-c"),
    ],
)
async def test_a_name_is_one_that_a_resource_may_have(api: Api, file: str, name: str) -> None:
    (api.project / file).write_text("")
    assert (await api("GET", f"frameworks?path={file}")).body["name"] == name


async def test_a_path_that_is_no_file_of_the_project_is_refused(api: Api, tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("import streamlit")
    (api.project / "out.py").symlink_to(tmp_path / "secret.py")
    (api.project / "loop.py").symlink_to("loop.py")
    (api.project / "directory").mkdir()
    for path in (
        "../secret.py",
        "/etc/passwd",
        "out.py",
        "directory",
        ".",
        "loop.py",
        "x" * 5000,
    ):
        answer = await api("GET", f"frameworks?path={path}")
        [error] = answer.body["errors"]
        assert (answer.status, error["field"]) == (422, "path") and error["fix"], path
    for path in ("missing.py", "missing/app.py", "directory/app.py"):
        assert (await api("GET", f"frameworks?path={path}")).status == 404
    (api.project / "app.py").symlink_to(api.project / "directory" / "real.py")
    assert (await api("GET", "frameworks?path=app.py")).status == 404
    (api.project / "directory" / "real.py").write_text("import streamlit")
    assert (await api("GET", "frameworks?path=app.py")).body["recognised"] == "streamlit"
    os.mkfifo(api.project / "pipe.py")
    assert (await api("GET", "frameworks?path=pipe.py")).body["recognised"] is None
