"""The log of an attempt: its bytes, a search, times, and a websocket that follows it."""

from __future__ import annotations

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.websocket import WebSocketMixin
from tornado import web
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from .. import logs
from ..models.errors import DeployError, Invalid, NotFound
from ..models.runs import ACTIVE, FINAL, Run
from ..store import runs
from ..store.changes import Change
from . import shapes
from .attempts import AttemptHandler
from .base import AUTH_RESOURCE, Authenticated

_LARGEST = 2**62
_TEXT = "text/plain; charset=utf-8"
"""And nothing else: a page of the user's is not rendered on the server's origin."""
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
_searching = ThreadPoolExecutor(2, thread_name_prefix="saturn-deploy-search")
"""Of their own: a search in a large log takes seconds, and other threads are for what is quick."""


class LogHandler(AttemptHandler):
    """The bytes."""

    @web.authenticated
    @authorized
    async def head(self, run_id: str) -> None:
        path = self.log_path(*await self.attempt_of(run_id))
        self.set_header("Content-Length", await asyncio.to_thread(logs.size, path))
        self._describe()
        self.finish(set_content_type=_TEXT)

    def _log(self) -> None:
        """Not a line each time that who follows a log finds nothing new behind its end."""
        if self.get_status() != 416:
            super()._log()

    @web.authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        run, number = await self.attempt_of(run_id)
        path = self.log_path(run, number)
        # In this order: a hole never ends behind the end of the log.
        hole = await asyncio.to_thread(logs.hole, path)
        size = await asyncio.to_thread(logs.size, path)
        wanted = self._range(size)
        if wanted is None:
            self.set_header("Content-Range", f"bytes */{size}")
            self.reply({"message": f"the log has {size} bytes", "errors": []}, 416)
            return
        self._describe()
        if hole is not None:
            self.set_header("X-Log-Hole", f"{hole.offset}-{hole.end}")
        if self.flag("download", False):
            self.offer_as(run, number, "log")
        # In a range every byte keeps its place.
        left_out = hole if self.get_status() == 200 else None
        await self._send(path, *wanted, left_out)

    async def _send(self, path: Path, start: int, end: int, left_out: logs.Hole | None) -> None:
        """The bytes, with a word in place of `left_out` and zeros in that of any other hole."""
        length, word = end - start, b""
        if left_out is not None:
            word = b"\n[saturn-deploy] %d bytes were given back\n" % left_out.length
            length += len(word) - left_out.length
        self.set_header("Content-Length", length)
        pieces = logs.read(path, start, end)
        piece = await asyncio.to_thread(next, pieces, None)
        if piece is None and end > start:
            raise NotFound("the log was just deleted")
        try:
            while piece is not None:
                if isinstance(piece, logs.Hole):
                    zeros = piece.length
                    if left_out is not None and piece.offset == left_out.offset:
                        self.write(word)
                        zeros -= left_out.length
                    for sent in range(0, zeros, logs.CHUNK):
                        self.write(bytes(min(zeros - sent, logs.CHUNK)))
                        await self.flush()
                else:
                    self.write(piece)
                    await self.flush()
                piece = await asyncio.to_thread(next, pieces, None)
            await self.finish(set_content_type=_TEXT)
        except StreamClosedError:
            return

    def _describe(self) -> None:
        self.set_header("Content-Type", _TEXT)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Accept-Ranges", "bytes")
        self.set_header("Cache-Control", "no-store")

    def _range(self, size: int) -> tuple[int, int] | None:
        """Start and end of what is asked for, the whole where the header says nothing we know or
        the log is empty (no error: it begins so); None where there is nothing of it."""
        match = _RANGE.fullmatch(self.request.headers.get("Range", "").strip())
        if size == 0 or match is None or match.groups() == ("", ""):
            return 0, size
        first, last = match.groups()
        start = int(first) if first else max(size - int(last), 0)
        end = min(int(last) + 1, size) if first and last else size
        if start >= size or end <= start:
            return None
        self.set_status(206)
        self.set_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
        return start, end


class LogSearchHandler(AttemptHandler):
    """Lines that hold a text."""

    _gone = False

    @web.authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        path = self.log_path(*await self.attempt_of(run_id))
        query = self.get_query_argument("q", "", strip=False)
        if not query or "\n" in query or len(query) > 1000:
            raise Invalid.field("q", "is no text to look for", "give 1 to 1000 letters of a line")
        case = self.flag("case", False)
        limit = self.number("limit", 1000, low=1, high=10_000)
        found = await asyncio.get_running_loop().run_in_executor(
            _searching, lambda: logs.search(path, query, case, limit, gone=lambda: self._gone)
        )
        self.reply({**asdict(found), "truncated": found.truncated})

    def on_connection_close(self) -> None:
        """Nobody waits for the answer any more."""
        self._gone = True
        super().on_connection_close()


