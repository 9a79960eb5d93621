"""A whole Jupyter server as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

JSON = Any
# jsonschema would build a grammar for more than a second at each start.
_MAIN = (
    "import importlib, sys; sys.modules['rfc3987_syntax'] = None;"
    " importlib.import_module(sys.argv.pop(1)).main()"
)
# What the frameworks of other tests bring along takes a second at each start, too.
_NOT_THESE = [
    f"--ServerApp.jpserver_extensions={name}=False"
    for name in ("panel.io.jupyter_server_extension", "voila.server_extension")
]


class Refused(OSError):
    """An answer that is no success."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status


class Server:
    """`jupyter server` with the extension; can be killed and started again on the same port."""

    def __init__(
        self,
        directory: Path,
        state_dir: Path,
        *,
        places: int = 4,
        app: str = "jupyter_server.serverapp",
    ) -> None:
        self.directory = directory
        self.state_dir = state_dir
        self.places = places
        self.app = app
        self.project = directory / "project"
        self.project.mkdir(parents=True, exist_ok=True)
        self.log = directory / "server.log"
        self.token = os.urandom(16).hex()
        self.base_url = "/"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Ends with a slash."""
        return f"http://127.0.0.1:{self.port}{self.base_url}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings: dict[str, Any] = {
            "ServerApp.jpserver_extensions": "jupyter_saturn_deploy=True",
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": self.port,
            "ServerApp.port_retries": 0,
            "ServerApp.allow_root": True,
            "ServerApp.open_browser": False,
            "ServerApp.base_url": self.base_url,
            "ServerApp.root_dir": self.project,
            "IdentityProvider.token": self.token,
            "SaturnDeployApp.state_dir": self.state_dir,
            "SaturnDeployApp.max_runs": self.places,
            "SaturnDeployApp.grace": 0.5,
        }
        own = {
            f"JUPYTER_{kind}_DIR": str(self.directory / kind.lower())
            for kind in ("CONFIG", "DATA", "RUNTIME")
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _MAIN, self.app, *_NOT_THESE]
                + [f"--{name}={value}" for name, value in settings.items()],
                env={**os.environ, **own},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + 40
        while True:
            try:
                self("GET", "status")
                return
            except OSError as error:
                assert time.monotonic() < deadline, (error, self.log.read_text())
                time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def terminate(self) -> float:
        """SIGTERM; how long it took to end, in seconds."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        return time.monotonic() - began

    def __call__(self, method: str, path: str, body: JSON = None) -> JSON:
        """The JSON answer; raises `Refused`."""
        return json.loads(self.bytes(method, path, body))

    def bytes(self, method: str, path: str, body: JSON = None) -> bytes:
        """The answer."""
        request = urllib.request.Request(
            f"{self.url}saturn-deploy/api/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                content: bytes = response.read()
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(error.code, error.read().decode()) from None
        return content

    def job(self, name: str, command: str, **spec: JSON) -> str:
        """The id of a new job."""
        recipe = {"type": "job", "spec": {"name": name, "command": command, **spec}}
        return str(self("POST", "recipes", recipe)["state"]["id"])

    def run(self, job_id: str) -> str:
        """The id of a new run."""
        return str(self("POST", f"jobs/{job_id}/start", {})["id"])

    def until(self, run_id: str, *states: str, seconds: float = 20) -> JSON:
        """The run, once it is in one of these states."""
        deadline = time.monotonic() + seconds
        while (run := self("GET", f"runs/{run_id}"))["state"] not in states:
            assert time.monotonic() < deadline, run
            time.sleep(0.02)
        return run
