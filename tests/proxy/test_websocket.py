"""Websockets, between tornado's client and a tornado app behind the door."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, HTTPError
from tornado.websocket import WebSocketClientConnection, WebSocketHandler, websocket_connect

from jupyter_saturn_deploy.proxy.apps import Upstream
from tests.proxy.conftest import HANDSHAKE, Message, Site, read_head, until

MB = 1024 * 1024


class Echo(WebSocketHandler):
    """Sends back what it gets; does what it is told."""

    opened: list[Echo]
    pongs: list[bytes]
    closed: list[tuple[int | None, str | None]]

    def prepare(self) -> None:
        if self.get_query_argument("refuse", None):
            raise HTTPError(418)

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return "second" if "second" in subprotocols else None

    def get_compression_options(self) -> dict[str, Any] | None:
        return {}

    @property
    def max_message_size(self) -> int:
        return 100 * MB

    def open(self) -> None:
        self.opened.append(self)

    async def on_message(self, message: str | bytes) -> None:
        if message == "close":
            await self.write_message("last words")
            self.close(4321, "as told")
        elif message == "ping":
            self.ping(b"from the app")
        else:
            await self.write_message(message, binary=isinstance(message, bytes))

    def on_pong(self, data: bytes) -> None:
        self.pongs.append(data)

    def on_close(self) -> None:
        self.closed.append((self.close_code, self.close_reason))


class Sockets:
    """The app, and connections to it through the door."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.made: list[WebSocketClientConnection] = []
        Echo.opened, Echo.pongs, Echo.closed = [], [], []
        sock, self.port = bind_unused_port()
        self.server = HTTPServer(Application([("/x/.*", Echo)]))
        self.server.add_socket(sock)
        site.rotation.put("a", Upstream("a-0", "127.0.0.1", self.port))

    async def connect(
        self, query: str = "", headers: dict[str, str] | None = None, **more: Any
    ) -> WebSocketClientConnection:
        request = HTTPRequest(
            f"ws://{self.site.host}{self.site.base}saturn-deploy/apps/a/x/%20{query}",
            headers={"Authorization": f"token {self.site.token}", **(headers or {})},
        )
        socket = await websocket_connect(request, max_message_size=100 * MB, **more)
        self.made.append(socket)
        return socket

    async def close(self) -> None:
        for socket in self.made:
            socket.close()
        self.server.stop()
        await self.server.close_all_connections()


@pytest.fixture
def sockets(site: Site, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Sockets]:
    async def make() -> Sockets:
        return Sockets(site)

    sockets = jp_asyncio_loop.run_until_complete(make())
    yield sockets
    jp_asyncio_loop.run_until_complete(sockets.close())


async def test_texts_and_bytes_go_both_ways(sockets: Sockets) -> None:
    socket = await sockets.connect()
    for message in ("text äß", b"\0\xff", "", b"x" * 70_000):
        await socket.write_message(message, binary=isinstance(message, bytes))
        assert await socket.read_message() == message


async def test_a_message_of_64_mb_passes(sockets: Sockets) -> None:
    socket = await sockets.connect()
    message = bytes(64 * MB)
    await socket.write_message(message, binary=True)
    answer = await socket.read_message()
    assert answer == message


async def test_the_handshake_is_the_app_s(sockets: Sockets) -> None:
    here = f"http://{sockets.site.host}"
    socket = await sockets.connect(
        subprotocols=["first", "second"], compression_options={}, headers={"Origin": here}
    )
    assert socket.selected_subprotocol == "second"
    assert "permessage-deflate" in socket.headers["Sec-WebSocket-Extensions"]
    await socket.write_message("compressed " * 1000)
    assert await socket.read_message() == "compressed " * 1000
    request = Echo.opened[0].request
    assert request.headers["Host"] == f"localhost:{sockets.port}"
    assert request.headers["Origin"] == f"http://localhost:{sockets.port}"
    assert "Authorization" not in request.headers


