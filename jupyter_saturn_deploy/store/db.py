"""The database: one file, one connection on one worker thread, many processes."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from ..models.errors import StoreUnavailable
from .reserve import Reserve
from .schema import MIGRATIONS

T = TypeVar("T")
Database = sqlite3.Connection

_BUSY_SECONDS = 10.0
_NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "lustre"}


class Store:
    """Runs functions of an open `sqlite3.Connection` on its thread, each in a transaction.

    Nothing is opened before the first use. Raises `StoreUnavailable` when the file can't be read
    or written now; every later call tries again. A damaged file is moved aside, said in
    `warnings`, and a new one begun.
    """

    def __init__(self, path: Path, log: logging.Logger) -> None:
        self.path = path
        self.log = log
        self.warnings: list[str] = []
        """Sentences for everybody who uses this store."""
        self.trouble: str | None = None
        """Why the last use failed, where the store can't be read or written now."""
        self._cannot_write = False
        self.on_write: Callable[[], None] | None = None
        """Called on the event loop after each transaction that may have changed something."""
        self._connection: Database | None = None
        self._reserve = Reserve(path.with_suffix(".reserve"))
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="saturn-deploy-store")

    async def read(self, work: Callable[[Database], T]) -> T:
        """The result of `work`, which sees one state of the database and changes nothing."""
        return await asyncio.get_running_loop().run_in_executor(
            self._worker, self._transact, work, False, False
        )

    async def write(self, work: Callable[[Database], T], *, vital: bool = False) -> T:
        """The result of `work` once all that it changed is committed; on an error nothing is.

        What is `vital` (facts, stopping, deleting) may use the reserve of a full disk; `work` can
        be called twice then.
        """
        result = await asyncio.get_running_loop().run_in_executor(
            self._worker, self._transact, work, True, vital
        )
        if self.on_write is not None:
            self.on_write()
        return result

    async def settle(self) -> None:
        """Until all that was asked for before is done, by whoever."""
        await asyncio.get_running_loop().run_in_executor(self._worker, lambda: None)

    def close(self) -> None:
        """Finish what was asked for and close the file."""
        self._worker.submit(self._close)
        self._worker.shutdown(wait=True)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _transact(self, work: Callable[[Database], T], writes: bool, vital: bool) -> T:
        with self._errors(writes):
            db = self._open()
            try:
                result = _once(db, work, writes)
            except sqlite3.OperationalError as error:
                if not vital or "is full" not in str(error) or not self._reserve.spend():
                    raise
                result = _once(db, work, writes)
            if writes or not self._cannot_write:
                self.trouble = None
            if writes:
                self._reserve.lay_by()
            return result

    @contextmanager
    def _errors(self, writes: bool) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError:
            raise
        except (sqlite3.DatabaseError, OSError) as error:
            self._cannot_write = writes
            self.trouble = f"the store {self.path} can't be used now: {error}"
            if _is_damage(error):
                self.trouble = (
                    f"the store {self.path} is damaged ({error});"
                    " restart the server: it moves the file aside and begins a new one"
                )
            raise StoreUnavailable(self.trouble) from error

    def _open(self) -> Database:
        if self._connection is None:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Two servers that start at once must not both migrate, or both move a file aside.
            with _exclusive(self.path.with_suffix(".lock")):
                try:
                    self._connection = _connect(self.path)
                except sqlite3.DatabaseError as error:
                    if not _is_damage(error):
                        raise
                    self._set_aside(error)
                    self._connection = _connect(self.path)
        return self._connection

    def _set_aside(self, error: Exception) -> None:
        stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
        aside = self.path.with_name(f"{self.path.name}.damaged-{stamp}")
        for suffix in ("", "-wal", "-shm"):
            part = self.path.with_name(self.path.name + suffix)
            if part.exists():
                part.rename(aside.with_name(aside.name + suffix))
        sentence = (
            f"The store of jobs and runs was damaged ({error}) and was moved to {aside};"
            " a new, empty one is in use. Logs of earlier runs are still under"
            f" {self.path.parent / 'runs'}."
        )
        self.log.error(sentence)
        self.warnings.append(sentence)


def _once(db: Database, work: Callable[[Database], T], writes: bool) -> T:
    db.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
    try:
        result = work(db)
        db.execute("COMMIT")
    except BaseException:
        # A full disk may have rolled back already.
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return result


def _connect(path: Path) -> Database:
    if not path.exists():
        # Created by us and not by SQLite, whose mode would be the umask's.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    db = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        db.row_factory = sqlite3.Row
        # On network file systems the shared memory of WAL does not work.
        db.execute(f"PRAGMA journal_mode = {'DELETE' if _on_network(path) else 'WAL'}")
        # With WAL, NORMAL survives the death of every process; only power loss may cost the
        # latest transactions, never the file.
        db.execute("PRAGMA synchronous = NORMAL")
        # Deleting many runs makes it large; it shrinks again afterwards.
        db.execute("PRAGMA journal_size_limit = 4194304")
        db.execute("PRAGMA foreign_keys = ON")
        check = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if check != "ok":
            raise sqlite3.DatabaseError(f"malformed: {check}")
        _migrate(db)
    except BaseException:
        db.close()
        raise
    return db


def _migrate(db: Database) -> None:
    at = int(db.execute("PRAGMA user_version").fetchone()[0])
    if at > len(MIGRATIONS):
        raise sqlite3.OperationalError(
            f"written by a newer version of jupyter_saturn_deploy (schema {at},"
            f" this one knows {len(MIGRATIONS)}): upgrade it"
        )
    for number, script in enumerate(MIGRATIONS[at:], start=at + 1):
        # `executescript` commits what is open, so the transaction is part of the script.
        db.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")


def _is_damage(error: Exception) -> bool:
    # Python 3.10 has no error codes on the exception.
    text = str(error)
    return isinstance(error, sqlite3.DatabaseError) and (
        "malformed" in text or "not a database" in text
    )


@contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _on_network(path: Path) -> bool:
    try:
        mounts = Path("/proc/self/mounts").read_text(errors="replace").splitlines()
    except OSError:
        return False
    resolved = path.resolve()
    best, kind = "", ""
    for line in mounts:
        fields = line.split(" ")
        if len(fields) > 2 and len(fields[1]) >= len(best) and resolved.is_relative_to(fields[1]):
            best, kind = fields[1], fields[2]
    return kind in _NETWORK_FILE_SYSTEMS
