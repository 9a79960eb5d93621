"""A value together with where it was read: what we show, we can account for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Sourced(Generic[T]):
    """A value, the place it was read at, and why better places gave none."""

    value: T
    source: str
    not_from: tuple[str, ...] = ()

    def as_dict(self, **more: Any) -> dict[str, Any]:
        """`{value, source, not_from}` and `more` beside them, ready for JSON."""
        return {
            "value": self.value,
            "source": self.source,
            "not_from": list(self.not_from),
            **more,
        }
