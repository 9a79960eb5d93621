"""What the way through the door costs: latency, requests a second, memory, events, websockets.

Beside it the same app on its own port, and with `--baseline` through jupyter-server-proxy.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from typing import NamedTuple

import psutil
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from benchmarks import scheduler
from benchmarks.figures import Figure, show
from benchmarks.served import served
from tests.never_lost.server import Server

BASELINE = ("jupyter-server-proxy>=4.6", "jupyter_server")
APP = Path(__file__).with_name("little_app.py")
PIECE = bytes(64 * 1024)
CONNECTIONS = 32


class Way(NamedTuple):
    """A way to the app."""

    name: str
    port: int
    prefix: str
    token: str
    pid: int = 0
    """Of the server between, where there is one."""

    def request(self, method: str, path: str, more: str = "") -> bytes:
        """Its head, as a browser's page sends it."""
        return (
            f"{method} {self.prefix}{path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\nAccept: */*\r\n"
            "Accept-Language: en-US,en;q=0.9\r\nSec-Fetch-Site: same-origin\r\n"
            f"Sec-Fetch-Mode: cors\r\nAuthorization: token {self.token}\r\n{more}\r\n"
        ).encode()


class Line:
    """A connection, on which requests follow each other."""

    def __init__(self, way: Way) -> None:
        self.way = way
        self.socket = socket.create_connection(("127.0.0.1", way.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def get(self, path: str) -> int:
        """The length of the body, read to its end."""
        self.socket.sendall(self.way.request("GET", path))
        return self.read()

    def read(self) -> int:
        """The response, which says its length."""
        length = left = self.head()
        while left:
            left -= len(self.file.read(min(left, len(PIECE))))
        return length

    def head(self) -> int:
        """That of the response; the length of its body, 0 where it doesn't say."""
        status = self.file.readline()
        if b" 200 " not in status:
            raise RuntimeError(f"{self.way.name}: {status!r}")
        length = 0
        while line := self.file.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return length

    def close(self) -> None:
        """End it."""
        self.file.close()
        self.socket.close()


def deployed(server: Server) -> int:
    """The port of the app, deployed as `app`."""
    command = f"exec {sys.executable} {APP.absolute()}"
    recipe = {"type": "deployment", "spec": {"name": "app", "command": command}}
    made = server("POST", "recipes", recipe)
    server("POST", f"deployments/{made['state']['id']}/start", {})
    deadline = time.monotonic() + 30
    while True:
        state = server("GET", "recipes/deployment/app")["state"]["x-jupyter"]
        if state["ready"]:
            return int(state["instances"][0]["serving"]["port"])
        if time.monotonic() > deadline:
            raise RuntimeError(state["sentence"])
        time.sleep(0.05)


def latencies(ways: list[Way], samples: int) -> dict[str, list[float]]:
    """Milliseconds of a GET of 1 kB on one connection each, in turns."""
    lines = [Line(way) for way in ways]
    took: dict[str, list[float]] = {way.name: [] for way in ways}
    for turn in range(samples // 20 + 1):
        for line in lines:
            for _ in range(20):
                began = time.perf_counter()
                if line.get("/small") != 1024:
                    raise RuntimeError(line.way.name)
                if turn:  # the first ones warm up
                    took[line.way.name].append(1000 * (time.perf_counter() - began))
    for line in lines:
        line.close()
    return took


async def throughput(way: Way, seconds: float) -> float:
    """GETs of 1 kB a second, over 32 connections."""
    end, done = time.monotonic() + seconds, 0
    request = way.request("GET", "/small")

    async def ask() -> None:
        nonlocal done
        reader, writer = await asyncio.open_connection("127.0.0.1", way.port)
        while time.monotonic() < end:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in head[:20]:
                raise RuntimeError(f"{way.name}: {head[:80]!r}")
            await reader.readexactly(1024)
            done += 1
        writer.close()

    await asyncio.gather(*(ask() for _ in range(CONNECTIONS)))
    return done / seconds


def grown(way: Way, work: Callable[[], None]) -> float:
    """By how many MB the server's memory was above what it is now, at its highest."""
    Path(f"/proc/{way.pid}/clear_refs").write_text("5")  # the peak begins anew
    before = psutil.Process(way.pid).memory_info().rss
    work()
    status = Path(f"/proc/{way.pid}/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return max(int(peak.split()[1]) * 1024 - before, 0) / 2**20


def download(way: Way, size: int) -> None:
    """That many bytes, read."""
    with closing(Line(way)) as line:
        if line.get(f"/large/{size}") != size:
            raise RuntimeError("it was cut short")


def upload(way: Way, size: int) -> None:
    """That many bytes, sent."""
    with closing(Line(way)) as line:
        line.socket.sendall(way.request("POST", f"/large/{size}", f"Content-Length: {size}\r\n"))
        for _ in range(size // len(PIECE)):
            line.socket.sendall(PIECE)
        if int(line.file.read(line.head())) != size:
            raise RuntimeError("it was cut short")


def first_event(way: Way) -> float:
    """Milliseconds until the first byte of an event, which is followed by silence."""
    with closing(Line(way)) as line:
        began = time.perf_counter()
        line.socket.sendall(way.request("GET", "/events"))
        line.head()
        while b"data: first" not in line.file.readline():
            pass
        return 1000 * (time.perf_counter() - began)


async def echoes(ways: list[Way], samples: int) -> dict[str, list[float]]:
    """Milliseconds until a message of 100 bytes is back, in turns."""
    sockets: list[tuple[Way, WebSocketClientConnection]] = []
    for way in ways:
        url = f"ws://127.0.0.1:{way.port}{way.prefix}/echo"
        header = {"Authorization": f"token {way.token}"}
        sockets.append((way, await websocket_connect(HTTPRequest(url, headers=header))))
    took: dict[str, list[float]] = {way.name: [] for way in ways}
    for turn in range(samples // 20 + 1):
        for way, connection in sockets:
            for _ in range(20):
                began = time.perf_counter()
                await connection.write_message("x" * 100)
                await connection.read_message()
                if turn:
                    took[way.name].append(1000 * (time.perf_counter() - began))
    for _, connection in sockets:
        connection.close()
    return took


def added(took: dict[str, list[float]], name: str) -> list[float]:
    """What a way takes more than the straight one does at its median."""
    straight = statistics.median(took["straight"])
    return [value - straight for value in took[name]]


def figures(ways: list[Way], options: argparse.Namespace) -> Iterator[Figure]:
    """Every row. The first way is the straight one, the second ours."""
    others = ways[1:]
    get = latencies(ways, options.samples)
    for way in others:
        bar = "1.2" if way.name == "door" else ""
        yield Figure(f"{way.name}: added to a GET of 1 kB", added(get, way.name), "ms", bar)
    rates: dict[str, list[float]] = {way.name: [] for way in ways}
    for _ in range(3):
        for way in ways:
            rates[way.name].append(asyncio.run(throughput(way, options.seconds)))
    slowest = statistics.median(rates[others[-1].name]) if len(others) > 1 else None
    for way in ways:
        base = slowest if way.name == "door" else None
        name = f"{way.name}: requests over {CONNECTIONS} connections"
        yield Figure(name, rates[way.name], "1/s", "", base)
    echo = asyncio.run(echoes(ways, options.samples))
    for way in others:
        bar = "2" if way.name == "door" else ""
        yield Figure(f"{way.name}: added to a websocket's echo", added(echo, way.name), "ms", bar)
        first = [first_event(way) for _ in range(5)]
        yield Figure(f"{way.name}: first event", first, "ms", "50" if bar else "")
    door, size = ways[1], options.megabytes * 2**20
    for name, work in (("down", download), ("up", upload)):
        more = grown(door, lambda work=work: work(door, size))
        yield Figure(f"door: memory, {options.megabytes} MB {name}", [more], "MB", "20")


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--samples", type=int, default=2000)
    arguments.add_argument("--seconds", type=float, default=5, help="of each of three turns")
    arguments.add_argument("--megabytes", type=int, default=2048)
    arguments.add_argument("--baseline", action="store_true", help="jupyter-server-proxy too")
    options = arguments.parse_args()
    with (
        scheduler.serving(BASELINE) if options.baseline else nullcontext() as other,
        served() as server,
    ):
        assert server.process is not None
        port = deployed(server)
        door, pid = "/saturn-deploy/apps/app", server.process.pid
        ways = [Way("straight", port, "", ""), Way("door", server.port, door, server.token, pid)]
        if other is not None:
            prefix = f"/proxy/{port}"
            ways.append(Way("baseline", other.port, prefix, scheduler.TOKEN, other.pid))
        show("proxy", list(figures(ways, options)))


if __name__ == "__main__":
    main()
