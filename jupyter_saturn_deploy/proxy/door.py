"""The path door: `saturn-deploy/apps/{name}/…`, for the owner of this server alone."""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass
from typing import Any, cast

from jupyter_server.auth import IdentityProvider
from tornado import web
from tornado.concurrent import Future
from tornado.httputil import HTTPHeaders, HTTPInputError

from . import page
from .admission import Visited
from .apps import App, Apps, Upstream
from .forward import Exchange, NoAnswer, NotReached, Request
from .headers import STICKY, Secrets, Visit, body_length
from .upstream import Pool

_ENDLESS = 2**62
_LINGER = 5.0
"""Seconds for which a body that nobody wants is still read: who is cut off while sending may never
see the response."""


@dataclass(frozen=True)
class Door:
    """What its handlers work with; in the settings as `saturn_deploy_apps`."""

    apps: Apps
    pool: Pool


class Behind(Visited):
    """A handler of the door."""

    @property
    def door(self) -> Door:
        """The apps and the connections to them."""
        return cast(Door, self.settings["saturn_deploy_apps"])

    def app(self, name: str) -> App:
        """404 where there is none of that name."""
        app = self.door.apps.find(name)
        if app is None:
            raise web.HTTPError(404, "there is no deployment of this name")
        return app


class RootHandler(Behind):
    """An app's address without the slash, below which relative links would miss it."""

    async def get(self, name: str) -> None:
        self.app(name)
        query = self.request.query
        self.redirect(self.request.path + "/" + (f"?{query}" if query else ""), status=307)

    head = post = put = patch = delete = options = get


