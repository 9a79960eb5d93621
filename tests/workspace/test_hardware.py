from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_saturn_deploy.workspace.hardware import (
    GIB,
    cores_text,
    memory_text,
    read_hardware,
)

NO_LIMIT = "9223372036854771712"  # what version 1 shows where there is none


@pytest.fixture(autouse=True)
def eight_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)


class Machine:
    """A tree that stands for a machine's /proc and /sys."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("proc/meminfo", f"MemTotal:  {32 * 1024 * 1024} kB\nMemFree: 1 kB\n")

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def group(self, path: str, text: str) -> None:
        self.write(f"sys/fs/cgroup/{path}", text)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_without_control_groups_it_is_the_machine_itself(machine: Machine) -> None:
    hardware = read_hardware(machine.root)
    assert (hardware.cores, hardware.memory, hardware.gpus) == (8, 32 * GIB, ())
    assert hardware.memory_from == "this machine's memory"
    assert hardware.kind == "CPU"


def test_a_container_of_version_2_grants_its_limits(machine: Machine) -> None:
    machine.write("proc/self/cgroup", "0::/\n")
    machine.group("cpu.max", "150000 100000\n")
    machine.group("memory.max", f"{4 * GIB}\n")
    hardware = read_hardware(machine.root)
    assert (hardware.cores, hardware.memory) == (1.5, 4 * GIB)
    assert hardware.cores_from == "this server's control group (cpu.max)"
    assert hardware.memory_from == "this server's control group (memory.max)"


def test_the_smallest_limit_of_all_groups_above_counts(machine: Machine) -> None:
    machine.write("proc/self/cgroup", "0::/user.slice/session.scope\n")
    machine.group("user.slice/session.scope/memory.max", "max\n")
    machine.group("user.slice/session.scope/cpu.max", "max 100000\n")
    machine.group("user.slice/memory.max", f"{2 * GIB}\n")
    machine.group("user.slice/cpu.max", "200000 100000\n")
    hardware = read_hardware(machine.root)
    assert (hardware.cores, hardware.memory) == (2, 2 * GIB)


def test_other_groups_limits_are_not_ours(machine: Machine) -> None:
    machine.write("proc/self/cgroup", "0::/mine\n")
    machine.group("other/memory.max", f"{GIB}\n")
    machine.group("mine/below/memory.max", f"{GIB}\n")
    assert read_hardware(machine.root).memory == 32 * GIB


def test_a_container_of_version_1_grants_its_limits(machine: Machine) -> None:
    machine.write("proc/self/cgroup", "5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n0::/\n")
    # Inside, the mount shows the container's own group at its top.
    machine.group("memory/memory.limit_in_bytes", f"{GIB // 2}\n")
    machine.group("cpu,cpuacct/cpu.cfs_quota_us", "50000\n")
    machine.group("cpu,cpuacct/cpu.cfs_period_us", "100000\n")
    hardware = read_hardware(machine.root)
    assert (hardware.cores, hardware.memory) == (0.5, GIB // 2)
    assert hardware.memory_from == "this server's control group (memory.limit_in_bytes)"


def test_version_1_without_limits_is_the_machine_itself(machine: Machine) -> None:
    machine.write("proc/self/cgroup", "5:memory:/\n4:cpu,cpuacct:/\n")
    machine.group("memory/memory.limit_in_bytes", NO_LIMIT)
    machine.group("cpu,cpuacct/cpu.cfs_quota_us", "-1\n")
    machine.group("cpu,cpuacct/cpu.cfs_period_us", "100000\n")
    hardware = read_hardware(machine.root)
    assert (hardware.cores, hardware.memory) == (8, 32 * GIB)


def test_a_quota_above_the_processors_grants_no_more_than_those(machine: Machine) -> None:
    machine.write("proc/self/cgroup", "0::/\n")
    machine.group("cpu.max", "6400000 100000\n")
    assert read_hardware(machine.root).cores == 8


@pytest.mark.parametrize(
    "text", ["", "garbage", "0", "-5", "1e9", "٣", "9" * 10_000, "\0", "max max", "7 0"]
)
def test_a_limit_that_is_no_number_is_no_limit(machine: Machine, text: str) -> None:
    machine.write("proc/self/cgroup", "no colons\n0::/../../elsewhere\n0::\n::\n0::/\n")
    machine.group("cpu.max", text)
    machine.group("memory.max", text)
    hardware = read_hardware(machine.root)
    assert (hardware.cores, hardware.memory) == (8, 32 * GIB)


def test_without_proc_the_memory_is_what_the_system_says(tmp_path: Path) -> None:
    assert read_hardware(tmp_path).memory > 0


def test_gpus_are_counted_by_model(machine: Machine) -> None:
    for number, text in enumerate(["Model: \t NVIDIA A10\nIRQ: 1\n", "Model: NVIDIA A10", ""]):
        machine.write(f"proc/driver/nvidia/gpus/0000:0{number}:00.0/information", text)
    hardware = read_hardware(machine.root)
    assert hardware.gpus == ("NVIDIA A10", "NVIDIA A10", "NVIDIA GPU")
    assert hardware.kind == "2 × NVIDIA A10, 1 × NVIDIA GPU"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (24684092 * 1024, "24 GB"),
        (4 * GIB, "4 GB"),
        (GIB * 3 // 2, "1.5 GB"),
        (GIB // 2, "512 MB"),
        (1024 * GIB, "1024 GB"),
    ],
)
def test_memory_is_written_as_sizes_of_machines_are(size: int, text: str) -> None:
    assert memory_text(size) == text


def test_cores_are_written_in_words() -> None:
    assert [cores_text(n) for n in (1.0, 2.0, 0.5)] == ["1 core", "2 cores", "0.5 cores"]
