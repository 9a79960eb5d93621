"""The local backend keeps the contract."""

from __future__ import annotations

from tests.backends.contract import BackendContract


class TestLocalBackend(BackendContract):
    pass
