from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from jupyter_saturn_deploy.sources.records import Records
from jupyter_saturn_deploy.workspace.environment import PackageReader, find_prefix


@pytest.fixture
def kernels(tmp_path: Path) -> Path:
    return tmp_path / "kernels"


@pytest.fixture
def specs(kernels: Path) -> KernelSpecManager:
    return KernelSpecManager(kernel_dirs=[str(kernels)])


def install(kernels: Path, name: str, content: object) -> None:
    (kernels / name).mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    (kernels / name / "kernel.json").write_text(text)


def interpreter(prefix: Path) -> str:
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin" / "python3").symlink_to(sys.executable)
    return str(prefix / "bin" / "python3")


def test_the_prefix_is_the_kernels_and_not_the_servers(
    specs: KernelSpecManager, kernels: Path, tmp_path: Path
) -> None:
    python = interpreter(tmp_path / "env")
    install(kernels, "mine", {"argv": [python, "-m", "ipykernel"], "display_name": "Mine"})
    prefix = find_prefix(specs, "mine")
    assert prefix.value == str(tmp_path / "env"), "the link bin/python3 is not followed"
    assert prefix.source == "the default kernelspec mine"


def test_a_bare_python_is_the_servers_own(specs: KernelSpecManager, kernels: Path) -> None:
    for python in ("python", "python3"):
        install(kernels, "mine", {"argv": [python, "-m", "x"], "display_name": "Mine"})
        prefix = find_prefix(specs, "mine")
        assert (prefix.value, prefix.not_from) == (sys.prefix, ())


def test_the_native_kernel_is_the_servers_own(specs: KernelSpecManager) -> None:
    assert find_prefix(specs, "python3").value == sys.prefix


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"argv": ["/usr/bin/R", "--slave"], "display_name": "R"}, "starts no Python"),
        ({"argv": [], "display_name": "x"}, "starts no Python"),
        ({"argv": ["/srv/start/python"], "display_name": "x"}, "no Python of an environment"),
        ({"argv": ["env/bin/python"], "display_name": "x"}, "no Python of an environment"),
        ({"argv": ["/gone/bin/python"], "display_name": "x"}, "/gone/bin/python: not there"),
        ({"argv": 7}, "can't be read"),
        ({"argv": [["python"]]}, "starts no Python"),
        ([], "can't be read"),
        ("{", "can't be read"),
        ("", "can't be read"),
    ],
)
def test_a_kernelspec_that_starts_no_python_leaves_the_servers_own_and_says_why(
    specs: KernelSpecManager, kernels: Path, spec: object, why: str
) -> None:
    install(kernels, "odd", spec)
    prefix = find_prefix(specs, "odd")
    assert prefix.value == sys.prefix
    assert prefix.source == "this server's own environment"
    assert why in prefix.not_from[0]


def test_a_missing_kernelspec_leaves_the_servers_own(specs: KernelSpecManager) -> None:
    prefix = find_prefix(specs, "gone")
    assert prefix.value == sys.prefix
    assert "can't be read" in prefix.not_from[0]


def make(prefix: Path, *names: str) -> None:
    for name in names:
        path = prefix / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch() if path.suffix == ".json" else path.mkdir()


CONDA = (
    "conda-meta/python-3.11.7-hab00c5b_0_cpython.json",
    "conda-meta/scikit-learn-1.5.2-py311h57cc02b_1.json",
    "conda-meta/history.txt",
)
SITE = "lib/python3.11/site-packages"
PIP = (f"{SITE}/scikit_learn-1.5.2.dist-info", f"{SITE}/saturn_client-2026.2.1.dist-info")


def test_what_conda_and_pip_both_know_counts_once(tmp_path: Path) -> None:
    make(tmp_path, *CONDA, *PIP, f"{SITE}/sklearn")
    packages = PackageReader().read(str(tmp_path))
    assert packages.count == 3
    assert packages.python == "3.11.7"
    assert packages.listing == (
        ("python", "3.11.7=hab00c5b_0_cpython"),
        ("saturn-client", "2026.2.1"),
        ("scikit-learn", "1.5.2"),
        ("scikit-learn", "1.5.2=py311h57cc02b_1"),
    )


