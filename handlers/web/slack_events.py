"""Slack's deliveries in HTTP mode."""

from collections.abc import Mapping

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request
from starlette.responses import Response

from handlers.web.endpoints import Check, Endpoint, refused


def slack_events(bolt: AsyncApp, secret: str) -> list[Endpoint]:
    """`/slack/events`: Bolt's answer; 401 to what Slack did not sign, or long ago, and 400 to what cannot be read."""

    async def answer(request: Request) -> Response:
        try:
            asked = to_async_bolt_request(request, await request.body())
        except (ValueError, TypeError, AttributeError):  # no JSON, or JSON that is no delivery
            return refused(request, 400, "not to be read")
        return to_starlette_response(await bolt.async_dispatch(asked))

    return [Endpoint("/slack/events", answer, method="POST", check=signed_by_slack(secret), signer="Slack")]


def signed_by_slack(secret: str) -> Check:
    """Slack's signature (https://docs.slack.dev/authentication/verifying-requests-from-slack), five minutes old."""
    verifier = SignatureVerifier(secret)

    def check(body: bytes, headers: Mapping[str, str]) -> bool:
        try:
            return verifier.is_valid_request(body, dict(headers))
        except (ValueError, TypeError):  # a timestamp that is no number; a body or signature that is no text
            return False

    return check
