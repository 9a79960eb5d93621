"""A Jupyter server of our own for as long as something is measured, and its websockets."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from jupyter_saturn_deploy.store.db import Store
from tests.never_lost.load import Load
from tests.never_lost.server import Server


@contextmanager
def served(places: int = 4, configuration: str = "") -> Iterator[Server]:
    """A started server. Nothing of it and of its runs is left behind.

    `configuration`: the text of its `jupyter_server_config.py`.
    """
    with tempfile.TemporaryDirectory(prefix="saturn-deploy-") as name:
        directory = Path(name)
        (directory / "config").mkdir()
        (directory / "config" / "jupyter_server_config.py").write_text(configuration)
        server = Server(directory, directory / "state", places=places)
        try:
            server.start()
            yield server
        finally:
            if server.process is not None and server.process.poll() is None:
                server.kill()
            left = Load(directory, Store(server.state_dir / "store.sqlite", logging.getLogger()))
            left.runs = {path.name: "" for path in (server.state_dir / "runs").glob("*")}
            left.end()


async def connect(server: Server, path: str) -> WebSocketClientConnection:
    """A websocket of that server."""
    request = HTTPRequest(
        f"ws://127.0.0.1:{server.port}/{path}", headers={"Authorization": f"token {server.token}"}
    )
    return await websocket_connect(request)


async def follow(server: Server, run_id: str) -> AsyncIterator[bytes]:
    """Each piece of a run's log, when it comes, to the end."""
    socket = await connect(server, f"saturn-deploy/api/runs/{run_id}/log/follow")
    try:
        while (frame := await socket.read_message()) is not None:
            if isinstance(frame, bytes):
                yield frame
    finally:
        socket.close()
