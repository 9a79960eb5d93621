"""Little apps behind the door of a Jupyter server, and a visitor who says what he likes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.auth import User
from jupyter_server.serverapp import ServerApp
from tornado.httpserver import HTTPServer

from jupyter_saturn_deploy.proxy.apps import App, Upstream
from jupyter_saturn_deploy.proxy.door import Door
from jupyter_saturn_deploy.proxy.upstream import Pool

Headers = list[tuple[str, str]]


@dataclass
class Message:
    """A request or a response, as it was on the wire."""

    start: str
    headers: Headers
    body: bytes = b""

    @property
    def status(self) -> int:
        """Of a response."""
        return int(self.start.split()[1])

    @property
    def target(self) -> str:
        """Of a request."""
        return self.start.split(" ")[1]

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def get(self, name: str) -> str | None:
        """The one value of a header; None where there is none."""
        values = self.all(name)
        assert len(values) < 2, values
        return values[0] if values else None


async def read_head(reader: asyncio.StreamReader) -> Message:
    """Start line and headers."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin1")
    start, *lines = head[:-4].split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return Message(start, [(name, value.strip()) for name, _, value in pairs])


async def read_chunk(reader: asyncio.StreamReader) -> bytes:
    """One chunk; empty at the end."""
    size = int(await reader.readuntil(b"\r\n"), 16)
    return (await reader.readexactly(size + 2))[:-2]


async def read_body(reader: asyncio.StreamReader, message: Message, *, until_close: bool) -> None:
    """The rest of it. Raises IncompleteReadError where it is cut short."""
    if message.get("Transfer-Encoding") == "chunked":
        while chunk := await read_chunk(reader):
            message.body += chunk
    elif (length := message.get("Content-Length")) is not None:
        message.body = await reader.readexactly(int(length))
    elif until_close:
        message.body = await reader.read()


