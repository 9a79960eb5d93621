from __future__ import annotations

import json
import os
import shlex
import subprocess
import time
from pathlib import Path

import pytest

from jupyter_saturn_deploy.workspace.drift import Drift, DriftReader

SITE = "lib/python3.11/site-packages"


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """An environment as it came with the image."""
    path = tmp_path / "env"
    pip(path, "numpy-1.0", "six-1.16.0")
    conda(path, "python-3.11.7-hab_0", "numpy-1.0-py311_0", "openssl-3.0-h0_1")
    return path


def pip(prefix: Path, *stems: str, place: object = None) -> None:
    for stem in stems:
        directory = prefix / SITE / f"{stem}.dist-info"
        directory.mkdir(parents=True)
        if place is not None:
            text = place if isinstance(place, str) else json.dumps(place)
            (directory / "direct_url.json").write_text(text)


def conda(prefix: Path, *stems: str) -> None:
    (prefix / "conda-meta").mkdir(parents=True, exist_ok=True)
    for stem in stems:
        (prefix / "conda-meta" / f"{stem}.json").write_text("{}")


def now(place: Path) -> float:
    """The time as the file system has it; what comes after is later."""
    probe = place / "probe"
    probe.touch()
    at = probe.stat().st_ctime
    while probe.stat().st_ctime <= at:
        time.sleep(0.002)
        os.utime(probe)
    return at


@pytest.fixture
def reader(prefix: Path, tmp_path: Path) -> DriftReader:
    """Of a container that started after the image was made."""
    return DriftReader(now(tmp_path), tmp_path)


def read(reader: DriftReader, prefix: Path) -> Drift:
    drift = reader.read(str(prefix))
    assert drift is not None
    return drift


def test_where_there_is_no_container_there_is_no_drift(prefix: Path, tmp_path: Path) -> None:
    assert DriftReader(None, tmp_path).read(str(prefix)) is None


def test_what_came_with_the_image_is_none(reader: DriftReader, prefix: Path) -> None:
    drift = read(reader, prefix)
    assert (drift.packages, drift.install) == ((), "")


def test_what_was_installed_since_is_named_and_installed_by_one_line(
    reader: DriftReader, prefix: Path
) -> None:
    pip(prefix, "Scikit_Learn-1.5.2", "torch-2.4.0+cu118")
    drift = read(reader, prefix)
    assert drift.packages == (("scikit-learn", "1.5.2"), ("torch", "2.4.0+cu118"))
    assert drift.install == "pip install --quiet scikit-learn==1.5.2 torch==2.4.0+cu118"


def test_another_version_of_what_the_image_had_is_drift(reader: DriftReader, prefix: Path) -> None:
    (prefix / SITE / "six-1.16.0.dist-info").rmdir()
    pip(prefix, "six-1.17.0")
    assert read(reader, prefix).packages == (("six", "1.17.0"),)


def test_an_old_mtime_hides_nothing(reader: DriftReader, prefix: Path) -> None:
    pip(prefix, "old-1")
    os.utime(prefix / SITE / "old-1.dist-info", (0, 0))
    assert read(reader, prefix).packages == (("old", "1"),)


def test_the_reader_sees_what_is_installed_later(reader: DriftReader, prefix: Path) -> None:
    before = read(reader, prefix)
    assert read(reader, prefix) is before
    now(prefix.parent)  # beyond the resolution of a directory's mtime
    pip(prefix, "later-1")
    assert read(reader, prefix).packages == (("later", "1"),)


def test_what_only_conda_knows_is_installed_by_conda(reader: DriftReader, prefix: Path) -> None:
    conda(prefix, "pandas-2.2-py311_0", "_x.y_z-1.0-h0_1", "libxml2-2.12-h0_0")
    pip(prefix, "pandas-2.2")
    drift = read(reader, prefix)
    assert drift.packages == (("_x.y_z", "1.0"), ("libxml2", "2.12"), ("pandas", "2.2"))
    assert drift.install == (
        'conda install --yes --quiet --prefix "$CONDA_PREFIX" _x.y_z=1.0 libxml2=2.12'
        " && pip install --quiet pandas==2.2"
    )


