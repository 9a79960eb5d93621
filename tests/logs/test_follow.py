"""Following logs as they grow."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

from jupyter_saturn_deploy.logs import CHUNK, Hole, follow
from tests.logs.test_files import write_hole


async def gathered(pieces: AsyncGenerator[bytes | Hole, None]) -> bytes:
    return b"".join([piece async for piece in pieces if isinstance(piece, bytes)])


class Writer:
    """Appends to a log from a thread, and says when it has ended."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.over = False

    def ended(self) -> bool:
        return self.over

    async def write(self, parts: list[bytes], pause: Callable[[int], float]) -> None:
        def run() -> None:
            with self.log.open("ab", buffering=0) as file:
                for number, part in enumerate(parts):
                    file.write(part)
                    time.sleep(pause(number))
            self.over = True

        await asyncio.to_thread(run)


def test_every_byte_comes_once_and_in_order(tmp_path: Path) -> None:
    async def scene() -> None:
        writer = Writer(tmp_path / "log")
        parts = [b"%d " % number * (number * 37 % 5000) for number in range(300)]
        whole = b"".join(parts)
        for offset in (0, 12345):
            writer.log.write_bytes(b"")
            writer.over = False
            following = asyncio.create_task(
                gathered(follow(writer.log, offset, writer.ended)),
            )
            await writer.write(parts, lambda number: 0.001 if number % 7 == 0 else 0)
            assert await asyncio.wait_for(following, 10) == whole[offset:]

    asyncio.run(scene())


def test_it_waits_for_a_log_that_does_not_exist_yet(tmp_path: Path) -> None:
    async def scene() -> None:
        writer = Writer(tmp_path / "log")
        following = asyncio.create_task(gathered(follow(writer.log, 0, writer.ended)))
        await asyncio.sleep(0.05)
        assert not following.done()
        await writer.write([b"at last"], lambda _: 0)
        assert await asyncio.wait_for(following, 5) == b"at last"

    asyncio.run(scene())


def test_a_log_that_never_comes_ends_with_its_attempt(tmp_path: Path) -> None:
    async def scene() -> None:
        following = gathered(follow(tmp_path / "log", 0, lambda: True))
        assert await asyncio.wait_for(following, 5) == b""

    asyncio.run(scene())


def test_what_was_written_just_before_the_end_is_not_missed(tmp_path: Path) -> None:
    async def scene() -> None:
        log = tmp_path / "log"
        log.write_bytes(b"first ")
        asked = 0

        def ended() -> bool:
            nonlocal asked
            asked += 1
            if asked == 2:
                with log.open("ab") as file:
                    file.write(b"last")
            return asked >= 2

        following = gathered(follow(log, 0, ended))
        assert await asyncio.wait_for(following, 5) == b"first last"

    asyncio.run(scene())


def test_new_bytes_are_noticed_within_25_ms(tmp_path: Path) -> None:
    async def scene() -> None:
        log = tmp_path / "log"
        log.touch()
        delays = []
        pieces = follow(log, 0, lambda: False)
        for _ in range(20):
            waiting = asyncio.create_task(pieces.__anext__())
            await asyncio.sleep(0.03)
            with log.open("ab") as file:
                file.write(b"line\n")
            written = time.monotonic()
            assert await waiting == b"line\n"
            delays.append(time.monotonic() - written)
        await pieces.aclose()
        # The median: a busy machine may hold one of them up.
        assert sorted(delays)[10] < 0.025

    asyncio.run(scene())


def test_waiting_costs_next_to_nothing(tmp_path: Path) -> None:
    async def scene() -> float:
        log = tmp_path / "log"
        log.touch()
        following = [asyncio.create_task(gathered(follow(log, 0, lambda: False))) for _ in "12345"]
        began = time.process_time()
        await asyncio.sleep(1)
        used = time.process_time() - began
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
        return used

    assert asyncio.run(scene()) < 0.1


def test_a_large_log_never_blocks_the_loop_nor_fills_the_memory(tmp_path: Path) -> None:
    async def scene() -> None:
        log = tmp_path / "log"
        log.write_bytes(os.urandom(CHUNK) * 500)
        longest, over = 0.0, False

        async def tick() -> None:
            nonlocal longest
            while not over:
                began = time.monotonic()
                await asyncio.sleep(0)
                longest = max(longest, time.monotonic() - began)

        ticking = asyncio.create_task(tick())
        total = 0
        async for piece in follow(log, 0, lambda: True):
            assert isinstance(piece, bytes) and len(piece) <= CHUNK
            total += len(piece)
        over = True
        await ticking
        assert total == log.stat().st_size
        assert longest < 0.1

    asyncio.run(scene())


def test_a_hole_is_told_and_the_rest_follows(tmp_path: Path) -> None:
    async def scene() -> None:
        log = tmp_path / "log"
        log.write_bytes(b"h" * 100 + bytes(200) + b"t" * 100)
        write_hole(log, 100, 300)
        whole = [piece async for piece in follow(log, 0, lambda: True)]
        assert whole == [b"h" * 100, Hole(100, 200), b"t" * 100]
        within = [piece async for piece in follow(log, 250, lambda: True)]
        assert within == [Hole(250, 50), b"t" * 100]

    asyncio.run(scene())
