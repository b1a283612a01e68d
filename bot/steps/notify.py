"""`notify`: the people of roles are alerted, by who hears that it started; what comes of it settles the item."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from bot.runbook.base import Line, Slug
from bot.runbook.problems import Finding
from bot.runbook.steps import Reference, Step, StepKind, named
from bot.text import say


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

    def references(self) -> Iterator[Reference]:
        yield from super().references()
        yield from named("role", ("roles",), self.roles)

    def problems(self) -> Iterator[Finding]:
        if not self.roles:
            yield Finding(("roles",), say("has no recipients"))


KINDS = (StepKind(Notify),)
