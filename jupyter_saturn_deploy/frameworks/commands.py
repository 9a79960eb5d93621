"""The shell command that serves an app, run from the project.

Every command listens on `${HOST:-0.0.0.0}` and `${PORT:-8000}`: where nothing is set, in a pod,
that is what Saturn forwards; here both are set, for 0.0.0.0 would let in anybody who reaches this
machine. The browser sees the app under `${SATURN_BASE_PATH:-}`, and the door takes that path off
before the app sees a request. A framework that makes absolute links is told the path.

The door speaks to an app as `localhost:<port>`, `Origin` included. That is whom every framework
trusts by itself, so no check of origins is switched off or widened.

Flask can't be told the path: links by `url_for` need the app itself to believe
`X-Forwarded-Prefix`, by `ProxyFix(app.wsgi_app, x_prefix=1)`.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from .known import FRAMEWORKS
from .recognise import Recognised

_HOST, _PORT = '"${HOST:-0.0.0.0}"', '"${PORT:-8000}"'
_LISTEN = f"--host {_HOST} --port {_PORT}"
_BOKEH_LISTEN = f"--address {_HOST} --port {_PORT}"
_IN_A_URL = re.compile(r"[A-Za-z0-9_-]+")
_IMPORTED = "import importlib; importlib.import_module({}).{}"


def command(framework: str, path: str = "", found: Recognised | None = None) -> str:
    """What serves the file at that path, relative to the project, as an app of a framework.

    `found` is what `recognise` said of the file, if anything. A file of a kind that the framework
    doesn't serve, and no file, give place to the usual name of one. Raises KeyError for a
    framework that isn't known.
    """
    known = {each.id: each for each in FRAMEWORKS}[framework]
    fits = known.notebooks if path.endswith(".ipynb") else known.scripts
    if not path or not fits:
        path, found = known.file, None
    serve = _COMMANDS[framework]
    if found is not None and framework == "model" and found.framework in _MODELS:
        serve = _MODELS[found.framework]
    elif found is not None and framework != found.framework:
        found = None
    return serve(_App(path, found.object, found.packages) if found else _App(path))


@dataclass(frozen=True)
class _App:
    """A file, and the app in it."""

    path: str
    object: str | None = None
    packages: int = 0

    @property
    def file(self) -> str:
        """For the shell; never taken for an option."""
        return shlex.quote(f"./{self.path}" if self.path.startswith("-") else self.path)

    @property
    def stem(self) -> str:
        return PurePosixPath(self.path).stem

    @property
    def module(self) -> str:
        """The name to import it by, from `directory`."""
        return ".".join(self._split[1])

    @property
    def directory(self) -> str:
        """Where that is; empty: the project, which is searched anyway."""
        return "/".join(self._split[0])

    @property
    def _split(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        parts = PurePosixPath(self.path).with_suffix("").parts
        cut = max(0, len(parts) - 1 - self.packages)
        named = parts[cut:]
        return parts[:cut], named[:-1] if named[-1] == "__init__" and named[:-1] else named

    def searched(self) -> str:
        """An assignment for the shell that makes `import` find the module."""
        place = shlex.quote(self.directory)
        return f'PYTHONPATH={place}"${{PYTHONPATH:+:$PYTHONPATH}}" ' if self.directory else ""


def _uvicorn(app: _App) -> str:
    name = app.object or "app"
    place = f" --app-dir {shlex.quote(app.directory)}" if app.directory else ""
    factory = " --factory" if name.endswith("()") else ""
    target = shlex.quote(f"{app.module}:{name.removesuffix('()')}")
    root = '--root-path "${SATURN_BASE_PATH:-}"'
    return f"python -m uvicorn{place}{factory} {target} {_LISTEN} {root}"


def _gunicorn(app: _App) -> str:
    place = f" --pythonpath {shlex.quote(app.directory)}" if app.directory else ""
    target = shlex.quote(f"{app.module}:{app.object or 'app'}")
    bind = '--bind "${HOST:-0.0.0.0}:${PORT:-8000}"'
    # Threads, so that neither a slow request nor a connection kept open holds up the others.
    return f"python -m gunicorn{place} {target} {bind} --threads 8 --access-logfile -"


def _panel(app: _App) -> str:
    if _IN_A_URL.fullmatch(app.stem):
        return f"python -m panel serve {app.file} {_BOKEH_LISTEN}"
    code = (
        f"import sys, panel; panel.serve({{{_text('app')}: {_text(app.path)}}},"
        " address=sys.argv[1], port=int(sys.argv[2]), show=False)"
    )
    return f"python -c {shlex.quote(code)} {_HOST} {_PORT}"


def _bokeh(app: _App) -> str:
    """Its scripts come with the page: their links would be absolute, and it can't be told the path
    without asking for it in requests, too. A file's name becomes a part of the address as it is,
    so others than the simplest are served by the same parts of Bokeh under `/`."""
    if _IN_A_URL.fullmatch(app.stem):
        return f"BOKEH_RESOURCES=inline python -m bokeh serve {app.file} {_BOKEH_LISTEN}"
    code = (
        "import sys; from bokeh.command.util import build_single_handler_application as app;"
        f" from bokeh.server.server import Server; Server({{{_text('/')}: app({_text(app.path)})}},"
        " address=sys.argv[1], port=int(sys.argv[2])).run_until_shutdown()"
    )
    return f"BOKEH_RESOURCES=inline python -c {shlex.quote(code)} {_HOST} {_PORT}"


def _voila(app: _App) -> str:
    return (
        f"python -m voila {app.file} --no-browser --Voila.ip={_HOST} --port={_PORT}"
        ' --Voila.server_url=/ --Voila.base_url="${SATURN_BASE_PATH:-}/"'
    )


def _flask(app: _App) -> str:
    file = f"{app.path}:{app.object}" if app.object else app.path
    return f"python -m flask --app {shlex.quote(file)} --no-debug run {_LISTEN}"


def _streamlit(app: _App) -> str:
    return (
        f"python -m streamlit run {app.file} --server.address {_HOST} --server.port {_PORT}"
        " --server.headless true --server.fileWatcherType none --browser.gatherUsageStats false"
    )


def _dash(app: _App) -> str:
    """Not by running the file: most say `app.run(debug=True)`, with a reloader and a debugger."""
    code = _IMPORTED.format(_text(app.module), f"{app.object or 'app'}.run(debug=False)")
    paths = 'DASH_REQUESTS_PATHNAME_PREFIX="${SATURN_BASE_PATH:-}/" DASH_ROUTES_PATHNAME_PREFIX=/ '
    listen = f"HOST={_HOST} PORT={_PORT} "
    return f"{listen}{paths}{app.searched()}python -c {shlex.quote(code)}"


def _gradio(app: _App) -> str:
    settings = (
        f"GRADIO_SERVER_NAME={_HOST} GRADIO_SERVER_PORT={_PORT}"
        ' GRADIO_ROOT_PATH="${SATURN_BASE_PATH:-}" GRADIO_ANALYTICS_ENABLED=False '
    )
    if app.object is None:
        return f"{settings}python {app.file}"
    code = _IMPORTED.format(_text(app.module), f"{app.object}.launch()")
    return f"{settings}{app.searched()}python -c {shlex.quote(code)}"


def _shiny(app: _App) -> str:
    file = f"{app.path}:{app.object}" if app.object else app.path
    return f"python -m shiny run {shlex.quote(file)} {_LISTEN}"


def _text(value: str) -> str:
    """As Python writes it, by quotes that need none of their own within the shell's."""
    return json.dumps(value, ensure_ascii=False)


_COMMANDS: dict[str, Callable[[_App], str]] = {
    "model": _uvicorn,
    "panel": _panel,
    "bokeh": _bokeh,
    "voila": _voila,
    "fastapi": _uvicorn,
    "flask": _flask,
    "streamlit": _streamlit,
    "dash": _dash,
    "gradio": _gradio,
    "shiny": _shiny,
}
_MODELS = {"fastapi": _uvicorn, "flask": _gunicorn}
"""How a model is served, by what its file was recognised as; where it wasn't, as FastAPI, which
serves more of them than anything else. Whoever chooses Flask gets Flask's own server, which is
there wherever Flask is; whoever chooses Model has gunicorn, too."""
