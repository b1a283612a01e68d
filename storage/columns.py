"""The kinds of columns that the tables share."""

from typing import Any

from sqlalchemy import JSON, Text
from sqlmodel import Field

from storage.types import UtcDateTime


def at_column(*, nullable: bool = False) -> Any:
    """An instant."""
    return Field(default=None, sa_type=UtcDateTime, nullable=nullable)


def json_column() -> Any:
    """A list or a mapping."""
    return Field(sa_type=JSON, nullable=False)


def text_column() -> Any:
    """A text of any length, or none."""
    return Field(default=None, sa_type=Text, nullable=True)
