"""Posting a message once, wherever an effect says."""

from typing import Any

from bot.delivery import Undelivered
from bot.effects import HOURS, Effect
from bot.office import Office
from bot.office.desk import Desk
from bot.ports import Tx
from bot.text import say
from handlers.slack.blocks.elements import Message
from handlers.slack.client.api import Slack
from handlers.slack.client.lookup import find_message, metadata
from handlers.slack.messaging.templates import Scene


class Poster:
    """Posts what effects say."""

    def __init__(self, desk: Desk, slack: Slack) -> None:
        self._desk, self._slack = desk, slack

    async def scene(self, effect: Effect) -> Scene:
        """What a message of this effect may speak of."""
        return await self._desk.look(_scene, effect)

    async def once(self, effect: Effect, channel: str, message: Message) -> dict[str, Any]:
        """Post; when an earlier try may have done so, look first."""
        if effect.attempts > 1 and (
            ts := await find_message(self._slack, channel, effect.op_id, priority=effect.priority)
        ):
            return {"channel": channel, "ts": ts}
        posted = await self._slack.call(
            "chat.postMessage", priority=effect.priority, channel=channel, text=message.text,
            metadata=metadata(effect.op_id), unfurl_links=False, unfurl_media=False,
            **({"blocks": message.blocks} if message.blocks else {}),
        )  # fmt: skip
        return {"channel": channel, "ts": posted["ts"]}

    def place(self, to: str, scene: Scene) -> str | None:
        """The channel that is meant: `run` is where the run is told of; None = the team file has none.

        Raises:
            Undelivered: the run's channel is not there yet.
        """
        channels = self._desk.office.team.channels
        if to == "run":
            if scene.place is None:
                raise Undelivered(say("its channel is not there yet"), 1.0, HOURS)
            return scene.place
        if to == "incidents":
            return channels.get("incidents") or channels.get("announcements")
        return to if to.startswith(("C", "G", "D", "U", "W")) else channels.get(to)

    def channel(self, to: str) -> str | None:
        """A channel or person by id, or a channel by its name in the team file."""
        return to if to[:1] in "CGDUW" and to.isupper() else self._desk.office.team.channels.get(to)


def _scene(office: Office, tx: Tx, effect: Effect) -> Scene:
    run = tx.runs.get(effect.run_id)
    assert run
    incidents, cards = tx.incidents.find(run_id=run.id), tx.cards.find(run_id=run.id, limit=1)
    return Scene(
        run,
        office.runbook_of(tx, run),
        incidents[0] if incidents else None,
        effect.payload.get("data", {}),
        place=run.channel or (cards[0].channel if cards else None),
    )
