"""Runs a notebook from its first cell to its last, as a job: `jupyter saturn-deploy run-notebook`.

What the cells print appears at once on standard output. The executed notebook is written to
`$SATURN_OUTPUT_DIR/notebook.ipynb` while it runs, so there is one after a failure too, and how far
it is to `progress.json` beside it: `{"cell": 4, "of": 12}`, code cells that have begun.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

_SAVE_SECONDS = 2.0
"""Between two savings of a notebook that runs: a large one takes a while to write."""


class CannotRun(Exception):
    """The notebook can't be run; the message says why and what to do."""


def run(path: Path, output_dir: Path) -> int:
    """Run the notebook at `path` in its own directory; the exit code: 0, or 1 after a failure.

    The last line on standard output says what failed.
    """
    try:
        notebook = _read(path)
        client = _Client(notebook, path, output_dir)
        with TemporaryDirectory(prefix="kernel-") as sockets:
            client.sockets = sockets
            try:
                client.execute()
            finally:
                client.save()
    except CannotRun as error:
        print(error, flush=True)
        return 1
    except DeadKernelError:
        print(f"{client.place}: the kernel died (out of memory, or killed)", flush=True)
        return 1
    except CellExecutionError as error:
        print(error.traceback, flush=True)
        print(f"{client.place}: {error.ename}: {error.evalue}".splitlines()[0], flush=True)
        return 1
    return 0


class _Client(NotebookClient):
    """Prints what the cells print, and keeps the books of how far it is."""

    def __init__(self, notebook: NotebookNode, path: Path, output_dir: Path) -> None:
        kernel = _kernel(notebook)
        super().__init__(
            notebook,
            kernel_name=kernel,
            timeout=None,
            resources={"metadata": {"path": str(path.parent)}},
        )
        self.sockets = ""
        """A directory of ours alone, with a short name: sockets can't have a long one."""
        self._dir = output_dir
        self._of = sum(_runs(cell) for cell in notebook.cells)
        self._cell = 0
        self._saved_at = 0.0
        self.on_cell_start = self._begin
        self.on_cell_complete = self._done

    @property
    def place(self) -> str:
        """Where it is, in words."""
        return f"cell {self._cell} of {self._of}"

    def save(self) -> None:
        """Write the notebook as it is now."""
        _replace(self._dir / "notebook.ipynb", nbformat.writes(self.nb))  # type: ignore[no-untyped-call]
        self._saved_at = time.monotonic()

    def create_kernel_manager(self) -> KernelManager:
        """One that speaks through files of ours: nobody else on the machine can listen."""
        manager: KernelManager = super().create_kernel_manager()
        manager.transport = "ipc"
        manager.ip = f"{self.sockets}/kernel"
        return manager

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Show what comes from the kernel while it comes."""
        content = msg["content"]
        if msg["msg_type"] == "stream":
            print(content["text"], end="", flush=True)
        elif "text/plain" in content.get("data", ()):
            print(content["data"]["text/plain"], flush=True)
        return super().process_message(msg, cell, cell_index)

    def _begin(self, cell: NotebookNode, cell_index: int) -> None:
        if _runs(cell):
            self._cell += 1
            progress = {"cell": self._cell, "of": self._of}
            _replace(self._dir / "progress.json", json.dumps(progress))

    def _done(self, cell: NotebookNode, cell_index: int) -> None:
        if time.monotonic() - self._saved_at > _SAVE_SECONDS:
            self.save()


def _runs(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.source.strip())


def _read(path: Path) -> NotebookNode:
    try:
        notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    except FileNotFoundError:
        raise CannotRun(f"there is no notebook {path}") from None
    except Exception as error:
        # nbformat raises whatever its readers of five formats do.
        raise CannotRun(f"{path} is no notebook: {error}") from None
    if not isinstance(notebook.get("cells"), list):
        raise CannotRun(f"{path} is no notebook: it has no cells")
    return notebook


def _kernel(notebook: NotebookNode) -> str:
    name = str(notebook.metadata.get("kernelspec", {}).get("name", "python3"))
    try:
        KernelSpecManager().get_kernel_spec(name)
    except NoSuchKernel:
        known = ", ".join(sorted(KernelSpecManager().find_kernel_specs())) or "none"
        raise CannotRun(
            f"the notebook asks for the kernel {name!r}, which is not installed here"
            f" (there are: {known}); open it, choose another kernel and save it"
        ) from None
    return name


def _replace(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
