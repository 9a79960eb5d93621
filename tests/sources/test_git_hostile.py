"""What a repository, a remote or a server's environment may try."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_saturn_deploy.sources import fetch
from jupyter_saturn_deploy.sources.git import Repository
from jupyter_saturn_deploy.sources.git_process import GitError, told
from tests.sources.repositories import commit, git, make, running, until

SECRET = "hunter2"


@pytest.fixture
def top(tmp_path: Path, settings: Path) -> Path:
    """A repository with a remote `origin` and a commit that is there too."""
    path = make(tmp_path / "top")
    commit(path, "first", **{"a.py": "a = 1\n"})
    git(path, "remote", "add", "origin", str(make(tmp_path / "origin.git", "--bare")))
    git(path, "push", "--quiet", "origin", "main")
    return path


def script(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def everything(top: Path, into: Path) -> None:
    """All that can be asked of a repository."""
    repository = Repository.of(top)
    head = repository.resolve("origin/main").hash
    repository.status()
    repository.differs_from(head)
    repository.commits(head, head, 5)
    repository.files(head, head)
    repository.checkout(head, into)


def test_no_hook_and_no_monitor_is_started(top: Path, tmp_path: Path) -> None:
    started = tmp_path / "started"
    hooks = top / ".git/hooks"
    for hook in (
        "post-checkout",
        "reference-transaction",
        "post-index-change",
        "fsmonitor-watchman",
    ):
        script(hooks / hook, f"echo {hook} >> {started}")
    monitor = script(tmp_path / "monitor", f"echo monitor >> {started}")
    git(top, "commit", "--quiet", "--allow-empty", "-m", "with hooks")
    assert started.exists(), "git itself does start them"
    started.unlink()
    git(top, "config", "core.fsmonitor", monitor)
    git(top, "config", "core.hooksPath", str(hooks))
    git(top, "config", "log.showSignature", "true")
    git(top, "config", "diff.external", monitor)
    git(top, "update-ref", "-d", "refs/remotes/origin/main")
    started.unlink(missing_ok=True)
    everything(top, tmp_path / "into")
    assert not started.exists()


def test_a_remote_that_is_a_command_is_not_run(top: Path, tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    git(top, "config", "protocol.ext.allow", "always")
    git(top, "remote", "set-url", "origin", f"ext::sh -c touch% {touched}")
    for reference in ("origin/main", "new", "1" * 40):
        with pytest.raises(GitError, match=r"origin can't be asked.*'ext' not allowed"):
            Repository.of(top).resolve(reference)
    assert not touched.exists()


def test_a_remote_named_like_an_option_is_none(top: Path, tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    git(top, "config", f"remote.--upload-pack=touch {touched}.url", str(tmp_path / "origin.git"))
    git(top, "remote", "remove", "origin")
    with pytest.raises(GitError):
        Repository.of(top).resolve("new")
    assert not touched.exists()


def test_the_servers_own_repository_variables_do_not_lead_elsewhere(
    top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = tmp_path / "trace"
    for name, value in {
        "GIT_DIR": "/gone",
        "GIT_WORK_TREE": "/gone",
        "GIT_INDEX_FILE": str(tmp_path / "other-index"),
        "GIT_OBJECT_DIRECTORY": "/gone",
        "GIT_NAMESPACE": "other",
        "GIT_ALLOW_PROTOCOL": "ext",
        "GIT_EXTERNAL_DIFF": f"touch {trace}",
        "GIT_TRACE": str(trace),
        "GIT_CONFIG_PARAMETERS": "'core.bare'='true'",
    }.items():
        monkeypatch.setenv(name, value)
    everything(top, tmp_path / "into")
    assert (tmp_path / "into/a.py").exists()
    assert not trace.exists() and not (tmp_path / "other-index").exists()


def test_what_git_starts_gets_none_of_the_servers_secrets(
    top: Path, tmp_path: Path, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "environment"
    settings.write_text(f'{settings.read_text()}[filter "spy"]\nsmudge = env > {told}; cat\n')
    (top / ".git/info/attributes").write_text("*.py filter=spy\n")
    for name in ("JPY_API_TOKEN", "JUPYTERHUB_API_TOKEN", "JUPYTER_TOKEN", "SATURN_TOKEN"):
        monkeypatch.setenv(name, SECRET)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    everything(top, tmp_path / "into")
    environment = told.read_text()
    assert SECRET not in environment
    assert "HTTPS_PROXY=http://127.0.0.1:9" in environment


@pytest.fixture
def locked_door() -> Iterator[str]:
    """`host:port` of a web server that wants a password."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="here"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.timeout(20)
