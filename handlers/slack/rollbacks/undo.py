"""Undoing a rollback: the button, and the form that names what would go live again and what is known of it."""

from collections.abc import Sequence

from bot.deploys.undo import Return
from bot.runs.model import Run
from bot.text import say
from handlers.slack.blocks.elements import Block, button, escape, modal, section, tick_input
from handlers.slack.interaction import ids
from handlers.slack.interaction.references import RunRef


def undo_button(run: Run) -> Block:
    """Opens the form that promotes what was live before a rollback."""
    return button(say("Undo…"), ids.RUN_UNDO, RunRef(run.id), about=run.title)


def undo_form(run_id: int, plan: Sequence[Return], shown: str, *, second: bool = False) -> Block:
    """What would go live again in the place of what, what is known to be wrong with it, and the second confirmation.

    `second`: the runbook asks another person to confirm it on its card.
    """
    parts = [section("\n".join(_lines(each))) for each in plan]
    then = (
        say("Somebody else has to confirm it on its card. Then it goes live, and production is not pinned any more.")
        if second
        else say("It goes live at once, and production is not pinned any more.")
    )
    told = section(then)
    sure = tick_input(say("Are you sure?"), "sure", say("I know what is said here; make it live again"))
    about = f"{run_id}:{shown}"
    return modal(
        say("Undo the rollback"),
        ids.RUN_UNDO,
        [*parts, told, sure],
        submit=say("Ask for it") if second else say("Promote it"),
        about=about,
    )


def _lines(each: Return) -> list[str]:
    named = [
        f"*{escape(each.title)}*",
        say("Live now: `{name}`", name=escape(each.leaves_name)),
        say("Goes live again: `{name}`", name=escape(each.returns_name)),
    ]
    unknown = say("❔ No run of NeonOps saw whether it works.")
    return [*named, *([f"⚠️ {escape(words)}" for words in each.trouble] or [unknown])]
