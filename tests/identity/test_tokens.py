from __future__ import annotations

import multiprocessing
import os
import stat
from pathlib import Path

import pytest

from jupyter_saturn_deploy.identity.tokens import Tokens, load_key

JOB = "0123456789abcdef" * 2
OTHER = "f" * 32


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(lambda: b"k" * 32)


def test_a_token_is_valid_for_its_own_generation_only(tokens: Tokens) -> None:
    token = tokens.issue(JOB, 3)
    assert tokens.resource_of(token) == JOB
    assert tokens.valid(token, 3)
    assert not tokens.valid(token, 2)
    assert not tokens.valid(token, 4)


def test_a_token_does_not_open_another_resource(tokens: Tokens) -> None:
    proof = tokens.issue(JOB, 1).partition(".")[2]
    assert not tokens.valid(f"{OTHER}.{proof}", 1)


def test_a_token_of_another_key_is_worthless(tokens: Tokens) -> None:
    assert not Tokens(lambda: b"x" * 32).valid(tokens.issue(JOB, 1), 1)


def test_the_same_resource_and_generation_always_have_the_same_token(tokens: Tokens) -> None:
    assert tokens.issue(JOB, 1) == Tokens(lambda: b"k" * 32).issue(JOB, 1)


def test_every_changed_character_makes_a_token_worthless(tokens: Tokens) -> None:
    token = tokens.issue(JOB, 1)
    for at, character in enumerate(token):
        changed = token[:at] + ("b" if character == "a" else "a") + token[at + 1 :]
        assert not tokens.valid(changed, 1), at


@pytest.mark.parametrize(
    "token",
    [
        None,
        b"bytes",
        7,
        "",
        ".",
        JOB,
        JOB + ".",
        f"{JOB}.{'A' * 42}",
        f"{JOB}.{'A' * 44}",
        f"{JOB}.{'A' * 42}=",
        f"{JOB}.{'é' * 43}",
        f"{JOB}.{'٣' * 43}",
        f"{'٣' * 32}.{'A' * 43}",
        f"{JOB}.{'A' * 43}\n",
        f"{JOB.upper()}.{'A' * 43}",
        f"../../{JOB}.{'A' * 43}",
        "\udcff" * 76,
        "x" * 1_000_000,
    ],
    ids=lambda token: repr(token)[:20],
)
def test_what_is_no_token_is_refused_and_never_raises(tokens: Tokens, token: object) -> None:
    assert tokens.resource_of(token) is None
    assert not tokens.valid(token, 1)


def test_the_key_is_kept_and_is_for_the_owners_eyes_only(tmp_path: Path) -> None:
    state = tmp_path / "new" / "state"
    before = os.umask(0)
    try:
        key = load_key(state)
    finally:
        os.umask(before)
    assert len(key) == 32
    assert load_key(state) == key
    assert stat.S_IMODE((state / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


def test_a_key_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    load_key(tmp_path)
    (tmp_path / "key").chmod(0o644)
    load_key(tmp_path)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


@pytest.mark.parametrize("damaged", [b"", b"short", b"l" * 33])
def test_a_damaged_key_is_made_anew(tmp_path: Path, damaged: bytes) -> None:
    (tmp_path / "key").write_bytes(damaged)
    key = load_key(tmp_path)
    assert len(key) == 32
    assert (tmp_path / "key").read_bytes() == key


def test_a_symbolic_link_is_not_taken_for_the_key(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"e" * 32)
    (tmp_path / "key").symlink_to(elsewhere)
    with pytest.raises(OSError):
        load_key(tmp_path)


def test_two_servers_have_different_keys(tmp_path: Path) -> None:
    assert load_key(tmp_path / "a") != load_key(tmp_path / "b")


def _load_in_step(barrier: object, state: Path, keys: object) -> None:
    barrier.wait()  # type: ignore[attr-defined]
    keys.put(load_key(state))  # type: ignore[attr-defined]


def test_processes_that_start_together_get_the_same_key(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    many = 6
    barrier, keys = context.Barrier(many), context.Queue()
    state = tmp_path / "state"
    processes = [
        context.Process(target=_load_in_step, args=(barrier, state, keys)) for _ in range(many)
    ]
    for process in processes:
        process.start()
    try:
        found = {keys.get(timeout=30) for _ in processes}
    finally:
        for process in processes:
            process.join(30)
    assert found == {(state / "key").read_bytes()}
