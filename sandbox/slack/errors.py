"""The two ways in which the practice Slack says no: to the app, and to a person at the keyboard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class SlackError(Exception):
    """A Web API answer with `ok: false`; `extra` holds further top-level fields of the answer."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra: Mapping[str, Any] = extra

    @classmethod
    def with_messages(cls, error: str, *messages: str) -> SlackError:
        """An error that names its reasons the way Slack does, in `response_metadata.messages`."""
        return cls(error, response_metadata={"messages": [f"[ERROR] {message}" for message in messages]})


class Impossible(Exception):
    """A person tried what Slack's client does not let them do: a missing button, a channel they are not in.

    `error` is a short code, `detail` one sentence.
    """

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(f"{error}: {detail}")
        self.error = error
        self.detail = detail
