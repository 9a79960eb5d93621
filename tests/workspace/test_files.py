from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from jupyter_saturn_deploy.workspace.files import names, read


def test_a_text_file_is_read_up_to_the_limit(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("héllo")
    assert read(tmp_path / "file") == "héllo"
    assert read(tmp_path / "file", limit=1) == "h"


def test_a_huge_file_costs_only_its_beginning(tmp_path: Path) -> None:
    with open(tmp_path / "huge", "wb") as file:
        file.truncate(1 << 40)
    assert read(tmp_path / "huge", limit=10) == "\0" * 10


def test_bytes_that_are_no_text_do_not_raise(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\xff\xfe\x00")
    assert (read(tmp_path / "file") or "").encode(errors="surrogateescape") == b"\xff\xfe\x00"


@pytest.mark.timeout(5)
def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    assert read(tmp_path / "fifo") is None


def test_what_is_no_regular_file_has_no_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with socket.socket(socket.AF_UNIX) as server:
        monkeypatch.chdir(tmp_path)  # a socket's path must be short
        server.bind("socket")
        for path in (tmp_path, tmp_path / "loop", tmp_path / "socket", tmp_path / "gone"):
            assert read(path) is None
        assert read(Path("/dev/zero")) is None
        assert read(Path("nul\0byte")) is None


def test_a_directory_that_cannot_be_read_has_no_names(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert names(tmp_path) == ["file"]
    assert names(tmp_path / "file") == []
    assert names(tmp_path / "gone") == []
    assert names(Path("nul\0byte")) == []
