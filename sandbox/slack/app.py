"""The installed app: its ids and tokens in the practice workspace."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from .people import HOME_TEAM, Person

TEAM_NAME = "NeonPro Practice"
TEAM_DOMAIN = "neonpro-practice"


@dataclass(frozen=True)
class AppIdentity:
    """Ids and secrets; fresh secrets for each workspace, in the shapes of Slack's."""

    name: str
    bot_name: str
    id: str
    bot_id: str
    bot_user_id: str
    bot_token: str
    app_token: str
    signing_secret: str
    verification_token: str

    @classmethod
    def install(cls, name: str, bot_name: str) -> AppIdentity:
        app_id = "A0PRACTICE"
        return cls(
            name=name,
            bot_name=bot_name,
            id=app_id,
            bot_id="B0PRACTICE",
            bot_user_id="U0PRACTICEBOT",
            bot_token=f"xoxb-1000000000000-2000000000000-{secrets.token_hex(12)}",
            app_token=f"xapp-1-{app_id}-3000000000000-{secrets.token_hex(32)}",
            signing_secret=secrets.token_hex(16),
            verification_token=secrets.token_urlsafe(18),
        )

    def person(self) -> Person:
        """The bot among the people of the workspace."""
        name = "".join(c if c.isalnum() else "-" for c in self.bot_name.lower())
        return Person(id=self.bot_user_id, name=name, real_name=self.bot_name, is_bot=True, tz="America/Los_Angeles")

    def bot_profile(self) -> dict[str, Any]:
        return {
            "id": self.bot_id,
            "app_id": self.id,
            "user_id": self.bot_user_id,
            "name": self.bot_name,
            "icons": {},
            "deleted": False,
            "updated": 0,
            "team_id": HOME_TEAM,
        }