class LogTimesHandler(AttemptHandler):
    """When its bytes were written."""

    @web.authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        path = self.log_path(*await self.attempt_of(run_id))
        start = self.number("start", 0, low=0, high=_LARGEST)
        end = self.number("end", _LARGEST, low=0, high=_LARGEST)

        def marks() -> list[list[object]]:
            return [[offset, shapes.moment(at)] for offset, at in logs.times(path, start, end)]

        self.reply({"marks": await asyncio.to_thread(marks)})


class LogLinesHandler(AttemptHandler):
    """Which line holds a byte."""

    @web.authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        path = self.log_path(*await self.attempt_of(run_id))
        offset = self.number("offset", 0, low=0, high=_LARGEST)
        line, begin = await asyncio.to_thread(logs.line_at, path, offset)
        self.reply({"line": line, "offset": begin})


class LogFollowHandler(WebSocketMixin, Authenticated, WebSocketHandler):
    """Follows one attempt. A slow reader is waited for, and nobody else is held up by it."""

    _task: asyncio.Task[None] | None = None

    async def get(self, run_id: str) -> None:
        user = self.current_user
        if user is None:
            raise web.HTTPError(403)
        if not await ensure_async(
            self.authorizer.is_authorized(self, user, "execute", AUTH_RESOURCE)
        ):
            raise web.HTTPError(403)
        run = await self._run(run_id)
        attempt = self.get_query_argument("attempt", "") or str(max(run.attempt, 1))
        offset = self.get_query_argument("offset", "0")
        if not re.fullmatch("[1-9][0-9]{0,5}", attempt):
            raise Invalid.field("attempt", "is no number of an attempt", "count from 1")
        if not re.fullmatch("[0-9]{1,18}", offset):
            raise Invalid.field("offset", "is no place in a log", "count bytes from 0")
        self._wanted = (run.id, int(attempt), int(offset))
        await super().get(run_id)

    def open(self, *args: Any) -> None:
        """Begin to send."""
        super().open(*args)
        self._task = asyncio.get_running_loop().create_task(self._send(*self._wanted))

    def on_message(self, message: str | bytes) -> None:
        """Nothing is expected from the other side."""

    def on_close(self) -> None:
        """The reader has gone."""
        if self._task is not None:
            self._task.cancel()
        super().on_close()

    async def _run(self, run_id: str) -> Run:
        services = self.services
        return await services.store.read(lambda db: runs.get(db, services.owner.name, run_id))

    async def _send(self, run_id: str, attempt: int, offset: int) -> None:
        """Everything from `offset` on, as it comes, until the attempt has ended."""
        news = asyncio.Event()

        def heard(changes: list[Change]) -> None:
            if any(change.id == run_id for change in changes):
                news.set()

        listeners = self.services.follower.listeners
        listeners.append(heard)
        end = asyncio.get_running_loop().create_task(self._end(run_id, attempt, news))
        try:
            run = await self._run(run_id)
            path = self.services.backends[run.backend].log(run_id, attempt)
            size = await asyncio.to_thread(logs.size, path)
            await self._control(type="start", attempt=attempt, offset=offset, size=size)
            async with aclosing(logs.follow(path, offset, end.done)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, logs.Hole):
                        await self._control(type="hole", offset=piece.offset, length=piece.length)
                        offset = piece.end
                    else:
                        await self.write_message(piece, binary=True)
                        offset += len(piece)
            run = await end
            await self._control(
                type="end",
                attempt=attempt,
                offset=offset,
                state=run.state.value,
                attempts=run.attempt,
            )
            self.close(1000)
        except (WebSocketClosedError, StreamClosedError):
            pass
        except DeployError as error:
            self.close(1011, str(error)[:100])
        finally:
            listeners.remove(heard)
            end.cancel()
            await asyncio.gather(end, return_exceptions=True)

    async def _end(self, run_id: str, attempt: int, news: asyncio.Event) -> Run:
        """The run, once that attempt has ended. Raises `NotFound` when it is deleted."""
        while not await self._ended(run_id, attempt):
            await news.wait()
            news.clear()
        return await self._run(run_id)

    async def _ended(self, run_id: str, attempt: int) -> bool:
        """Whether nothing will be written to that attempt's log any more."""
        run = await self._run(run_id)
        if run.attempt != attempt:
            return run.attempt > attempt or run.state in FINAL
        tried = await self.services.store.read(lambda db: runs.attempts(db, [run_id]))
        return run.state in FINAL or any(
            item.number == attempt and item.state not in ACTIVE for item in tried[run_id]
        )

    async def _control(self, **frame: object) -> None:
        await self.write_message(json.dumps(frame))


handlers = [
    (r"/saturn-deploy/api/runs/([^/]+)/log", LogHandler),
    (r"/saturn-deploy/api/runs/([^/]+)/log/search", LogSearchHandler),
    (r"/saturn-deploy/api/runs/([^/]+)/log/times", LogTimesHandler),
    (r"/saturn-deploy/api/runs/([^/]+)/log/lines", LogLinesHandler),
    (r"/saturn-deploy/api/runs/([^/]+)/log/follow", LogFollowHandler),
]
