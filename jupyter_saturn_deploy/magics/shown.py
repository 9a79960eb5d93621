"""Jobs, deployments and runs as a notebook shows them: tables that keep up to date, and text."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from ..client import FINAL, Client, NoServer, Problem

_EACH, _AT_MOST = 1.0, 1800.0
"""Seconds between two looks at what is shown live, and until nobody looks any more."""
_STYLE = "text-align: left; vertical-align: top; white-space: pre-wrap"
_MARKS = {
    "running": "●",
    "pending": "◌",
    "stopping": "◌",
    "completed": "✓",
    "error": "✕",
    "stopped": "○",
}
"""Beside the word, never instead of it."""

Row = tuple[str, ...]


class Shown(ABC):
    """Something with a table of its own, which stays true while it is looked at."""

    _head: Row = ()

    def __init__(self, client: Client) -> None:
        self._client = client

    @abstractmethod
    def refresh(self) -> None:
        """Ask the server again."""

    @property
    @abstractmethod
    def rows(self) -> list[Row]:
        """What the table says now."""

    @property
    @abstractmethod
    def is_live(self) -> bool:
        """Whether it will change by itself."""

    def __repr__(self) -> str:
        return _text([self._head, *self.rows])

    def _repr_html_(self) -> str:
        return _html(self._head, self.rows)

    def _ipython_display_(self) -> None:
        from IPython.display import display  # seldom needed, never at %load_ext

        both = {"text/plain": repr(self), "text/html": self._repr_html_()}
        handle = display(both, raw=True, display_id=True)
        if self.is_live and handle is not None:
            _keep(
                self,
                lambda: handle.update(
                    {"text/plain": repr(self), "text/html": self._repr_html_()}, raw=True
                ),
            )


class Listing(Shown):
    """All jobs and deployments of the project; a sequence of `Resource`."""

    _head = ("", "name", "state", "command")

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self._project: str = client.workspace()["project"]["value"]
        self.refresh()

    def refresh(self) -> None:
        """Ask the server again."""
        found = self._client.recipes(project=self._project, order="activity")
        self._resources = [Resource(self._client, recipe) for recipe in found]

    def __len__(self) -> int:
        return len(self._resources)

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._resources)

    def __getitem__(self, key: int | str) -> Resource:
        """By place, or by name."""
        if isinstance(key, int):
            return self._resources[key]
        for resource in self._resources:
            if resource.name == key:
                return resource
        raise KeyError(key)

    @property
    def rows(self) -> list[Row]:
        """One for each."""
        return [resource.rows[0] for resource in self._resources]

    @property
    def is_live(self) -> bool:
        """While any of them is."""
        return any(resource.is_live for resource in self._resources)


class Resource(Shown):
    """One job or deployment; `recipe` is what the server says of it."""

    _head = Listing._head

    def __init__(self, client: Client, recipe: dict[str, Any]) -> None:
        super().__init__(client)
        self.recipe = recipe

    @property
    def name(self) -> str:
        """Its own."""
        return str(self.recipe["spec"]["name"])

    @property
    def kind(self) -> str:
        """`job` or `deployment`."""
        return str(self.recipe["type"])

    @property
    def status(self) -> str:
        """Saturn's word: pending, running, stopping, stopped, completed or error."""
        return str(self.recipe["state"]["status"])

    @property
    def url(self) -> str | None:
        """Of a deployment."""
        url: str | None = self.recipe["state"].get("url")
        return url

    def refresh(self) -> None:
        """Ask the server again."""
        self.recipe = self._client.recipe(self.kind, self.name, values=False)

    @property
    def rows(self) -> list[Row]:
        """One."""
        state = self.recipe["state"]
        about = state["x-jupyter"]
        advice = about.get("advice") or (about.get("last_run") or {}).get("advice")
        sentence = about["sentence"]
        words = [sentence if self.status in sentence else f"{self.status}: {sentence}"]
        if self.url and about["ready"]:
            words.append(self.url)
        if advice:
            words += [advice["sentence"], f"→ {advice['do']}"]
        command = self.recipe["spec"]["command"].strip().splitlines()[0]
        return [(_MARKS[self.status], self.name, "\n".join(words), command)]

    @property
    def is_live(self) -> bool:
        """While something of it runs or is about to."""
        return self.status in ("pending", "running", "stopping")


class Run(Shown):
    """One run; `run` is what the server says of it."""

    _head = ("run", "state", "by", "command")

    def __init__(self, client: Client, run: dict[str, Any]) -> None:
        super().__init__(client)
        self.run = run

    def refresh(self) -> None:
        """Ask the server again."""
        self.run = self._client.run(self.run["id"])

    @property
    def state(self) -> str:
        """queued, starting, running, retrying, stopping, completed, error or stopped."""
        return str(self.run["state"])

    @property
    def exit_code(self) -> int | None:
        """Once it has ended."""
        code: int | None = self.run["exit_code"]
        return code

    @property
    def rows(self) -> list[Row]:
        """One."""
        run = self.run
        words = run["sentence"]
        if run["advice"]:
            words += f"\n{run['advice']['sentence']}\n→ {run['advice']['do']}"
        name = f"{run['job_name']} {run['number']}"
        return [(name, words, run["by"], run["command"].strip().splitlines()[0])]

    @property
    def is_live(self) -> bool:
        """Until it has ended."""
        return self.state not in FINAL


def _keep(shown: Shown, update: Callable[[], None]) -> None:
    """Show it anew each time it has changed, as long as it may."""

    def work() -> None:
        waiting, seen = threading.Event(), repr(shown)
        for _ in range(int(_AT_MOST / _EACH)):
            waiting.wait(_EACH)
            try:
                shown.refresh()
            except NoServer:
                continue  # it may be starting again
            except Problem:
                return  # deleted
            if repr(shown) != seen:
                seen = repr(shown)
                update()
            if not shown.is_live:
                return

    # In the context of the cell, where the front end expects its updates.
    import contextvars

    run = contextvars.copy_context().run
    threading.Thread(target=lambda: run(work), name="saturn-deploy-shown", daemon=True).start()


def _html(head: Row, rows: list[Row]) -> str:
    if not rows:
        return "<p>No jobs or deployments yet.</p>"
    names = "".join(f'<th style="{_STYLE}">{escape(name)}</th>' for name in head)
    lines = "".join(
        "<tr>" + "".join(f'<td style="{_STYLE}">{_cell(cell)}</td>' for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{names}</tr></thead><tbody>{lines}</tbody></table>"


def _cell(text: str) -> str:
    """Text; a line that is the address of a deployment leads there."""
    return "\n".join(
        f'<a href="{escape(line)}" target="_blank" rel="noopener">{escape(line)}</a>'
        if line.startswith(("http://", "https://"))
        else escape(line)
        for line in text.split("\n")
    )


def _text(rows: list[Row]) -> str:
    if len(rows) == 1:
        return "No jobs or deployments yet."
    flat = [[cell.replace("\n", " · ") for cell in row] for row in rows]
    widths = [max(len(row[at]) for row in flat) for at in range(len(flat[0]) - 1)]
    return "\n".join(
        "  ".join([cell.ljust(width) for cell, width in zip(row, widths, strict=False)] + row[-1:])
        for row in flat
    )
