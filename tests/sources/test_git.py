from __future__ import annotations

import hashlib
import os
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jupyter_saturn_deploy.sources import git_checkout
from jupyter_saturn_deploy.sources.errors import Cancelled
from jupyter_saturn_deploy.sources.git import Repository
from jupyter_saturn_deploy.sources.git_process import GitError, end_all
from jupyter_saturn_deploy.sources.prune import prune
from tests.sources.repositories import commit, git, make, running, until, write

pytestmark = pytest.mark.usefixtures("settings")


@pytest.fixture
def top(tmp_path: Path, settings: Path) -> Path:
    """A repository with one commit."""
    path = make(tmp_path / "top")
    commit(path, "first", **{"a.py": "a = 1\n", "sub/b.py": "b = 1\n"})
    return path


@pytest.fixture
def origin(top: Path, tmp_path: Path) -> Path:
    """What `top` was pushed to."""
    path = make(tmp_path / "origin.git", "--bare")
    git(top, "remote", "add", "origin", str(path))
    git(top, "push", "--quiet", "-u", "origin", "main")
    return path


@pytest.fixture
def colleague(origin: Path, tmp_path: Path) -> Path:
    git(tmp_path, "clone", "--quiet", str(origin), "colleague")
    return tmp_path / "colleague"


def content(top: Path) -> dict[str, str]:
    return {str(p.relative_to(top)): p.read_text() for p in top.rglob("*") if p.is_file()}


