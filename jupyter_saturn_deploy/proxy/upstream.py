"""Connections to instances: opened, kept for the next request, closed when theirs is gone."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections import Counter
from collections.abc import Awaitable

from tornado.http1connection import HTTP1Connection, HTTP1ConnectionParameters
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine
from tornado.iostream import IOStream, StreamClosedError

from ..backends.local.sockets import owner
from .apps import App, Apps, Upstream

CONNECT_TIMEOUT = 5.0
KEEP = 4.0
"""Seconds an idle connection is kept: common servers close theirs after 5, and one that serves
a single connection at a time has to get on to the next."""
_ENDLESS = 2**62
_WITH_BODY = ("POST", "PUT", "PATCH")
_PARAMETERS = HTTP1ConnectionParameters(max_body_size=_ENDLESS)


class Unreachable(Exception):
    """No connection came about, so nothing was sent."""

    def __init__(self, timed_out: bool) -> None:
        super().__init__("took too long" if timed_out else "was refused")
        self.timed_out = timed_out


class _Stream(IOStream):
    @property
    def left_over(self) -> bool:
        """Whether more came than was asked for."""
        return self._read_buffer_size > 0


class Connection:
    """To one instance, for one request at a time."""

    def __init__(self, stream: _Stream, app_name: str, upstream: Upstream) -> None:
        self.stream = stream
        self.app_name = app_name
        self.upstream = upstream
        self.used = False
        """Whether it was kept from an earlier request: its other end may just be closing it."""
        self._http: HTTP1Connection
        self._chunks = False

    @property
    def broken(self) -> bool:
        """Whether it ended by anything but its other end closing it."""
        return self.stream.error is not None

    def send_head(self, method: str, target: str, headers: HTTPHeaders, length: int | None) -> None:
        """Begin a request with a body of that length (`headers.body_length`)."""
        self._chunks = False
        if length is not None and length >= 0:
            headers["Content-Length"] = str(length)
        elif method not in _WITH_BODY:
            # Tornado sends chunks with those methods only.
            self._chunks = length is not None
            if self._chunks:
                headers["Transfer-Encoding"] = "chunked"
        elif length is None:
            headers["Content-Length"] = "0"
        self.stream.set_nodelay(True)
        self._http = HTTP1Connection(self.stream, True, _PARAMETERS)
        self._http.write_headers(RequestStartLine(method, target, "HTTP/1.1"), headers)

    def send(self, chunk: bytes) -> Awaitable[None]:
        """Some of its body; done when the system has taken it."""
        return self._http.write(b"%x\r\n%b\r\n" % (len(chunk), chunk) if self._chunks else chunk)

    def end_request(self) -> None:
        """No more of its body comes."""
        if self._chunks:
            self._http.write(b"0\r\n\r\n")
        self._http.finish()

    async def read(self, delegate: HTTPMessageDelegate) -> None:
        """Its response. Raises StreamClosedError when the connection ends before its headers."""
        await self._http.read_response(delegate)

    def detach(self) -> IOStream:
        """The bare stream, in the delegate's `headers_received` only."""
        return self._http.detach()

    def close(self) -> None:
        """End it."""
        self.stream.close()


class Pool:
    """Opens connections and keeps the idle ones of instances that are in rotation."""

    def __init__(self, apps: Apps) -> None:
        self._apps = apps
        self._idle: dict[tuple[str, Upstream], dict[Connection, asyncio.TimerHandle]] = {}
        self.under_way: Counter[str] = Counter()
        """Requests and websockets, by run id."""
        apps.changed.append(self._leave)

    async def connect(self, app: App, upstream: Upstream, *, fresh: bool = False) -> Connection:
        """A connection to `upstream`, which no other request uses. Raises `Unreachable`."""
        kept = self._idle.get((app.name, upstream))
        while kept and not fresh:
            connection, timer = kept.popitem()
            timer.cancel()
            stream = connection.stream
            stream.set_close_callback(None)
            if not stream.closed() and not stream.left_over:
                return connection
            stream.close()
        family = socket.AF_INET6 if ":" in upstream.host else socket.AF_INET
        stream = _Stream(socket.socket(family))
        try:
            await asyncio.wait_for(stream.connect((upstream.host, upstream.port)), CONNECT_TIMEOUT)
        except asyncio.TimeoutError:
            stream.close()
            raise Unreachable(timed_out=True) from None
        except (StreamClosedError, OSError):
            stream.close()
            raise Unreachable(timed_out=False) from None
        if _is_strangers(upstream):
            stream.close()
            raise Unreachable(timed_out=False)
        return Connection(stream, app.name, upstream)

    def keep(self, connection: Connection) -> None:
        """Take back one whose response was read to its end, for the next request."""
        key = (connection.app_name, connection.upstream)
        stream = connection.stream
        if stream.closed() or stream.left_over or not self._in_rotation(*key):
            stream.close()
            return
        connection.used = True
        kept = self._idle.setdefault(key, {})
        kept[connection] = asyncio.get_running_loop().call_later(KEEP, stream.close)

        def closed() -> None:
            timer = kept.pop(connection, None)
            if timer is not None:
                timer.cancel()
            if not kept:
                self._idle.pop(key, None)

        stream.set_close_callback(closed)

    def close(self) -> None:
        """End all idle ones."""
        for kept in list(self._idle.values()):
            for connection in list(kept):
                connection.close()

    def _leave(self) -> None:
        for key, kept in list(self._idle.items()):
            if not self._in_rotation(*key):
                for connection in list(kept):
                    connection.close()

    def _in_rotation(self, name: str, upstream: Upstream) -> bool:
        app = self._apps.find(name)
        return app is not None and upstream in app.upstreams


def _is_strangers(upstream: Upstream) -> bool:
    """Whether another user of this machine listens there.

    One may have taken the port of an instance that died, before anybody has noticed; nothing that
    the owner sends is for him. As root there is no telling: an instance may be anybody.
    """
    own = os.geteuid()
    if sys.platform != "linux" or own == 0:
        return False
    try:
        return owner(upstream.host, upstream.port) not in (own, 0)
    except OSError:  # a sandbox that doesn't say
        return False
