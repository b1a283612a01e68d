"""How the settings of a system outside are declared: each integration has its own, beside its client."""

from typing import Any

from pydantic import Field


def setting(name: str, default: object, text: str, *, check: str | None = None) -> Any:
    """A setting of this name. `check`: `token` or `address`, what its value has to be."""
    return Field(default=default, validation_alias=name, description=text, json_schema_extra={"check": check})


def token(name: str, text: str) -> Any:
    """A value that stands in a header."""
    return setting(name, None, text, check="token")


def address(name: str, default: str | None, text: str) -> Any:
    """An address of http or https."""
    return setting(name, default, text, check="address")
