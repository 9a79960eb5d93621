"""The crash of a deployment's only instance → its visitors are answered again, at the path door."""

from __future__ import annotations

import argparse
import importlib.util
import time
import urllib.error
import urllib.request
from http.client import HTTPException

from benchmarks.figures import Figure, show
from benchmarks.served import served
from tests.never_lost.server import Server

FLASK = """
import os
from flask import Flask

app = Flask(__name__)

@app.get("/")
def life():
    return f"{os.environ['SATURN_RUN_ID']} {os.environ['SATURN_ATTEMPT']}"

@app.get("/die")
def die():
    os._exit(1)

app.run(host=os.environ["HOST"], port=int(os.environ["PORT"]))
"""
PLAIN = """
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Life(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/die":
            os._exit(1)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{os.environ['SATURN_RUN_ID']} {os.environ['SATURN_ATTEMPT']}".encode())

ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Life).serve_forever()
"""
PATIENCE = 60.0


def ask(server: Server, path: str = "") -> list[str]:
    """Who answers: run and life; nobody, nothing."""
    request = urllib.request.Request(
        f"{server.url}saturn-deploy/apps/app/{path}",
        headers={"Authorization": f"token {server.token}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            words: list[str] = response.read().decode().split()
            return words if response.status == 200 and len(words) == 2 else []
    except urllib.error.HTTPError as error:
        error.close()
    except (OSError, HTTPException):  # cut short
        pass
    return []


def until(server: Server, *, other_than: str = "", life: str = "1") -> list[str]:
    """The first answer of that life of an instance."""
    deadline = time.monotonic() + PATIENCE
    while True:
        answer = ask(server)
        if answer and answer[0] != other_than and answer[1] == life:
            return answer
        if time.monotonic() > deadline:
            raise RuntimeError(f"no answer within {PATIENCE:.0f} s")
        time.sleep(0.01)


def recoveries(server: Server, program: str, times: int) -> list[float]:
    """Seconds from each crash to the first answer. The first of an instance: after others in a row
    it waits longer."""
    (server.project / "app.py").write_text(program)
    spec = {"name": "app", "command": "python app.py"}
    made = server("POST", "recipes", {"type": "deployment", "spec": spec})["state"]["id"]
    found, before = [], ""
    for _ in range(times):
        server("POST", f"deployments/{made}/restart", {})
        before, _ = until(server, other_than=before)
        while len(server("GET", "recipes/deployment/app")["state"]["x-jupyter"]["instances"]) > 1:
            time.sleep(0.05)
        began = time.monotonic()
        ask(server, "die")
        until(server, life="2")
        found.append(time.monotonic() - began)
    return found


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--times", type=int, default=20)
    options = arguments.parse_args()
    flask = importlib.util.find_spec("flask") is not None
    name, program = ("Flask", FLASK) if flask else ("http.server", PLAIN)
    with served() as server:
        found = recoveries(server, program, options.times)
    show("recovery", [Figure(f"crash of {name} → answering again", found, "s", "3 / 3")])


if __name__ == "__main__":
    main()
