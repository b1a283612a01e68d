"""What PagerDuty's V3 webhooks say: https://developer.pagerduty.com/docs/webhooks-overview."""

import hashlib
import hmac
import json
from typing import Any

from pydantic import Field, ValidationError

from bot.integrations.http.api import Line, Shape

SIGNATURE = "x-pagerduty-signature"
ACKNOWLEDGED = "incident.acknowledged"


class Agent(Shape):
    """Who did it: a user, or an integration such as ours."""

    id: str = ""
    type: str = ""
    name: Line = Field("", validation_alias="summary")

    @property
    def is_person(self) -> bool:
        return self.type.startswith("user")


class _Incident(Shape):
    key: str | None = Field(None, validation_alias="incident_key")


class Told(Shape):
    """One event: its id, the same in every delivery, what happened, to the incident of which key, and by whom."""

    id: str = Field(min_length=1, max_length=200)
    kind: str = Field(validation_alias="event_type")
    agent: Agent | None = None
    data: _Incident = _Incident()


class Unreadable(ValueError):
    """A body that is not an event."""


def is_signed(secret: str, body: bytes, signature: str) -> bool:
    """Whether one of the signatures (`v1=<hex>`, several while a secret is renewed) is the body's."""
    wanted = b"v1=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()
    # compare_digest refuses a string with other than ASCII.
    given = [each.strip().encode("utf-8", "replace") for each in signature.split(",")]
    return any(hmac.compare_digest(wanted, each) for each in given)


def read_event(body: bytes) -> Told:
    """The event of a delivery; raises Unreadable."""
    try:
        said = json.loads(body, parse_constant=_refuse)
        json.dumps(said, ensure_ascii=False).encode()  # half of a surrogate pair cannot be stored
        return Told.model_validate(said["event"])
    except (ValueError, RecursionError, KeyError, TypeError, ValidationError) as error:
        raise Unreadable("not an event") from error


def _refuse(constant: str) -> Any:
    raise ValueError(constant)
