"""An app to be proxied: listens on `PORT`."""

from __future__ import annotations

import asyncio
import os

from tornado import web
from tornado.websocket import WebSocketHandler

KB = bytes(1024)
PIECE = bytes(64 * 1024)


class Small(web.RequestHandler):
    """A kilobyte."""

    def compute_etag(self) -> None:
        """None: it takes time that isn't measured."""

    def get(self) -> None:
        self.set_header("Content-Type", "application/octet-stream")
        self.finish(KB)


@web.stream_request_body
class Large(web.RequestHandler):
    """As many bytes as are asked for, or sent."""

    got = 0

    def prepare(self) -> None:
        self.request.connection.set_max_body_size(2**40)  # type: ignore[union-attr]

    def data_received(self, chunk: bytes) -> None:
        self.got += len(chunk)

    async def get(self, size: str) -> None:
        self.set_header("Content-Type", "application/octet-stream")
        self.set_header("Content-Length", size)
        for _ in range(int(size) // len(PIECE)):
            self.write(PIECE)
            await self.flush()

    def post(self, size: str) -> None:
        self.finish(str(self.got))


class Events(web.RequestHandler):
    """One event, and a silence after it."""

    async def get(self) -> None:
        self.set_header("Content-Type", "text/event-stream")
        self.write("data: first\n\n")
        await self.flush()
        await asyncio.sleep(2)


class Echo(WebSocketHandler):
    """What it gets."""

    def check_origin(self, origin: str) -> bool:
        return True

    async def on_message(self, message: str | bytes) -> None:
        await self.write_message(message, binary=isinstance(message, bytes))


async def main() -> None:
    """Serve until killed."""
    routes = [("/small", Small), (r"/large/(\d+)", Large), ("/events", Events), ("/echo", Echo)]
    application = web.Application(routes, log_function=lambda _: None)
    application.listen(int(os.environ["PORT"]), "127.0.0.1")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
