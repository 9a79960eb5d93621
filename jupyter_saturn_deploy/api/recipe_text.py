"""A recipe as YAML, to be kept beside the code and applied elsewhere."""

from __future__ import annotations

import re
from typing import Any

import yaml

from .. import recipes
from ..models.resources import Resource, Spec

_ORDER = (
    "name image instance_type command description tags working_directory"
    " environment_variables start_script schedule concurrency_policy retries scale".split()
)
"""As Saturn describes them; what it lacks follows, in the part of ours."""
_ALWAYS = frozenset({"name", "image", "instance_type", "command"})
_ODD = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010fffe]"
)
"""What YAML reads as the end of a line, or does not take as it is."""


class _Dumper(yaml.SafeDumper):
    """Writes scripts as they are, line by line."""

    def analyze_scalar(self, scalar: str) -> Any:
        """PyYAML would quote a script for one tab, or one space at the end of a line."""
        analysis = super().analyze_scalar(scalar)
        analysis.allow_block |= "\n" in scalar and not _ODD.search(scalar)
        return analysis


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if _ODD.search(text):
        style = '"'
    elif "\n" in text:
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def as_yaml(resource: Resource[Spec], *, values: bool) -> str:
    """The recipe without owner, state, and what is as it is when left out.

    Parsed and put, it makes the same resource again; without `values`, where that is still there:
    null keeps a variable's value. A long script takes a tenth of a second: it belongs into a
    thread.
    """
    defaults = {
        name: field.get_default(call_default_factory=True)
        for name, field in type(resource.spec).model_fields.items()
        if not field.is_required()
    }
    recipe = recipes.render(resource, values=values)
    spec = recipe["spec"]
    own = {
        name: value for name, value in spec[recipes.EXTENSION].items() if value != defaults[name]
    }
    wanted: dict[str, Any] = {
        name: spec[name]
        for name in _ORDER
        if name in spec and (name in _ALWAYS or spec[name] != defaults[name])
    }
    if own:
        wanted[recipes.EXTENSION] = own
    return yaml.dump(
        {**recipe, "spec": wanted},
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=float("inf"),
    )
