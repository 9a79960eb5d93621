"""Searching logs, and numbers of lines."""

from __future__ import annotations

import random
import threading
from pathlib import Path

from jupyter_saturn_deploy.logs import Match, line_at, search
from tests.logs.test_files import write_hole


def found(log: Path, query: str, case: bool = False) -> list[tuple[int, int]]:
    return [(match.line, match.offset) for match in search(log, query, case).matches]


def test_lines_are_found_with_number_and_offset(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"one error\ntwo\n\nError error\nlast: ERROR")
    assert found(log, "error") == [(0, 0), (3, 15), (4, 27)]
    assert found(log, "ERROR", case=True) == [(4, 27)]
    assert found(log, "nothing") == []
    assert found(log, "") == []
    assert found(log, "two\n") == []
    assert found(tmp_path / "missing", "error") == []


def test_all_are_counted_and_the_first_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"hit\nmiss\n" * 5000)
    result = search(log, "hit", limit=3)
    assert result.count == 5000 and result.truncated
    assert result.matches == [Match(0, 0), Match(2, 9), Match(4, 18)]
    assert not search(log, "hit", limit=5000).truncated


def test_text_is_found_as_it_is_shown(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(
        b"\x1b[1;31mValue\x1b[0mError: x\n"
        + "Grüße aus KÖLN\n".encode()
        + b"\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\ed\n"
        + b"bad \xff\xfe bytes\n"
    )
    assert found(log, "valueerror") == [(0, 0)]
    assert [line for line, _ in found(log, "grüsse")] == [1]
    assert [line for line, _ in found(log, "köln")] == [1]
    assert found(log, "köln", case=True) == []
    assert [line for line, _ in found(log, "linked")] == [2]
    assert [line for line, _ in found(log, "bytes")] == [3]


def test_a_random_log_is_searched_as_by_hand(tmp_path: Path) -> None:
    log = tmp_path / "log"
    chance = random.Random(1)
    alphabet = ["a", "ab", "\n", "ü", "needle", " ", "\x1b[32m", "x" * 1000]
    content = "".join(chance.choice(alphabet) for _ in range(4000))
    log.write_text(content)
    expected, offset = [], 0
    for number, line in enumerate(content.split("\n")):
        if "needle" in line.replace("\x1b[32m", ""):
            expected.append((number, offset))
        offset += len(line.encode()) + 1
    assert len(log.read_bytes()) > 4 * 64 * 1024
    assert found(log, "needle") == expected


def test_matches_across_the_pieces_of_one_huge_line_count_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    for place in range(1024 * 1024 - 12, 1024 * 1024 + 12, 5):
        line = b"." * place + b"needle" + b"." * 700_000 + b"needle"
        log.write_bytes(b"first\n" + line + b"\nneedle\n")
        assert found(log, "needle") == [(1, 6), (2, 7 + len(line))]


def test_what_was_given_back_counts_as_no_line(tmp_path: Path) -> None:
    log = tmp_path / "log"
    head, tail = b"one\nnee", b"dle\nthree needle\n"
    log.write_bytes(head + bytes(100_000) + tail)
    write_hole(log, len(head), len(head) + 100_000)
    third = len(head) + 100_000 + 4
    assert found(log, "needle") == [(2, third)]
    assert line_at(log, third + 3) == (2, third)


def test_the_line_of_any_byte_is_known(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"one\n\nthree\nlast")
    starts = [0, 4, 5, 11]
    for offset in range(15):
        start = max(start for start in starts if start <= offset)
        assert line_at(log, offset) == (starts.index(start), start)
    assert line_at(log, 1000) == (3, 11)
    assert line_at(tmp_path / "missing", 5) == (0, 0)


def test_line_numbers_of_a_large_and_growing_log_are_right_from_many_threads(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log"
    line = b"x" * 99 + b"\n"
    log.write_bytes(line * 30_000)
    wrong = []

    def ask(offset: int) -> None:
        if line_at(log, offset) != (offset // 100, offset // 100 * 100):
            wrong.append(offset)

    for _ in range(2):
        offsets = range(0, log.stat().st_size, 333_333)
        threads = [threading.Thread(target=ask, args=[offset]) for offset in offsets]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with log.open("ab") as file:
            file.write(line * 20_000)
    assert wrong == []


def test_a_line_that_began_long_ago_is_found(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"first\n" + b"x" * 3_000_000)
    assert line_at(log, 2_999_999) == (1, 6)


def test_matches_are_told_by_line_and_place_across_pieces_and_colours(tmp_path: Path) -> None:
    log = tmp_path / "log"
    lines = [b"\x1b[3%dmstep\x1b[0m %d \xff\xc3\xa9" % (n % 8, n) for n in range(9000)]
    log.write_bytes(b"\n".join(lines))
    wanted, offset = [], 0
    for number, line in enumerate(lines):
        if b" %d " % number in line and "77" in str(number):
            wanted.append(Match(number, offset))
        offset += len(line) + 1
    result = search(log, "77")
    assert (result.count, result.matches) == (len(wanted), wanted)
    assert search(log, "STEP 8999 \ufffdÉ").matches == [Match(8999, offset - len(lines[-1]) - 1)]


def test_a_search_that_nobody_waits_for_ends(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"x\n" * 200_000)
    looks = iter([False, True])
    assert 0 < search(log, "x", gone=lambda: next(looks)).count < 50_000
