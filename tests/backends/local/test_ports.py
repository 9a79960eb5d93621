"""Ports that nobody has, and what processes listen on: real ones, of this machine."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from jupyter_saturn_deploy.backends.local import ports
from jupyter_saturn_deploy.backends.local.ports import (
    Listener,
    accepts,
    beyond,
    connections,
    free_port,
    holders,
    listeners,
    loopback,
)
from jupyter_saturn_deploy.backends.local.sockets import LISTEN, by_netlink, by_proc, owner

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads what only Linux has")


def network_namespaces() -> bool:
    """Whether this user may have one, as `unshare` says."""
    if sys.platform != "linux":
        return False
    return subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode == 0


own_network = pytest.mark.skipif(
    not network_namespaces(), reason="this system allows no network namespace"
)
two_families = pytest.mark.skipif(
    not Path("/proc/net/if_inet6").is_file() or "lo" not in Path("/proc/net/if_inet6").read_text(),
    reason="there is no IPv6 here",
)

LISTENS = """
import socket, sys, time
def listen(host, port=0, v6only=1):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family)
    if ":" in host:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6only)
    opened.bind((host, port))
    opened.listen()
    return opened
def tell(*opened):
    print(*(each.getsockname()[1] for each in opened), flush=True)
"""


@contextmanager
def program(code: str, *before: str) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A process that runs it, and the numbers it told."""
    argv = [*before, sys.executable, "-c", LISTENS + code]
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin and process.stdout
        try:
            yield process, [int(word) for word in process.stdout.readline().split()]
        finally:
            process.kill()


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_free_port_can_be_bound_and_is_not_given_twice() -> None:
    given = [free_port() for _ in range(50)]
    assert len(set(given)) == 50
    with ExitStack() as opened:
        for port in given:
            opened.enter_context(socket.create_server(("127.0.0.1", port)))


@linux
def test_no_outgoing_connection_takes_a_free_port() -> None:
    text = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text()
    low, high = map(int, text.split())
    if low <= 20000 and high >= 32767:
        pytest.skip("all ports of this system are for outgoing connections")
    assert all(not low <= free_port() <= high for _ in range(50))