def everything(top: Path) -> dict[str, str]:
    """Of a repository's own directory and its working tree: what each file holds."""
    return {
        str(p.relative_to(top)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in top.rglob("*")
        if p.is_file()
    }


# What a reference means


def test_branches_tags_and_hashes_are_what_git_takes_them_for(top: Path) -> None:
    first = git(top, "rev-parse", "HEAD")
    git(top, "tag", "-a", "v1", "-m", "annotated")
    git(top, "branch", "feature/größe")
    second = commit(top, "second: é", **{"a.py": "a = 2\n"})
    repository = Repository.of(top)
    for reference in ("main", "HEAD", "@", "heads/main", "refs/heads/main", second, second[:8]):
        assert repository.resolve(reference).hash == second
    for reference in ("tags/v1", "v1", "feature/größe", "HEAD~1", "main^", "main@{1}", first[:7]):
        assert repository.resolve(reference).hash == first
    found = repository.resolve("main")
    assert (found.subject, found.author) == ("second: é", "A")
    assert abs(found.at - time.time()) < 60


@pytest.mark.parametrize(
    "reference",
    [
        "", "-", "--upload-pack=touch x", "-n", "main..HEAD", "main...HEAD", "..", "^main", "a\0b",
        "a\nb", "x" * 300, "\udcff", "\ud800", "gone", "tags/gone", "0" * 40, "deadbee",
        "main:a.py", "main:", "*", "--all", "main^{tree}", "HEAD~99", "refs/heads/../../HEAD", "--",
        "@{u}", "main@{upstream}", "@{9999}", ":/nothing like it", "HEAD^{/[}", "origin/main",
        "a b", "~", "\\", "main@{yesterday", "refs/heads/*", "ext::touch x", "$(touch x)",
    ],
)  # fmt: skip
def test_what_names_no_commit_is_refused_in_words(top: Path, reference: str) -> None:
    with pytest.raises(GitError) as refused:
        Repository.of(top).resolve(reference)
    assert refused.value.fix
    assert refused.value.message.isprintable()
    assert not (top / "x").exists()


def test_a_hash_that_fits_two_commits_is_ambiguous(top: Path) -> None:
    # git takes four digits at least: make commits until two share them.
    seen: dict[str, str] = {}
    tree = git(top, "rev-parse", "HEAD^{tree}")
    for n in range(2000):
        made = git(top, "commit-tree", tree, "-m", str(n))
        if seen.setdefault(made[:4], made) != made:
            break
    with pytest.raises(GitError, match="is ambiguous"):
        Repository.of(top).resolve(made[:4])


def test_a_name_of_a_branch_and_a_tag_is_ambiguous_until_it_says_which(top: Path) -> None:
    first = git(top, "rev-parse", "HEAD")
    git(top, "tag", "release")
    git(top, "switch", "--quiet", "-c", "release")
    second = commit(top)
    repository = Repository.of(top)
    with pytest.raises(GitError, match="is ambiguous"):
        repository.resolve("release")
    assert repository.resolve("tags/release").hash == first
    assert repository.resolve("heads/release").hash == second


def test_a_repository_without_a_commit_says_so(tmp_path: Path) -> None:
    top = make(tmp_path / "empty")
    write(top, **{"a.py": "1"})
    repository = Repository.of(top)
    for reference in ("HEAD", "main", "@"):
        with pytest.raises(GitError, match="no commit yet"):
            repository.resolve(reference)
    status = repository.status()
    assert (status.head, status.branch, status.changed) == (None, "main", ["a.py"])


def test_text_of_others_is_one_plain_line(top: Path) -> None:
    hostile = top.parent / "message"
    hostile.write_bytes(b"\x1b]8;;http://x\x07 <img onerror=1> \xff" + b"y" * 100_000 + b"\n\nbody")
    git(top, "commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "-F", str(hostile))
    found = Repository.of(top).resolve("HEAD")
    assert len(found.subject) == 300
    assert "\x1b" not in found.subject and "<img onerror=1>" in found.subject


# What was pushed


def test_a_remotes_branch_is_fetched_and_ones_own_is_not(top: Path, colleague: Path) -> None:
    mine = git(top, "rev-parse", "HEAD")
    pushed = commit(colleague, "theirs", **{"a.py": "a = 3\n"})
    git(colleague, "push", "--quiet")
    repository = Repository.of(top)
    assert repository.resolve("main").hash == mine
    assert repository.resolve("origin/main").hash == pushed
    assert repository.resolve("origin/main~1").hash == mine
    git(colleague, "commit", "--quiet", "--amend", "-m", "rewritten")
    git(colleague, "push", "--quiet", "--force")
    rewritten = git(colleague, "rev-parse", "HEAD")
    assert repository.resolve("refs/remotes/origin/main").hash == rewritten
    assert git(top, "rev-parse", "HEAD") == mine
    assert not (top / ".git/FETCH_HEAD").exists()


def test_what_is_only_on_the_remote_is_looked_for_there(top: Path, colleague: Path) -> None:
    git(colleague, "switch", "--quiet", "-c", "dev")
    tagged = commit(colleague, "tagged")
    git(colleague, "tag", "-a", "v2", "-m", "x")
    tip = commit(colleague, "tip")
    git(colleague, "push", "--quiet", "origin", "dev", "v2")
    git(colleague, "switch", "--quiet", "--detach")
    elsewhere = commit(colleague, "a pull request")
    git(colleague, "push", "--quiet", "origin", "HEAD:refs/pull/1/head")
    repository = Repository.of(top)
    assert repository.resolve(elsewhere).hash == elsewhere
    assert repository.resolve("tags/v2").hash == tagged
    assert repository.resolve("dev~1").hash == tagged
    assert repository.resolve("dev").hash == tip
    assert not git(top, "branch", "--list", "dev"), "no branch of one's own is made"


def test_a_full_hash_that_the_remote_lacks_is_unknown(top: Path, origin: Path) -> None:
    for reference in ("1" * 40, "tags/gone", "gone", "gone~1", "HEAD~7"):
        with pytest.raises(GitError, match="unknown here and on the remote"):
            Repository.of(top).resolve(reference)
    with pytest.raises(GitError, match="origin has no branch gone"):
        Repository.of(top).resolve("origin/gone")


@pytest.mark.parametrize(
    "reference", ["origin/main", "origin/main~0", "remotes/origin/main", "new"]
)
def test_offline_is_an_error_and_never_an_old_commit(
    top: Path, origin: Path, reference: str
) -> None:
    origin.rename(origin.with_name("away"))
    assert git(top, "rev-parse", "origin/main")
    with pytest.raises(GitError, match="origin can't be asked"):
        Repository.of(top).resolve(reference)
    assert Repository.of(top).resolve("main").hash == git(top, "rev-parse", "main")


def test_a_remote_whose_name_has_a_slash_is_known(top: Path, origin: Path) -> None:
    git(top, "remote", "rename", "origin", "team/x")
    repository = Repository.of(top)
    assert repository.resolve("team/x/main").hash == git(top, "rev-parse", "main")
    for reference in ("team/x", "team/x/HEAD", "team/x/*", "team/x/+main"):
        with pytest.raises(GitError):
            repository.resolve(reference)


def test_ones_own_branch_named_like_a_remote_is_ones_own(top: Path, origin: Path) -> None:
    git(top, "switch", "--quiet", "-c", "origin/mine")
    own = commit(top)
    assert Repository.of(top).resolve("origin/mine").hash == own


def test_the_remote_of_the_current_branch_comes_before_origin(
    top: Path, colleague: Path, tmp_path: Path
) -> None:
    fork = make(tmp_path / "fork.git", "--bare")
    git(top, "remote", "add", "fork", str(fork))
    git(top, "push", "--quiet", "-u", "fork", "main")
    there = commit(colleague)
    git(colleague, "push", "--quiet", str(fork), "HEAD:dev")
    assert Repository.of(top).resolve("dev").hash == there


def test_many_at_once_get_the_same_new_commit(top: Path, colleague: Path) -> None:
    pushed = commit(colleague)
    git(colleague, "push", "--quiet")
    repository = Repository.of(top)
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda _: repository.resolve("origin/main").hash, range(6)))
    assert found == [pushed] * 6