async def test_credentials_of_the_server_stay_out_of_the_handshake(sockets: Sockets) -> None:
    site = sockets.site
    await sockets.connect(
        f"?token={site.token}&a=1",
        headers={"Cookie": f"{site.login_cookie}=x; _xsrf=x; b=2", "X-Saturn-User": "eve"},
    )
    request = Echo.opened[0].request
    assert request.uri == "/x/%20?a=1"
    assert request.headers["Cookie"] == "b=2"
    assert request.headers.get_list("X-Saturn-User") == [site.owner]


async def test_pings_and_pongs_are_between_the_two(sockets: Sockets) -> None:
    socket = await sockets.connect()
    await socket.write_message("ping")
    await until(lambda: Echo.pongs == [b"from the app"])


async def test_the_app_s_close_code_reaches_the_browser_after_its_last_words(
    sockets: Sockets,
) -> None:
    socket = await sockets.connect()
    await socket.write_message("close")
    assert await socket.read_message() == "last words"
    assert await socket.read_message() is None
    assert (socket.close_code, socket.close_reason) == (4321, "as told")


async def test_the_browser_s_close_code_reaches_the_app(sockets: Sockets) -> None:
    socket = await sockets.connect()
    assert sockets.site.pool.under_way == {"a-0": 1}
    socket.close(4001, "enough")
    await until(lambda: Echo.closed == [(4001, "enough")])
    await until(lambda: not sockets.site.pool.under_way)


async def test_when_either_end_vanishes_the_other_one_is_told(sockets: Sockets) -> None:
    socket = await sockets.connect()
    socket.protocol.stream.close()
    await until(lambda: Echo.closed == [(None, None)])
    socket = await sockets.connect()
    Echo.opened[-1].ws_connection.stream.close()
    assert await socket.read_message() is None
    assert socket.close_code is None


async def test_a_refusal_of_the_app_is_the_browser_s(sockets: Sockets) -> None:
    with pytest.raises(HTTPClientError) as refused:
        await sockets.connect("?refuse=1")
    assert refused.value.code == 418
    with pytest.raises(HTTPClientError) as refused:
        await sockets.connect(headers={"Origin": "https://else.where", "Authorization": ""})
    assert refused.value.code == 403
    assert Echo.opened == []


async def test_without_a_ready_instance_it_is_503(sockets: Sockets) -> None:
    sockets.site.rotation.put("a")
    with pytest.raises(HTTPClientError) as refused:
        await sockets.connect()
    assert refused.value.code == 503


async def test_a_false_acceptance_is_no_websocket(site: Site) -> None:
    lies = [
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x",
        "Upgrade: websocket\r\nConnection: Upgrade",
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    ]

    async def serve(_: Message, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 101 Switching Protocols\r\n{lies.pop()}\r\n\r\n".encode())

    await site.app(serve)
    while lies:
        assert (await site("GET", "a/", HANDSHAKE)).status == 502


async def test_what_is_no_handshake_is_an_ordinary_request(site: Site) -> None:
    app = await site.app()
    for left_out in range(len(HANDSHAKE)):
        headers = [*HANDSHAKE[:left_out], *HANDSHAKE[left_out + 1 :], *site.from_here]
        if HANDSHAKE[left_out][0] == "Sec-WebSocket-Version":
            continue  # that is for the app to say
        assert (await site("GET", "a/", headers)).body == b"hello"
        assert app.seen[-1].all("Upgrade") == []


async def test_a_socket_waits_while_its_other_end_is_slow(site: Site) -> None:
    sent, accept = 0, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    async def serve(_: Message, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: %b\r\n\r\n" % accept.encode()
        )
        while sent < 100 * MB:
            writer.write(bytes(MB))
            await writer.drain()
            sent += MB
        writer.close()

    await site.app(serve)
    async with site.connected() as (reader, writer):
        writer.write(site.head("GET", f"{site.base}saturn-deploy/apps/a/", HANDSHAKE))
        answer = await read_head(reader)
        assert (answer.status, answer.get("Sec-WebSocket-Accept")) == (101, accept)
        await asyncio.sleep(0.3)
        assert sent < 50 * MB
        assert len(await reader.readexactly(100 * MB)) == 100 * MB
        assert await reader.read() == b""
