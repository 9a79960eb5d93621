"""One request through to an instance and its response back, whoever stands at the door."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from tornado.httputil import (
    HTTPHeaders,
    HTTPInputError,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.iostream import IOStream, StreamClosedError

from . import headers as rules
from . import websocket
from .apps import App, Upstream
from .headers import Visit
from .upstream import Connection, Pool, Unreachable

_REPEATABLE = ("GET", "HEAD", "OPTIONS")


class NotReached(Exception):
    """No instance took the request; none of it was sent."""

    def __init__(self, timed_out: bool = False) -> None:
        super().__init__("took too long" if timed_out else "none is ready")
        self.timed_out = timed_out


class NoAnswer(Exception):
    """An instance took the request and gave no response that can be understood."""


class CutShort(Exception):
    """The response broke off when some of it had been passed on."""


@dataclass(frozen=True)
class Request:
    """What is asked for."""

    method: str
    uri: str
    """As the browser sent it."""
    headers: HTTPHeaders
    length: int | None
    """Of the body, as `headers.body_length` says."""
    visit: Visit
    instance: str | None = None
    """The run id of the instance that served this visitor before."""

    @property
    def is_websocket(self) -> bool:
        """Whether it asks for one."""
        return websocket.is_wanted(self.method, self.headers)


class Answer(Protocol):
    """Where the response goes."""

    def begin(self, status: int, reason: str, headers: HTTPHeaders, upstream: Upstream) -> None:
        """It begins; nothing has to be sent yet."""

    def send(self, chunk: bytes) -> Awaitable[None]:
        """Send the head, if it wasn't yet, and some of the body; done when there is room for more.

        Raises StreamClosedError when nobody is there any more.
        """


class Exchange(HTTPMessageDelegate):
    """One request and its response: `begin`, then `send` the body, `end`, and `relay` meanwhile."""

    def __init__(self, pool: Pool, app: App, request: Request, answer: Answer) -> None:
        self._pool = pool
        self._app = app
        self._request = request
        self._answer = answer
        self._tried: set[Upstream] = set()
        self._connection: Connection | None = None
        self._sent = False
        self._begun = False
        self._stays_open = False
        self._flushed = False
        self._complete = False
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._abandoned = False
        self.tunnel: IOStream | None = None
        """After `relay`: the app's end of a websocket that it accepted."""

    async def begin(self) -> None:
        """Send the head to an instance. Raises `NotReached`."""
        request, timed_out = self._request, False
        # A kept connection may be closing just now, and then nobody can tell whether a request on
        # it was acted on. What must not be done twice gets a connection of its own.
        fresh = request.method not in _REPEATABLE or request.length is not None
        fresh = fresh or request.is_websocket
        while True:
            left = [item for item in self._app.upstreams if item not in self._tried]
            if not left:
                raise NotReached(timed_out)
            upstream = choose(left, self._pool.under_way, request.instance)
            try:
                connection = await self._pool.connect(self._app, upstream, fresh=fresh)
            except Unreachable as error:
                timed_out = error.timed_out
                self._tried.add(upstream)
                continue
            break
        self._connection = connection
        self._pool.under_way[upstream.run_id] += 1
        if self._abandoned:
            connection.close()
        told = rules.to_app(request.headers, request.visit, upstream)
        if request.is_websocket:
            told.update(websocket.UPGRADE)
        target = rules.target_of(request.uri, request.visit)
        connection.send_head(request.method, target, told, request.length)
        if request.length is None:
            self.end()

    async def send(self, chunk: bytes) -> None:
        """Some of the body; returns when the instance has room for more, or wants no more."""
        if not self._over.done():
            assert self._connection is not None
            sending = asyncio.ensure_future(self._connection.send(chunk))
            await asyncio.wait((sending, self._over), return_when=asyncio.FIRST_COMPLETED)

    def end(self) -> None:
        """The body has been sent."""
        if not self._over.done():
            assert self._connection is not None
            self._sent = True
            self._connection.end_request()

    async def relay(self) -> None:
        """Pass the response on as it comes. Raises `NotReached`, `NoAnswer` or `CutShort`."""
        try:
            while not await self._read():
                await self.begin()
        finally:
            if self.tunnel is None:
                self._release()
            else:
                self._flush()
            if not self._over.done():
                self._over.set_result(None)

    async def join(self, browser: IOStream) -> None:
        """Let both ends of the accepted websocket talk, until one has gone."""
        assert self.tunnel is not None
        try:
            await websocket.join(browser, self.tunnel)
        finally:
            self._release()

    def abandon(self) -> None:
        """Nobody waits for the response any more."""
        self._abandoned = True
        if self._connection is not None:
            self._connection.close()

    async def _read(self) -> bool:
        """The response, from this connection; False when the request has to be sent again."""
        connection = self._connection
        assert connection is not None
        with suppress(StreamClosedError):
            await connection.read(self)
        if self._complete or self.tunnel is not None or self._abandoned:
            return True
        if self._flushed:
            raise CutShort
        if connection.used and not self._begun:  # it was closed meanwhile
            self._release()
            return False
        raise NoAnswer

    def _release(self) -> None:
        """Have done with the connection."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        under_way, run_id = self._pool.under_way, connection.upstream.run_id
        under_way[run_id] -= 1
        if not under_way[run_id]:
            del under_way[run_id]
        if self._complete and self._sent and self._stays_open:
            self._pool.keep(connection)
        else:
            connection.close()

    # Of the response, called while `connection.read` goes on.

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> None:
        """Its head. Raises HTTPInputError for what nobody could pass on."""
        assert isinstance(start_line, ResponseStartLine)
        assert self._connection is not None
        code, request = start_line.code, self._request
        if code == 101:
            if not (request.is_websocket and websocket.is_accepted(request.headers, headers)):
                raise HTTPInputError("switched protocols unasked")
            self.tunnel = self._connection.detach()
        elif code < 200:
            return
        upstream = self._connection.upstream
        length = rules.body_length(headers)
        told = rules.to_browser(headers, request.visit, upstream)
        if code == 101:
            told.update(websocket.UPGRADE)
        self._stays_open = (
            start_line.version == "HTTP/1.1"
            and rules.stays_open(headers)
            # Some send a body where there is none, which the next request would get.
            and request.method != "HEAD"
            and (length is not None or code in (204, 304))
        )
        self._begun = True
        self._answer.begin(code, start_line.reason, told, upstream)
        # With the first of the body where that has come as well, but without waiting for it.
        asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        if not self._flushed and not self._abandoned:
            self._flushed = True
            self._answer.send(b"")

    async def data_received(self, chunk: bytes) -> None:
        """Some of its body."""
        self._flushed = True
        try:
            await self._answer.send(chunk)
        except StreamClosedError:
            self.abandon()

    def finish(self) -> None:
        """All of it."""
        assert self._connection is not None
        # Without a length it ends with the connection; that has to have been closed in order.
        self._complete = not self._connection.broken
        self._flush()
        if not self._sent:  # it wants no more of the request
            self._connection.close()

    def on_connection_close(self) -> None:
        """It broke off."""


def choose(
    upstreams: Iterable[Upstream], under_way: Mapping[str, int], instance: str | None
) -> Upstream:
    """The instance that serves this visitor already, else the one with the least to do."""
    candidates = list(upstreams)
    for upstream in candidates:
        if upstream.run_id == instance:
            return upstream
    return min(candidates, key=lambda upstream: under_way.get(upstream.run_id, 0))
