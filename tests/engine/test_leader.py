"""Who acts on a state directory."""

from __future__ import annotations

import os
import resource
from pathlib import Path

from jupyter_saturn_deploy.engine.leader import Leader


def test_of_two_one_leads_and_both_know_which(tmp_path: Path) -> None:
    first, second = Leader(tmp_path, "server"), Leader(tmp_path, "headless")
    assert first.holder() is None
    assert first.acquire() and first.acquire() and not second.acquire()
    for leader in (first, second):
        holder = leader.holder()
        assert holder is not None and (holder.pid, holder.kind) == (os.getpid(), "server")
    first.release()
    assert second.holder() is None and second.acquire()
    second.release()


def test_without_space_to_say_so_it_leads_all_the_same(tmp_path: Path) -> None:
    first, second = Leader(tmp_path, "server"), Leader(tmp_path, "headless")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        assert first.acquire()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not second.acquire()
    holder = first.holder()
    assert holder is not None and holder.pid == os.getpid()
    assert second.holder() is None
    first.release()
