from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from jupyter_saturn_deploy.workspace.git import GitState, read_git

WHO = {
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
}


def git(where: Path, *arguments: str) -> str:
    environ = {**os.environ, **WHO}
    command = ["git", "-c", "init.defaultBranch=main", *arguments]
    return subprocess.run(
        command, cwd=where, env=environ, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    path = tmp_path / "repository"
    path.mkdir()
    git(path, "init")
    git(path, "commit", "--allow-empty", "-m", "first")
    return path


def head(where: Path) -> str:
    return git(where, "rev-parse", "HEAD")


def test_branch_and_commit_are_those_git_tells(repository: Path) -> None:
    state = read_git(repository)
    assert state.value == GitState("main", head(repository))
    assert state.source == str(repository / ".git")


def test_a_branch_with_a_slash_keeps_its_name(repository: Path) -> None:
    git(repository, "switch", "-c", "feature/größe")
    assert read_git(repository).value == GitState("feature/größe", head(repository))


def test_a_project_inside_a_repository_is_of_it(repository: Path) -> None:
    (repository / "a" / "b").mkdir(parents=True)
    assert read_git(repository / "a" / "b").value == GitState("main", head(repository))


def test_packed_refs_are_read(repository: Path) -> None:
    git(repository, "tag", "-a", "v1", "-m", "annotated: has a peeled line")
    git(repository, "branch", "amain")
    git(repository, "pack-refs", "--all")
    assert not (repository / ".git/refs/heads/main").exists()
    assert read_git(repository).value == GitState("main", head(repository))


def test_a_loose_ref_is_newer_than_a_packed_one(repository: Path) -> None:
    git(repository, "pack-refs", "--all")
    git(repository, "commit", "--allow-empty", "-m", "second")
    assert read_git(repository).value == GitState("main", head(repository))


def test_a_detached_head_has_a_commit_and_no_branch(repository: Path) -> None:
    git(repository, "checkout", "--detach")
    assert read_git(repository).value == GitState(None, head(repository))


def test_a_branch_without_commits_has_an_empty_commit(tmp_path: Path) -> None:
    git(tmp_path, "init")
    assert read_git(tmp_path).value == GitState("main", "")


@pytest.mark.parametrize("packed", [False, True])
def test_a_worktree_has_its_own_branch(repository: Path, tmp_path: Path, packed: bool) -> None:
    tree = tmp_path / "tree"
    git(repository, "worktree", "add", "-b", "other", str(tree))
    git(tree, "commit", "--allow-empty", "-m", "over there")
    if packed:
        git(repository, "pack-refs", "--all")
    assert read_git(tree).value == GitState("other", head(tree))
    assert read_git(repository).value == GitState("main", head(repository))


def test_a_relative_pointer_is_followed(repository: Path, tmp_path: Path) -> None:
    submodule = tmp_path / "submodule"
    submodule.mkdir()
    (submodule / ".git").write_text("gitdir: ../repository/.git\n")
    assert read_git(submodule).value == GitState("main", head(repository))


def test_a_symbolic_ref_is_followed(repository: Path) -> None:
    git(repository, "symbolic-ref", "refs/heads/alias", "refs/heads/main")
    git(repository, "symbolic-ref", "HEAD", "refs/heads/alias")
    assert read_git(repository).value == GitState("alias", head(repository))


def test_outside_a_repository_there_is_no_state(tmp_path: Path) -> None:
    state = read_git(tmp_path)
    assert state.value is None
    assert state.not_from == (f"no .git at or above {tmp_path}",)


def test_a_form_of_refs_that_we_do_not_know_is_named(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/HEAD").write_text("ref: refs/heads/.invalid\n")  # what reftable leaves
    state = read_git(tmp_path)
    assert state.value is None
    assert state.not_from == (f"{tmp_path}/.git is in a form that is not understood",)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("HEAD", b""),
        ("HEAD", b"\xff\x00" * 100),
        ("HEAD", b"ref: ../../../../etc/passwd\n"),
        ("HEAD", b"x" * 10_000_000),
        ("refs/heads/main", b"not a commit"),
        ("refs/heads/main", b"ref: refs/heads/main\n"),
        ("refs/heads/main", b"ref: refs/../../../etc/passwd\n"),
        ("refs/heads/main", b""),
        ("commondir", b"/nul\x00byte"),
        ("packed-refs", b" refs/heads/main\n"),
    ],
)
@pytest.mark.timeout(5)
def test_a_damaged_or_hostile_repository_never_raises(
    tmp_path: Path, file: str, content: bytes
) -> None:
    files = {"HEAD": b"ref: refs/heads/main\n", file: content}
    for name, data in files.items():
        path = tmp_path / ".git" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    assert read_git(tmp_path).value in (None, GitState("main", ""))


@pytest.mark.timeout(5)
def test_a_pipe_as_head_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    os.mkfifo(tmp_path / ".git/HEAD")
    assert read_git(tmp_path).value is None


@pytest.mark.parametrize(
    "pointer", ["", "gitdir:", "gitdir: /gone", "gitdir: nul\0", "gitdir: .git"]
)
def test_a_pointer_to_nowhere_is_no_repository(tmp_path: Path, pointer: str) -> None:
    (tmp_path / ".git").write_text(pointer)
    assert read_git(tmp_path).value is None
