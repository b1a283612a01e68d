"""Twilio's calls and messages. Neither has a key by which a second try would be known: each is asked for once."""

from base64 import b64encode
from typing import Any

import httpx

from bot.errors import Refusal
from bot.integrations.http.api import Api, Pace
from bot.integrations.twilio.model import Account, Number
from bot.text import say

RINGS_S = 60
LONGEST_MESSAGE = 1600
"""Characters: https://www.twilio.com/docs/api/errors/21617."""


class Twilio:
    """`own` is the installation's account, of numbers that name none."""

    def __init__(
        self, client: httpx.AsyncClient, *, base_url: str, own: Account | None = None, pace: Pace | None = None
    ) -> None:
        self.own, self._client, self._base_url, self._pace = own, client, base_url, pace or Pace()

    def account_of(self, number: Number) -> Account:
        """Whose account calls the number; a Refusal when there is none."""
        account = number.account or self.own
        if account is None:
            raise Refusal(say("TWILIO_ACCOUNT_SID is not set, and the address names no account."))
        return account

    async def call(self, number: Number, twiml: str, status_url: str) -> None:
        """Ring a telephone. With a `status_url` what becomes of it is told there.

        Raises:
            OutsideError: it does not ring; `Ambiguous` when it may.
        """
        told = {
            "StatusCallback": status_url,
            "MachineDetection": "Enable",
            "AsyncAmd": "true",
            "AsyncAmdStatusCallback": status_url,
        }
        await self._ask(number, "Calls", {"Twiml": twiml, "Timeout": str(RINGS_S), **(told if status_url else {})})

    async def message(self, number: Number, words: str, status_url: str) -> None:
        """Send a text message; the same."""
        told = {"StatusCallback": status_url} if status_url else {}
        await self._ask(number, "Messages", {"Body": words[:LONGEST_MESSAGE], **told})

    async def look(self) -> None:
        """One cheap read, of the installation's account."""
        assert self.own
        await self._api(self.own).read(f"/2010-04-01/Accounts/{self.own.sid}.json", what=say("the account"))

    async def _ask(self, number: Number, kind: str, form: dict[str, str]) -> None:
        account = self.account_of(number)
        sender = "MessagingServiceSid" if account.sender.startswith("MG") else "From"
        path = f"/2010-04-01/Accounts/{account.sid}/{kind}.json"
        sent: dict[str, Any] = {"To": number.to, sender: account.sender, **form}
        await self._api(account).change("POST", path, action=say("call a telephone"), form=sent)

    def _api(self, account: Account) -> Api:
        basic = b64encode(f"{account.sid}:{account.token}".encode()).decode()
        hint = say("Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.")
        headers = {"Authorization": f"Basic {basic}"}
        return Api(self._client, "Twilio", self._base_url, "", hint, pace=self._pace, headers=headers)
