"""Bodies pass as they come, both ways, and an end that wasn't one is never taken for it."""

from __future__ import annotations

import asyncio
import resource
import socket
import struct

import pytest

from tests.proxy.conftest import (
    PAGE,
    Message,
    Site,
    read_body,
    read_chunk,
    read_head,
    respond,
    until,
)

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter


def door(site: Site) -> str:
    return f"{site.base}saturn-deploy/apps/a/"


async def test_a_chunked_upload_arrives_whole(site: Site) -> None:
    app = await site.app()
    for method in ("POST", "PUT", "DELETE"):
        async with site.connected() as (reader, writer):
            writer.write(site.head(method, door(site), [("Transfer-Encoding", "chunked")]))
            for piece in (b"3\r\nabc\r\n", b"2\r\nde\r\n", b"0\r\n\r\n"):
                writer.write(piece)
                await asyncio.sleep(0.01)
            answer = await read_head(reader)
            await read_body(reader, answer, until_close=False)
        assert answer.body == b"abcde"
        assert app.seen[-1].all("Content-Length") == []


async def test_pieces_of_an_upload_are_passed_on_at_once(site: Site) -> None:
    got: list[bytes] = []

    async def serve(_: Message, reader: Reader, writer: Writer) -> None:
        while chunk := await read_chunk(reader):
            got.append(chunk)
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    app = await site.app(serve)
    app.read_bodies = False
    async with site.connected() as (reader, writer):
        writer.write(site.head("POST", door(site), [("Transfer-Encoding", "chunked")]))
        for piece in (b"one", b"two"):
            writer.write(b"3\r\n%b\r\n" % piece)
            await until(lambda piece=piece: got and got[-1] == piece)
        writer.write(b"0\r\n\r\n")
        assert (await read_head(reader)).status == 204


async def test_who_asks_first_is_told_to_go_on(site: Site) -> None:
    app = await site.app()
    asking = [("Expect", "100-continue"), ("Content-Length", "4")]
    async with site.connected() as (reader, writer):
        writer.write(site.head("POST", door(site), asking))
        assert (await read_head(reader)).status == 100
        writer.write(b"body")
        answer = await read_head(reader)
        await read_body(reader, answer, until_close=False)
    assert answer.body == b"body"
    assert app.seen[0].all("Expect") == []


async def test_who_asks_first_and_is_refused_need_not_send(site: Site) -> None:
    asking = [("Expect", "100-continue"), ("Content-Length", "4")]
    async with site.connected() as (reader, writer):
        writer.write(site.head("POST", f"{site.base}saturn-deploy/apps/none/", asking))
        assert (await read_head(reader)).status == 404


async def test_a_large_upload_that_nobody_wants_still_gets_its_answer(site: Site) -> None:
    site.rotation.put("a")
    body = bytes(3_000_000)
    assert (await site("POST", "a/", body=body)).status == 503
    assert (await site("POST", "none/", body=body)).status == 404


async def test_server_sent_events_come_one_by_one(site: Site) -> None:
    more = asyncio.Event()

    async def serve(_: Message, __: Reader, writer: Writer) -> None:
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        for number in range(3):
            await more.wait()
            more.clear()
            writer.write(b"9\r\ndata: %d\n\n\r\n" % number)
        writer.write(b"0\r\n\r\n")

    await site.app(serve)
    async with site.connected() as (reader, writer):
        writer.write(site.head("GET", door(site), [("Accept-Encoding", "gzip")]))
        assert (await read_head(reader)).get("Content-Type") == "text/event-stream"
        for number in range(3):
            more.set()
            assert await read_chunk(reader) == b"data: %d\n\n" % number
        assert await read_chunk(reader) == b""


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
async def test_a_response_without_a_body_ends_with_its_head(site: Site, status: str) -> None:
    async def serve(_: Message, __: Reader, writer: Writer) -> None:
        writer.write(f"HTTP/1.1 {status}\r\nETag: x\r\n\r\n".encode())

    app = await site.app(serve)
    for _ in range(2):
        answer = await site()
        assert answer.start == f"HTTP/1.1 {status}"
        assert answer.get("Etag") == "x"
        assert answer.all("Transfer-Encoding") == []
    assert app.connections == 1


async def test_a_response_without_a_length_goes_on_to_its_close(site: Site) -> None:
    async def serve(_: Message, __: Reader, writer: Writer) -> None:
        writer.write(b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 100_000)
        await writer.drain()
        writer.close()

    await site.app(serve)
    assert (await site()).body == b"x" * 100_000


async def test_odd_but_valid_responses_pass(site: Site) -> None:
    app = await site.app()
    app.serve = respond("Content-Length: 5", status="299 A reason of its own")
    assert (await site()).start == "HTTP/1.1 299 A reason of its own"

    async def early_hints(_: Message, __: Reader, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    app.serve = early_hints
    assert (await site()).body == b"ok"


@pytest.mark.parametrize(
    "response",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
    ],
)
async def test_what_is_no_response_is_502_and_the_app_named(site: Site, response: bytes) -> None:
    async def serve(_: Message, __: Reader, writer: Writer) -> None:
        writer.write(response)
        await writer.drain()
        writer.close()

    app = await site.app(serve)
    answer = await site()
    assert answer.status == 502
    assert b"the app closed the connection, or sent no HTTP" in answer.body
    assert (await site("GET", "a/", PAGE)).body.startswith(b"<!doctype html>")
    assert (await site("POST", "a/", body=b"x")).status == 502
    assert len(app.seen) == 3  # nothing was sent twice


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nevil\r\n",
    ],
)
@pytest.mark.parametrize("version", ["1.0", "1.1"])
async def test_a_response_cut_short_is_no_success(site: Site, head: bytes, version: str) -> None:
    async def serve(_: Message, __: Reader, writer: Writer) -> None:
        begun, mark, rest = head.partition(b"\r\n\r\n")
        writer.write(begun + mark)
        await asyncio.sleep(0.05)
        writer.write(rest + (b"abc" if b"evil" not in head else b""))
        await writer.drain()
        writer.close()

    await site.app(serve)
    async with site.connected() as (reader, writer):
        writer.write(site.head("GET", door(site), [], version))
        answer = await read_head(reader)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
            await read_body(reader, answer, until_close=True)