def test_threads_at_once_get_different_free_ports() -> None:
    given = list[int]()
    threads = [
        threading.Thread(target=lambda: given.extend(free_port() for _ in range(10)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(given)) == 80


IN_OWN_NETWORK = """
import fcntl, struct
from pathlib import Path
from jupyter_saturn_deploy.backends.local.ports import free_port
with socket.socket() as any_:
    fcntl.ioctl(any_, 0x8914, struct.pack("16sH14x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP
Path("/proc/sys/net/ipv4/ip_local_port_range").write_text({!r})
"""


def in_own_network(outgoing: str, code: str) -> subprocess.CompletedProcess[str]:
    """What `code` says where that range is for outgoing connections and no port is taken."""
    whole = LISTENS + IN_OWN_NETWORK.format(outgoing) + code
    argv = ["unshare", "-rn", sys.executable, "-c", whole]
    return subprocess.run(argv, capture_output=True, text=True)


@own_network
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", pytest.param("::1", marks=two_families)])
def test_a_port_that_somebody_listens_on_is_not_free(host: str) -> None:
    code = f"opened = listen({host!r}, 20000)\nprint(*(free_port() for _ in range(3)))"
    done = in_own_network("20002 60999", code)
    assert done.stderr == ""
    first, *others = map(int, done.stdout.split())
    assert first == 20001
    assert all(20002 <= port <= 60999 for port in others)


@own_network
def test_where_all_ports_are_for_outgoing_connections_it_is_one_of_those() -> None:
    done = in_own_network("15000 60999", "print(*(free_port() for _ in range(20)))")
    assert done.stderr == ""
    given = [int(word) for word in done.stdout.split()]
    assert len(set(given)) == 20
    assert all(15000 <= port <= 60999 for port in given)


ALL_TAKEN = """
import resource
most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
held = [listen("0.0.0.0", port) for port in (*range(20000, 32768), *range(40000, 40010))]
try:
    free_port()
except OSError as error:
    print(error.errno)
"""


@own_network
def test_where_no_port_is_left_there_is_an_error() -> None:
    done = in_own_network("40000 40009", ALL_TAKEN)
    assert (done.stderr, done.stdout) == ("", f"{errno.EADDRINUSE}\n")


def test_what_a_process_listens_on_is_told_sorted_and_once() -> None:
    code = "tell(*(all_ := [listen('127.0.0.1'), listen('127.0.0.1'), listen('0.0.0.0')]))\n"
    # Connected is not listening.
    code += "out = socket.create_connection(all_[0].getsockname()); time.sleep(60)"
    with program(code) as (process, (one, two, everywhere)):
        found = listeners(process.pid)
        assert found == [
            Listener("0.0.0.0", everywhere),
            *(Listener("127.0.0.1", port) for port in sorted((one, two))),
        ]
        assert [loopback(each) for each in found] == ["127.0.0.1"] * 3
        assert [beyond(each) for each in found] == [True, False, False]
        assert all(accepts(loopback(each), each.port) for each in found)
    assert listeners(process.pid) == []
    assert not accepts("127.0.0.1", one)


@two_families
def test_ipv6_is_told_with_whether_it_takes_ipv4_too() -> None:
    code = "tell(*(all_ := [listen('::1'), listen('::'), listen('::', v6only=0),"
    code += " listen('::ffff:127.0.0.1', v6only=0)])); time.sleep(60)"
    with program(code) as (process, (own, six, dual, mapped)):
        expected = {
            Listener("::1", own): ("::1", False),
            Listener("::", six): ("::1", True),
            Listener("::", dual, dual=True): ("127.0.0.1", True),
            Listener("127.0.0.1", mapped): ("127.0.0.1", False),
        }
        found = listeners(process.pid)
        assert found == sorted(expected)
        assert {each: (loopback(each), beyond(each)) for each in found} == expected
        assert all(accepts(loopback(each), each.port) for each in found)
        assert not accepts("127.0.0.1", six)


def test_a_listener_on_one_address_is_reached_there() -> None:
    assert loopback(Listener("127.0.0.2", 80)) == "127.0.0.2"
    assert not beyond(Listener("127.0.0.2", 80))
    assert loopback(Listener("10.0.0.5", 80)) == "10.0.0.5"
    assert beyond(Listener("10.0.0.5", 80))
    assert beyond(Listener("fe80::1", 80))


@pytest.mark.parametrize("hold", ["opened.close()", "pass"], ids=["worker", "parent and workers"])
def test_what_forked_workers_listen_on_is_told_once(hold: str) -> None:
    code = f"""
import os
opened = listen("127.0.0.1")
number = opened.getsockname()[1]
for _ in range(3):
    if os.fork() == 0:
        sys.stdin.read()
        os._exit(0)
{hold}
print(number, flush=True)
time.sleep(60)
"""
    with program(code) as (process, (port,)):
        assert listeners(process.pid) == [Listener("127.0.0.1", port)]
        assert accepts("127.0.0.1", port)


def test_a_process_started_by_a_thread_belongs_to_the_tree() -> None:
    code = """
import subprocess, threading
inner = "import socket, sys; s = socket.create_server(('127.0.0.1', 0));" \\
    "print(s.getsockname()[1], flush=True); sys.stdin.read()"
def start():
    with subprocess.Popen([sys.executable, "-c", inner], stdin=subprocess.PIPE) as child:
        child.wait()
threading.Thread(target=start, daemon=True).start()
sys.stdin.read()
"""
    with program(code) as (process, (port,)):
        assert listeners(process.pid) == [Listener("127.0.0.1", port)]


@linux
def test_a_daemon_that_left_its_session_is_told_below_a_subreaper() -> None:
    code = """
import ctypes, os, subprocess
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
if os.fork() == 0:
    os.setsid()
    if os.fork() != 0:
        os._exit(0)
    opened = listen("127.0.0.1")
    print(opened.getsockname()[1], flush=True)
    sys.stdin.read()
    os._exit(0)
os.wait()
os.wait()
"""
    with program(code) as (process, (port,)):
        eventually(lambda: listeners(process.pid) == [Listener("127.0.0.1", port)])


def test_what_somebody_else_listens_on_is_not_told() -> None:
    with (
        program("tell(opened := listen('127.0.0.1')); time.sleep(60)") as (_, (other,)),
        program("print(0, flush=True); time.sleep(60)") as (process, _),
    ):
        assert listeners(process.pid) == []
        assert Listener("127.0.0.1", other) in listeners(os.getpid())


def test_who_holds_a_port_is_found() -> None:
    with program("tell(opened := listen('127.0.0.1')); time.sleep(60)") as (process, (port,)):
        assert holders(port) == {process.pid}
    assert holders(port) == set()


@own_network
def test_what_listens_in_a_network_of_its_own_is_not_told_as_it_cant_be_reached() -> None:
    code = "tell(opened := listen('0.0.0.0')); time.sleep(60)"
    with program(code, "unshare", "-rn") as (process, (port,)):
        assert port
        assert listeners(process.pid) == []


@linux
def test_a_process_that_may_not_be_looked_at_is_passed_over() -> None:
    code = """
import ctypes, os
sys.path[:0] = {path!r}
from jupyter_saturn_deploy.backends.local.ports import listeners
me, him = listen("127.0.0.1"), listen("127.0.0.1")
dumpable = ctypes.CDLL(None).prctl
dumpable(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE
if os.fork() == 0:
    me.close()
    sys.stdin.read()
    os._exit(0)
him.close()
if os.geteuid() == 0:
    os.setresuid(65534, 65534, 65534)
dumpable(4, 1, 0, 0, 0)
print(int([each.port for each in listeners(os.getpid())] == [me.getsockname()[1]]), flush=True)
sys.stdin.read()
"""
    with program(code.format(path=sys.path)) as (_, (alone,)):
        assert alone == 1


def test_connections_are_counted_until_they_are_closed() -> None:
    code = """
opened = listen("127.0.0.1")
tell(opened)
one = opened.accept()[0]
one.recv(1)
one.close()
time.sleep(60)
"""
    with program(code) as (process, (port,)):
        assert connections(process.pid, port) == 0
        address = ("127.0.0.1", port)
        with socket.create_connection(address) as first, socket.create_connection(address):
            # The second waits to be accepted.
            eventually(lambda: connections(process.pid, port) == 2)
            first.send(b"x")
            eventually(lambda: connections(process.pid, port) == 1)
        # Still held by nobody, and no more to be answered.
        eventually(lambda: connections(process.pid, port) == 0)


@two_families
def test_a_connection_of_ipv4_to_a_socket_of_both_counts() -> None:
    code = "tell(opened := listen('::', v6only=0)); held = opened.accept(); time.sleep(60)"
    with program(code) as (process, (port,)), socket.create_connection(("127.0.0.1", port)):
        eventually(lambda: connections(process.pid, port) == 1)


@linux
def test_connections_of_others_to_the_same_port_elsewhere_do_not_count() -> None:
    code = "tell(opened := listen('127.0.0.1')); time.sleep(60)"
    with (
        program(code) as (process, (port,)),
        socket.create_server(("127.0.0.2", port)) as other,
        socket.create_connection(("127.0.0.2", port)),
        other.accept()[0],
    ):
        assert connections(process.pid, port) == 0


@linux
@two_families
def test_the_kernel_tells_the_same_in_both_ways() -> None:
    code = "tell(*(all_ := [listen('127.0.0.1'), listen('::1'), listen('::'),"
    code += " listen('::', v6only=0), listen('0.0.0.0')])); time.sleep(60)"
    with program(code) as (_, told):
        # /proc doesn't say whether a socket takes IPv4 too where nobody has that port of IPv4.
        six = told[2]
        of_ours = [
            {each for each in way(LISTEN) if each.port in told and each.port != six}
            for way in (by_netlink, by_proc)
        ]
        assert len(of_ours[0]) == 4
        assert of_ours[0] == of_ours[1]


@linux
@two_families
@pytest.mark.parametrize(
    ("listens", "reached"),
    [
        ("'127.0.0.1'", "127.0.0.1"),
        ("'0.0.0.0'", "127.0.0.1"),
        ("'::1'", "::1"),
        ("'::', v6only=0", "127.0.0.1"),
        ("'::', v6only=0", "::1"),
    ],
)
def test_whose_port_it_is_can_be_told(listens: str, reached: str) -> None:
    user = os.getuid() or 65534
    code = f"import os; os.setuid({user}); tell(opened := listen({listens})); time.sleep(60)"
    with program(code) as (_, (port,)):
        assert owner(reached, port) == user
        with socket.create_connection((reached, port)):
            assert owner(reached, port) == user
    assert owner(reached, port) is None


@linux
@two_families
def test_where_the_system_does_not_tell_psutil_does() -> None:
    code = "tell(*(all_ := [listen('127.0.0.1'), listen('::1'), listen('::', v6only=0),"
    code += " listen('0.0.0.0')])); time.sleep(60)"
    with program(code) as (process, _):
        assert ports._by_psutil(process.pid) == listeners(process.pid)
        assert len(listeners(process.pid)) == 4
