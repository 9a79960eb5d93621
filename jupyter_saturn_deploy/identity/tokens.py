"""Tokens that name a resource and are proved by a key, so that none of them is ever stored."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

from ..models.errors import StoreUnavailable

LOCAL = "0" * 32
"""Instead of a resource: whoever may read the key on this machine, which is the owner. Its token
is in the servers' runtime files."""
_KEY_BYTES = 32
_TOKEN = re.compile(r"([0-9a-f]{32})\.[A-Za-z0-9_-]{43}")


def load_key(state_dir: Path) -> bytes:
    """The 32 bytes of `state_dir/key`, made at the first call; `state_dir` too (0700).

    Any number of processes may call at once: all get the same key. One that is cut short (a full
    disk, a crash) is made anew, for it proves nothing. Raises OSError where it can't be read or
    written, or is a symbolic link.
    """
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(state_dir / "key", flags, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        os.fchmod(file.fileno(), 0o600)
        key = file.read(_KEY_BYTES + 1)
        if len(key) != _KEY_BYTES:
            key = secrets.token_bytes(_KEY_BYTES)
            file.seek(0)
            file.truncate()
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
    return key


class Tokens:
    """Issues and checks tokens of the form `<resource id>.<HMAC-SHA256 in base64url>`.

    A token lives as long as its resource keeps the generation it was issued for.
    """

    def __init__(self, load: Callable[[], bytes]) -> None:
        """`load` gives the key; it is called at the first use, and again after it failed.

        Where it raises OSError, everything but `resource_of` raises `StoreUnavailable`.
        """
        self._load = load
        self._loaded: bytes | None = None

    @property
    def _key(self) -> bytes:
        if self._loaded is None:
            try:
                self._loaded = self._load()
            except OSError as error:
                raise StoreUnavailable(f"the key of the tokens can't be used: {error}") from error
        return self._loaded

    def issue(self, resource_id: str, generation: int) -> str:
        """The one token of a resource in this generation: always the same for the same key."""
        proof = hmac.digest(self._key, f"{resource_id}.{generation}".encode(), hashlib.sha256)
        return f"{resource_id}.{base64.urlsafe_b64encode(proof).rstrip(b'=').decode()}"

    def resource_of(self, token: object) -> str | None:
        """The resource a token claims to be of; None for what is no token of ours at all.

        Proves nothing: look up the resource's generation, then ask `valid`.
        """
        match = _TOKEN.fullmatch(token) if isinstance(token, str) else None
        return match and match[1]

    def valid(self, token: object, generation: int) -> bool:
        """Whether we issued `token` for its resource in `generation`. Takes constant time."""
        resource_id = self.resource_of(token)
        if resource_id is None or not isinstance(token, str):
            return False
        return hmac.compare_digest(token, self.issue(resource_id, generation))