async def test_a_response_cut_short_before_any_of_it_was_passed_on_is_502(site: Site) -> None:
    async def serve(_: Message, __: Reader, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nevil\r\n")

    await site.app(serve)
    assert (await site()).status == 502


async def test_a_reset_is_not_the_end_of_a_response_without_a_length(site: Site) -> None:
    async def serve(_: Message, reader: Reader, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nabc")
        await writer.drain()
        await asyncio.sleep(0.1)
        reset = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        writer.close()

    await site.app(serve)
    with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
        await site()


async def test_when_the_browser_goes_the_app_s_request_ends(site: Site) -> None:
    ended = asyncio.Event()

    async def serve(_: Message, reader: Reader, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
        await reader.read()
        ended.set()

    await site.app(serve)
    async with site.connected() as (reader, writer):
        writer.write(site.head("GET", door(site), []))
        assert (await read_head(reader)).status == 200
        assert site.pool.under_way == {"a-0": 1}
    await asyncio.wait_for(ended.wait(), 5)
    await until(lambda: not site.pool.under_way)


async def test_when_the_browser_goes_before_an_answer_the_app_s_request_ends(site: Site) -> None:
    ended = asyncio.Event()

    async def serve(_: Message, reader: Reader, writer: Writer) -> None:
        await reader.read()
        ended.set()

    app = await site.app(serve)
    app.read_bodies = False
    for head in ([], [("Content-Length", "9")]):
        async with site.connected() as (_, writer):
            writer.write(site.head("POST", door(site), head) + b"begun"[: 5 * len(head)])
            await until(lambda: site.pool.under_way and app.open)
        await asyncio.wait_for(ended.wait(), 5)
        ended.clear()
        await until(lambda: not site.pool.under_way)


async def test_an_answer_before_the_end_of_the_upload_reaches_the_browser(site: Site) -> None:
    async def serve(_: Message, __: Reader, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nno!")

    app = await site.app(serve)
    app.read_bodies = False
    async with site.connected() as (reader, writer):
        writer.write(site.head("POST", door(site), [("Content-Length", "5000000")]))
        answer = await read_head(reader)
        await read_body(reader, answer, until_close=False)
        assert (answer.status, answer.body) == (413, b"no!")
        writer.write(bytes(5_000_000))  # the rest is taken, and the connection goes on
        await writer.drain()
        writer.write(site.head("GET", door(site), []))
        assert (await read_head(reader)).status == 413


async def test_a_response_may_come_while_the_upload_goes_on(site: Site) -> None:
    async def serve(_: Message, reader: Reader, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while chunk := await read_chunk(reader):
            writer.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        writer.write(b"0\r\n\r\n")

    app = await site.app(serve)
    app.read_bodies = False
    async with site.connected() as (reader, writer):
        writer.write(site.head("POST", door(site), [("Transfer-Encoding", "chunked")]))
        assert (await read_head(reader)).status == 200
        for piece in (b"one", b"two"):
            writer.write(b"3\r\n%b\r\n" % piece)
            assert await read_chunk(reader) == piece
        writer.write(b"0\r\n\r\n")
        assert await read_chunk(reader) == b""


async def test_an_app_waits_while_the_browser_is_slow(site: Site) -> None:
    sent = 0

    async def serve(_: Message, __: Reader, writer: Writer) -> None:
        nonlocal sent
        size = 200_000_000
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        while sent < size:
            writer.write(bytes(1_000_000))
            await writer.drain()
            sent += 1_000_000

    await site.app(serve)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with site.connected() as (reader, writer):
        writer.write(site.head("GET", door(site), []))
        assert (await read_head(reader)).status == 200
        await asyncio.sleep(0.5)
        assert sent < 50_000_000
        left = 200_000_000
        while left:
            left -= len(await reader.read(1_000_000))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000


async def test_a_browser_waits_while_the_app_is_slow(site: Site) -> None:
    go_on, size, got = asyncio.Event(), 200_000_000, 0

    async def serve(_: Message, reader: Reader, writer: Writer) -> None:
        nonlocal got
        await go_on.wait()
        while got < size:
            got += len(await reader.read(1_000_000))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    app = await site.app(serve)
    app.read_bodies = False
    async with site.connected() as (reader, writer):
        writer.write(site.head("POST", door(site), [("Content-Length", str(size))]))
        sent = 0

        async def upload() -> None:
            nonlocal sent
            while sent < size:
                writer.write(bytes(1_000_000))
                await writer.drain()
                sent += 1_000_000

        uploading = asyncio.create_task(upload())
        await asyncio.sleep(0.5)
        assert sent < 50_000_000
        go_on.set()
        assert (await read_head(reader)).status == 204
        await uploading
    assert got == size
