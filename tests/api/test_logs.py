"""Logs over HTTP and websocket."""

from __future__ import annotations

import asyncio
import json
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClientConnection

from jupyter_saturn_deploy import logs
from tests.api.conftest import Api


class Reader:
    """One end of a followed log."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self.socket = socket
        self.bytes = b""
        self.frames: list[dict[str, Any]] = []

    async def until(self, text: bytes) -> None:
        """Read on until that was received."""
        while text not in self.bytes:
            assert await self.one(), "the server closed too early"

    async def to_the_end(self) -> None:
        """Read on until the server closes."""
        while await self.one():
            pass

    async def one(self) -> bool:
        """Read one frame; false when the server has closed."""
        frame = await asyncio.wait_for(self.socket.read_message(), 20)
        if isinstance(frame, bytes):
            self.bytes += frame
        elif frame is not None:
            self.frames.append(json.loads(frame))
        return frame is not None


Follow = Callable[..., Awaitable[Reader]]


@pytest.fixture
def follow(
    jp_ws_fetch: Callable[..., Awaitable[WebSocketClientConnection]],
) -> Iterator[Follow]:
    """Follows the log of a run."""
    readers: list[Reader] = []

    async def connect(run_id: str, **query: object) -> Reader:
        path = f"saturn-deploy/api/runs/{run_id}/log/follow"
        readers.append(Reader(await jp_ws_fetch(path, params=query)))
        return readers[-1]

    yield connect
    for reader in readers:
        reader.socket.close()


COUNT = "for n in 1 2 3; do echo line $n; until [ -e go$n ]; do sleep 0.02; done; done"


async def test_a_log_is_followed_from_the_first_line_to_the_last(api: Api, follow: Follow) -> None:
    run_id = await api.start(await api.job("a", COUNT))
    reader = await follow(run_id)
    for number in (1, 2, 3):
        await reader.until(b"line %d\n" % number)
        assert b"line %d" % (number + 1) not in reader.bytes
        (api.project / f"go{number}").touch()
    await reader.to_the_end()
    assert reader.bytes == b"line 1\nline 2\nline 3\n"
    assert reader.frames[0] == {"type": "start", "attempt": 1, "offset": 0, "size": 0}
    assert reader.frames[-1] == {
        "type": "end",
        "attempt": 1,
        "offset": 21,
        "state": "completed",
        "attempts": 1,
    }
    assert reader.socket.close_code == 1000


async def test_a_reader_that_comes_back_misses_nothing_and_gets_nothing_twice(
    api: Api, follow: Follow
) -> None:
    run_id = await api.start(await api.job("a", "seq 1 200000"))
    received = b""
    while True:
        reader = await follow(run_id, attempt=1, offset=len(received))
        while len(reader.bytes) < 100_000 and await reader.one():
            pass
        received += reader.bytes
        if reader.frames[-1]["type"] == "end":
            break
        reader.socket.close()
    assert received == b"".join(b"%d\n" % number for number in range(1, 200_001))


async def test_a_reader_who_does_not_read_holds_nobody_up(api: Api, follow: Follow) -> None:
    run_id = await api.start(await api.job("a", "head -c 50000000 /dev/zero"))
    await follow(run_id)
    run = await api.until(run_id, "completed")
    assert run["exit_code"] == 0
    other = await follow(run_id, offset=50_000_000 - 10)
    await other.to_the_end()
    assert len(other.bytes) == 10


async def test_the_next_attempt_is_waited_for(api: Api, follow: Follow) -> None:
    run_id = await api.start(await api.job("a", "echo try; exit 3", retries=1))
    await api.until(run_id, "retrying")
    first = await follow(run_id, attempt=1)
    await first.to_the_end()
    assert (first.bytes, first.frames[-1]["state"]) == (b"try\n", "retrying")
    second = await follow(run_id, attempt=2)
    await second.one()
    assert (await api("POST", f"runs/{run_id}/stop")).body["state"] in ("retrying", "stopped")
    await second.to_the_end()
    assert (second.bytes, second.frames[-1]["state"]) == (b"", "stopped")


async def test_bytes_come_as_they_were_written(api: Api) -> None:
    run = await api.ended(await api.job("a", r"printf '\xff\x00\x1b[31mred\r\n\xf0\x9f\x98\x80'"))
    log = await api("GET", f"runs/{run['id']}/log")
    assert log.body == b"\xff\x00\x1b[31mred\r\n\xf0\x9f\x98\x80"
    assert log.headers["Content-Type"].startswith("text/plain")
    assert log.headers["X-Content-Type-Options"] == "nosniff"


async def test_an_empty_log_is_no_error(api: Api) -> None:
    job_id = await api.job("a")
    run = await api.ended(job_id)
    answer = await api("GET", f"runs/{run['id']}/log")
    assert (answer.status, answer.body) == (200, b"")
    answer = await api("GET", f"runs/{run['id']}/log", headers={"Range": "bytes=-1000"})
    assert (answer.status, answer.body) == (200, b"")
    answer = await api("GET", f"runs/{run['id']}/log?attempt=2")
    assert answer.status == 404


@pytest.mark.parametrize(
    ("header", "status", "body", "content_range"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=4-", 206, b"456789", "bytes 4-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=-300", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=8-300", 206, b"89", "bytes 8-9/10"),
        ("bytes=10-", 416, None, "bytes */10"),
        ("bytes=5-4", 416, None, "bytes */10"),
        ("bytes=-0", 416, None, "bytes */10"),
        ("bytes=", 200, b"0123456789", None),
        ("bytes=-", 200, b"0123456789", None),
        ("bytes=0-1,3-4", 200, b"0123456789", None),
        ("lines=0-1", 200, b"0123456789", None),
    ],
)
async def test_a_range_of_bytes(
    api: Api, header: str, status: int, body: bytes | None, content_range: str | None
) -> None:
    run = await api.ended(await api.job("a", "printf 0123456789"))
    answer = await api("GET", f"runs/{run['id']}/log", headers={"Range": header})
    assert answer.status == status
    assert answer.headers.get("Content-Range") == content_range
    if body is not None:
        assert answer.body == body


async def test_a_download_is_a_file(api: Api) -> None:
    run = await api.ended(await api.job("train", "echo x"))
    answer = await api("GET", f"runs/{run['id']}/log?download=1")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="train-1-1.log"'


async def test_a_log_is_searched_on_the_server(api: Api) -> None:
    run = await api.ended(await api.job("a", "seq 1 5000; echo Ärger"))
    path = f"runs/{run['id']}/log"
    found = (await api("GET", f"{path}/search?q=499")).body
    assert (found["count"], found["truncated"]) == (15, False)
    assert found["matches"][0] == {"line": 498, "offset": 9 * 2 + 90 * 3 + 399 * 4}
    assert (await api("GET", f"{path}/search?q=ÄRGER")).body["count"] == 1
    assert (await api("GET", f"{path}/search?q=ÄRGER&case=1")).body["count"] == 0
    assert (await api("GET", f"{path}/search?q=1&limit=2")).body["truncated"] is True
    assert (await api("GET", f"{path}/lines?offset=20")).body == {"line": 9, "offset": 18}
    marks = (await api("GET", f"{path}/times")).body["marks"]
    assert marks[0][0] == 0 and marks[0][1].endswith("Z")
    for bad in ("q=", "q=a&limit=0", "q=a&attempt=x"):
        assert (await api("GET", f"{path}/search?{bad}")).status == 422, bad


@pytest.mark.parametrize("query", ["offset=-1", "offset=x", "attempt=0", "attempt=x"])
async def test_a_bad_place_to_follow_from_is_refused(api: Api, follow: Follow, query: str) -> None:
    run = await api.ended(await api.job("a"))
    name, value = query.split("=")
    with pytest.raises(HTTPClientError) as refused:
        await follow(run["id"], **{name: value})
    assert refused.value.code == 422


async def test_the_log_of_nothing_is_not_found(api: Api, follow: Follow) -> None:
    with pytest.raises(HTTPClientError) as refused:
        await follow("0" * 32)
    assert refused.value.code == 404
    for name in ("0" * 32, "..%2f..%2fetc", "x"):
        assert (await api("GET", f"runs/{name}/log")).status == 404


async def test_who_follows_the_log_of_a_deleted_job_is_told(api: Api, follow: Follow) -> None:
    job_id = await api.job("a", "echo begun; sleep 1000")
    reader = await follow(await api.start(job_id))
    await reader.until(b"begun\n")
    await api("DELETE", f"jobs/{job_id}")
    await reader.to_the_end()
    assert reader.socket.close_code == 1011
    assert "there is no run" in (reader.socket.close_reason or "")


WORD = b"\n[saturn-deploy] 200000 bytes were given back\n"


@pytest.mark.parametrize("known", [200_000, 70_000, 0])
async def test_a_log_with_a_hole_is_whole_even_when_that_grows_meanwhile(
    api: Api, state_dir: Path, monkeypatch: pytest.MonkeyPatch, known: int
) -> None:
    run = await api.ended(await api.job("a"))
    log = state_dir / "runs" / run["id"] / "1" / "log"
    log.write_bytes(b"a" * 1000 + bytes(200_000) + b"z" * 1000)
    log.with_name("log.hole").write_bytes(struct.pack("<QQ", 1000, 201_000))
    answer = await api("GET", f"runs/{run['id']}/log", headers={"Range": "bytes=999-201000"})
    assert (answer.status, answer.body) == (206, b"a" + bytes(200_000) + b"z")
    hole = logs.Hole(1000, known) if known else None
    monkeypatch.setattr(logs, "hole", lambda path: hole)  # what is seen before the download
    word = WORD.replace(b"200000", b"%d" % known) if known else b""
    answer = await api("GET", f"runs/{run['id']}/log")
    assert answer.body == b"a" * 1000 + word + bytes(200_000 - known) + b"z" * 1000


async def test_a_log_that_is_deleted_before_its_first_byte_is_sent_is_not_found(
    api: Api, state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await api.ended(await api.job("a", "echo x"))
    monkeypatch.setattr(logs, "size", lambda path: 2)
    (state_dir / "runs" / run["id"] / "1" / "log").unlink()
    assert (await api("GET", f"runs/{run['id']}/log")).status == 404


async def test_who_has_all_of_a_log_and_hangs_up_is_no_failure(
    api: Api,
    jp_http_port: int,
    jp_base_url: str,
    jp_auth_header: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    run = await api.ended(await api.job("talks", "echo all of it"))
    hung_up = threading.Event()
    read = logs.read

    def slow_to_end(*arguments: Any) -> Iterator[bytes | logs.Hole]:
        yield from read(*arguments)
        assert hung_up.wait(20)

    monkeypatch.setattr(logs, "read", slow_to_end)
    reader, writer = await asyncio.open_connection("127.0.0.1", jp_http_port)
    path = f"{jp_base_url}saturn-deploy/api/runs/{run['id']}/log"
    authorization = jp_auth_header["Authorization"]
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {authorization}\r\n\r\n".encode()
    )
    await asyncio.wait_for(reader.readuntil(b"all of it\n"), 20)
    writer.transport.abort()
    await asyncio.sleep(0.1)  # the server has heard of it then
    hung_up.set()
    assert (await api("GET", f"runs/{run['id']}")).status == 200
    await asyncio.sleep(0.1)
    assert "Uncaught exception" not in caplog.text
