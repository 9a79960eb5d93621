from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_saturn_deploy.workspace.project import find_project


@pytest.fixture
def saturn(tmp_path: Path) -> Path:
    path = tmp_path / "home" / "jovyan" / "project"
    path.mkdir(parents=True)
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path / "root"
    path.mkdir()
    return path


def test_a_configured_project_comes_first(root: Path, saturn: Path) -> None:
    project = find_project(str(root), "/", saturn)
    assert (project.value, project.source) == (root, "the setting project_dir")


def test_saturns_place_comes_before_the_server_root(root: Path, saturn: Path) -> None:
    assert find_project("", str(root), saturn).value == saturn


def test_otherwise_it_is_the_server_root(root: Path, tmp_path: Path) -> None:
    project = find_project("", str(root), tmp_path / "gone")
    assert (project.value, project.source) == (root, "the server's root directory")
    assert project.not_from == (
        "the setting project_dir is empty",
        f"{tmp_path}/gone is no directory",
    )


def test_a_configured_project_that_is_no_directory_is_named(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    project = find_project(str(tmp_path / "file"), str(root), tmp_path / "gone")
    assert project.value == root
    assert project.not_from[0] == f"the setting project_dir: {tmp_path}/file is no directory"


def test_the_path_is_absolute_and_free_of_symbolic_links(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(root)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_project("link", "/", tmp_path / "gone").value == root
    assert find_project("~/link", "/", tmp_path / "gone").value == root
    assert find_project("", "link", tmp_path / "gone").value == root
