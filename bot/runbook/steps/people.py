"""Steps that tell people."""

from typing import ClassVar, Literal

from bot.runbook.base import Line, Slug
from bot.runbook.steps.base import Step


class Notify(Step):
    """Tell the people of roles: a mention in the run's channel, and their pagers."""

    effect: ClassVar[bool] = True
    alerts_people: ClassVar[bool] = True
    kind: Literal["notify"]
    roles: tuple[Slug, ...]
    message: Line | None = None

    @property
    def alerted(self) -> tuple[str, ...]:
        return self.roles


class ChannelCreate(Step):
    """The incident's channel; ticked by the bot when Slack has made it."""

    effect: ClassVar[bool] = True
    creates_channel: ClassVar[bool] = True
    kind: Literal["channel.create"]
