"""Which services a command names."""

from bot.errors import Refusal
from bot.text import say
from handlers.slack.interaction.context import Context
from handlers.slack.parsing.text import unknown


def check_target(context: Context, command: str, word: str, more: list[str]) -> None:
    """Raise a Refusal for a word that is neither a service nor `all`; `more`: what else could have been meant."""
    known = [*(service.id for service in context.runbook.services), "all"]
    if word not in known:
        raise unknown(command, word, [*known, *more])


def check_one(context: Context, command: str, target: str, second: str | None) -> None:
    """Raise a Refusal when two things are named at once, such as `all all` and `api web`."""
    if second in [*(service.id for service in context.runbook.services), "all"]:
        raise Refusal(
            say(
                "`{first}` and `{second}` are both targets: name one service, or use `{command} all`.",
                first=target,
                second=second,
                command=command,
            )
        )