def test_a_shallow_clone_works_and_says_where_it_ends(
    colleague: Path, origin: Path, tmp_path: Path
) -> None:
    first = git(colleague, "rev-parse", "HEAD")
    second = commit(colleague, **{"a.py": "a = 2\n"})
    git(colleague, "push", "--quiet")
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{origin}", "shallow")
    repository = Repository.of(tmp_path / "shallow")
    assert repository.resolve("main").hash == second
    with pytest.raises(GitError, match="this clone is shallow"):
        repository.resolve("main~1")
    with pytest.raises(GitError, match="is not in this repository"):
        repository.commits(first, second, 10)
    repository.checkout(second, tmp_path / "into")
    assert content(tmp_path / "into")["a.py"] == "a = 2\n"
    assert repository.resolve(first).hash == first


# Status and differences


def test_status_is_of_the_project_only(top: Path) -> None:
    write(
        top, **{"a.py": "changed", "sub/new.py": "", "sub/.gitignore": "*.log\n", "sub/x.log": ""}
    )
    (top / "sub/b.py").unlink()
    status = Repository.of(top / "sub").status()
    assert status.head is not None and status.head.subject == "first"
    assert status.branch == "main"
    assert status.changed is not None
    assert sorted(status.changed) == [".gitignore", "b.py", "new.py"]
    assert status.changed_count == 3
    assert "a.py" in (Repository.of(top).status().changed or [])


def test_a_detached_head_has_no_branch(top: Path) -> None:
    git(top, "checkout", "--quiet", "--detach")
    status = Repository.of(top).status()
    assert (status.branch, status.changed, status.changed_count) == (None, [], 0)


def test_odd_names_come_through_as_python_has_them(top: Path) -> None:
    names = ["line\nbreak", "tab\t", "\udcff\udcfe", "größe", ' "quoted" ', "-rf", "*"]
    for name in names:
        (top / "sub" / name).write_text(name, errors="surrogateescape")
    repository = Repository.of(top / "sub")
    assert sorted(repository.status().changed or []) == sorted(names)
    before = git(top, "rev-parse", "HEAD")
    assert repository.differs_from(before) == sorted(names)
    after = commit(top)
    assert repository.files(before, after) == [(name, "added") for name in sorted(names)]
    into = top.parent / "into"
    rows = repository.checkout(after, into)
    assert [row[0] for row in rows] == sorted([*names, "b.py"])
    assert sorted(os.listdir(into)) == sorted([*names, "b.py"])


