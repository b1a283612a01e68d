"""The arguments of a Web API call, read the way Slack reads them from forms, JSON bodies and query strings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from ..errors import SlackError

TRUE = frozenset({"1", "true"})


class Args:
    """Arguments by name; every reader raises the SlackError that a wrong value brings."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = {name: value for name, value in values.items() if value is not None}

    def has(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name, default)
        return value if isinstance(value, str) else str(value)

    def needed(self, name: str) -> str:
        """Raises invalid_arguments when it is missing or empty."""
        value = self.text(name)
        if not value:
            raise SlackError.with_messages("invalid_arguments", f"missing required field: {name}")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        return str(self.values[name]).lower() in TRUE if name in self.values else default

    def number(self, name: str, default: int, *, most: int) -> int:
        """Raises invalid_limit for what is no number; more than `most` counts as `most`."""
        try:
            return min(most, max(1, int(self.values.get(name, default))))
        except (TypeError, ValueError) as error:
            raise SlackError("invalid_limit") from error

    def parsed(self, name: str, error: str = "invalid_arguments") -> Any:
        """A JSON value, sent as JSON or as a string of it; None when it is missing or empty."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError as wrong:
            raise SlackError(error) from wrong

    def names(self, name: str) -> list[str]:
        """A list, sent as JSON or separated by commas."""
        value = self.values.get(name, ())
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return [str(part) for part in value]


async def read_args(request: Request) -> tuple[Args, str | None]:
    """The arguments and the token of a call. Raises invalid_json, json_not_object, invalid_form_data."""
    values: dict[str, Any] = dict(request.query_params)
    body = await request.body()
    is_json = request.headers.get("content-type", "").partition(";")[0].strip() == "application/json"
    if body:
        values |= _json_body(body) if is_json else _form_body(body)
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    in_body = None if is_json else values.get("token")
    values.pop("token", None)
    return Args(values), bearer.strip() if scheme.lower() == "bearer" and bearer else in_body


def _json_body(body: bytes) -> Mapping[str, Any]:
    try:
        values = json.loads(body)
    except ValueError as error:
        raise SlackError("invalid_json") from error
    if not isinstance(values, Mapping):
        raise SlackError("json_not_object")
    return values


def _form_body(body: bytes) -> Mapping[str, Any]:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
    except ValueError as error:
        raise SlackError("invalid_form_data") from error
