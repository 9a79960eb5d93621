from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from jupyter_saturn_deploy.sources.records import Records

ROWS = [["a/\udcffb\n", 3, 1_700_000_000_123_456_789, 0o100644, None], ["l", 0, 0, 0o120777, "a"]]


def files(state_dir: Path) -> list[Path]:
    return sorted((state_dir / "records").iterdir())


def test_what_is_put_is_got_exactly(tmp_path: Path) -> None:
    many = [[f"{n}", n, n, n, None] for n in range(2000)]
    for rows in (ROWS, [], [["numpy", "2.0"]], many):
        assert Records(tmp_path).get(Records(tmp_path).put(rows)) == rows


def test_the_same_rows_are_kept_once_and_other_rows_apart(tmp_path: Path) -> None:
    records = Records(tmp_path)
    assert records.put(ROWS) == records.put(tuple(map(tuple, ROWS)))
    assert len(files(tmp_path)) == 1
    assert records.put(ROWS[:1]) != records.put(ROWS)
    assert len(files(tmp_path)) == 2


def test_only_this_user_can_read_them(tmp_path: Path) -> None:
    Records(tmp_path).put(ROWS)
    (path,) = files(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("digest", ["0" * 64, "", "../../etc/passwd", "x" * 64, "A" * 64])
def test_what_is_not_kept_is_none(tmp_path: Path, digest: str) -> None:
    assert Records(tmp_path).get(digest) is None


def test_a_damaged_record_is_none(tmp_path: Path) -> None:
    digest = Records(tmp_path).put(ROWS)
    (path,) = files(tmp_path)
    for content in (path.read_bytes()[:-5], b"", b"no gzip", path.read_bytes()[::-1]):
        path.write_bytes(content)
        assert Records(tmp_path).get(digest) is None


def test_only_old_records_that_nobody_needs_go(tmp_path: Path) -> None:
    records = Records(tmp_path)
    needed, old, renewed, fresh = (records.put([[name, "1"]]) for name in "abcd")
    part = tmp_path / "records" / "half.part"
    part.touch()
    for path in files(tmp_path):
        if not path.name.startswith(fresh):
            os.utime(path, (time.time() - 100,) * 2)
    records.put([["c", "1"]])
    records.collect({needed}, 50)
    assert [records.get(digest) is not None for digest in (needed, old, renewed, fresh)] == [
        *(True, False, True, True)
    ]
    assert not part.exists()


def test_collecting_where_nothing_was_kept_is_fine(tmp_path: Path) -> None:
    Records(tmp_path / "none").collect([], 0)