Serve = Callable[[Message, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def echo(request: Message, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers with the body."""
    body = request.body or b"hello"
    length = len(body)
    if request.start.startswith("HEAD"):
        body = b""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (length, body))


def respond(*headers: str, status: str = "200 OK", body: bytes = b"hello") -> Serve:
    """An answer with these headers."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]

    async def serve(_: Message, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write("\r\n".join(lines).encode("latin1") + body)

    return serve


class Little:
    """An app: keeps connections, remembers what it was asked."""

    def __init__(self, run_id: str, serve: Serve) -> None:
        self.run_id = run_id
        self.serve = serve
        self.read_bodies = True
        self.seen: list[Message] = []
        self.connections = 0
        self.open: set[asyncio.StreamWriter] = set()
        self.server: asyncio.Server | None = None
        self.upstream = Upstream(run_id, "127.0.0.1", 0)

    async def start(self) -> None:
        self.server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=2**20)
        self.upstream = Upstream(self.run_id, "127.0.0.1", self.server.sockets[0].getsockname()[1])

    @property
    def port(self) -> int:
        return self.upstream.port

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open.add(writer)
        try:
            while True:
                request = await read_head(reader)
                self.seen.append(request)
                if self.read_bodies:
                    await read_body(reader, request, until_close=False)
                await self.serve(request, reader, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open.discard(writer)
            writer.close()

    def hang_up(self) -> None:
        """Close its connections."""
        for writer in self.open:
            writer.close()

    async def stop(self) -> None:
        assert self.server is not None
        self.server.close()
        self.hang_up()
        await asyncio.sleep(0)


@dataclass
class Rotation:
    """Stands in for what the store knows."""

    apps: dict[str, App] = field(default_factory=dict)
    changed: list[Callable[[], None]] = field(default_factory=list)
    opens: list[tuple[str, str]] = field(default_factory=list)

    def find(self, name: str) -> App | None:
        return self.apps.get(name)

    def opened(self, app: App, by: str) -> None:
        self.opens.append((app.name, by))

    def put(self, name: str, *upstreams: Upstream) -> None:
        self.apps[name] = App("0" * 32, name, upstreams)
        for listener in self.changed:
            listener()


class Site:
    """The server, its door, and visits to it."""

    def __init__(self, serverapp: ServerApp, base_url: str, port: int) -> None:
        self.serverapp = serverapp
        self.settings = serverapp.web_app.settings
        self.base = base_url
        self.rotation = Rotation()
        self.pool = Pool(self.rotation)
        self.settings["saturn_deploy_apps"] = Door(self.rotation, self.pool)
        self.port = port
        self.token = serverapp.identity_provider.token
        self.little: list[Little] = []

    @property
    def owner(self) -> str:
        """Whose server it is."""
        return str(self.settings["saturn_deploy"].owner.name)

    @property
    def login_cookie(self) -> str:
        """The name of Jupyter's."""
        return f"username-127-0-0-1-{self.port}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def app(self, serve: Serve = echo, name: str = "a", instances: int = 1) -> Any:
        """That many instances in rotation; one alone comes alone."""
        little = [Little(f"{name}-{number}", serve) for number in range(instances)]
        for item in little:
            await item.start()
        self.little.extend(little)
        self.rotation.put(name, *(item.upstream for item in little))
        return little[0] if instances == 1 else little

    async def resource_token(self) -> str:
        """The token of a job."""
        recipe = json.dumps({"type": "job", "spec": {"name": "a", "command": "true"}})
        made = await self(
            "POST", body=recipe.encode(), target=f"{self.base}saturn-deploy/api/recipes"
        )
        tokens = self.settings["saturn_deploy"].tokens
        return str(tokens.issue(json.loads(made.body)["state"]["id"], 1))

    @property
    def from_here(self) -> Headers:
        """What a browser says of a page of this server."""
        return [("Origin", f"http://{self.host}"), ("Sec-Fetch-Site", "same-origin")]

    def by_cookie(self, name: str = "somebody") -> None:
        """From now on everybody has logged in as that user, with a cookie."""

        class ByCookie(type(self.serverapp.identity_provider)):  # type: ignore[misc]
            def get_user(self, handler: Any) -> User:
                return User(username=name)

            def is_token_authenticated(self, handler: Any) -> bool:
                return False

        self.settings["identity_provider"] = ByCookie(parent=self.serverapp, token=self.token)

    def head(self, method: str, target: str, headers: Headers, version: str = "1.1") -> bytes:
        """A request's; with the server's token where it says nothing of who asks."""
        names = {name.lower() for name, _ in headers}
        lines = [f"{method} {target} HTTP/{version}"]
        if "host" not in names:
            lines.append(f"Host: {self.host}")
        if "authorization" not in names:
            lines.append(f"Authorization: token {self.token}")
        lines += [f"{name}: {value}" for name, value in headers if (name, value) != ANONYMOUS]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin1")

    @asynccontextmanager
    async def connected(
        self,
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A bare connection to the server."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        try:
            yield reader, writer
        finally:
            writer.close()

    async def __call__(
        self,
        method: str = "GET",
        path: str = "a/",
        headers: Headers | None = None,
        body: bytes | None = None,
        *,
        target: str | None = None,
    ) -> Message:
        """One request on a connection of its own; `path` is below `saturn-deploy/apps/`."""
        headers = list(headers or [])
        if body is not None:
            headers.append(("Content-Length", str(len(body))))
        target = target or f"{self.base}saturn-deploy/apps/{path}"
        async with self.connected() as (reader, writer):
            writer.write(self.head(method, target, headers) + (body or b""))
            answer = await read_head(reader)
            if method != "HEAD" and answer.status not in (204, 304):
                await read_body(reader, answer, until_close=True)
            return answer

    async def close(self) -> None:
        self.pool.close()
        for little in self.little:
            await little.stop()


ANONYMOUS = ("Authorization", "")
PAGE: Headers = [("Accept", "text/html,*/*"), ("Sec-Fetch-Mode", "navigate")]


HANDSHAKE: Headers = [
    ("Connection", "keep-alive, Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
]


async def until(true: Callable[[], Any]) -> None:
    """Wait for it, at most 5 s."""
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(true)


@pytest.fixture
def jp_server_config(tmp_path: Path) -> dict[str, Any]:
    """With the extension."""
    return {
        "ServerApp": {"jpserver_extensions": {"jupyter_saturn_deploy": True}},
        "SaturnDeployApp": {"state_dir": str(tmp_path / "state")},
    }


@pytest.fixture
def site(
    jp_serverapp: ServerApp,
    http_server: HTTPServer,
    http_server_port: tuple[Any, int],
    jp_base_url: str,
    jp_asyncio_loop: asyncio.AbstractEventLoop,
) -> Any:
    """A started server."""
    jp_asyncio_loop.run_until_complete(jp_serverapp.extension_manager.start_all_extensions())
    site = Site(jp_serverapp, jp_base_url, http_server_port[1])
    yield site
    jp_asyncio_loop.run_until_complete(site.close())
