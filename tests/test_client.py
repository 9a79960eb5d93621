"""The client, against a real server; and how it finds one."""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from jupyter_core.paths import jupyter_runtime_dir

from jupyter_saturn_deploy.client import Client, NoServer, Problem
from jupyter_saturn_deploy.client.runtimes import runtime_dir
from tests.never_lost.server import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory = tmp_path_factory.mktemp("server")
    server = Server(directory, directory / "state")
    server.start()
    yield server
    server.terminate()


@pytest.fixture(autouse=True)
def machine(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of runtime files, with the server's own, and nothing else that names one."""
    for name in ("SATURN_BASE_URL", "SATURN_TOKEN", "JPY_PARENT_PID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    shutil.copy(own_file(server), tmp_path)
    return tmp_path


def own_file(server: Server) -> Path:
    assert server.process is not None
    return (
        server.directory
        / "runtime"
        / f"saturn-deploy-{socket.gethostname()}-{server.process.pid}.json"
    )


@pytest.fixture
def client(server: Server) -> Client:
    return Client.find()


def other(machine: Path, server: Server, pid: int, **told: Any) -> str:
    """A file of another server; it is told apart by the host's name. Its URL."""
    runtime = json.loads(own_file(server).read_text())
    url = str(runtime["url"]).replace("127.0.0.1", "localhost")
    named = {**runtime, "url": url, **told, "pid": pid}
    (machine / f"saturn-deploy-{socket.gethostname()}-{pid}.json").write_text(json.dumps(named))
    return url


def ended_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


class Answering:
    """A little HTTP server, and the requests that reached it."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes = b"{}") -> None:
        self.seen: list[tuple[str, str | None]] = []
        seen = self.seen

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                seen.append((self.path, self.headers.get("Authorization")))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def __enter__(self) -> Answering:
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def job(client: Client, command: str, **spec: Any) -> dict[str, Any]:
    name = f"job-{time.monotonic_ns()}"
    return client.create("job", {"name": name, "command": command, **spec})


def test_a_server_of_this_machine_is_found_without_a_word(server: Server) -> None:
    client = Client.find()
    assert client.url == f"{server.url}saturn-deploy/"
    assert client.status()["project"] == str(server.project)
    assert client.user()["name"]


def test_the_environment_says_which_server_before_anything_else(
    server: Server, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SATURN_BASE_URL", "https://saturn.example/saturn-deploy")
    assert Client.find().url == f"{server.url}saturn-deploy/"  # half of it says nothing
    monkeypatch.setenv("SATURN_TOKEN", "abc")
    assert Client.find().url == "https://saturn.example/saturn-deploy/"


def test_a_run_finds_the_server_it_is_of(client: Client) -> None:
    script = "from jupyter_saturn_deploy.client import Client; print(Client.find().user()['name'])"
    run = client.start(job(client, f'{sys.executable} -c "{script}"'))
    assert client.wait(run["id"], 20)["state"] == "completed", client.log(run["id"])
    assert client.log(run["id"]).decode().strip() == client.user()["name"]


def test_a_kernel_finds_the_server_it_is_of(
    server: Server, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = other(machine, server, os.getpid(), started_at=0)
    assert Client.find(str(server.project)).url != url
    monkeypatch.setenv("JPY_PARENT_PID", str(os.getpid()))
    assert Client.find(str(server.project)).url == url


def test_of_several_servers_the_one_with_the_deepest_project_around_here_is_found(
    server: Server, machine: Path, tmp_path: Path
) -> None:
    inner = server.project / "inner" / "deeper"
    inner.mkdir(parents=True, exist_ok=True)
    url = other(machine, server, os.getpid(), project=str(inner.parent), started_at=0)
    assert Client.find(str(inner)).url == url
    assert Client.find(str(server.project)).url != url
    assert Client.find(f"{inner.parent}-not").url != url


def test_of_several_servers_elsewhere_the_newest_is_found(
    server: Server, machine: Path, tmp_path: Path
) -> None:
    url = other(machine, server, os.getpid(), project="/nowhere", started_at=time.time() + 60)
    assert Client.find(str(tmp_path)).url == url


def test_what_a_dead_server_left_is_removed(server: Server, machine: Path) -> None:
    pid = ended_pid()
    url = other(machine, server, pid, started_at=time.time() + 60)
    assert Client.find().url != url
    assert not (machine / f"saturn-deploy-{socket.gethostname()}-{pid}.json").exists()


@pytest.mark.parametrize(
    "told",
    [
        {"url": "http://127.0.0.1:1/saturn-deploy/"},
        {"token": "0" * 32 + "." + "A" * 43},
        {"url": "http+unix://socket/"},
        {"started_at": None},
    ],
)
def test_a_server_that_does_not_answer_is_passed_over(
    server: Server, machine: Path, told: dict[str, Any]
) -> None:
    other(machine, server, os.getpid(), **{"started_at": time.time() + 60, **told})
    assert Client.find().url == f"{server.url}saturn-deploy/"
    assert (machine / f"saturn-deploy-{socket.gethostname()}-{os.getpid()}.json").exists()


def test_where_there_is_none_it_is_said_what_was_looked_for(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(machine / "empty"))
    with pytest.raises(NoServer) as caught:
        Client.find()
    for words in ("SATURN_BASE_URL", "SATURN_TOKEN", str(machine / "empty"), "Start JupyterLab"):
        assert words in str(caught.value)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"XDG_DATA_HOME": "/shared"},
        {"JUPYTER_DATA_DIR": "/data"},
        {"JUPYTER_RUNTIME_DIR": "/runtime"},
        {"JUPYTER_PLATFORM_DIRS": "1"},
    ],
)
def test_the_runtime_directory_is_that_of_jupyter(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith(("JUPYTER_", "XDG_"))]:
        monkeypatch.delenv(name)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert runtime_dir() == jupyter_runtime_dir()


def test_a_refusal_tells_each_field_with_what_to_do(client: Client) -> None:
    with pytest.raises(Problem) as caught:
        client.create("job", {"name": "No", "command": ""})
    assert caught.value.status == 422
    assert {error["field"] for error in caught.value.errors} == {"spec.name", "spec.command"}
    for error in caught.value.errors:
        assert error["message"] in str(caught.value)
        assert error["fix"] in str(caught.value)


def test_a_name_of_both_a_job_and_a_deployment_has_to_be_told_apart(client: Client) -> None:
    for kind in ("job", "deployment"):
        client.create(kind, {"name": "both", "command": "true"})
    with pytest.raises(Problem, match="job/both or deployment/both"):
        client.named("both")
    assert client.named("job/both")["type"] == "job"
    assert client.named("deployment/both")["type"] == "deployment"
    with pytest.raises(Problem, match=r"no job or deployment '\.\./x'"):
        client.named("../x")


def test_lists_go_on_over_all_pages(client: Client) -> None:
    names = [job(client, "true", description="page")["spec"]["name"] for _ in range(5)]
    found = [recipe["spec"]["name"] for recipe in client.recipes("job", limit=2)]
    assert set(names) <= set(found)
    assert len(found) == len(set(found))


def test_recipes_are_applied_changed_and_deleted(client: Client) -> None:
    text = "type: job\nspec:\n  name: applied\n  command: echo 1\n"
    assert [result["outcome"] for result in client.apply(text, dry_run=True)] == ["created"]
    assert [result["outcome"] for result in client.apply(text)] == ["created"]
    assert [result["outcome"] for result in client.apply(text.encode())] == ["unchanged"]
    made = client.edit(client.named("applied"), {"schedule": "@daily"})
    assert made["spec"]["schedule"] == "@daily"
    assert made["spec"]["command"] == "echo 1"
    assert client.set_schedule(made, False)["spec"]["x-jupyter"]["suspended"] is True
    exported = client.text("job", "applied")
    assert client.apply(exported)[0]["outcome"] == "unchanged"
    client.edit(made, {"schedule": None, "x-jupyter": {"suspended": False}})
    assert client.apply(exported)[0]["outcome"] == "updated"
    assert client.named("applied")["spec"] == {
        **made["spec"],
        "x-jupyter": {**made["spec"]["x-jupyter"], "suspended": True},
    }
    client.delete(made)
    with pytest.raises(Problem, match="no job or deployment 'applied'"):
        client.named("applied")


def test_a_log_is_followed_over_all_attempts_to_its_end(client: Client) -> None:
    command = "echo life $SATURN_ATTEMPT; [ $SATURN_ATTEMPT = 2 ] && exec sleep 60; exit 1"
    deployment = client.create("deployment", {"name": "lives", "command": command})
    client.start(deployment)
    deadline = time.monotonic() + 20
    while not (instances := client.instances(deployment)):  # the engine's to begin
        assert time.monotonic() < deadline
        time.sleep(0.02)
    instance = instances[0]
    written = b""
    for piece in client.follow(instance["id"], timeout=20):
        written += piece
        if b"life 2" in written:
            client.stop(deployment)
    assert written == b"life 1\nlife 2\n"
    assert client.log(instance["id"], 1) == b"life 1\n"
    assert client.log(instance["id"]) == b"life 2\n"
    assert client.log(instance["id"], 2, offset=5) == b"2\n"
    assert client.log(instance["id"], 2, offset=7) == b""
    assert client.run(instance["id"])["state"] == "stopped"


def test_what_is_written_is_followed_as_it_comes(client: Client) -> None:
    run = client.start(job(client, "echo first; while [ ! -e go ]; do sleep 0.05; done; echo last"))
    following = client.follow(run["id"])
    assert next(following) == b"first\n"
    project = Path(client.status()["project"])
    (project / "go").touch()
    assert b"".join(following) == b"last\n"
    assert next(client.runs(client.named(run["job_name"])))["id"] == run["id"]


def test_a_log_without_its_middle_is_followed_with_a_word_for_that(
    client: Client, server: Server
) -> None:
    run = client.start(
        job(client, "head -c 5000000 /dev/zero | tr '\\0' x; until [ -e cut ]; do :; done")
    )
    log = server.state_dir / "runs" / run["id"] / "1" / "log"
    deadline = time.monotonic() + 20
    while not log.exists() or log.stat().st_size < 5_000_000:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    log.with_name("log.hole").write_bytes(struct.pack("<QQ", 1_500_000, 4_500_000))
    (server.project / "cut").touch()
    word = b"\n[saturn-deploy] 3000000 bytes were given back\n"
    assert b"".join(client.follow(run["id"])) == b"x" * 1_500_000 + word + b"x" * 500_000
    assert client.log(run["id"], offset=2_000_000) == word.replace(b"3000", b"2500") + b"x" * 500000


def test_waiting_and_following_end_in_time(client: Client) -> None:
    run = client.start(job(client, "sleep 60"))
    with pytest.raises(TimeoutError, match=r"goes on after 0\.2 s"):
        client.wait(run["id"], 0.2)
    with pytest.raises(TimeoutError, match=r"goes on after 0\.2 s"):
        list(client.follow(run["id"], timeout=0.2))
    client.stop_run(run["id"])
    assert client.wait(run["id"], 20)["state"] == "stopped"


def test_a_token_appears_in_no_words(client: Client, server: Server) -> None:
    token = "secret-token"
    said = [repr(Client(server.url, token))]
    for url, wrong in (
        (f"{server.url}saturn-deploy/", token),
        ("http://127.0.0.1:1/", token),
        (f"http://user:{token}@localhost/", "t"),
        (f"http://localhost:{token}/", "t"),
        (f"ftp://{token}/", "t"),
        (server.url, f"{token}\n"),
        (server.url, f"{token}é"),
        (server.url, ""),
    ):
        with pytest.raises((NoServer, Problem)) as caught:
            Client(url, wrong).status()
        said += [str(caught.value), repr(caught.value)]
    assert not [words for words in said if token in words]
    assert "connection refused" in " ".join(said).lower()


def test_what_is_no_server_of_ours_is_said_to_be_none() -> None:
    with Answering(200, {}, b"<html>") as page, pytest.raises(NoServer, match="is no server of"):
        Client(page.url, "t").status()
    with Answering(500, {}, b"[]") as broken, pytest.raises(Problem, match="Internal Server Error"):
        Client(broken.url, "t").status()


def test_no_redirect_takes_the_token_elsewhere() -> None:
    with Answering(200, {}) as elsewhere:
        location = {"Location": elsewhere.url}
        with Answering(302, location) as sender, pytest.raises(Problem, match="sends elsewhere"):
            Client(sender.url, "t").status()
        assert sender.seen == [("/api/status", "token t")]
        assert elsewhere.seen == []


def test_a_proxy_is_used_but_for_this_machine(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Answering(200, {}, b'{"name": "far"}') as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        assert Client("http://far.example/x", "t").user() == {"name": "far"}
        assert Client.find().user()["name"] != "far"
        assert proxy.seen == [("http://far.example/x/api/user", "token t")]


def test_a_certificate_of_this_machine_is_taken(tmp_path: Path) -> None:
    made = "openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out cert -days 1 -subj /CN=x"
    subprocess.run(made.split(), cwd=tmp_path, check=True, stderr=subprocess.DEVNULL)
    with Answering(200, {}, b'{"name": "near"}') as near:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
        near.server.socket = context.wrap_socket(near.server.socket, server_side=True)
        assert Client(near.url.replace("http:", "https:"), "t").user() == {"name": "near"}


def test_following_goes_on_when_the_server_was_started_again(server: Server) -> None:
    client = Client.find()
    run = client.start(job(client, "echo before; while [ ! -e again ]; do sleep 0.1; done; echo z"))
    following = client.follow(run["id"])
    assert next(following) == b"before\n"
    server.kill()
    thread = threading.Thread(target=server.start)
    thread.start()
    (server.project / "again").touch()
    assert b"".join(following) == b"z\n"
    thread.join()
