"""A figure with its target, the verdict on it, and the table of all of them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

TOLERANCE = 1.2
"""A miss by no more than this factor does not fail the benchmark, unless it is strict: machines differ."""


@dataclass(frozen=True)
class Figure:
    """One measured number; smaller is better. Without a target it is only reported.

    `detail` says what stands behind the number, in the words of the table.
    """

    what: str
    value: float
    unit: str = ""
    target: float | None = None
    detail: str = ""

    @property
    def verdict(self) -> str:
        """`ok`, `miss`, or `-` for what has no target."""
        if self.target is None:
            return "-"
        return "ok" if self.value <= self.target else "miss"

    def failed(self, *, strict: bool) -> bool:
        """Whether the miss is large enough to fail the benchmark (a target of 0 allows nothing)."""
        if self.target is None:
            return False
        return self.value > self.target * (1 if strict else TOLERANCE)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0-1) of all are not above; ValueError without values."""
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def table(figures: Iterable[Figure]) -> str:
    """What, measured, target and verdict, a line each, in columns."""
    rows = [("what", "measured", "target", "verdict", "detail"), *map(_row, figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]]) + "\n"


def _row(figure: Figure) -> tuple[str, str, str, str, str]:
    target = "" if figure.target is None else f"≤ {_number(figure.target, figure.unit)}"
    return figure.what, _number(figure.value, figure.unit), target, figure.verdict, figure.detail


def _number(value: float, unit: str) -> str:
    digits = 0 if value == round(value) or value >= 100 else 2 if value < 10 else 1
    return f"{value:,.{digits}f} {unit}".strip()


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    what, measured, target, verdict = (text.ljust(width) for text, width in zip(row, widths, strict=False))
    return f"{what}  {measured.strip():>{widths[1]}}  {target}  {verdict}  {row[4]}".rstrip()


def as_json(figures: Iterable[Figure]) -> list[dict[str, Any]]:
    """The figures as plain data, with their verdicts."""
    return [{**asdict(figure), "verdict": figure.verdict} for figure in figures]