def test_a_flood_of_untracked_files_is_counted_and_not_listed(top: Path) -> None:
    flood = top / "flood"
    flood.mkdir()
    for n in range(20_000):
        os.close(os.open(flood / f"{n}.txt", os.O_CREAT))
    status = Repository.of(top).status()
    assert status.changed is not None
    assert (len(status.changed), status.changed_count) == (1000, 20_000)


def test_a_status_that_takes_too_long_leaves_changes_unknown(top: Path, settings: Path) -> None:
    slow = '[filter "slow"]\nclean = sleep 60; cat\n'
    settings.write_text(settings.read_text() + slow)
    write(top, **{".gitattributes": "*.py filter=slow\n", "a.py": "a = 2\n"})
    started = time.monotonic()
    status = Repository.of(top).status(timeout=0.5)
    assert time.monotonic() - started < 10
    assert (status.changed, status.changed_count, status.branch) == (None, None, "main")
    assert status.head is not None
    until(lambda: not running("sleep 60"))


def test_what_differs_from_a_commit_is_told_exactly(top: Path) -> None:
    first = commit(top, **{"gone.py": "x", "same.py": "s", "mode.sh": "m", "kept.py": "k"})
    commit(top, **{"a.py": "a = 2\n", "later.py": "l"})
    git(top, "rm", "--quiet", "--cached", "kept.py")
    git(top, "commit", "--quiet", "-m", "kept.py is no longer git's")
    (top / "gone.py").unlink()
    (top / "mode.sh").chmod(0o755)
    write(top, **{"new.py": "n", "same.py": "s", ".gitignore": "*.log\n", "x.log": ""})
    differing = [".gitignore", "a.py", "gone.py", "later.py", "mode.sh", "new.py"]
    assert Repository.of(top).differs_from(first) == differing
    write(top, **{"a.py": "a = 1\n"})
    assert "a.py" not in Repository.of(top).differs_from(first)
    assert Repository.of(top / "sub").differs_from(first) == []


@pytest.mark.parametrize("split", ["false", "true"])
def test_looking_changes_nothing(top: Path, tmp_path: Path, split: str) -> None:
    git(top, "config", "core.splitIndex", split)
    first = git(top, "rev-parse", "HEAD")
    second = commit(top, **{"a.py": "a = 2\n"})
    git(top, "checkout", "--quiet", "--detach")
    os.utime(top / "a.py")  # git would like to note the new time
    write(top, **{"staged.py": ""})
    git(top, "add", "staged.py")
    os.utime(top / "sub/b.py")
    before = everything(top)
    repository = Repository.of(top)
    repository.status()
    repository.resolve("main~1")
    repository.differs_from(first)
    repository.commits(first, second, 5)
    repository.files(first, second)
    repository.checkout(first, tmp_path / "into")
    assert everything(top) == before


# Between two commits


def test_commits_between_are_those_of_the_project_newest_first(top: Path) -> None:
    before = git(top, "rev-parse", "HEAD")
    commit(top, "not ours", **{"a.py": "a = 2\n"})
    for n in range(3):
        commit(top, f"ours {n}", **{"sub/b.py": f"b = {n + 2}\n"})
    after = git(top, "rev-parse", "HEAD")
    repository = Repository.of(top / "sub")
    found, count = repository.commits(before, after, 2)
    assert ([each.subject for each in found], count) == (["ours 2", "ours 1"], 3)
    assert repository.commits(after, before, 2) == ([], 0)
    assert Repository.of(top).commits(before, after, 50)[1] == 4


def test_files_between_are_added_removed_or_changed(top: Path) -> None:
    before = commit(top, **{"sub/old.py": "o" * 100, "sub/mode.sh": ""})
    git(top, "mv", "sub/old.py", "sub/new.py")
    (top / "sub/mode.sh").chmod(0o755)
    after = commit(top, **{"sub/b.py": "b = 2\n", "a.py": "a = 2\n"})
    assert Repository.of(top / "sub").files(before, after) == [
        ("b.py", "changed"), ("mode.sh", "changed"), ("new.py", "added"), ("old.py", "removed"),
    ]  # fmt: skip
    assert ("sub/b.py", "changed") in Repository.of(top).files(before, after)


