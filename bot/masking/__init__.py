"""Secrets never leave: known values and the shapes of tokens are masked before anything is stored, logged or sent."""

from bot.masking.finding import MASK, merged
from bot.masking.known_values import SHORTEST
from bot.masking.masker import LONGEST_LINE, LineMasker, Masker
from bot.masking.shapes import SHAPES

PATTERNS = tuple(shape.pattern for shape in SHAPES)
"""Every shape but those of assignments."""

__all__ = ["LONGEST_LINE", "MASK", "PATTERNS", "SHORTEST", "LineMasker", "Masker", "merged"]
