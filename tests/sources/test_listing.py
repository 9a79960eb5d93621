from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_saturn_deploy.sources import limits, listing
from jupyter_saturn_deploy.sources.listing import (
    Cancelled,
    Entry,
    LeftOut,
    TooMany,
    list_project,
    shown,
)
from tests.sources.trees import plant


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "project"
    path.mkdir()
    return path


@pytest.fixture
def nobodys() -> Iterator[Path]:
    """A project of a user whom permission bits bind: who runs the tests may be root."""
    with tempfile.TemporaryDirectory() as name:
        if os.geteuid() != 0:
            yield Path(name)
            return
        os.chown(name, 65534, 65534)
        os.seteuid(65534)
        try:
            yield Path(name)
        finally:
            os.seteuid(0)


def paths(project: Path) -> list[str]:
    return [entry.path for entry in list_project(project).entries]


def out(project: Path) -> dict[str, str]:
    return dict(list_project(project).left_out)


def problems(project: Path) -> dict[str, str]:
    return {path: f"{message} ({fix})" for path, message, fix in list_project(project).problems}


def test_entries_tell_what_there_is_sorted_by_path(project: Path) -> None:
    plant(project, {"a/b.py": "print()", "a-b": "", "a/c/d": "x"})
    (project / "a/b.py").chmod(0o4750)
    (project / "empty").mkdir(mode=0o700)
    (project / "link").symlink_to("a/b.py")
    os.utime(project / "a/b.py", ns=(0, 1_234_567_890_123_456_789))
    found = list_project(project)
    assert [(e.path, e.kind, e.size) for e in found.entries] == [
        ("a-b", "file", 0),
        ("a/b.py", "file", 7),
        ("a/c/d", "file", 1),
        ("empty", "directory", 0),
        ("link", "link", 0),
    ]
    assert found.entries[1] == Entry("a/b.py", "file", 7, 1_234_567_890_123_456_789, 0o750, None)
    assert found.entries[3].mode == 0o700 and found.entries[4].target == "a/b.py"
    assert (found.files, found.bytes, found.problems) == (4, 8, [])
    assert [entry.path for entry in found.largest(2)] == ["a/b.py", "a/c/d"]
    assert found.rows()[1] == ("a/b.py", 7, 1_234_567_890_123_456_789, 0o100750, None)


def test_data_of_tools_stays_behind_wherever_it_is(project: Path) -> None:
    made = "__pycache__/a.pyc sub/__pycache__/a .ipynb_checkpoints/n sub/node_modules/m/i.js"
    environments = "mine/pyvenv.cfg mine/bin/python sub/conda/conda-meta/history"
    git = ".git/HEAD sub/.git"
    plant(project, dict.fromkeys([*made.split(), *environments.split(), *git.split(), "kept"], ""))
    assert paths(project) == ["kept", "sub"]
    assert set(out(project)) == {
        *("__pycache__/", "sub/__pycache__/", ".ipynb_checkpoints/", "sub/node_modules/"),
        *("mine/", "sub/conda/", ".git/", "sub/.git"),
    }
    assert "choose git as the source" in out(project)[".git/"]


def test_a_project_that_is_itself_an_environment_is_listed(project: Path) -> None:
    plant(project, {"pyvenv.cfg": "", "main.py": ""})
    assert paths(project) == ["main.py", "pyvenv.cfg"]


SECRETS = """.env .env.local sub/.env .ssh/config .aws/credentials .netrc sub/key.pem tls.key id_rsa
id_ed25519.pub jupyter_cookie_secret .pypirc .git-credentials""".split()


def test_secrets_stay_behind(project: Path) -> None:
    plant(project, dict.fromkeys([*SECRETS, "environment.py", "keys"], "x"))
    assert paths(project) == ["environment.py", "keys", "sub"]
    assert {path.split("/")[0] for path in out(project)} == {path.split("/")[0] for path in SECRETS}
    assert "`!.env` in .jobignore" in out(project)[".env"]


@pytest.mark.parametrize("line", ["!.env", "!/.env", "*\n!.env"])
def test_a_secret_comes_along_when_jobignore_names_it(project: Path, line: str) -> None:
    plant(project, {".env": "A=1", ".jobignore": line})
    assert ".env" in paths(project)


@pytest.mark.parametrize("line", ["!*", "!.e*", "!.[e]nv", "!.env\n.env", "!.env*", ".env"])
def test_no_wildcard_takes_a_secret_along(project: Path, line: str) -> None:
    plant(project, {".env": "A=1", ".jobignore": line, ".gitignore": "!.env"})
    assert ".env" not in paths(project)


