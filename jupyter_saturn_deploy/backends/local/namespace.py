"""A copy of the project in the project's own place, for one process tree. Standard library only.

In a mount namespace of its own (Linux): the copy is bound over the project, and what lies below the
project and the run needs is bound back in. Nothing of it is seen outside, and it is gone with its
last process. It takes root with CAP_SYS_ADMIN, or a user whom the kernel allows a user namespace.
The latter maps this one user and group to themselves: files stay theirs, but `sudo` and the like
can't become anybody else in there.
"""

from __future__ import annotations

import ctypes
import os
import signal

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
MS_BIND, MS_REC, MS_SLAVE = 0x1000, 0x4000, 0x80000


def start(
    argv: list[str], environment: dict[bytes, bytes], copy: str, project: str, keep: list[str]
) -> int | None:
    """Start `argv` where `copy` is at `project` and each directory of `keep` still in its place.

    In a session of its own, with signals as they are by default. Its pid, or None where that can't
    be done here; nothing runs then.
    """
    told, tell = os.pipe()  # closed by a successful exec
    child = os.fork()
    if child == 0:
        try:
            _be_as_spawned()
            _cover(copy, project, keep)
            os.execve(argv[0], argv, environment)
        except BaseException:
            os.write(tell, b"no")
        finally:
            os._exit(127)
    os.close(tell)
    failed = os.read(told, 2)
    os.close(told)
    if failed:
        os.waitpid(child, 0)
        return None
    return child


def _be_as_spawned() -> None:
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _cover(copy: str, project: str, keep: list[str]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    _enter_namespace(libc)
    # Mounts of outside still come in here; none goes out.
    _mount(libc, None, "/", MS_REC | MS_SLAVE)
    kept = [(path, os.open(path, os.O_PATH | os.O_DIRECTORY)) for path in keep]
    covered_by = os.stat(copy)  # by now: it may lie below the project itself
    _mount(libc, copy, project, MS_BIND | MS_REC)
    if not os.path.samestat(covered_by, os.stat(project)):
        raise OSError(f"{project} can't be covered")
    for path, directory in kept:
        if os.path.realpath(path) != path:
            raise OSError(f"{path} is behind a link of the copy")
        os.makedirs(path, exist_ok=True)
        _mount(libc, f"/proc/self/fd/{directory}", path, MS_BIND | MS_REC)


def _enter_namespace(libc: ctypes.CDLL) -> None:
    uid, gid = os.geteuid(), os.getegid()
    # Not for root without CAP_SYS_ADMIN: to it all files but its own would be nobody's.
    if uid == 0:
        return _check(libc.unshare(CLONE_NEWNS))
    _check(libc.unshare(CLONE_NEWUSER | CLONE_NEWNS))
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {uid} 1"),
        ("gid_map", f"{gid} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(line)
    return None


def _mount(libc: ctypes.CDLL, source: str | None, target: str, flags: int) -> None:
    what = None if source is None else os.fsencode(source)
    _check(libc.mount(what, os.fsencode(target), None, ctypes.c_ulong(flags), None))


def _check(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), "not possible here")
