"""A message to send: where to, what it says, whom it mentions; and how earlier versions wrote it down."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.effects import Effect

KIND = "message"
RUN, INCIDENTS = "run", "incidents"
"""Places beside channels of the team file and ids: where the run is told of, where incidents are talked about."""


@dataclass(frozen=True)
class Mentions:
    """People of the team file, by their short names and by role; `missed`: who cannot be, with why."""

    people: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outgoing:
    """`to`: places in order, of which the first that takes it has it.

    `thread`: a page of the run's cards, to whose card it is a reply, wherever that stands.
    """

    to: tuple[str, ...]
    template: str
    data: dict[str, Any] = field(default_factory=dict)
    thread: str = ""
    mentions: Mentions | None = None

    @property
    def of_run(self) -> bool:
        """Whether it tells of its run or incident: not before the run's first card stands."""
        return bool({RUN, INCIDENTS} & set(self.to))


def text_message(*to: str, text: str, **data: Any) -> Outgoing:
    """A sentence that is said by itself."""
    return Outgoing(to, "text", {"text": text, **data})


def payload_of(outgoing: Outgoing) -> dict[str, Any]:
    """The message as its effect keeps it."""
    mentions = asdict(outgoing.mentions) if outgoing.mentions else None
    return {"to": list(outgoing.to), "template": outgoing.template, "data": outgoing.data, "thread": outgoing.thread,
            "mentions": mentions}  # fmt: skip


def read_outgoing(effect: Effect) -> Outgoing:
    """What the effect sends."""
    return READERS[effect.kind](effect.payload)


def _message(kept: Mapping[str, Any]) -> Outgoing:
    named = kept["mentions"]
    mentions = Mentions(**{name: tuple(each) for name, each in named.items()}) if named is not None else None
    return Outgoing(tuple(kept["to"]), kept["template"], kept["data"], kept["thread"], mentions)


def _say(kept: Mapping[str, Any]) -> Outgoing:
    template = "hold.reminder" if "hold" in kept else "text"
    return Outgoing((kept["to"], *kept.get("instead", ())), template, dict(kept))


def _post(kept: Mapping[str, Any]) -> Outgoing:
    return Outgoing((kept["to"],), kept["message"], kept.get("data", {}))


def _announce(kept: Mapping[str, Any]) -> Outgoing:
    return Outgoing(("devops",), "deploy.ended", dict(kept))


def _watch(kept: Mapping[str, Any]) -> Outgoing:
    mentions = Mentions(roles=("devops",)) if kept["worse"] else None
    return Outgoing((RUN,), "watch.changed", dict(kept), mentions=mentions)


def _approvers(kept: Mapping[str, Any]) -> Outgoing:
    mentions = Mentions(tuple(kept["people"]), missed=tuple(kept.get("missed", ())))
    return Outgoing((RUN,), "deploy.approvers", mentions=mentions)


def _tail(kept: Mapping[str, Any]) -> Outgoing:
    return Outgoing((RUN,), "step.tail", dict(kept), thread=kept["page"])


READERS: dict[str, Callable[[Mapping[str, Any]], Outgoing]] = {
    KIND: _message,
    # What versions before 0.2 planned.
    "say": _say,
    "post": _post,
    "announce": _announce,
    "watch.tell": _watch,
    "approvers.ask": _approvers,
    "tail": _tail,
}