def test_a_named_directory_comes_along_without_the_secrets_in_it(project: Path) -> None:
    plant(project, {".aws/config": "", ".aws/a.pem": "", "env/pyvenv.cfg": ""})
    plant(project, {".jobignore": "!.aws/\n!env\n", "node_modules/a": ""})
    assert paths(project) == [".aws/config", ".jobignore", "env/pyvenv.cfg"]


def test_git_data_never_comes_along(project: Path) -> None:
    plant(project, {".git/config": "url = https://me:secret@x", ".jobignore": "!.git\n!.git/\n"})
    assert paths(project) == [".jobignore"]


def test_own_records_stay_behind(project: Path) -> None:
    plant(project, {"share/saturn/store": "", "share/x": ""})
    state = project / "share" / "saturn"
    found = list_project(project, also_out=[state, project.parent])
    assert [entry.path for entry in found.entries] == ["share/x"]
    assert found.left_out == [LeftOut("share/saturn/", "this extension's own records")]


def test_a_directory_of_which_nothing_comes_along_is_still_there(project: Path) -> None:
    plant(project, {"logs/a.log": "", "a/b/c.log": "", "d/e/f": "", ".gitignore": "*.log"})
    found = {entry.path: entry.kind for entry in list_project(project).entries}
    assert found == {
        **{".gitignore": "file", "a/b": "directory", "d/e/f": "file", "logs": "directory"}
    }


def test_what_can_not_be_copied_is_named(project: Path) -> None:
    os.mkfifo(project / "fifo")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(project / "socket"))
    (project / "out").symlink_to("/etc/passwd")
    (project / "up").symlink_to("../x")
    plant(project, {"sub/.gitignore": "", "ok": ""})
    told = problems(project)
    assert sorted(told) == ["fifo", "out", "socket", "up"]
    assert "a FIFO" in told["fifo"] and "a socket" in told["socket"]
    assert "/etc/passwd" in told["out"] and "outside of the project" in told["up"]
    plant(project, {".jobignore": "fifo\nsocket\nout\nup\n"})
    assert problems(project) == {}


