"""Recognising an app's framework, and the command that serves it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from pathlib import Path

import pytest

from jupyter_saturn_deploy.frameworks import FRAMEWORKS, Recognised, command, recognise

ENDPOINT = """
@{0}.get("/")
def index():
    return {{}}
"""
APPS: dict[str, tuple[str, str, str | None]] = {
    "FastAPI": ("from fastapi import FastAPI\napp = FastAPI()\n", "fastapi", "app"),
    "FastAPI by another name": (
        "import fastapi\nfrom pydantic import BaseModel\n"
        "api: fastapi.FastAPI = fastapi.FastAPI(title='m')\n" + ENDPOINT.format("api"),
        "fastapi",
        "api",
    ),
    "FastAPI from a factory": (
        "from fastapi import FastAPI\n"
        "def create_app(debug=False):\n    app = FastAPI()\n    return app\n",
        "fastapi",
        "create_app()",
    ),
    "FastAPI with apps below it": (
        "from fastapi import FastAPI\nadmin = FastAPI()\napp = FastAPI()\napp.mount('/a', admin)\n",
        "fastapi",
        "app",
    ),
    "FastAPI around Gradio": (
        "import gradio as gr\nfrom fastapi import FastAPI\nmain = FastAPI()\n"
        "with gr.Blocks() as demo:\n    gr.Markdown('hi')\n"
        "main = gr.mount_gradio_app(main, demo, path='/ui')\n",
        "fastapi",
        "main",
    ),
    "FastAPI around Panel": (
        "import panel as pn\nfrom fastapi import FastAPI\n"
        "from panel.io.fastapi import add_application\napp = FastAPI()\n",
        "fastapi",
        "app",
    ),
    "FastAPI that starts itself": (
        "from fastapi import FastAPI\nimport uvicorn\napp = FastAPI()\n"
        "if __name__ == '__main__':\n    uvicorn.run(app)\n",
        "fastapi",
        "app",
    ),
    "Starlette": (
        "from starlette.applications import Starlette\nweb = Starlette(routes=[])\n",
        "fastapi",
        "web",
    ),
    "Flask": ("from flask import Flask, jsonify\napp = Flask(__name__)\n", "flask", "app"),
    "Flask from a factory": (
        "import flask\n\ndef make():\n    return flask.Flask(__name__)\n",
        "flask",
        "make()",
    ),
    "Flask when a module is there": (
        "from flask import Flask\ntry:\n    import model\n    app = Flask('a')\n"
        "except ImportError:\n    pass\n",
        "flask",
        "app",
    ),
    "Dash": (
        "from dash import Dash, html\napp = Dash(__name__)\nserver = app.server\n"
        "if __name__ == '__main__':\n    app.run(debug=True)\n",
        "dash",
        "app",
    ),
    "Dash, as it used to be": (
        "import dash\nimport dash_html_components as html\ndashboard = dash.Dash(__name__)\n",
        "dash",
        "dashboard",
    ),
    "Dash on a Flask": (
        "from flask import Flask\nfrom dash import Dash\nserver = Flask(__name__)\n"
        "app = Dash(__name__, server=server)\n",
        "dash",
        "app",
    ),
    "Streamlit": ("import streamlit as st\nst.title('hi')\n", "streamlit", None),
    "Streamlit below a main": (
        "import pandas as pd\nimport streamlit as st\n\ndef main():\n    st.write(1)\n\n"
        "if __name__ == '__main__':\n    main()\n",
        "streamlit",
        None,
    ),
    "Gradio": (
        "import gradio as gr\ndemo = gr.Interface(str, 'text', 'text')\ndemo.launch()\n",
        "gradio",
        None,
    ),
    "Gradio, made elsewhere": (
        "import gradio as gr\nfrom ui import build\n"
        "if __name__ == '__main__':\n    build(gr).launch()\n",
        "gradio",
        None,
    ),
    "Gradio that doesn't start": (
        "import gradio as gr\nwith gr.Blocks() as page:\n    gr.Markdown('hi')\n",
        "gradio",
        "page",
    ),
    "Shiny": (
        "from shiny import App, ui\napp = App(ui.page_fluid(), lambda i, o, s: None)\n",
        "shiny",
        "app",
    ),
    "Shiny Express": ("from shiny.express import input, ui\nui.h1('hi')\n", "shiny", None),
    "Panel": ("import panel as pn\npn.extension()\npn.Row('hi').servable()\n", "panel", None),
    "Panel with a Bokeh figure": (
        "from bokeh.plotting import figure, curdoc\nfrom panel.widgets import IntSlider\n",
        "panel",
        None,
    ),
    "Bokeh": (
        "from bokeh.io import curdoc\nfrom bokeh.models import Div\ncurdoc().add_root(Div())\n",
        "bokeh",
        None,
    ),
    "Bokeh, in full": (
        "import bokeh.io\nimport bokeh.models as m\nbokeh.io.curdoc().add_root(m.Div())\n",
        "bokeh",
        None,
    ),
    "Latin-1": ("# coding: latin-1\nimport streamlit  # \xe9\n", "streamlit", None),
}
NONE: dict[str, bytes] = {
    "a script": b"import pandas\nprint(1)\n",
    "a picture by Bokeh": b"from bokeh.plotting import figure, show\nshow(figure())\n",
    "a test of an app": b"from fastapi.testclient import TestClient\nfrom app import app\n",
    "a part of an app": b"from flask import Blueprint\nbp = Blueprint('a', __name__)\n",
    "a factory that wants something": (
        b"from flask import Flask\ndef create_app(config):\n    return Flask(config)\n"
    ),
    "an app for the command line only": (
        b"from flask import Flask\nif __name__ == '__main__':\n    app = Flask('a')\n"
    ),
    "nothing": b"",
    "no Python": b"import streamlit as\n",
    "bytes": os.urandom(4096) + b"\0import streamlit",
    "another encoding": "import streamlit".encode("utf-16"),
    "an encoding nobody knows": b"# coding: klingon\nimport streamlit\n",
    "far too deep": b"import streamlit\nx = " + b"(" * 100_000 + b")" * 100_000,
    "deep without brackets": b"import streamlit\nx = " + b"-" * 300_000 + b"1",
    "far too long": b"import streamlit\n" + b"x = 1\n" * 200_000,
}
FOUND = Recognised("fastapi", "app")


def notebook(*sources: str | list[str], **more: object) -> str:
    """A notebook of code cells."""
    cells = [{"cell_type": "code", "source": source, "outputs": []} for source in sources]
    cells.append({"cell_type": "markdown", "source": "import panel", "outputs": []})
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more})


@pytest.mark.parametrize("name", APPS)
def test_an_app_is_recognised(tmp_path: Path, name: str) -> None:
    code, framework, app = APPS[name]
    file = tmp_path / "my app.py"
    file.write_bytes(code.encode("latin-1" if "coding" in code else "utf-8"))
    assert recognise(file) == Recognised(framework, app)


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_app_is_not_taken_for_one(tmp_path: Path, name: str) -> None:
    file = tmp_path / "app.py"
    file.write_bytes(NONE[name])
    assert recognise(file) is None


def test_looking_at_a_file_runs_nothing_of_it(tmp_path: Path) -> None:
    file = tmp_path / "app.py"
    # A module of that name beside it is not imported either.
    (tmp_path / "ast.py").write_text("open('seen', 'w')")
    file.write_text(f"import streamlit\nopen({str(tmp_path / 'seen')!r}, 'w')\n")
    assert recognise(file) == Recognised("streamlit", None)
    assert sorted(os.listdir(tmp_path)) == ["app.py", "ast.py"]


def test_a_notebook_is_a_voila_dashboard_unless_it_uses_panel(tmp_path: Path) -> None:
    file = tmp_path / "a.ipynb"
    file.write_text(notebook("import ipywidgets\n# import panel", ["%matplotlib inline\n", "1"]))
    assert recognise(file) == Recognised("voila", None)
    for source in ("import panel as pn", ["%pip list\n", "import numpy, panel\n"]):
        file.write_text(notebook("1", source))
        assert recognise(file) == Recognised("panel", None)


def test_a_broken_notebook_is_no_app(tmp_path: Path) -> None:
    file = tmp_path / "a.ipynb"
    for text in ("", "{", "[]", "{}", '{"cells": 1}', notebook("1")[:-9], notebook(5)):  # type: ignore[arg-type]
        file.write_text(text)
        assert recognise(file) is None, text


def test_a_pipe_a_directory_and_other_files_are_no_apps(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "directory.py").mkdir()
    (tmp_path / "data.csv").write_text("import streamlit")
    for name in ("pipe.py", "directory.py", "data.csv"):
        assert recognise(tmp_path / name) is None
    with pytest.raises(FileNotFoundError):
        recognise(tmp_path / "missing.py")


def test_a_module_of_a_package_is_known_as_one(tmp_path: Path) -> None:
    inner = tmp_path / "src" / "shop" / "web"
    inner.mkdir(parents=True)
    code = "from fastapi import FastAPI\nfrom .routes import router\napp = FastAPI()\n"
    (inner / "main.py").write_text(code)
    found = recognise(inner / "main.py")
    assert found == Recognised("fastapi", "app", packages=1)
    for place in (inner, inner.parent):
        (place / "__init__.py").write_text("")
    found = recognise(inner / "main.py")
    assert found == Recognised("fastapi", "app", packages=2)
    served = shlex.split(command("fastapi", "src/shop/web/main.py", found))
    assert served[3:6] == ["--app-dir", "src", "shop.web.main:app"]
    (inner.parent / "__init__.py").write_text("from flask import Flask\napp = Flask('shop')\n")
    found = recognise(inner.parent / "__init__.py")
    assert "shop:app" in shlex.split(command("model", "src/shop/__init__.py", found))


@pytest.mark.parametrize("framework", [each.id for each in FRAMEWORKS])
def test_every_command_listens_where_it_is_told(framework: str, tmp_path: Path) -> None:
    name = "my app.ipynb" if framework == "voila" else "my app.py"
    for path in ("", f"sub dir/it's {name}"):
        text = command(framework, path)
        assert "HOST:-0.0.0.0" in text and "PORT:-8000" in text
        assert "origin" not in text.lower() and "cors" not in text.lower()
        words = expanded(text, tmp_path, HOST="127.0.0.1", PORT="4711", SATURN_BASE_PATH="/x/y")
        here = " ".join(words)
        assert "127.0.0.1" in here and "4711" in here and "0.0.0.0" not in here
        words = expanded(text, tmp_path)
        in_a_pod = " ".join(words)
        assert "0.0.0.0" in in_a_pod and "8000" in in_a_pod


def expanded(text: str, directory: Path, **settings: str) -> list[str]:
    """What a command's Python gets: the command's own settings, and arguments."""
    seen = directory / "python"
    seen.write_text("#!/bin/sh\nenv -u PATH -u PWD\nprintf '%s\\n' \"$@\"\n")
    seen.chmod(0o755)
    # Not exported: so only what the command hands on is seen.
    given = "".join(f"{name}={value}\n" for name, value in settings.items())
    done = subprocess.run(
        ["bash", "-c", given + text],
        env={"PATH": f"{directory}:/usr/bin:/bin"},
        cwd=directory,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and not done.stderr, (text, done.stderr)
    return done.stdout.splitlines()


@pytest.mark.parametrize("name", ["a b", "it's", '$(touch x) `touch x` "q"', "é;&|"])
def test_names_are_quoted_for_the_shell(tmp_path: Path, name: str) -> None:
    for framework in FRAMEWORKS:
        path = f"{name}.py" if framework.scripts else f"{name}.ipynb"
        for found in (None, Recognised(framework.id, "app")):
            words = expanded(command(framework.id, path, found), tmp_path)
            # In code it is written as Python writes it.
            assert any(
                name in word or json.dumps(name, ensure_ascii=False)[1:-1] in word for word in words
            ), words
    assert os.listdir(tmp_path) == ["python"]


def test_a_name_is_never_taken_for_an_option(tmp_path: Path) -> None:
    assert "./-rf.py" in expanded(command("streamlit", "-rf.py"), tmp_path)


def test_a_file_that_a_framework_does_not_serve_gives_place_to_a_usual_name() -> None:
    assert " notebook.ipynb " in command("voila", "app.py")
    assert " app.py " in command("streamlit", "a.ipynb")
    assert " a.ipynb " in command("panel", "a.ipynb")
    assert " main:app " in command("fastapi", "a.ipynb", Recognised("voila", None))


def test_a_model_is_served_by_what_its_file_needs() -> None:
    assert command("model").startswith("python -m uvicorn app:app ")
    assert command("model", "m.py", FOUND) == command("fastapi", "m.py", FOUND)
    flask = Recognised("flask", "create_app()")
    assert command("model", "m.py", flask).startswith("python -m gunicorn 'm:create_app()' ")
    assert command("flask", "m.py", flask).startswith("python -m flask --app 'm.py:create_app()' ")
    factory = Recognised("fastapi", "create_app()")
    assert " --factory m:create_app " in command("model", "m.py", factory)
    # What is known of another framework's app says nothing of this one's.
    assert " app:app " in command("fastapi", "app.py", Recognised("flask", "web"))


def test_the_four_of_saturn_come_first() -> None:
    labels = [each.label for each in FRAMEWORKS if each.first]
    assert labels == ["Model", "Panel Dashboard", "Bokeh Dashboard", "Voila Dashboard"]
    assert [each.first for each in FRAMEWORKS] == sorted(
        (e.first for e in FRAMEWORKS), reverse=True
    )
    with pytest.raises(KeyError):
        command("rails")
