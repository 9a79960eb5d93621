"""Figures as a table: the median, the 95th percentile, how many, and the bar beside them."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One row of a table."""

    name: str
    values: Sequence[float]
    unit: str
    bar: str = ""
    """At most so much, as text: of p50, or of p50 / p95; empty where there is none."""
    baseline: float | None = None
    """The median of what this is held against, measured in the same run."""

    @property
    def p50(self) -> float:
        """The median."""
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        """The 95th percentile, by linear interpolation."""
        if len(self.values) < 2:
            return self.values[0]
        return statistics.quantiles(self.values, n=20, method="inclusive")[-1]

    def cells(self) -> list[str]:
        """What the row says."""
        ratio = "" if self.baseline is None else f"{self.p50 / self.baseline:.3g}"
        return [
            f"{self.name}, {self.unit}",
            _rounded(self.p50),
            _rounded(self.p95),
            str(len(self.values)),
            self.bar,
            ratio,
        ]


def show(title: str, figures: Sequence[Figure]) -> None:
    """Print the table, with what it was measured on and how busy that was."""
    load = " ".join(f"{average:.1f}" for average in os.getloadavg()[:2])
    cores = len(os.sched_getaffinity(0))
    print(f"\n{title}: Python {platform.python_version()}, {cores} cores, load {load}")
    rows = [["figure", "p50", "p95", "n", "at most", "of baseline"]]
    rows += [figure.cells() for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for first, *others in rows:
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        print("  ".join([first.ljust(widths[0]), *cells]).rstrip(), flush=True)


def _rounded(value: float) -> str:
    """Three digits, all of a large number's."""
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:#.3g}".removesuffix(".")
