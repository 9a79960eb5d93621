"""The kernel's count of kills for want of memory, wherever it is written."""

from __future__ import annotations

from pathlib import Path

from jupyter_saturn_deploy.backends.local.oom import oom_kills


def test_the_count_is_the_control_group_s_else_the_machine_s(tmp_path: Path) -> None:
    def write(path: str, text: str) -> None:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    root = f"{tmp_path}/"
    assert oom_kills(root) is None
    write("proc/vmstat", "nr_free_pages 1\noom_kill 7\n")
    assert oom_kills(root) == 7
    write("proc/self/cgroup", "0::/a/b\n")
    write("sys/fs/cgroup/memory.events", "low 0\noom 9\noom_kill 3\noom_group_kill 0\n")
    assert oom_kills(root) == 3  # a container's: the path is the host's
    write("sys/fs/cgroup/a/b/memory.events", "oom_kill 2\n")
    assert oom_kills(root) == 2
    write("proc/self/cgroup", "4:cpu,memory:/c\n1:name=systemd:/\n0::/\n")
    write("sys/fs/cgroup/cpu,memory/c/memory.oom_control", "under_oom 0\noom_kill 1\n")
    assert oom_kills(root) == 1