@pytest.mark.parametrize("editable", [True, False])
def test_what_is_of_a_local_directory_is_listed_and_not_installed(
    reader: DriftReader, prefix: Path, editable: bool
) -> None:
    place = {"url": "file:///home/me/my%20lib", "dir_info": {"editable": editable}}
    pip(prefix, "mylib-0.1", place=place)
    drift = read(reader, prefix)
    assert drift.packages == (("mylib", "0.1 (from /home/me/my lib)"),)
    assert drift.install == ""


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        (
            {"url": "https://me:pw@host/x.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}},
            "x @ git+https://host/x.git@abc",
        ),
        (
            {
                "url": "ssh://git@host/x.git",
                "vcs_info": {"vcs": "git", "commit_id": "abc"},
                "subdirectory": "py",
            },
            "x @ git+ssh://git@host/x.git@abc#subdirectory=py",
        ),
        ({"url": "https://host/x-1.whl", "archive_info": {}}, "x @ https://host/x-1.whl"),
        ({"url": "https://host/`touch y`"}, None),
        ("{", "x==1"),
        ("[]", "x==1"),
        ({"url": 7, "vcs_info": 7}, "x==1"),
        ({"url": "a b\nc"}, None),
    ],
)
def test_what_is_of_another_place_is_installed_from_there(
    reader: DriftReader, prefix: Path, place: object, wanted: str | None
) -> None:
    pip(prefix, "x-1", place=place)
    drift = read(reader, prefix)
    assert drift.packages == (("x", "1"),)
    assert shlex.split(drift.install) == (
        [] if wanted is None else ["pip", "install", "--quiet", wanted]
    )


def test_a_hostile_name_is_no_package(reader: DriftReader, prefix: Path, tmp_path: Path) -> None:
    for name in ("a;touch x-1", "$(touch x)-1", "a\nb-1", "-rx-1", "a-1;x", "noversion", "-1", ""):
        pip(prefix, name)
    os.mkdir(os.fsencode(prefix / SITE) + b"/\xff-1.dist-info")
    conda(prefix, "odd", "a;b-1-0", "--prefix-1-0", " -1-0")
    pip(prefix, "fine-1!2.0")
    drift = read(reader, prefix)
    assert drift.packages == (("fine", "1!2.0"),)
    shown = subprocess.run(
        ["bash", "-c", drift.install.replace("pip install --quiet", "printf %s")],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert shown.stdout == "fine==1!2.0"


def test_what_lies_on_a_volume_stays(prefix: Path, tmp_path: Path) -> None:
    since = now(tmp_path)
    pip(prefix, "kept-1")
    other = next(p for p in (Path("/proc"), Path("/sys")) if p.is_dir())
    assert read(DriftReader(since, other), prefix).packages == ()
    assert read(DriftReader(since, tmp_path), prefix).packages == (("kept", "1"),)


def test_a_prefix_that_is_not_there_has_no_drift(reader: DriftReader) -> None:
    assert read(reader, Path("/gone")).packages == ()


def test_four_hundred_packages_take_milliseconds(prefix: Path, tmp_path: Path) -> None:
    pip(prefix, *(f"package{n}-1.0" for n in range(400)))
    since = now(tmp_path)
    pip(prefix, *(f"new{n}-1.0" for n in range(20)))
    took = []
    for _ in range(5):
        reader = DriftReader(since, tmp_path)
        started = time.perf_counter()
        assert len(read(reader, prefix).packages) == 20
        took.append(time.perf_counter() - started)
    started = time.perf_counter()
    read(reader, prefix)
    print(f"first {min(took) * 1000:.1f} ms, again {(time.perf_counter() - started) * 1000:.2f} ms")
    assert min(took) < 0.05
