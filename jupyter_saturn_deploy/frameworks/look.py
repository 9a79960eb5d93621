"""Finds the app in a file. A script of its own; standard library only.

    python -I -S look.py FILE

FILE is a Python file or a notebook. One JSON object on standard output: `framework`, `object` and
`level`, the most dots of a relative import; null where no framework is recognised.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import warnings
from collections.abc import Iterator

_APPS = {
    ("fastapi", "FastAPI"): "fastapi",
    ("starlette", "Starlette"): "fastapi",
    ("dash", "Dash"): "dash",
    ("jupyter_dash", "JupyterDash"): "dash",
    ("dash_extensions", "DashProxy"): "dash",
    ("shiny", "App"): "shiny",
    ("gradio", "Blocks"): "gradio",
    ("gradio", "Interface"): "gradio",
    ("gradio", "ChatInterface"): "gradio",
    ("gradio", "TabbedInterface"): "gradio",
    ("flask", "Flask"): "flask",
}
"""What makes an app: package and name."""
_WHOLE = ("fastapi", "dash", "shiny", "gradio", "flask")
"""An app that comes earlier may hold or stand on one that comes later: FastAPI mounts any, Dash
is given a Flask."""
_PANEL = re.compile(r"^\s*(from\s+panel\b|import\s+([^#\n]*,\s*)?panel\b)", re.MULTILINE)

Found = dict[str, object]


def look(path: str) -> Found | None:
    """What FILE holds. Raises where it is neither Python nor a notebook."""
    with open(path, "rb") as file:
        content = file.read()
    if path.endswith(".ipynb"):
        return _notebook(json.loads(content))
    return Module(ast.parse(content)).found()


def _notebook(notebook: dict[str, object]) -> Found | None:
    cells = notebook["cells"]
    assert isinstance(cells, list)
    # By lines: cells hold magics, too, which are no Python.
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    framework = "panel" if any(map(_PANEL.search, sources)) else "voila"
    return {"framework": framework, "object": None, "level": 0}


class Module:
    """The code of a file."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.names: dict[str, str] = {}
        """What names that were imported stand for, e.g. `pn` for `panel`."""
        self.modules: set[str] = set()
        self.level = 0
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self.modules.add(alias.name)
                    top = alias.name.partition(".")[0]
                    self.names[alias.asname or top] = alias.name if alias.asname else top
            elif isinstance(node, ast.ImportFrom):
                self.level = max(self.level, node.level)
                if not node.level:
                    self.modules.add(node.module or "")
                    for alias in node.names:
                        whole = f"{node.module}.{alias.name}"
                        self.names[alias.asname or alias.name] = whole
        self.packages = {module.partition(".")[0] for module in self.modules}

    def found(self) -> Found | None:
        """The framework, and the app among the module's names."""
        framework, app = self._app()
        if framework is None:
            return None
        return {"framework": framework, "object": app, "level": self.level}

    def _app(self) -> tuple[str | None, str | None]:
        if "streamlit" in self.packages:
            return "streamlit", None
        made: dict[str, list[str]] = {}
        for name, framework in self._objects():
            made.setdefault(framework, []).append(name)
        launched = "gradio" in self.packages and self._says("launch")
        for framework in _WHOLE:
            if framework == "gradio" and launched:
                return framework, None
            if framework == "shiny" and self._is_express():
                return framework, None
            if framework in made:
                names = made[framework]
                return framework, "app" if "app" in names else names[0]
        if "panel" in self.packages:
            return "panel", None
        if "bokeh" in self.packages and (self._says("curdoc") or "curdoc" in self.names):
            return "bokeh", None
        return None, None

    def _is_express(self) -> bool:
        return "shiny.express" in self.modules or "shiny.express" in self.names.values()

    def _says(self, attribute: str) -> bool:
        return any(
            isinstance(node, ast.Attribute) and node.attr == attribute
            for node in ast.walk(self.tree)
        )

    def _objects(self) -> Iterator[tuple[str, str]]:
        """Apps by name and framework: variables first, then functions that make one."""
        factories: list[tuple[str, str]] = []
        for statement in _top(self.tree.body):
            if isinstance(statement, ast.Assign | ast.AnnAssign):
                framework = self._made_by(statement.value)
                targets = (
                    statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                )
                for target in targets:
                    if framework and isinstance(target, ast.Name):
                        yield target.id, framework
            elif isinstance(statement, ast.With):
                for item in statement.items:
                    framework = self._made_by(item.context_expr)
                    if framework and isinstance(item.optional_vars, ast.Name):
                        yield item.optional_vars.id, framework
            elif isinstance(statement, ast.FunctionDef) and _needs_nothing(statement):
                factories.extend(self._returned(statement))
        yield from factories

    def _returned(self, function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
        """What a function makes and returns."""
        returned = [n.value for n in ast.walk(function) if isinstance(n, ast.Return)]
        names = {value.id for value in returned if isinstance(value, ast.Name)}
        made = [
            self._made_by(node.value)
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            and any(isinstance(each, ast.Name) and each.id in names for each in node.targets)
        ]
        for framework in filter(None, [*map(self._made_by, returned), *made]):
            yield f"{function.name}()", framework
            return

    def _made_by(self, value: ast.expr | None) -> str | None:
        """The framework whose app a call makes."""
        if not isinstance(value, ast.Call):
            return None
        parts: list[str] = []
        called: ast.expr = value.func
        while isinstance(called, ast.Attribute):
            parts.append(called.attr)
            called = called.value
        if not isinstance(called, ast.Name) or called.id not in self.names:
            return None
        whole = [*self.names[called.id].split("."), *reversed(parts)]
        return _APPS.get((whole[0], whole[-1]))


def _top(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run when the module is imported."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If) and not _is_main(statement.test):
            yield from _top(statement.body + statement.orelse)
        elif isinstance(statement, ast.Try):
            yield from _top(statement.body + statement.orelse + statement.finalbody)
        elif isinstance(statement, ast.With):
            yield from _top(statement.body)


def _is_main(test: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(test))


def _needs_nothing(function: ast.FunctionDef) -> bool:
    """Whether it can be called without arguments."""
    given = function.args
    positional = len(given.posonlyargs) + len(given.args) - len(given.defaults)
    return positional == 0 and None not in given.kw_defaults


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps(look(sys.argv[1])))
