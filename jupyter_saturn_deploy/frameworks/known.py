"""The frameworks there are commands for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Framework:
    """A kind of app."""

    id: str
    label: str
    file: str
    """What such an app's file is usually called."""
    first: bool = False
    """Whether it is one of the four that Saturn offers."""
    notebooks: bool = False
    """Whether it serves notebooks."""
    scripts: bool = True
    """Whether it serves Python files."""


FRAMEWORKS = (
    Framework("model", "Model", "app.py", first=True),
    Framework("panel", "Panel Dashboard", "app.py", first=True, notebooks=True),
    Framework("bokeh", "Bokeh Dashboard", "app.py", first=True, notebooks=True),
    Framework(
        "voila", "Voila Dashboard", "notebook.ipynb", first=True, notebooks=True, scripts=False
    ),
    Framework("fastapi", "FastAPI", "main.py"),
    Framework("flask", "Flask", "app.py"),
    Framework("streamlit", "Streamlit", "app.py"),
    Framework("dash", "Dash", "app.py"),
    Framework("gradio", "Gradio", "app.py"),
    Framework("shiny", "Shiny", "app.py"),
)
"""In the order in which they are offered."""
