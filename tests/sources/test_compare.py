from __future__ import annotations

from jupyter_saturn_deploy.sources.compare import changes


def file(path: str, content: str | None = None, size: int = 1, time: int = 5) -> list[object]:
    return [path, size, time, 0o100644, content]


def test_what_came_went_and_changed_is_told_by_path() -> None:
    before = [file("b"), file("gone"), file("same"), ["link", 0, 1, 0o120777, "b"]]
    after = [file("b", size=2), file("a"), file("same"), ["link", 0, 1, 0o120777, "a"]]
    assert changes(before, after) == [
        ("a", "added"),
        ("b", "changed"),
        ("gone", "removed"),
        ("link", "changed"),
    ]
    assert changes(before, before) == []


def test_contents_count_where_both_are_known() -> None:
    assert changes([file("a", "1", time=1)], [file("a", "1", time=2)]) == []
    assert changes([file("a", "1")], [file("a", "2")]) == [("a", "changed")]


def test_time_counts_where_a_content_is_not_known() -> None:
    assert changes([file("a", "1")], [file("a")]) == []
    assert changes([file("a", "1", time=1)], [file("a", time=2)]) == [("a", "changed")]


def test_another_mode_or_type_is_a_change() -> None:
    assert changes([["a", 1, 5, 0o100644, "1"]], [["a", 1, 5, 0o100755, "1"]])
    assert changes([["a", 0, 5, 0o040777, None]], [["a", 0, 5, 0o120777, "x"]])