@pytest.mark.parametrize("unknown", ["0" * 40, "main", "--all", "", "a\nb", "^HEAD", "f" * 64])
def test_what_is_no_commit_here_is_an_error(top: Path, tmp_path: Path, unknown: str) -> None:
    repository, known = Repository.of(top), git(top, "rev-parse", "HEAD")
    for wrong in (
        lambda: repository.commits(unknown, known, 5),
        lambda: repository.commits(known, unknown, 5),
        lambda: repository.files(known, unknown),
        lambda: repository.differs_from(unknown),
        lambda: repository.checkout(unknown, tmp_path / "into"),
    ):
        with pytest.raises(GitError, match="not in this repository"):
            wrong()


# A commit's files


def test_a_checkout_is_the_commit_and_nothing_else(top: Path, tmp_path: Path) -> None:
    (top / "run.sh").write_text("#!/bin/sh\n")
    (top / "run.sh").chmod(0o755)
    (top / "link").symlink_to("sub/b.py")
    asked = commit(top, **{".gitignore": "*.log\n"})
    commit(top, **{"a.py": "a = 2\n", "later.py": ""})
    write(top, **{"untracked.py": "", "x.log": ""})
    into = tmp_path / "runs" / "into"
    into.parent.mkdir()
    rows = Repository.of(top).checkout(asked, into)
    assert sorted(p.name for p in into.iterdir()) == [".gitignore", "a.py", "link", "run.sh", "sub"]
    assert (into / "a.py").read_text() == "a = 1\n"
    assert os.readlink(into / "link") == "sub/b.py"
    assert [row[0] for row in rows] == [".gitignore", "a.py", "link", "run.sh", "sub/b.py"]
    by_path = {row[0]: row for row in rows}
    found = (into / "run.sh").stat()
    blob = git(top, "rev-parse", f"{asked}:run.sh")
    assert by_path["run.sh"] == ["run.sh", found.st_size, found.st_mtime_ns, found.st_mode, blob]
    assert by_path["run.sh"][3] & 0o100 and not by_path["a.py"][3] & 0o100
    assert by_path["link"][4] == "sub/b.py"
    write(into, **{"a.py": "written", "new.py": ""})
    assert prune(into, rows, time.time_ns()).files == 2, "what it put there is known by its rows"
    assert os.listdir(into.parent) == ["into"], "nothing temporary is left"


def test_a_project_below_the_top_gets_only_its_own(top: Path, tmp_path: Path) -> None:
    asked = commit(top, **{"sub/deep/c.py": "c\n", "subway.py": "", "sub2/x.py": ""})
    rows = Repository.of(top / "sub").checkout(asked, tmp_path / "into")
    assert content(tmp_path / "into") == {"b.py": "b = 1\n", "deep/c.py": "c\n"}
    assert [row[0] for row in rows] == ["b.py", "deep/c.py"]


def test_a_commit_before_the_project_was_there_is_refused(top: Path, tmp_path: Path) -> None:
    write(top, **{"young/x.py": ""})
    asked = git(top, "rev-parse", "HEAD")
    with pytest.raises(GitError, match="has no files in young/"):
        Repository.of(top / "young").checkout(asked, tmp_path / "into")
    assert not (tmp_path / "into").exists()


def test_attributes_are_those_of_the_commit(top: Path, settings: Path, tmp_path: Path) -> None:
    filters = '[filter "up"]\nsmudge = tr a-z A-Z\nclean = tr A-Z a-z\nrequired\n'
    settings.write_text(settings.read_text() + filters)
    asked = commit(
        top,
        **{
            ".gitattributes": "*.up filter=up\n*.win eol=crlf\n",
            "sub/x.up": "a",
            "sub/y.win": "\n",
        },
    )
    commit(top, **{".gitattributes": "*.py filter=up\n"})
    Repository.of(top / "sub").checkout(asked, tmp_path / "into")
    assert (tmp_path / "into/x.up").read_text() == "A"
    assert (tmp_path / "into/y.win").read_bytes() == b"\r\n"
    assert (tmp_path / "into/b.py").read_text() == "b = 1\n"