@web.stream_request_body
class AppHandler(Behind):
    """Everything below it."""

    _exchange: Exchange | None = None
    _relaying: asyncio.Future[None] | None = None
    _app: App | None = None
    _error: Exception | None = None
    _begun = _gone = False

    async def prepare(self, *args: Any, **kwargs: Any) -> None:
        """Let in, find the app and send it the head; its body follows as it comes."""
        request = self.request
        cast(Any, request.connection).set_max_body_size(_ENDLESS)
        bodied = "Content-Length" in request.headers or "Transfer-Encoding" in request.headers
        try:
            await super().prepare(*args, **kwargs)
            if self._finished:
                return
            self._app = self.app(self.path_args[0])
            self._exchange = Exchange(self.door.pool, self._app, self._request(), self)
            await self._exchange.begin()
        except Exception as error:
            # Who asked first hasn't begun to send the body.
            if not bodied or "Expect" in request.headers:
                raise self._told(error) from None
            self._error = self._told(error)
            asyncio.get_running_loop().call_later(_LINGER, self._end)
            return
        if bodied:
            self._relaying = asyncio.ensure_future(self._relay())
            self._relaying.add_done_callback(self._relayed)

    async def data_received(self, chunk: bytes) -> None:
        """Some of the body."""
        if self._exchange is not None and self._error is None:
            await self._exchange.send(chunk)

    async def _answer(self, *args: str) -> None:
        """The whole request was read."""
        if self._exchange is None or self._error is not None:
            pass
        elif self._relaying is None:
            await self._relay()
        else:
            self._exchange.end()
            await self._relaying
        if self._exchange is not None and self._exchange.tunnel is not None:
            await self._exchange.join(self.detach())
        self._end()

    get = head = post = put = patch = delete = options = _answer

    def on_connection_close(self) -> None:
        """The browser has gone: the app need not go on."""
        self._gone = True
        if self._exchange is not None:
            self._exchange.abandon()
        super().on_connection_close()

    async def _relay(self) -> None:
        assert self._exchange is not None
        try:
            await self._exchange.relay()
        except Exception as error:
            self._error = self._told(error)

    def _relayed(self, relaying: asyncio.Future[None]) -> None:
        """The response is over, perhaps long before the body."""
        asyncio.get_running_loop().call_later(_LINGER, self._end)

    def _end(self) -> None:
        """Finish, however it went."""
        if self._finished:
            return
        error = self._error
        info = (type(error), error, error.__traceback__) if error is not None else None
        if info is not None and not self._gone:
            self.log_exception(*info)
        if self._gone or (error is not None and self._begun):
            self._hang_up()
        elif error is not None:
            self.send_error(getattr(error, "status_code", 500), exc_info=info)
        else:
            self.finish()

    def _hang_up(self) -> None:
        """End the connection, so that nobody takes this for the end of the response."""
        connection = cast(Any, self.request.connection)
        if self.request.version == "HTTP/1.0" and not self._gone:
            # There the end of the connection is that of the response, unless it is reset.
            reset = struct.pack("ii", 1, 0)
            connection.stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        connection.close()
        self._finished = True

    def _told(self, error: Exception) -> Exception:
        """What went wrong, in HTTP's terms."""
        if isinstance(error, HTTPInputError):
            return web.HTTPError(400, "%s", error)
        if isinstance(error, NotReached):
            if error.timed_out:
                return web.HTTPError(504, "the app took too long to accept the connection")
            return web.HTTPError(503, "the app is not ready: no instance of it is")
        if isinstance(error, NoAnswer):
            return web.HTTPError(502, "the app closed the connection, or sent no HTTP")
        return error

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Of an app that isn't ready yet: how far it is."""
        if status_code == 503 and self._app is not None:
            self.set_header("Retry-After", "1")
            self.set_header("Cache-Control", "no-store")
            if self.is_navigation():
                self.xsrf_token  # noqa: B018 - sets the cookie that the page's button needs
                self.show(page.starting(self._app.name, self.base_url))
                return
        super().write_error(status_code, **kwargs)

    # What the exchange tells of the response.

    def begin(self, status: int, reason: str, headers: HTTPHeaders, upstream: Upstream) -> None:
        """The head as the app means it: nothing of Jupyter's own is added, nothing compressed."""
        assert self._app is not None
        self._transforms = []
        self.set_status(status, reason)
        self._headers = headers
        if len(self._app.upstreams) > 1 and self.get_cookie(STICKY) != upstream.run_id:
            self.set_cookie(
                STICKY,
                upstream.run_id,
                path=self._prefix,
                httponly=True,
                samesite="Lax",
                secure=self.request.protocol == "https",
            )
        stream = getattr(self.request.connection, "stream", None)
        if stream is not None:  # an event is sent now, not with the next one
            stream.set_nodelay(True)
        if self.is_navigation():
            self.door.apps.opened(self._app, self.services.owner.name)

    def send(self, chunk: bytes) -> Future[None]:
        """Head, and body so far."""
        self._begun = True
        if chunk:
            self.write(chunk)
        return self.flush()

    @property
    def _prefix(self) -> str:
        """As the browser has it, without the slash."""
        # `…/saturn-deploy/apps/name/rest`: the rest may hold anything.
        base = len(self.base_url.rstrip("/") + "/saturn-deploy/apps/")
        path = self.request.path
        return path[: path.index("/", base)]

    def _request(self) -> Request:
        request = self.request
        provider = cast(IdentityProvider, self.settings["identity_provider"])
        tokens = {provider.token}
        if provider.is_token_authenticated(self):
            tokens.add(provider.get_token(self) or "")
        secrets = Secrets(
            cookie=provider.get_cookie_name(self),
            tokens=frozenset(tokens - {""}),
            is_token=lambda text: self.services.tokens.resource_of(text) is not None,
            xsrf=self.get_cookie("_xsrf"),
        )
        visit = Visit(
            prefix=self._prefix,
            host=request.host,
            protocol=request.protocol,
            ip=request.remote_ip or "",
            user=self.services.owner.name,
            same_origin="Origin" in request.headers and bool(self.check_origin()),
            secrets=secrets,
        )
        return Request(
            method=request.method or "",
            uri=request.uri or "",
            headers=request.headers,
            length=body_length(request.headers),
            visit=visit,
            instance=self.get_cookie(STICKY),
        )


handlers = [
    (r"/saturn-deploy/apps/([^/]+)", RootHandler),
    (r"/saturn-deploy/apps/([^/]+)/(.*)", AppHandler),
]