def test_a_device_is_named(project: Path) -> None:
    try:
        os.mknod(project / "null", 0o20666, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("only root may make a device")
    assert "a device" in problems(project)["null"]


def test_links_within_the_project_are_kept_and_never_followed(project: Path) -> None:
    plant(project, {"a/b/file": ""})
    links = {
        **{"a/up": "../a/b/file", "absolute": f"{project}/a/b", "gone": "nowhere", "dot": "."},
        **{"loop": "loop", "one": "two", "two": "one", "a/b/parent": "../.."},
        **{"around": f"../{project.name}/a", "a/b/abs": f"{project}/a"},
    }
    for path, target in links.items():
        (project / path).symlink_to(target)
    found = list_project(project)
    assert found.problems == []
    assert {e.path: e.target for e in found.entries if e.kind == "link"} == {
        **links,
        **{"absolute": "a/b", "around": "a", "a/b/abs": ".."},
    }


def test_a_link_that_leaves_by_way_of_another_is_found_out(project: Path) -> None:
    plant(project, {"x/file": ""})
    (project / "x/y").symlink_to("..")
    (project / "x/z").symlink_to("y/../secret")  # by its words within, in truth beside the project
    assert list(problems(project)) == ["x/z"]


def test_a_project_reached_by_a_link_is_listed(project: Path, tmp_path: Path) -> None:
    plant(project, {"a": ""})
    (project / "l").symlink_to(tmp_path / "alias" / "a")
    (tmp_path / "alias").symlink_to(project)
    assert paths(tmp_path / "alias") == ["a", "l"]


ODD = [
    "new\nline",
    "-rf",
    "quote'\"$(x)",
    "ü",
    "x" * 255,
    "tab\t",
    " ",
    "\udcff\udcfe",
    "\u202egpj.a",
]


def test_any_name_is_listed(project: Path) -> None:
    for name in ODD:
        (project / name).touch()
    assert paths(project) == sorted(ODD)


def test_a_path_is_shown_on_one_line_without_tricks() -> None:
    assert [shown(name) for name in ("a b/ü", "new\nline", "\udcff", "\u202egpj", "\x1b[2J")] == [
        *("a b/ü", "new\\nline", "\\xff", "\\u202egpj", "\\x1b[2J")
    ]


def test_a_very_deep_tree_is_walked_and_too_long_paths_are_named(project: Path) -> None:
    where = os.open(project, os.O_RDONLY)
    for _ in range(1600):
        os.mkdir("d", dir_fd=where)
        below = os.open("d", os.O_RDONLY, dir_fd=where)
        os.close(where)
        where = below
    os.close(where)
    began = time.perf_counter()
    found = list_project(project)
    assert time.perf_counter() - began < 5
    subprocess.run(["rm", "-rf", project], check=True)  # deeper than what pytest can delete
    assert [problem.path.count("/") for problem in found.problems] == [1500]
    assert "bytes" in found.problems[0].message


def test_what_may_not_be_read_is_named(nobodys: Path) -> None:
    plant(nobodys, {"closed/a": "", "file": "", "fine": "", "unsearchable/a": ""})
    (nobodys / "file").chmod(0o200)
    (nobodys / "closed").chmod(0)
    (nobodys / "unsearchable").chmod(0o400)
    told = problems(nobodys)
    (nobodys / "closed").chmod(0o700)
    (nobodys / "unsearchable").chmod(0o700)
    assert sorted(told) == ["closed/", "file", "unsearchable/a"]
    assert all("Permission denied" in message for message in told.values())


def test_a_project_that_is_not_there_is_a_problem(project: Path) -> None:
    plant(project, {"file": ""})
    for path in (project / "missing", project / "file"):
        assert list(problems(path)) == [""]


def test_too_many_files_are_told_with_where_most_are(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FILES_LIMIT", 20)
    plant(project, {f"data/raw/{n}": "x" for n in range(30)})
    plant(project, {"main.py": "x", "docs/a": "x", "docs/b": "x"})
    (problem,) = list_project(project).problems
    assert problem.path == "" and "33 files" in problem.message
    assert problem.fix.endswith("data/raw/* (30 files), docs/* (2 files), *.py (1 files)")


def test_a_sparse_giant_counts_with_the_size_it_shows(project: Path) -> None:
    plant(project, {"models/giant": "", "small": "x"})
    os.truncate(project / "models/giant", 3 * 1024**3)
    found = list_project(project)
    assert "3 GB" in found.problems[0].message
    assert "models/giant (3 GB)" in found.problems[0].fix
    assert found.bytes == 3 * 1024**3 + 1


def test_a_walk_of_far_too_much_ends_and_says_so(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "WALK_LIMIT", 50)
    plant(project, {f"{d}/{n}": "" for d in range(5) for n in range(30)})
    found = list_project(project)
    assert len(found.entries) <= 50
    assert "over 50 entries" in found.problems[0].message


def test_hard_links_are_files(project: Path) -> None:
    plant(project, {"a": "xyz"})
    (project / "b").hardlink_to(project / "a")
    assert [(entry.kind, entry.size) for entry in list_project(project).entries] == [
        *[("file", 3)] * 2
    ]


def test_more_than_asked_for_is_refused_ignored_files_not_counted(project: Path) -> None:
    plant(project, {f"data/{n}": "" for n in range(10)})
    plant(project, {"a": "", ".gitignore": "data"})
    assert len(list_project(project, most=2).entries) == 2
    with pytest.raises(TooMany):
        list_project(project, most=1)


def test_a_walk_is_given_up_soon_after_it_is_cancelled(project: Path) -> None:
    plant(project, {f"{n % 7}/{n}": "" for n in range(1000)})
    asked = iter([False, True])
    with pytest.raises(Cancelled):
        list_project(project, cancelled=lambda: next(asked))


def test_a_link_swapped_for_a_file_has_changed(project: Path) -> None:
    plant(project, {"target": ""})
    links = [project / f"link{number}" for number in range(300)]
    for link in links:
        link.symlink_to("target")

    def swapped() -> bool:  # asked while the names of the project are read
        for link in links:
            link.unlink(missing_ok=True)
            link.write_text("")
        return False

    problems = list_project(project, cancelled=swapped).problems
    assert {problem.message for problem in problems} == {"it changed while it was looked at"}


def test_a_directory_swapped_for_a_link_never_leads_out(project: Path, tmp_path: Path) -> None:
    plant(tmp_path / "outside", {"secret": ""})
    plant(project, {f"{n}": "" for n in range(300)} | {"sub/mine": ""})

    def swapped() -> bool:  # asked while the names of the project are read
        if not (project / "sub").is_symlink():
            (project / "sub").rename(tmp_path / "aside")
            (project / "sub").symlink_to(tmp_path / "outside")
        return False

    found = list_project(project, cancelled=swapped)
    assert len(found.entries) == 300 and not any("secret" in e.path for e in found.entries)
    assert [(p.path, p.message) for p in found.problems] == [
        ("sub/", "it changed while it was looked at")
    ]