def test_a_filter_that_fails_leaves_nothing_behind(
    top: Path, settings: Path, tmp_path: Path
) -> None:
    settings.write_text(settings.read_text() + '[filter "no"]\nsmudge = false\nrequired\n')
    git(top, "config", "filter.no.clean", "cat")
    asked = commit(top, **{".gitattributes": "*.py filter=no\n"})
    runs = tmp_path / "runs"
    runs.mkdir()
    with pytest.raises(GitError, match="smudge filter no failed"):
        Repository.of(top).checkout(asked, runs / "into")
    assert os.listdir(runs) == []


def test_a_filter_that_never_ends_is_ended(
    top: Path, settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.write_text(settings.read_text() + '[filter "slow"]\nsmudge = sleep 61\nclean = cat\n')
    asked = commit(top, **{".gitattributes": "*.py filter=slow\n"})
    monkeypatch.setattr(git_checkout, "CHECKOUT_TIMEOUT", 0.5)
    runs = tmp_path / "runs"
    runs.mkdir()
    with pytest.raises(GitError, match="did not end within"):
        Repository.of(top).checkout(asked, runs / "into")
    assert os.listdir(runs) == []
    until(lambda: not running("sleep 61"))


@pytest.mark.parametrize("given_up", ["cancelled", "this process ends"])
def test_a_checkout_that_never_ends_is_given_up(
    top: Path, settings: Path, tmp_path: Path, given_up: str
) -> None:
    settings.write_text(settings.read_text() + '[filter "slow"]\nsmudge = sleep 62\nclean = cat\n')
    asked = commit(top, **{".gitattributes": "*.py filter=slow\n"})
    runs = tmp_path / "runs"
    runs.mkdir()
    cancel = threading.Event()
    with ThreadPoolExecutor(1) as thread:
        made = thread.submit(Repository.of(top).checkout, asked, runs / "into", cancel.is_set)
        until(lambda: running("sleep 62"))
        if given_up == "cancelled":
            cancel.set()
        else:
            end_all()
        assert isinstance(made.exception(timeout=5), (Cancelled, GitError))
    assert os.listdir(runs) == []
    until(lambda: not running("sleep 62"))


@pytest.mark.parametrize("target", ["/etc/passwd", "..", "../a.py", "deep/up/../../a.py"])
def test_a_link_out_of_the_project_is_refused_by_name(
    top: Path, tmp_path: Path, target: str
) -> None:
    (top / "sub/deep").mkdir()
    (top / "sub/deep/up").symlink_to("..")
    (top / "sub/out\nside").symlink_to(target)
    asked = commit(top)
    with pytest.raises(GitError, match=r"link out\\nside leads out") as refused:
        Repository.of(top / "sub").checkout(asked, tmp_path / "into")
    assert "relative" in refused.value.fix
    assert not (tmp_path / "into").exists()
    (top / "sub/out\nside").unlink()
    Repository.of(top / "sub").checkout(commit(top), tmp_path / "into")


def test_submodules_are_left_out(top: Path, tmp_path: Path) -> None:
    other = make(tmp_path / "other")
    commit(other, **{"inside.py": ""})
    git(top, "submodule", "--quiet", "add", str(other), "module")
    asked = commit(top)
    git(top, "config", "submodule.recurse", "true")
    repository = Repository.of(top)
    rows = repository.checkout(asked, tmp_path / "into")
    assert [row[0] for row in rows] == [".gitmodules", "a.py", "sub/b.py"]
    assert not (tmp_path / "into/module").exists()
    assert repository.status().changed == []
    assert repository.differs_from(asked) == []


def test_a_place_that_is_taken_is_left_alone(top: Path, tmp_path: Path) -> None:
    into = tmp_path / "runs" / "into"
    write(into, mine="x")
    with pytest.raises(GitError, match="can't be written"):
        Repository.of(top).checkout(git(top, "rev-parse", "HEAD"), into)
    assert content(into.parent) == {"into/mine": "x"}


# Every kind of repository


@pytest.mark.parametrize("kind", ["sha256", "worktree", "split index", "sparse", "packed"])
def test_kinds_of_repositories(top: Path, tmp_path: Path, kind: str) -> None:
    if kind == "sha256":
        top = make(tmp_path / "long", "--object-format=sha256")
        commit(top, **{"a.py": "a = 1\n", "sub/b.py": "b = 1\n"})
    elif kind == "worktree":
        git(top, "worktree", "add", "--quiet", "-b", "other", str(tmp_path / "tree"))
        top = tmp_path / "tree"
    elif kind == "split index":
        git(top, "config", "core.splitIndex", "true")
        git(top, "update-index", "--split-index")
    elif kind == "sparse":
        git(top, "sparse-checkout", "set", "--cone", "--sparse-index", "nothing")
        assert not (top / "sub").exists()
    elif kind == "packed":
        git(top, "gc", "--quiet")
        git(top, "pack-refs", "--all")
    head = git(top, "rev-parse", "HEAD")
    repository = Repository.of(top)
    assert repository.resolve("HEAD").hash == repository.resolve(head[:10]).hash == head
    assert (repository.status().changed, repository.differs_from(head)) == ([], [])
    repository.checkout(head, tmp_path / "into")
    assert content(tmp_path / "into") == {"a.py": "a = 1\n", "sub/b.py": "b = 1\n"}
    assert repository.differs_from(commit(top, **{"a.py": "a = 2\n"})) == []
    assert repository.differs_from(head) == ["a.py"]


@pytest.mark.parametrize("name", ["odd\n", ":!a.py", ":(top)", "[s]ub", "-f", "\udcff"])
def test_a_directory_may_have_any_name(tmp_path: Path, name: str) -> None:
    top = make(tmp_path / "line\nbreak")
    asked = commit(top, **{f"{name}/x.py": "x", "sub/a.py": "", "a.py": ""})
    repository = Repository.of(top / name)
    repository.checkout(asked, tmp_path / "into")
    assert content(tmp_path / "into") == {"x.py": "x"}
    write(top, **{f"{name}/new.py": "", "sub/new.py": ""})
    assert (repository.status().changed, repository.differs_from(asked)) == (["new.py"],) * 2


@pytest.mark.parametrize("where", ["nothing", "bare.git", "top/.git", "gone", "broken"])
def test_no_repository_is_an_error_in_words(top: Path, where: str) -> None:
    (top.parent / "nothing").mkdir()
    make(top.parent / "bare.git", "--bare")
    (top.parent / "broken").mkdir()
    (top.parent / "broken/.git").write_text("gitdir: /gone\n")
    with pytest.raises(GitError, match=r"no git repository|without a working tree|no directory"):
        Repository.of(top.parent / where)


def test_without_git_it_says_so(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(top))
    with pytest.raises(GitError, match="install git"):
        Repository.of(top)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_repository_of_someone_else_is_not_trusted(top: Path, settings: Path) -> None:
    shutil.chown(top, 12345)
    shutil.chown(top / ".git", 12345)
    with pytest.raises(GitError, match="belong to another user") as refused:
        Repository.of(top)
    assert refused.value.fix.endswith(f"safe.directory '{top}'")
    settings.write_text(settings.read_text() + f"[safe]\ndirectory = {top}\n")
    assert Repository.of(top).resolve("main")


def test_many_files_are_checked_out_at_little_cost(top: Path, tmp_path: Path) -> None:
    """Of the processor: what a disk takes is its own affair."""
    for n in range(5_000):
        path = top / f"d{n % 50}" / f"{n}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"x = {n}\n")
    asked = commit(top)
    before = os.times()
    rows = Repository.of(top).checkout(asked, tmp_path / "into")
    after = os.times()
    took = sum(after[:4]) - sum(before[:4])
    print(f"checkout of {len(rows)} files: {took:.2f} CPU-s")
    assert len(rows) == 5_002
    assert took < 5
