"""Reading logs, with and without a hole."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from jupyter_saturn_deploy.logs import CHUNK, Hole, hole, read, size, times


def write_hole(log: Path, start: int, end: int) -> None:
    log.with_name(log.name + ".hole").write_bytes(struct.pack("<QQ", start, end) + bytes(100))


def write_marks(log: Path, *marks: tuple[float, int]) -> None:
    log.with_name(log.name + ".times").write_bytes(b"".join(struct.pack("<dQ", *m) for m in marks))


def test_a_log_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert size(log) == 0
    assert hole(log) is None
    assert list(read(log)) == []
    assert times(log, 0, 10) == []


def test_any_range_is_read_in_pieces_of_at_most_64_kib(tmp_path: Path) -> None:
    log = tmp_path / "log"
    content = bytes(number % 251 for number in range(3 * CHUNK + 5))
    log.write_bytes(content)
    for start, end in ((0, None), (0, 10), (7, CHUNK + 9), (len(content) - 1, None), (5, 5)):
        pieces = list(read(log, start, end))
        assert all(isinstance(piece, bytes) and 0 < len(piece) <= CHUNK for piece in pieces)
        assert b"".join(piece for piece in pieces if isinstance(piece, bytes)) == content[start:end]
    assert list(read(log, len(content) + 5)) == []
    assert list(read(log, 0, len(content) + 5))[-1] == content[3 * CHUNK :]


def test_a_hole_is_told_where_it_is_and_cut_to_the_range(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"h" * 100 + bytes(200) + b"t" * 100)
    write_hole(log, 100, 300)
    assert size(log) == 400
    assert hole(log) == Hole(100, 200)
    assert list(read(log)) == [b"h" * 100, Hole(100, 200), b"t" * 100]
    assert list(read(log, 90, 150)) == [b"h" * 10, Hole(100, 50)]
    assert list(read(log, 150, 310)) == [Hole(150, 150), b"t" * 10]
    assert list(read(log, 300)) == [b"t" * 100]
    assert list(read(log, 0, 100)) == [b"h" * 100]


def test_space_kept_for_a_hole_is_no_hole(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"whole")
    write_hole(log, 0, 0)
    assert hole(log) is None
    assert list(read(log)) == [b"whole"]


def test_marks_cover_the_range_asked_for(tmp_path: Path) -> None:
    log = tmp_path / "log"
    write_marks(log, (1.0, 0), (2.5, 10), (3.0, 20), (4.0, 35))
    assert times(log, 0, 40) == [(0, 1.0), (10, 2.5), (20, 3.0), (35, 4.0)]
    assert times(log, 12, 20) == [(10, 2.5)]
    assert times(log, 10, 21) == [(10, 2.5), (20, 3.0)]
    assert times(log, 100, 200) == [(35, 4.0)]
    assert times(log, 0, 0) == []


def test_a_mark_that_is_only_half_written_does_not_count(tmp_path: Path) -> None:
    log = tmp_path / "log"
    write_marks(log, (1.0, 0), (2.0, 10))
    with log.with_name("log.times").open("ab") as file:
        file.write(b"half a m")
    assert times(log, 0, 100) == [(0, 1.0), (10, 2.0)]


def test_of_very_many_marks_some_are_given_over_the_whole_range(tmp_path: Path) -> None:
    log = tmp_path / "log"
    write_marks(log, *((number / 10, number * 5) for number in range(25_000)))
    marks = times(log, 0, 125_000)
    assert 5_000 < len(marks) <= 10_000
    assert marks[0] == (0, 0.0) and marks[-1][0] > 124_900
    assert all(at == offset / 50 for offset, at in marks)


def test_a_log_that_is_deleted_before_it_is_opened_is_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_saturn_deploy.logs.files.size", lambda path: 10)
    assert list(read(tmp_path / "log")) == []