def test_the_fingerprint_is_that_of_names_and_versions(tmp_path: Path) -> None:
    one, same, other = tmp_path / "one", tmp_path / "same", tmp_path / "other"
    make(one, *CONDA, *PIP)
    make(same, *reversed(PIP), *reversed(CONDA), f"{SITE}/not_a_package")
    make(other, *CONDA, *PIP[:1], f"{SITE}/saturn_client-2026.2.2.dist-info")
    first, second, third = (PackageReader().read(str(p)) for p in (one, same, other))
    assert first.fingerprint == second.fingerprint
    assert first.fingerprint != third.fingerprint
    assert len(first.fingerprint) == 64


def test_a_package_installed_later_is_seen_by_the_same_reader(tmp_path: Path) -> None:
    make(tmp_path, *PIP)
    reader = PackageReader()
    before = reader.read(str(tmp_path))
    assert reader.read(str(tmp_path)) is before
    time.sleep(0.02)  # beyond the resolution of a directory's mtime
    make(tmp_path, f"{SITE}/numpy-2.0.0.dist-info")
    after = reader.read(str(tmp_path))
    assert after.count == before.count + 1
    make(tmp_path, CONDA[0])
    assert reader.read(str(tmp_path)).python == "3.11.7"


def test_another_prefix_is_another_environment(tmp_path: Path) -> None:
    make(tmp_path / "a", *PIP)
    reader = PackageReader()
    assert reader.read(str(tmp_path / "a")).count == 2
    assert reader.read(str(tmp_path / "b")).count == 0


def test_a_directory_reached_by_a_link_counts_once(tmp_path: Path) -> None:
    make(tmp_path, *PIP)
    (tmp_path / "lib/python3.1").symlink_to("python3.11")  # as conda does
    assert PackageReader().read(str(tmp_path)).count == 2


def test_debians_own_packages_count(tmp_path: Path) -> None:
    make(tmp_path, "lib/python3/dist-packages/six-1.16.0.dist-info")
    make(tmp_path, "local/lib/python3.11/dist-packages/numpy-2.0.0.dist-info")
    assert PackageReader().read(str(tmp_path)).count == 2


def test_the_version_of_a_virtual_environment_is_in_its_configuration(tmp_path: Path) -> None:
    make(tmp_path, *PIP)
    assert PackageReader().read(str(tmp_path)).python == "3.11"
    (tmp_path / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11.7\n")
    assert PackageReader().read(str(tmp_path)).python == "3.11.7"
    (tmp_path / "pyvenv.cfg").write_text("home = /x\nversion_info = 3.12.1.final.0\n")  # uv's
    assert PackageReader().read(str(tmp_path)).python == "3.12.1"


def test_odd_names_and_missing_directories_never_raise(tmp_path: Path) -> None:
    site = tmp_path / SITE
    make(tmp_path, f"{SITE}/noversion.dist-info", f"{SITE}/.dist-info", "conda-meta/a.json")
    os.mkdir(os.fsencode(site) + b"/\xff\xfe-1.dist-info")
    (tmp_path / "lib/python3.12").mkdir()
    (tmp_path / "lib/python3.12/site-packages").symlink_to("site-packages")
    packages = PackageReader().read(str(tmp_path))
    assert packages.count == 4
    assert packages.python is None
    assert PackageReader().read("/gone").count == 0


def test_the_fingerprint_is_the_one_that_runs_note(tmp_path: Path) -> None:
    (tmp_path / "lib" / "python3.11" / "site-packages" / "caf\udce9-1.0.dist-info").mkdir(
        parents=True
    )
    packages = PackageReader().read(str(tmp_path))
    assert packages.count == 1
    assert Records(tmp_path / "state").put(packages.listing) == packages.fingerprint
