from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from jupyter_saturn_deploy.sources.ignore import parse
from jupyter_saturn_deploy.sources.listing import list_project
from jupyter_saturn_deploy.sources.wildmatch import matcher
from tests.sources.trees import git_keeps, plant

TRICKY = """\
\ufeff*.log
!important.log
/anchored
build/
doc/*.txt
**/deep/*.bin
deep/**/end
 leading
\\#sharp
\\!bang
[[:digit:]][!a-c]x
[]x].set
broken[
broken\\
foo**/bar
excluded/
!excluded/back
whole/*
!whole/back/
*.é
?.one
/
//
!
\r
crlf.txt\r
"""
TRICKY += "trailing\\ \nspaces   \n"
TRICKY_PATHS = """\
a.log important.log x/important.log anchored x/anchored build/a x/build/b xbuild doc/a.txt
doc/x/a.txt deep/a.bin x/deep/a.bin x/deep/y/a.bin deep/end deep/x/y/end x/deep/y/end #sharp !bang
1dx 1ax 12dx ].set x.set y.set broken[ broken\\ foobar foox/bar foox/y/bar x/foox/bar excluded/back
excluded/a whole/a whole/back/a whole/x/b a.é a.e é.one a.one sub/a.log sub/keep.log sub/own/x
crlf.txt spaces leading""".split()


def kept(project: Path) -> set[str]:
    return {entry.path for entry in list_project(project).entries if entry.kind != "directory"}


def test_a_tricky_tree_is_kept_as_git_keeps_it(tmp_path: Path) -> None:
    plant(tmp_path, dict.fromkeys([*TRICKY_PATHS, "trailing ", " leading", "spaces   "], "x"))
    plant(tmp_path, {".gitignore": TRICKY, "sub/.gitignore": "!*.log\nown\n/a.*\n"})
    assert kept(tmp_path) == git_keeps(tmp_path)
    assert "sub/keep.log" in kept(tmp_path) and "excluded/back" not in kept(tmp_path)


NAMES = "a b ab foo foobar foox x.py y.log é [a] b] -z #c !n a\\b A a* foo. ^x a-z".split()
NAMES += ["a b", "\n", "c "]
PIECES = """a b ab foo .py .log é # ! - * ? ** / / */ **/ /** *** foo**/ [ab] [!a] [^a] [a-c] []a]
[!]a] []-a] [--0] [a-\\c] [\\]a] [[a] [a [[:alpha:]] [[:upper:]-z] [[:x:]] [[:alpha:] \\a \\* \\ \\/
\udcff""".split()
PIECES += [" ", "\\ "]


@pytest.mark.parametrize("seed", range(20))
def test_any_ignore_files_mean_what_they_mean_to_git(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    directories = [tmp_path]
    for _ in range(12):
        directory = chance.choice(directories) / chance.choice(NAMES)
        if not directory.exists():
            directory.mkdir()
            directories.append(directory)
    for directory in directories:
        for name in chance.sample(NAMES, 4):
            if not (directory / name).exists():
                (directory / name).touch()
    told = {}
    for directory in chance.sample(directories, min(len(directories), 3)):
        patterns = [
            chance.choice(["", "", "!"]) + "".join(chance.choices(PIECES, k=chance.randint(1, 5)))
            for _ in range(chance.randint(1, 6))
        ]
        told[directory] = os.fsencode(chance.choice(["\n", "\r\n"]).join(patterns))
        (directory / ".gitignore").write_bytes(told[directory])
    assert kept(tmp_path) == git_keeps(tmp_path), told


def test_neither_private_nor_global_excludes_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, project = tmp_path / "home", tmp_path / "project"
    plant(home, {".config/git/ignore": "a\n"})
    monkeypatch.setenv("HOME", str(home))
    plant(project, {".git/info/exclude": "b\n", "a": "", "b": ""})
    assert kept(project) == {"a", "b"}


def test_jobignore_has_the_last_word(tmp_path: Path) -> None:
    plant(tmp_path, dict.fromkeys(["data.csv", "notes.md", "sub/notes.md", "out/a"], "x"))
    plant(tmp_path, {".gitignore": "data.csv\nout/\n", ".jobignore": "!data.csv\n!out/\nnotes.md"})
    plant(tmp_path, {"sub/.gitignore": "!notes.md\n"})
    assert kept(tmp_path) == {".gitignore", ".jobignore", "sub/.gitignore", "data.csv", "out/a"}


def test_what_is_left_out_says_by_which_line(tmp_path: Path) -> None:
    plant(tmp_path, {"sub/.gitignore": "# mine\n*.tmp\n", "sub/a.tmp": "x", "sub/x.tmp/y": ""})
    reason = "sub/.gitignore line 2: *.tmp"
    assert list_project(tmp_path).left_out == [("sub/a.tmp", reason), ("sub/x.tmp/", reason)]


@pytest.mark.parametrize("kind", ["link", "fifo", "directory", "bytes", "huge"])
def test_an_odd_ignore_file_neither_blocks_nor_fails_the_walk(tmp_path: Path, kind: str) -> None:
    project = plant(tmp_path / "project", {"a.log": "x", "b": "x"})
    odd = project / ".gitignore"
    if kind == "link":  # git doesn't follow it either
        plant(tmp_path, {"rules": "*.log\n"})
        odd.symlink_to(tmp_path / "rules")
    elif kind == "fifo":
        os.mkfifo(odd)
    elif kind == "directory":
        odd.mkdir()
    elif kind == "bytes":
        odd.write_bytes(b"\xff\xfe\0\n*.log\n")
    else:
        odd.write_bytes(b"*.log\n" + b"x" * 10_000_000)
    names = {"b"} if kind in ("bytes", "huge") else {"b", "a.log"}
    assert kept(project) - {".gitignore"} == names


def test_no_pattern_takes_long() -> None:
    name, path = b"a" * 255, b"/".join([b"a"] * 1000)
    slow = parse(b"*a" * 60 + b"b\n" + b"**/a/" * 60 + b"b\n" + b"*a/" * 60 + b"*b\n")
    began = time.perf_counter()
    assert slow.verdict(path, name, False) is None
    assert slow.verdict(name, name, False) is None
    assert time.perf_counter() - began < 1


def test_one_expression_says_the_same_as_its_patterns_one_by_one() -> None:
    patterns = [b"*a*b*c", b"x?z", b"literal", b"[!q]w*", b"*.d"]
    names = [b"1a2b3c", b"abc", b"acb", b"xyz", b"literal", b"liter", b"ww", b"qw", b".d", b"d"]
    together = matcher(patterns, whole=False)
    assert [together(name) for name in names] == [
        any(matcher([pattern], whole=False)(name) for pattern in patterns) for name in names
    ]
