"""Websockets: after a handshake that both ends agree on, bytes both ways, unread.

So frames, compression, pings and close codes are between the browser and the app, and a message
may be as large as these two like.
"""

from __future__ import annotations

import asyncio

from tornado.httputil import HTTPHeaders
from tornado.iostream import IOStream, StreamClosedError
from tornado.websocket import WebSocketProtocol13

UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket"}
_CHUNK = 64 * 1024


def is_wanted(method: str, headers: HTTPHeaders) -> bool:
    """Whether a request asks for a websocket."""
    return (
        method == "GET"
        and headers.get("Upgrade", "").lower() == "websocket"
        and "upgrade" in _tokens(headers.get("Connection", ""))
        and "Sec-WebSocket-Key" in headers
    )


def is_accepted(asked: HTTPHeaders, answered: HTTPHeaders) -> bool:
    """Whether a response with status 101 is the answer to that very request."""
    proof = WebSocketProtocol13.compute_accept_value(asked["Sec-WebSocket-Key"])
    return (
        answered.get("Upgrade", "").lower() == "websocket"
        and "upgrade" in _tokens(answered.get("Connection", ""))
        and answered.get("Sec-WebSocket-Accept") == proof
    )


async def join(browser: IOStream, app: IOStream) -> None:
    """Pass bytes both ways until either end closes; then close the other.

    Each side is read only as fast as the other one takes it.
    """
    for stream in (browser, app):
        stream.set_nodelay(True)
    await asyncio.gather(_pour(browser, app), _pour(app, browser))


async def _pour(source: IOStream, sink: IOStream) -> None:
    try:
        while True:
            await sink.write(await source.read_bytes(_CHUNK, partial=True))
    except StreamClosedError:
        pass
    finally:
        source.close()
        sink.close()


def _tokens(value: str) -> list[str]:
    return [token.strip().lower() for token in value.split(",")]