def test_a_password_is_never_asked_for(
    top: Path, tmp_path: Path, locked_door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path / "asked"
    asker = script(tmp_path / "ask", f"touch {asked}; sleep 60")
    for variable in ("GIT_ASKPASS", "SSH_ASKPASS"):
        monkeypatch.setenv(variable, asker)
    git(top, "config", "core.askPass", asker)
    git(top, "remote", "set-url", "origin", f"http://{locked_door}/x.git")
    with pytest.raises(GitError, match=r"origin can't be asked.*prompts disabled") as refused:
        Repository.of(top).resolve("origin/main")
    assert "terminal" in refused.value.fix
    assert not asked.exists()


@pytest.mark.timeout(20)
def test_credentials_come_from_the_users_helper(
    top: Path, tmp_path: Path, settings: Path, locked_door: str
) -> None:
    used = tmp_path / "used"
    helper = script(tmp_path / "helper", f"touch {used}; echo username=u; echo password={SECRET}")
    settings.write_text(f"{settings.read_text()}[credential]\nhelper = {helper}\n")
    git(top, "remote", "set-url", "origin", f"http://{locked_door}/x.git")
    with pytest.raises(GitError, match="Authentication failed") as refused:
        Repository.of(top).resolve("origin/main")
    assert used.exists()
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    "password", [SECRET, f"{SECRET}@x", f"{SECRET}%40/x", f"x {SECRET}", f"'{SECRET}"]
)
@pytest.mark.timeout(20)
def test_credentials_in_a_remotes_address_are_not_repeated(
    top: Path, locked_door: str, password: str
) -> None:
    for address in (f"http://me:{password}@{locked_door}/x.git", f"nope://me:{password}@host/x"):
        git(top, "remote", "set-url", "origin", address)
        for reference in ("origin/main", "new"):
            with pytest.raises(GitError, match="origin can't be asked") as refused:
                Repository.of(top).resolve(reference)
            assert SECRET not in str(refused.value) + repr(refused.value.args)


def test_what_git_says_is_told_on_one_short_line_without_secrets() -> None:
    words = (
        "hint: try this\nwarning: careful\n"
        f"fatal: unable to access 'https://me:{SECRET}@host/x/': \x1b[31mno\n"
        f"error: see ssh://git:{SECRET}@host:22/y and https://host/z?private_token={SECRET}\n"
    )
    assert told(words) == (
        "fatal: unable to access 'https://host/x/': [31mno "
        "error: see ssh://host:22/y and https://host/z"
    )
    assert len(told("x" * 10_000)) == 300
    assert told("") == "git does not say why"


@pytest.mark.timeout(20)
def test_a_remote_that_never_answers_is_given_up(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "FETCH_TIMEOUT", 0.5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/x.git"
        git(top, "remote", "set-url", "origin", address)
        with pytest.raises(GitError, match="did not end within"):
            Repository.of(top).resolve("origin/main")
        until(lambda: not running(address))
    assert not list((top / ".git").rglob("*.lock"))


@pytest.mark.timeout(20)
def test_who_does_not_listen_is_ended_all_the_same(
    top: Path, tmp_path: Path, settings: Path
) -> None:
    deaf = script(tmp_path / "deaf", "trap '' TERM INT HUP; while :; do sleep 0.1; done")
    settings.write_text(f'{settings.read_text()}[filter "deaf"]\nclean = {deaf}\n')
    (top / ".git/info/attributes").write_text("*.py filter=deaf\n")
    (top / "a.py").write_text("a = 2\n")
    assert Repository.of(top).status(timeout=0.3).changed is None
    until(lambda: not running(deaf))
