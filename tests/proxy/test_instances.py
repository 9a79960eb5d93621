"""Which instance a request goes to, and connections that are kept, stale or refused."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from typing import Any

import pytest

from jupyter_saturn_deploy.proxy.apps import Upstream
from tests.proxy.conftest import PAGE, Little, Message, Site, echo, until

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter


def counts(little: list[Little]) -> list[int]:
    return [len(item.seen) for item in little]


async def test_a_connection_is_kept_for_the_next_request(site: Site) -> None:
    app = await site.app()
    for _ in range(5):
        assert (await site()).status == 200
    assert app.connections == 1
    await until(lambda: not site.pool.under_way)


async def test_no_connection_is_kept_that_may_hold_anything_else(site: Site) -> None:
    app = await site.app()

    async def more_than_said(_: Message, __: Reader, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\nevil")

    async def body_of_a_head(_: Message, __: Reader, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")

    async def closes(_: Message, __: Reader, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")

    for method, serve in (("GET", more_than_said), ("HEAD", body_of_a_head), ("GET", closes)):
        app.serve = serve
        answer = await site(method)
        assert answer.body == (b"" if method == "HEAD" else b"ok")
        app.serve = echo
        assert (await site()).body == b"hello"


async def test_a_connection_that_says_something_unasked_is_not_used_again(site: Site) -> None:
    app = await site.app()
    assert (await site()).status == 200
    for writer in app.open:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
    await asyncio.sleep(0.05)
    assert (await site()).body == b"hello"
    assert app.connections == 2


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"])
async def test_a_kept_connection_that_was_closed_harms_nobody(site: Site, method: str) -> None:
    async def once(request: Message, reader: Reader, writer: Writer) -> None:
        await echo(request, reader, writer)
        await reader.readexactly(1)  # the next request, which gets no answer
        writer.close()

    app = await site.app(once)
    assert (await site()).status == 200
    app.serve = echo
    body = b"hello" if method in ("POST", "PUT") else None
    answer = await site(method, "a/next", body=body)
    assert (answer.status, answer.body) == (200, b"" if method == "HEAD" else b"hello")
    assert [request.target for request in app.seen] == ["/", "/next"]


async def test_what_was_closed_on_a_new_connection_is_not_repeated(site: Site) -> None:
    async def closes(_: Message, __: Reader, writer: Writer) -> None:
        writer.close()

    little = await site.app(closes, instances=2)
    assert (await site()).status == 502
    assert sum(counts(little)) == 1


async def test_one_that_refuses_is_passed_over(site: Site) -> None:
    first, second = await site.app(instances=2)
    await first.stop()
    for method in ("GET", "POST"):
        assert (await site(method, body=b"x" if method == "POST" else None)).status == 200
    assert counts([first, second]) == [0, 2]


async def test_where_all_refuse_none_is_ready(site: Site) -> None:
    little = await site.app(instances=2)
    for item in little:
        await item.stop()
    answer = await site()
    assert (answer.status, answer.get("Retry-After")) == (503, "1")
    assert json.loads(answer.body)["message"]
    assert not site.pool.under_way


async def test_one_that_takes_no_connection_is_504(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: Any) -> None:
        await asyncio.sleep(60)

    await site.app()
    monkeypatch.setattr("jupyter_saturn_deploy.proxy.upstream.CONNECT_TIMEOUT", 0.1)
    monkeypatch.setattr("tornado.iostream.IOStream.connect", full)
    assert (await site()).status == 504


async def test_a_new_visitor_goes_where_least_is_under_way(site: Site) -> None:
    go_on = asyncio.Event()

    async def slow(request: Message, reader: Reader, writer: Writer) -> None:
        await go_on.wait()
        await echo(request, reader, writer)

    little = await site.app(slow, instances=3)
    asking = []
    for number in range(6):
        asking.append(asyncio.create_task(site()))
        await until(lambda number=number: sum(counts(little)) == number + 1)
    assert counts(little) == [2, 2, 2]
    go_on.set()
    await asyncio.gather(*asking)


async def test_a_visitor_stays_with_an_instance(site: Site) -> None:
    site.by_cookie()
    little = await site.app(instances=2)
    answer = await site()
    (cookie,) = answer.all("Set-Cookie")
    assert cookie.startswith("saturn-deploy-instance=a-0;")
    path = f"Path={site.base}saturn-deploy/apps/a"
    assert {"HttpOnly", "SameSite=Lax", path} == set(cookie.split("; ")[1:])
    for _ in range(3):
        answer = await site("GET", "a/", [("Cookie", "saturn-deploy-instance=a-1")])
        assert answer.all("Set-Cookie") == []
    assert counts(little) == [1, 3]
    answer = await site("GET", "a/", [("Cookie", "saturn-deploy-instance=gone")])
    assert len(answer.all("Set-Cookie")) == 1


async def test_a_single_instance_sets_no_cookie(site: Site) -> None:
    site.by_cookie()
    await site.app()
    assert (await site()).all("Set-Cookie") == []


async def test_connections_to_what_left_the_rotation_are_closed_once_idle(site: Site) -> None:
    go_on = asyncio.Event()

    async def slow(request: Message, reader: Reader, writer: Writer) -> None:
        if request.target == "/slow":
            await go_on.wait()
        await echo(request, reader, writer)

    old = await site.app(slow)
    under_way = asyncio.create_task(site("GET", "a/slow"))
    await until(lambda: old.seen)
    assert (await site()).status == 200
    assert len(old.open) == 2
    new = await site.app()
    await until(lambda: len(old.open) == 1)
    assert (await site()).status == 200
    assert len(new.seen) == 1
    go_on.set()
    assert (await under_way).body == b"hello"
    await until(lambda: not old.open)


async def test_an_idle_connection_is_closed_after_a_while(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_saturn_deploy.proxy.upstream.KEEP", 0.05)
    app = await site.app()
    assert (await site()).status == 200
    await until(lambda: not app.open)


async def test_a_page_that_reached_the_app_is_told_of(site: Site) -> None:
    await site.app()
    await site("GET", "a/", PAGE)
    await site("GET", "a/", [("Accept", "image/png")])
    await site("POST", "a/", PAGE)
    site.rotation.put("a")
    await site("GET", "a/", PAGE)
    assert site.rotation.opens == [("a", site.owner)]


STRANGER = """
import os, socket
if os.getuid() == 0:  # everybody has to trust root
    os.setuid(65534)
with socket.create_server(("127.0.0.1", 0)) as listening:
    print(listening.getsockname()[1], flush=True)
    print(listening.accept()[0].recv(100), flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system doesn't say")
async def test_another_user_s_program_that_took_the_port_gets_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = await asyncio.create_subprocess_exec(sys.executable, "-c", STRANGER, stdout=PIPE)
    assert stranger.stdout is not None
    site.rotation.put("a", Upstream("a", "127.0.0.1", int(await stranger.stdout.readline())))
    monkeypatch.setattr("os.geteuid", lambda: os.getuid() + 4711)
    answer = await site("POST", body=b"secret")
    assert await stranger.stdout.readline() == b"b''\n"
    assert answer.status == 503
    await stranger.wait()


async def test_one_s_own_programs_and_root_s_are_reached_by_who_is_not_root(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await site.app()
    monkeypatch.setattr("os.geteuid", lambda: os.getuid() or 4711)
    assert (await site()).status == 200
