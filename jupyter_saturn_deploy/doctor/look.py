"""Looks at code without running it. A script of its own; standard library only.

    python -I -S look.py FILE

FILE is a Python file or a notebook. One JSON object on standard output: `error`, the line and what
is wrong with it, or null; `imports`, top-level names that it can't do without. Of a notebook,
cells that are no plain Python are left out. In a process of its own, for the parser lets nobody
else run, and deeply nested code ends it.
"""

from __future__ import annotations

import ast
import json
import sys
import warnings
from collections.abc import Iterable, Iterator

LIMIT = 4 * 1024 * 1024
"""Bytes; of more nothing is said."""
_SKIPPED = ("%", "!", "?")
_SEARCH_PATH = (("sys", "path"), ("site", "addsitedir"))


def _looked(path: str) -> dict[str, object]:
    with open(path, "rb") as file:
        content = file.read(LIMIT + 1)
    nothing: dict[str, object] = {"error": None, "imports": []}
    if len(content) > LIMIT:
        return nothing
    if not path.endswith(".ipynb"):
        try:
            return {"error": None, "imports": _imports([content])}
        except SyntaxError as error:
            return {"error": [error.lineno or 1, error.msg], "imports": []}
        except ValueError as error:  # NUL bytes
            return {"error": [1, str(error)], "imports": []}
    return {"error": None, "imports": _imports(_cells(content))}


def _cells(content: bytes) -> Iterator[str]:
    try:
        cells = json.loads(content)["cells"]
        sources = ["".join(each["source"]) for each in cells if each["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):
        return
    for source in sources:
        lines = source.split("\n")
        if lines[0].startswith("%%"):
            continue
        plain = "\n".join("" if line.lstrip().startswith(_SKIPPED) else line for line in lines)
        try:
            ast.parse(plain)
        except (SyntaxError, ValueError):
            continue
        yield plain


def _imports(sources: Iterable[str | bytes]) -> list[str]:
    """What stands at the top level: no `try`, no `if`, no function. None where the search path is
    changed: then anything may be found."""
    found: dict[str, None] = {}
    for source in sources:
        tree = ast.parse(source)
        for statement in tree.body:
            if isinstance(statement, ast.Import):
                found |= dict.fromkeys(alias.name for alias in statement.names)
            elif isinstance(statement, ast.ImportFrom) and not statement.level:
                found[statement.module or ""] = None
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and (node.value.id, node.attr) in _SEARCH_PATH
            ):
                return []
    return list(found)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps(_looked(sys.argv[1])))
