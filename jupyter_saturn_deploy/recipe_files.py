"""Files of recipes: YAML or JSON, one or many in each, in Saturn's present schema or its older
one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import yaml

OLD_SCHEMA = "2022.08.01"
NODES = 20_000
"""Most values of one file, each alias counted as what it stands for."""
RECIPES = 500
"""Most recipes of one file."""
DEPTH = 30
_NUMBER = 100
"""Most characters of what is no text: reading a number takes the square of its length."""
_TEXT = "tag:yaml.org,2002:str"
_OLD_RETRIES = 3
"""Where an older recipe says nothing."""
_OLD_NAMES = {
    "backoff_limit": "retries",
    "instance_count": "scale",
    "image_uri": "image",
}
_OLD_ROUTE = ("subdomain", "public")


class Unreadable(Exception):
    """The text is no YAML, or more than a file of recipes can be."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        """From 1, as is the column."""
        self.column = column


@dataclass(frozen=True)
class Document:
    """One recipe of a file."""

    body: Any
    """As `recipes.parse` takes it."""
    line: int
    _node: yaml.Node
    _renamed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def place(self, name: str) -> tuple[int, int]:
        """Line and column, from 1, of a field such as `spec.command`; of what it would be in, where
        it is not there."""
        path = name.split(".") if name else []
        path = [*self._renamed[name]] if name in self._renamed else path
        return _place(self._node, path)


def read(text: str) -> list[Document]:
    """Every recipe of a text, in order. Raises `Unreadable`. Takes a second for a megabyte: it
    belongs into a thread."""
    import yaml

    found: list[Document] = []
    loader, left = None, NODES
    try:
        loader = _loader()(text)
        while loader.check_node():
            node = loader.get_node()
            assert node is not None  # there is one: `check_node`
            left -= _examine(node, left)
            body = loader.construct_document(node)
            for document in _documents(node, body):
                if len(found) == RECIPES:
                    raise Unreadable(f"holds more than {RECIPES} recipes", document.line, 1)
                found.append(document)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = " ".join(filter(None, (error.context, error.problem)))
        raise Unreadable(words or "is no YAML", *(_at(mark) if mark else (1, 1))) from None
    except yaml.reader.ReaderError as error:
        raise Unreadable(*_unprintable(text, error)) from None
    except (ValueError, OverflowError) as error:  # a date that there is not, for example
        raise Unreadable(f"holds a value that can't be read: {error}", 1, 1) from None
    except RecursionError:
        raise Unreadable(f"is nested more than {DEPTH} deep", 1, 1) from None
    finally:
        if loader is not None:
            loader.dispose()
    return found


@cache
def _loader() -> type[yaml.SafeLoader]:
    """One that gives up at the first value that is too much: a tree of all of them would be
    hundreds of megabytes, and whoever looks for garbage in it holds all threads."""
    import yaml

    class Loader(yaml.SafeLoader):
        composed = 0

        def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
            node = super().compose_node(parent, index)
            if node is not None:
                self.composed += 1
                if self.composed > NODES:
                    raise _too_many(node)
                scalar = isinstance(node, yaml.ScalarNode)
                if scalar and node.tag != _TEXT and len(node.value) > _NUMBER:
                    raise Unreadable("is too long for what is no text", *_at(node.start_mark))
            return node

    return Loader


def _too_many(node: yaml.Node) -> Unreadable:
    return Unreadable(f"holds more than {NODES:,} values", *_at(node.start_mark))


def _documents(node: yaml.Node, body: Any) -> Iterator[Document]:
    import yaml

    if isinstance(node, yaml.SequenceNode):
        for item, each in zip(node.value, body, strict=True):
            yield _document(item, each)
    elif body is not None:
        yield _document(node, body)


def _document(node: yaml.Node, body: Any) -> Document:
    line = node.start_mark.line + 1
    if isinstance(body, dict) and "spec" not in body and ("job" in body or "deployment" in body):
        converted, renamed = _modern(body)
        return Document(converted, line, node, renamed)
    return Document(body, line, node)


def _modern(body: dict[str, Any]) -> tuple[dict[str, Any], dict[str, tuple[str, ...]]]:
    """An older recipe as one of today's, and where its fields were."""
    kinds = [kind for kind in ("job", "deployment") if body.get(kind) is not None]
    if len(kinds) != 1 or not isinstance(body[kinds[0]], dict):
        return body, {}  # to be refused
    kind = kinds[0]
    spec: dict[str, Any] = {}
    renamed: dict[str, tuple[str, ...]] = {}

    def take(name: str, value: Any, *place: str) -> None:
        new = _OLD_NAMES.get(name, name)
        spec[new] = value
        renamed[f"spec.{new}"] = (*place, name)

    for name, value in body.items():
        if name not in ("schema_version", "job", "deployment"):
            take(str(name), value)
    if kind == "job":
        spec["retries"] = _OLD_RETRIES
    route = {}
    for name, value in body[kind].items():
        if name in _OLD_ROUTE:
            route[name] = value
        else:
            take(str(name), value, kind)
    if any(route.values()):
        spec["routes"] = [route]  # named among what has no effect
        renamed["spec.routes"] = (kind,)
    return {"type": kind, "spec": spec}, renamed


def _examine(root: yaml.Node, most: int) -> int:
    """Refuse what would grow beyond so many values when its aliases are followed, and keys given
    twice. Returns how many they are."""
    import yaml

    sizes: dict[int, int] = {}

    def size(node: yaml.Node, depth: int) -> int:
        known = sizes.get(id(node))
        if known is not None:
            if known == 0:
                raise Unreadable("holds itself", *_at(node.start_mark))
            return known
        if depth > DEPTH:
            raise Unreadable(f"is nested more than {DEPTH} deep", *_at(node.start_mark))
        sizes[id(node)] = 0
        total = 1
        if isinstance(node, yaml.MappingNode):
            names: set[str] = set()
            for key, value in node.value:
                if isinstance(key.value, str):
                    if key.value in names:
                        raise Unreadable(f"{key.value[:60]!r} is given twice", *_at(key.start_mark))
                    names.add(key.value)
                total += size(key, depth + 1) + size(value, depth + 1)
        elif isinstance(node, yaml.SequenceNode):
            total += sum(size(item, depth + 1) for item in node.value)
        if total > most:
            raise _too_many(node)
        sizes[id(node)] = total
        return total

    return size(root, 0)


def _place(node: yaml.Node, path: list[str]) -> tuple[int, int]:
    import yaml

    if path and isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == path[0]:
                return _at(key.start_mark) if len(path) == 1 else _place(value, path[1:])
    return _at(node.start_mark)


def _at(mark: yaml.Mark) -> tuple[int, int]:
    return mark.line + 1, mark.column + 1


def _unprintable(text: str, error: yaml.reader.ReaderError) -> tuple[str, int, int]:
    before = text[: error.position]
    column = error.position - (before.rfind("\n") + 1)
    character = f"{text[error.position : error.position + 1]!a}"
    return f"holds the character {character}, which YAML can't", before.count("\n") + 1, column + 1
