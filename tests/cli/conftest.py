"""The command line beside a real server."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from jupyter_saturn_deploy.cli import main
from tests.never_lost.server import Server

BIN = Path(sys.executable).parent


class Ended(NamedTuple):
    """What a command did."""

    code: object
    stdout: str
    stderr: str


class Shell:
    """Runs commands in the server's project, as a terminal of that machine would."""

    def __init__(self, server: Server) -> None:
        self.server = server
        named = ("SATURN_", "JPY_", "NO_COLOR", "COLUMNS")
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith(named)},
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "JUPYTER_RUNTIME_DIR": str(server.directory / "runtime"),
            "TERM": "xterm",
        }

    def __call__(self, *arguments: str, code: int = 0, given: str = "", **environ: str) -> Ended:
        """One command that ends with `code`. In this process, which takes a tenth of the time."""
        streams = [io.TextIOWrapper(io.BytesIO(each)) for each in (given.encode(), b"", b"")]
        before = Path.cwd()
        os.chdir(self.server.project)
        try:
            with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as exited:
                for name in set(os.environ) - set(self.environ):
                    patch.delenv(name)
                for name, value in {**self.environ, **environ}.items():
                    patch.setenv(name, value)
                for name, stream in zip(("stdin", "stdout", "stderr"), streams, strict=True):
                    patch.setattr(sys, name, stream)
                main(arguments)
        finally:
            os.chdir(before)
        written = []
        for stream in streams[1:]:
            stream.seek(0)
            written.append(stream.read())
        ended = Ended(exited.value.code, *written)
        assert ended.code == code, ended
        return ended

    def out(self, *arguments: str, **more: Any) -> str:
        """Its output, with nothing to complain about."""
        ended = self(*arguments, **more)
        assert ended.stderr == ""
        return ended.stdout

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """One that goes on."""
        return subprocess.Popen(
            [str(BIN / "jupyter-saturn-deploy"), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.server.project,
            env=self.environ,
        )

    def write(self, name: str, text: str) -> str:
        """A file of the project. Its name."""
        (self.server.project / name).write_text(text)
        return name


@pytest.fixture(scope="session")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    directory = tmp_path_factory.mktemp("server")
    server = Server(directory, directory / "state")
    server.start()
    yield Shell(server)
    server.terminate()
